"""The command line: what is printed where, exit codes, and that it costs little to ask for help."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner, Result
from golden_extractor import GOLDEN, PAPERS, GoldenExtractor

import kg.build
from kg import __version__
from kg.cli import main
from kg.cli.printing import clean
from kg.model import Extraction, Paper
from kg.snapshot import save_graph
from kg.store import write_store

ROOT = Path(__file__).parents[1]
HOSTILE = 'SLAM\x1b[2J\x9b31m‮</script><b>"quoted"\ud800'


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the golden papers."""
    folder = tmp_path_factory.mktemp("workspace") / "out"
    kg.build.build(PAPERS, folder, formats=(), extractor=GoldenExtractor())
    return folder


@pytest.fixture
def here(out: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that holds the workspace out/ is the current one, and the golden extractor stands in for the model."""
    monkeypatch.chdir(out.parent)
    monkeypatch.setattr(kg.build, "_default_extractor", lambda settings: GoldenExtractor())
    monkeypatch.setattr("kg.extract.extract", GoldenExtractor().extract)
    return out.parent


def run(*arguments: str | Path, input: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=input)


def kg_command(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kg", *arguments], env=os.environ | {"PYTHONPATH": str(ROOT)}, **options
    )


# What stands around every command


def test_version_and_help() -> None:
    assert run("--version").output == f"kg, version {__version__}\n"
    for arguments in (["--help"], *([name, "-h"] for name in main.commands)):
        result = run(*arguments)
        assert result.exit_code == 0
        assert "Examples:" in result.output
    assert run().exit_code == 2


def test_help_comes_in_under_a_third_of_a_second_and_loads_nothing_heavy() -> None:
    times = []
    for _ in range(3):
        with kg_command("--help", stdout=subprocess.DEVNULL) as process:
            _, code, usage = os.wait4(process.pid, 0)
            process.returncode = code
        assert code == 0
        times.append(usage.ru_utime + usage.ru_stime)  # what it costs, whatever else the machine does
    assert min(times) < 0.3
    check = "import sys, kg.cli; print(*(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"spacy", "networkx", "numpy", "pyoxigraph", "rdflib", "tqdm", "zstandard"} & set(loaded.split())


def test_importing_kg_costs_next_to_nothing() -> None:
    check = (
        "import sys, time; before = set(sys.modules); start = time.process_time(); import kg;"
        "print(time.process_time() - start, *(m for m in set(sys.modules) - before))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(3)
    ]
    assert min(float(seconds) for seconds, *_ in runs) < 0.05
    assert {name.partition(".")[0] for name in runs[0][1:]} - sys.stdlib_module_names == {"kg"}


def test_unknown_names_are_corrected(here: Path) -> None:
    assert run("shwo").exit_code == 2
    for arguments, hint in (
        (["export", "gefx"], "did you mean 'gexf'"),
        (["show", "Ladder Attention Netwrk"], "did you mean 'Ladder Attention Network'"),
        (["show", "qqqq"], "'kg stats' lists"),
        (["query", "--name", "nonsense"], "no query is named 'nonsense'"),
    ):
        result = run(*arguments)
        assert (result.exit_code, hint in result.stderr, result.stdout) == (2, True, ""), result.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["stats", "nowhere"], "nowhere is no workspace; make one with 'kg build PAPERS --out nowhere'"),
        (["show", "a", "b"], "a is no workspace"),
        (["show", "a", "b", "c"], "quotes around NAME"),
        (["build", "missing.jsonl"], "missing.jsonl"),
        (["query"], "--list names the questions"),
        (["query", "SELECT"], "malformed query"),
        (["query", "SELECT * {}", "--param", "x"], "expected KEY=VALUE"),
        (["query", "--name", "x", "out", "SELECT"], "--name takes the place of SPARQL"),
        (["query", "no such file.rq"], "no such file.rq"),
        (["query", "-"], "no text in UTF-8"),
        (["export"], "name a format of: csv"),
        (["export", "nt", "ttl", "-o", "x"], "name one format of"),
        (["extract"], "Missing argument"),
        (["evaluate", "gold.jsonl"], "gold.jsonl"),
    ],
)
def test_bad_usage_ends_with_2_and_says_why(here: Path, arguments: list[str], why: str) -> None:
    result = CliRunner().invoke(main, arguments, input=b"\xff")
    assert result.exit_code == 2, result.output
    assert why in result.stderr
    assert result.stdout == ""


def test_without_a_workspace_commands_say_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["stats"], ["show", "x"], ["status"], ["export", "nt"], ["query", "ASK {}"], ["validate"]):
        result = run(*command)
        assert result.exit_code == 2
        assert "no workspace here or in out/" in result.stderr


def test_the_current_folder_may_be_the_workspace(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out)
    assert run("stats").output == run("stats", out).output != ""


def test_a_closed_pipe_is_no_error(here: Path) -> None:
    with kg_command("show", "LAN", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_an_interruption_ends_with_130(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kg.snapshot.load", interrupted)
    result = run("stats")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe() -> None:
    program = "from kg.cli.progress import bar; print(sum(bar([1, 2, 3], 'counting', 3)))"
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    os.set_blocking(ours, False)
    for stderr in (theirs, subprocess.PIPE):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, check=True
        )
        assert done.stdout == b"6\n"
        assert not done.stderr
    assert b"counting" in os.read(ours, 1000)
    os.close(theirs)
    os.close(ours)


def test_control_characters_are_made_visible() -> None:
    assert clean(HOSTILE) == 'SLAM\\x1b[2J\\x9b31m\\u202e</script><b>"quoted"\\ud800'
    assert clean("Zürich 图 a\nb") == "Zürich 图 a\nb"


def test_names_from_papers_cannot_steer_the_terminal(tmp_path: Path, golden_graph: nx.MultiDiGraph) -> None:
    graph = nx.MultiDiGraph(golden_graph)
    key = next(k for k, d in graph.nodes(data=True) if d["kind"] == "Method")
    graph.nodes[key].update(label=HOSTILE, aliases=(HOSTILE,), papers=99)
    with write_store(tmp_path) as store:
        store.replace_papers([Paper(id="a", title="", abstract="a")])
        save_graph(store, graph)
    for command in (
        ["show", tmp_path, key],
        ["show", tmp_path, key, "--json"],
        ["stats", tmp_path],
        ["show", tmp_path, "x"],
    ):
        result = run(*command)
        assert not {"\x1b", "\x9b", "‮", "\ud800"} & set(result.output)
    assert "SLAM\\x1b[2J" in run("stats", tmp_path).output


# Commands


def test_build_says_what_it_made_and_what_to_do_next(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kg.build, "DEFAULT_FORMATS", ("ttl",))
    result = run("build", PAPERS, "--out", tmp_path / "ws", "--export", "nt")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.startswith("10 papers (10 extracted now): ")
    assert f"  {tmp_path / 'ws' / 'graph.nt'}\n" in result.stdout
    assert "Next: open" in result.stdout
    again = run("build", "--out", tmp_path / "ws")
    assert again.stdout.startswith("10 papers (0 extracted now): ")
    assert run("status", tmp_path / "ws").exit_code == 0


def test_build_names_bad_records_and_goes_on(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.build, "DEFAULT_FORMATS", ())
    papers = tmp_path / "papers.jsonl"
    papers.write_text("{}\n" * 30 + PAPERS.read_text(encoding="utf8"), encoding="utf8")
    result = run("build", papers, "--out", tmp_path / "ws")
    assert result.exit_code == 0
    assert f"{papers}:1: left out: " in result.stderr
    assert "... and 10 more" in result.stderr
    assert len(json.loads(run("status", tmp_path / "ws", "--rejected", "--json").stdout)["rejected"]) == 30
    assert "papers.jsonl" in run("status", tmp_path / "ws", "--rejected").stdout
    strict = run("build", papers, "--out", tmp_path / "ws2", "--strict")
    assert (strict.exit_code, f"{papers}:1" in strict.stderr) == (2, True)


def test_papers_are_added_and_removed(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.build, "DEFAULT_FORMATS", ("nt",))
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    lines = PAPERS.read_text(encoding="utf8").splitlines(keepends=True)
    first.write_text("".join(lines[:8]), encoding="utf8")
    second.write_text("".join(lines[7:]), encoding="utf8")
    run("build", first, "--out", tmp_path / "ws")
    before = (tmp_path / "ws" / "graph.nt").read_bytes()
    added = run("add", second, "--out", tmp_path / "ws")
    assert added.stdout == "10 papers (2 more, 2 extracted now)\n"
    assert "left out: the same paper as g08" in added.stderr
    run("build", PAPERS, "--out", tmp_path / "all")
    assert (tmp_path / "ws" / "graph.nt").read_bytes() == (tmp_path / "all" / "graph.nt").read_bytes()
    assert run("remove", "g09", "g10", "--out", tmp_path / "ws").stdout == "8 papers (2 fewer)\n"
    assert (tmp_path / "ws" / "graph.nt").read_bytes() == before
    missing = run("remove", "g09", "--out", tmp_path / "ws")
    assert (missing.exit_code, "no paper has the id 'g09'" in missing.stderr) == (2, True)


def test_build_takes_settings_and_columns(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.build, "DEFAULT_FORMATS", ())
    (tmp_path / "kg.toml").write_text('[kg]\nbase = "https://example.org/"\n')
    (tmp_path / "t.csv").write_text("Name,Summary\nSLAM,We present SLAM.\n")
    columns = ["--column", "title=Name", "--column", "abstract=Summary"]
    result = run(
        "build",
        tmp_path / "t.csv",
        "--format",
        "csv",
        *columns,
        "--settings",
        tmp_path / "kg.toml",
        "--out",
        tmp_path / "ws",
    )
    assert result.exit_code == 0, result.output
    assert "base = https://example.org/" in run("status", tmp_path / "ws").stdout


def test_status_tells_of_an_unfinished_build(here: Path, tmp_path: Path) -> None:
    with write_store(tmp_path) as store:
        store.replace_papers([Paper(id="a", title="", abstract="a")])
        held = json.loads(run("status", tmp_path, "--json").stdout)
    assert (held["papers"], held["complete"]) == (1, False)
    assert held["written_by"].startswith(f"process {os.getpid()} on ")
    result = run("status", tmp_path, "--check")
    assert result.exit_code == 1
    assert result.stdout.split()[-4:] == ["written_by", "-", "complete", "no"]


def test_show_tells_everything_with_quotes(here: Path) -> None:
    text = run("show", "ladder-attention network").stdout
    assert text == run("show", "out", "Ladder Attention Networks").stdout
    for part in ("Ladder Attention Network (Method)", "also: ", "LAN", "basedOn →", "ResNet-50 (Method)", "← proposes"):
        assert part in text
    assert "“LAN is based on ResNet-50 and adds a rung gate to each of its stages.”" in text
    assert "78.4%" in text
    about = json.loads(run("show", "LAN", "--json").stdout)
    assert [a["label"] for a in about] == ["Ladder Attention Network", "Local Affine Normalization"]
    assert {f["relation"] for f in about[0]["facts"]} >= {"basedOn", "outperforms", "proposes", "mentions"}
    assert all(e["quote"] for f in about[0]["facts"] for e in f["evidence"])


def test_show_knows_papers_ids_and_keys(here: Path) -> None:
    by_id = run("show", "g01").stdout
    assert by_id.startswith("Ladder Attention Networks for Image Classification (Paper)")
    key = json.loads(run("show", "g01", "--json").stdout)[0]["key"]
    assert run("show", key).stdout == by_id


def test_show_shortens_long_lists(here: Path) -> None:
    text = run("show", "g01", "--limit", "1", "--quotes", "0").stdout
    assert "more (--limit " in text
    assert "“" not in text


def test_stats_count(here: Path) -> None:
    found = json.loads(run("stats", "--json", "--top", "2").stdout)
    assert found["nodes"]["Paper"] == 10
    assert all(len(rows) <= 2 for rows in found["top"].values())
    assert "Paper" in run("stats").stdout


def test_query_text_file_and_standard_input_in_every_format(here: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(?p) AS ?n) { ?p a kg:Paper }"
    (tmp_path / "q.rq").write_text(text)
    assert run("query", text).stdout.split() == ["n", "--", "10"]
    for given, typed in ((tmp_path / "q.rq", None), ("-", text)):
        assert run("query", "out", given, "--format", "csv", input=typed).stdout.split() == ["n", "10"]
    assert json.loads(run("query", text, "-f", "json").stdout)["results"]["bindings"][0]["n"]["value"] == "10"
    assert run("query", text, "-f", "tsv").stdout.startswith("?n\n10")
    assert "<literal" in run("query", text, "-f", "xml").stdout
    assert run("query", "ASK { ?p a kg:Paper }").stdout == "yes\n"


def test_query_binds_parameters(here: Path) -> None:
    text = "SELECT ?label { ?p a kg:Method ; skos:prefLabel ?label FILTER(CONTAINS(?label, ?part)) }"
    assert "Ladder Attention Network" in run("query", text, "--param", "part=Ladder").stdout
    assert run("query", text, "-p", 'part=") }', "-f", "csv").stdout.strip() == "label"


def test_export_writes_into_the_workspace_or_where_told(here: Path, tmp_path: Path) -> None:
    assert run("export", "nt").stdout == f"{Path('out', 'graph.nt')}\n"
    assert run("export", "out", "nt", "ttl").stdout.split() == ["out/graph.nt", "out/graph.ttl"]
    assert run("export", "nt", "-o", tmp_path / "x.nt").exit_code == 0
    assert (tmp_path / "x.nt").read_bytes() == (here / "out" / "graph.nt").read_bytes()
    assert "gexf" in run("export", "--list").stdout.split()


def test_extract_writes_one_record_a_paper(
    here: Path, tmp_path: Path, golden_records: tuple[list[Paper], list[Extraction]]
) -> None:
    assert run("extract", PAPERS, "-o", tmp_path / "x.jsonl").exit_code == 0
    records = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert [r["id"] for r in records] == [p.id for p in golden_records[0]]
    assert run("extract", PAPERS).stdout == (tmp_path / "x.jsonl").read_text()


def test_link_maps_every_entity(here: Path, tmp_path: Path) -> None:
    extractions = GOLDEN / "extractions.jsonl"
    links = json.loads(run("link", extractions).stdout)
    assert links["g01 e1"].startswith(("method/", "task/"))
    assert run("link", extractions, "--papers", PAPERS, "-o", tmp_path / "links.json").exit_code == 0
    assert set(json.loads((tmp_path / "links.json").read_text())) == set(links)
    (tmp_path / "bad.jsonl").write_text('{"id": "a"}\nnonsense\n')
    (tmp_path / "binary.jsonl").write_bytes(b'{"id": "a"}\n\xff\xfe\n')
    for name in ("bad.jsonl", "binary.jsonl"):
        result = run("link", tmp_path / name)
        assert (result.exit_code, f"{name}:2: no JSON" in result.stderr) == (2, True)


def test_evaluate_scores_the_extractor_or_a_file(here: Path, tmp_path: Path) -> None:
    gold = GOLDEN / "extractions.jsonl"
    result = run("evaluate", gold, "--papers", PAPERS, "--json")
    assert json.loads(result.stdout)["relations"]["f1"] == 100.0
    lines = gold.read_text(encoding="utf8").splitlines()
    (tmp_path / "some.jsonl").write_text("\n".join(lines[:5]), encoding="utf8")
    table = run("evaluate", gold, "--papers", PAPERS, "--predictions", tmp_path / "some.jsonl").stdout
    assert table.splitlines()[2].startswith("mentions ")
    (tmp_path / "gold.jsonl").write_text("\n".join(lines), encoding="utf8")
    (tmp_path / "gold.papers.jsonl").write_bytes(PAPERS.read_bytes())
    assert json.loads(run("evaluate", tmp_path / "gold.jsonl", "--json").stdout)["entities"]["p"] == 100.0
    few = tmp_path / "few.jsonl"
    few.write_text(PAPERS.read_text(encoding="utf8").splitlines()[0])
    assert "9 papers are not among the papers" in run("evaluate", gold, "--papers", few).stderr


def test_validate_ends_with_1_where_the_graph_does_not_conform(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("validate")
    assert result.exit_code == 0, result.output

    def failing(graph: nx.MultiDiGraph) -> Any:
        return type("Report", (), {"conforms": False, "text": "1 violation"})()

    monkeypatch.setattr("kg.validate.validate", failing)
    result = run("validate")
    assert (result.exit_code, result.stdout) == (1, "1 violation\n")
