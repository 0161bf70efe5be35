"""Corrections from the command line: rows written, refused with a hint, listed, checked, taken back and exported."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from golden_extractor import GOLDEN, PAPERS, GoldenExtractor

from kg.build import build, load
from kg.cli import main
from kg.describe import find
from kg.errors import ReadError
from kg.evaluate.links import read_clusters, score_links
from kg.export.sssom import COLUMNS, sssom
from kg.link.mappings import Statement
from kg.model import Paper
from kg.read import read_papers

HOSTILE = '#"\t</script>\x1b[2J\n\ud800'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("curating") / "out"
    build(PAPERS, folder, formats=(), extractor=GoldenExtractor())
    return folder


@pytest.fixture
def out(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the golden papers, out/ in the current folder."""
    shutil.copytree(built, tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def rows(folder: Path) -> list[str]:
    return (folder / "curation.tsv").read_text(encoding="utf8").splitlines()


def test_all_six_verbs_are_written_and_applied(out: Path) -> None:
    for words in (
        ["merge", "SchNet", "DimeNet"],
        ["split", "ImageNet", "--paper", "g10"],
        ["rename", "LadderFormer", "LadderFormer (Quill)"],
        ["retype", "Metric:latency", "Task"],
        ["reject", "LadderFormer", "subtypeOf", "vision transformers"],
        ["reject", "QM9"],
        ["assert", "MolMAE", "comparedWith", "SchNet", "--paper", "g09"],
    ):
        result = run("curate", *words)
        assert result.exit_code == 0, result.output
        assert f"out/curation.tsv:{len(rows(out))}: {words[0]} · " in result.stdout
    assert rows(out)[0] == "action\tentity\trelation\tvalue\tpaper\tquote"
    assert len(rows(out)) == 8
    checked = run("curate", "out", "--check", "--json")
    assert checked.exit_code == 0, checked.output
    assert {row["status"] for row in json.loads(checked.stdout)} == {"applies"}
    graph = build(None, out, formats=(), extractor=GoldenExtractor())
    assert find(graph, "DimeNet") == find(graph, "SchNet")
    assert graph.nodes[find(graph, "latency")[0]]["kind"] == "Task"
    assert find(graph, "QM9") == []
    why = run("links", "--why", "SchNet", "DimeNet")
    assert why.stdout.startswith("one node\n")
    assert "merged in " in why.stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["merge", "SchNt", "DimeNet"], "no entity is called 'SchNt'; did you mean 'SchNet'"),
        (["merge", "SchNet", "SCHNET"], "are one node already"),
        (["merge", "SchNet"], "expected: kg curate merge NAME OTHER..."),
        (["rename", "LAN", "x"], "use one of the keys method/"),
        (["retype", "SchNet", "Animal"], "unknown type 'Animal'"),
        (["split", "ImageNet", "WordNet"], "is no name of"),
        (["split", "ImageNet", "--paper", "nowhere"], "no paper has the id 'nowhere'"),
        (["split", "SchNet", "--paper", "g01"], "paper 'g01' does not mention"),
        (["reject", "SchNet", "evaluatedOn", "DimeNet"], "evaluatedOn may not join"),
        (["reject", "SchNet", "outperforms", "DimeNet"], "no such fact"),
        (["reject", "SchNet", "likes", "DimeNet"], "unknown relation 'likes'"),
        (["assert", "SchNet", "outperforms", "DimeNet"], "assert needs a paper"),
        (["assert", "SchNet", "outperforms", "DimeNet", "--paper", "g01"], "no sentence of paper g01 names both"),
        (["frob", "SchNet"], "unknown action"),
        (["out", "frob", "SchNet"], "unknown action 'frob'"),
        (["merge", HOSTILE, "SchNet"], "no entity is called"),
        (["--undo"], "no row to take back"),
        ([], "give an action"),
        (["--list", "--check"], "give an action, or one of"),
    ],
)
def test_a_row_that_fits_nothing_is_refused_and_nothing_is_written(out: Path, words: list[str], why: str) -> None:
    result = run("curate", *words)
    assert result.exit_code == 2, result.output
    assert why in result.stderr
    assert "\x1b" not in result.output
    assert not (out / "curation.tsv").exists()


def test_force_writes_it_all_the_same_and_check_tells(out: Path) -> None:
    assert run("curate", "merge", "SchNet", HOSTILE, "--force").exit_code == 0
    assert run("curate", "rename", "SchNet", "A", "--force").exit_code == 0
    assert run("curate", "rename", "SchNet", "B", "--force").exit_code == 0
    with (out / "curation.tsv").open("a", encoding="utf8") as stream:
        stream.write("frob\tx\n")
    assert len(rows(out)) == 5
    result = run("curate", "--check")
    assert result.exit_code == 1
    assert [line.split()[1] for line in result.stdout.splitlines()[2:]] == ["no", "applies", "conflict", "malformed"]
    assert "\x1b" not in result.output
    listed = json.loads(run("curate", "--list", "--json").stdout)
    assert [row["action"] for row in listed["rows"]] == ["merge", "rename", "rename"]
    assert [problem["line"] for problem in listed["malformed"]] == [5]


def test_comments_and_order_stay_and_the_last_row_is_taken_back(out: Path) -> None:
    text = "entity\taction\tvalue\r\n# by hand\r\nSchNet\trename\tSchNet++\r\n"
    (out / "curation.tsv").write_bytes(text.encode())
    assert run("curate", "merge", "SchNet", "DimeNet", "MolMAE").exit_code == 0
    assert "there already: rename" in run("curate", "rename", "SchNet", "SchNet++").stdout
    added = (out / "curation.tsv").read_bytes().decode()
    assert added == text + "SchNet\tmerge\tDimeNet\r\nSchNet\tmerge\tMolMAE\r\n"
    assert "taken back: merge · SchNet · MolMAE" in run("curate", "--undo").stdout
    run("curate", "--undo")
    assert (out / "curation.tsv").read_bytes().decode() == text
    assert [path.name for path in out.glob("*.part")] == []


def test_a_damaged_file_is_told_and_left_alone(out: Path) -> None:
    for data in (b"\xff\xfe", b"not a header\nx\n"):
        (out / "curation.tsv").write_bytes(data)
        for words in (["merge", "SchNet", "DimeNet"], ["--list"], ["--check"]):
            result = run("curate", *words)
            assert (result.exit_code, "curation.tsv" in result.stderr) == (2, True), result.output
        assert (out / "curation.tsv").read_bytes() == data


# As mappings


def read_sssom(text: str) -> tuple[dict[str, str], dict[str, str], list[dict[str, str]]]:
    """Metadata, CURIE map and rows, as the specification of SSSOM/TSV has them."""
    lines = text.split("\n")
    head = [line[1:] for line in lines if line.startswith("#")]
    pairs = [re.fullmatch(r'(  )?(\w+): "(.*)"', line) for line in head if line != "curie_map:"]
    assert head[0] == "curie_map:"
    assert all(pairs)
    curies = {m[2]: m[3] for m in pairs if m and m[1]}
    about = {m[2]: m[3] for m in pairs if m and not m[1]}
    body = text[sum(len(line) + 2 for line in head) :]
    return about, curies, list(csv.DictReader(body.splitlines(keepends=True), delimiter="\t", strict=True))


def check_sssom(text: str) -> list[dict[str, str]]:
    about, curies, found = read_sssom(text)
    assert about.keys() >= {"mapping_set_id", "license"}
    assert all(value.startswith("http") for value in (about["mapping_set_id"], about["license"], *curies.values()))
    for row in found:
        assert tuple(row) == COLUMNS
        for column in ("subject_id", "predicate_id", "object_id", "mapping_justification", "subject_category"):
            prefix, colon, local = row[column].partition(":")
            assert prefix in curies
            assert colon and local and not set(local) & set(' \t\n"<>')
        assert row["predicate_modifier"] in ("", "Not")
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
    assert found == sorted(found, key=lambda row: [*row.values()])
    return found


def test_corrections_leave_as_mappings(out: Path, tmp_path: Path) -> None:
    for words in (
        ["merge", "SchNet", "DimeNet", "--quote", 'said "so"'],
        ["merge", "SchNet", "MolMAE"],
        ["split", "SchNet", "MolMAE", "--force"],
        ["reject", "LadderFormer", "subtypeOf", "vision transformers"],
        ["rename", "QM9", "QM9 (molecules)"],
    ):
        assert run("curate", *words).exit_code == 0
    result = run("curate", "--sssom", "m.sssom.tsv")
    assert result.stdout == "m.sssom.tsv\n"
    assert "no mapping: rename · QM9" in result.stderr
    text = (tmp_path / "m.sssom.tsv").read_text(encoding="utf8")
    assert run("curate", "--sssom", "-").stdout == text
    columns = ("subject_label", "predicate_modifier", "predicate_id", "object_label")
    told = {tuple(row[column] for column in columns) for row in check_sssom(text)}
    assert told == {
        ("SchNet", "", "skos:exactMatch", "DimeNet"),
        ("SchNet", "Not", "skos:exactMatch", "MolMAE"),
        ("LadderFormer", "Not", "skos:broadMatch", "Vision Transformers"),
    }
    graph = load(out)
    for row in check_sssom(text):
        kind, _, rest = row["subject_id"].partition(":")
        assert f"{kind}/{rest}" in graph


def hostile_statements() -> list[Statement]:
    about = {"subject": "method/a-1", "subject_type": "Method", "object": "task/ü x-2", "object_type": "Task"}
    return [
        Statement(**about, subject_name=HOSTILE, relation=None, negated=True, object_name="NA", comment='"'),
        Statement(**about, subject_name="", relation="usedFor", negated=False, object_name="a\rb", comment="# x"),
    ]


def test_hostile_names_stay_in_their_cells() -> None:
    text = sssom(hostile_statements(), "https://example.org/")
    assert text == sssom(hostile_statements()[::-1], "https://example.org/")
    found = check_sssom(text)
    assert {row["subject_label"] for row in found} == {"", '#" </script>\ufffd[2J \ufffd'}
    assert {row["object_id"] for row in found} == {"task:%C3%BC%20x-2"}


@pytest.mark.skipif(shutil.which("sssom") is None, reason="the command of sssom-py is not installed")
def test_sssom_py_finds_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "m.sssom.tsv"
    path.write_text(sssom(hostile_statements(), "https://example.org/"), encoding="utf8")
    done = subprocess.run(["sssom", "validate", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# Why names are one


def test_links_of_a_node_and_of_all(out: Path) -> None:
    text = run("links", "graph neural networks").stdout
    assert "its paper uses GNNs for" in text
    (about,) = json.loads(run("links", "out", "graph neural networks", "--json").stdout)
    assert {merge["form"] for merge in about["merges"]} >= {"GNNs"}
    assert all(0 < merge["score"] <= 1 and merge["reason"] for merge in about["merges"])
    most = run("links", "--limit", "3").stdout.splitlines()
    assert len(most) == 5
    assert json.loads(run("links", "--json").stdout)[0]["aliases"]
    moved = json.loads(run("links", "--moved", "--json").stdout)
    assert moved == load(out).graph["moved"]
    key, (now,) = next(iter(moved.items()))
    assert now in run("links", key).stdout
    assert run("show", key).stdout == run("show", now).stdout


def test_links_say_why_not(out: Path) -> None:
    found = json.loads(run("links", "--why", "LadderFormer", "Sparse LadderFormer", "--json").stdout)
    assert found["one"] is False
    assert "sparse" in found["why"][-1]
    assert "did you mean" in run("links", "--why", "LadderFormr", "LAN").stderr
    key, (now,) = next(iter(load(out).graph["moved"].items()))
    assert f"({now}, " in run("links", "--why", f"https://w3id.org/abstract-kg/data/{key}", now).stdout
    assert run("links", "nothing of the kind").exit_code == 2
    assert "--why and --moved take no NAME" in run("links", "out", "LAN", "--moved").stderr


def test_the_history_answers_for_keys_that_papers_took_along(out: Path) -> None:
    (key,) = find(load(out), "SchNet")
    build(_papers(4), out, formats=(), extractor=GoldenExtractor())
    assert json.loads(run("links", "--moved", "--json").stdout)[key] == []
    assert run("links", key).exit_code == 2


def _papers(number: int) -> list[Paper]:
    return list(read_papers([PAPERS]))[:number]


# As gold


def test_corrections_serve_as_gold(out: Path) -> None:
    result = run("evaluate", "--links", "out")
    assert (result.exit_code, "has no merge or split" in result.stderr) == (2, True)
    run("curate", "merge", "SchNet", "DimeNet")
    run("curate", "merge", "SchNet", "SCHNET", "--force")
    run("curate", "split", "ImageNet", "--paper", "g10")
    found = json.loads(run("evaluate", "--links", "out", "--json").stdout)
    assert [(row["action"], row["right"]) for row in found["rows"]] == [
        ("merge", False),
        ("merge", True),
        ("split", False),
    ]
    assert found["pairs"]["r"] < 100
    assert found["pairs"]["p"] < 100
    text = run("evaluate", "--links", "out").stdout
    assert "1 of 2 merge rows hold without the correction" in text
    assert "not line 4: ImageNet · g10" in text


def test_annotated_links_are_scored(out: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    records = [json.loads(line) for line in (GOLDEN / "extractions.jsonl").read_text(encoding="utf8").splitlines()]
    first = [[records[0]["id"], "e1"], [records[1]["id"], "e1"]]
    gold.write_text(json.dumps({"name": "x", "members": first}) + "\n" + json.dumps({"ambiguous": []}), encoding="utf8")
    shutil.copy(GOLDEN / "extractions.jsonl", tmp_path / "gold.extractions.jsonl")
    assert json.loads(run("evaluate", "--links", gold, "--json").stdout)["pairs"]["gold"] == 1
    gold.write_text('{"members": [["a"]]}\n')
    result = run("evaluate", "--links", gold)
    assert (result.exit_code, "gold.jsonl:1: expected a JSON object" in result.stderr) == (2, True)
    assert "name a file of annotations" in run("evaluate", "out").stderr


def test_figures_of_linking_by_hand(tmp_path: Path) -> None:
    a, b, c, d, e = members = [("p1", "e1"), ("p2", "e1"), ("p3", "e1"), ("p1", "e2"), ("p4", "e1")]
    gold = {a: "x", b: "x", c: "x", d: "x"}
    found = score_links(members, gold, {a: "m", b: "m", e: "m", c: "n"})
    pairs, cubed = found["pairs"], found["b-cubed"]
    # gold pairs of different papers: ab ac bc bd cd; predicted: ab ae be
    assert (pairs.gold, pairs.pred, pairs.p, pairs.r, pairs.f1) == (5, 3, 33.3, 20.0, 25.0)
    assert (cubed.p, cubed.r) == (round(100 * (2 / 3 + 2 / 3 + 1 + 1 + 1 / 3) / 5, 1), 50.0)
    assert score_links(members, gold, gold)["pairs"].f1 == 100.0
    with pytest.raises(ReadError, match=r"x\.jsonl:2"):
        (tmp_path / "x.jsonl").write_text('{"members": []}\n[]\n')
        read_clusters(tmp_path / "x.jsonl")
