"""What changed between two graphs: nothing between equal ones, and every kind of change told as what it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner, Result
from golden_extractor import PAPERS, GoldenExtractor

from kg.build import build
from kg.cli import main
from kg.diff import Side, compare, read_side, side_of
from kg.diff.page import page
from kg.diff.sides import EntityInfo, FactInfo, PaperInfo, Quote, ResultInfo
from kg.diff.tell import as_json
from kg.errors import ReadError
from kg.export import write
from kg.model import Paper
from kg.read import read_papers

FORMS = {"nt": "graph.nt", "ttl": "graph.ttl", "nq": "graph.nq", "trig": "graph.trig", "rdfxml": "graph.rdf",
         "jsonld": "graph.jsonld"}  # fmt: skip


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workspaces old/ of six golden papers and new/ of all ten."""
    folder = tmp_path_factory.mktemp("diff")
    papers = list(read_papers([PAPERS]))
    build(papers[:6], folder / "old", formats=("nt",), extractor=GoldenExtractor())
    build(papers, folder / "new", formats=(), extractor=GoldenExtractor())
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def corrected(two: Path, folder: Path, *rows: str) -> dict[str, Any]:
    """What corrections change in the graph of all ten papers."""
    shutil.copytree(two / "new", folder / "ws")
    (folder / "ws" / "curation.tsv").write_text("action\tentity\trelation\tvalue\tpaper\n" + "\n".join(rows))
    build(None, folder / "ws", formats=(), extractor=GoldenExtractor())
    return as_json(compare(read_side(two / "new"), read_side(folder / "ws")))


def told(found: dict[str, Any], name: str) -> list[Any]:
    return [json.loads(json.dumps(row)) for row in found["entities"][name]]


@pytest.mark.parametrize("form", FORMS)
def test_a_graph_is_the_same_in_every_form(golden_graph: nx.MultiDiGraph, tmp_path: Path, form: str) -> None:
    (path,) = write(golden_graph, form, tmp_path / FORMS[form])
    found = compare(side_of(golden_graph, "memory"), read_side(path))
    assert found.same, found.counts()


def test_hostile_texts_come_back_from_rdf(hostile_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    (path,) = write(hostile_graph, "nt", tmp_path / "graph.nt")
    side = read_side(path)
    assert side.entities.keys() == side_of(hostile_graph, "memory").entities.keys()
    text = page(compare(Side(name="</title><script>"), side))
    assert "<script" not in text
    assert "javascript:" not in text


def test_new_papers_bring_what_they_bring(two: Path) -> None:
    old, new = read_side(two / "old"), read_side(two / "new")
    found = compare(old, new)
    assert [paper.id for paper in found.papers_added] == ["g07", "g08", "g09", "g10"]
    assert not (found.papers_removed or found.removed or found.facts_removed or found.results_removed or found.split)
    assert {entity.label for entity in found.added} >= {"SchNet", "DimeNet", "QM9"}
    assert all(triple in new.facts and triple not in old.facts for triple in found.facts_added)
    back = compare(new, old)
    assert [paper.id for paper in back.papers_removed] == ["g07", "g08", "g09", "g10"]
    assert len(back.removed) == len(found.added)
    assert set(back.facts_removed) == set(found.facts_added)


def test_a_merge_is_a_merge_and_its_facts_stay(two: Path, tmp_path: Path) -> None:
    found = corrected(two, tmp_path, "merge\tSchNet\t\tDimeNet")
    (merged,) = told(found, "merged")
    assert (merged["into"]["label"], {e["label"] for e in merged["from"]}) == ("SchNet", {"SchNet", "DimeNet"})
    assert not (found["entities"]["added"] or found["entities"]["removed"] or found["facts"]["added"])
    gone = {(fact["head"]["label"], fact["tail"]["label"]) for fact in found["facts"]["removed"]}
    assert all({"SchNet", "DimeNet"} == set(ends) for ends in gone)  # a node is not compared with itself


def test_a_split_is_a_split(two: Path, tmp_path: Path) -> None:
    found = corrected(two, tmp_path, "split\tImageNet\t\t\tg10")
    (split,) = told(found, "split")
    assert split["from"]["label"] == "ImageNet"
    assert [entity["papers"] for entity in split["into"]] == [3, 1]
    assert not (found["entities"]["added"] or found["facts"]["removed"])


def test_a_renaming_and_a_new_type_are_no_new_entity(two: Path, tmp_path: Path) -> None:
    found = corrected(two, tmp_path, "rename\tSchNet\t\tSchNet (molecules)", "retype\tMetric:latency\t\tTask")
    changes = {(row["before"]["label"], row["after"]["label"], row["after"]["kind"]) for row in told(found, "renamed")}
    assert changes == {("SchNet", "SchNet (molecules)", "Method"), ("latency", "latency", "Task")}
    assert not (found["entities"]["added"] or found["entities"]["removed"] or found["entities"]["split"])


def test_a_rejection_takes_away(two: Path, tmp_path: Path) -> None:
    found = corrected(two, tmp_path, "reject\tQM9")
    assert [entity["label"] for entity in told(found, "removed")] == ["QM9"]
    assert found["facts"]["removed"]
    assert all("QM9" in (fact["head"]["label"], fact["tail"]["label"]) for fact in found["facts"]["removed"])


def small(score: float = 0.9, text: str = "A beats B.", value: str = "80%") -> Side:
    """One paper, two methods, a symmetric fact and a result."""
    quote = (Quote(paper="p", start=0, text=text),)
    keys = ("method/a", "method/b")
    return Side(
        name="s",
        papers={"p": PaperInfo(id="p", key="paper/p", title="P", year=2020, url="https://example.org/?a=1&b=2")},
        entities={k: EntityInfo(key=k, kind="Method", label=k[-1], names=(k[-1],), papers=("p",)) for k in keys},
        facts={(*(keys[0], "comparedWith"), keys[1]): FactInfo(support=1, score=score, quotes=quote)},
        results={"result/r": ResultInfo(label=value, value=value, slots=(("method", keys[0]),), quotes=quote)},
    )


def test_other_scores_sentences_and_values_are_differences() -> None:
    assert compare(small(), small()).same
    assert compare(small(), small(score=0.8)).counts()["facts_changed"] == 1
    assert compare(small(), small(text="B loses.")).counts()["facts_changed"] == 1
    other = compare(small(), small(value="81%"))
    assert (other.results_added, other.results_removed) == (("result/r",), ("result/r",))


def test_a_symmetric_fact_stays_when_a_new_key_turns_it_round() -> None:
    old, new = small(), small()
    (fact,) = new.facts.values()
    new.facts = {("method/b", "comparedWith", "method/z"): fact}
    new.entities["method/z"] = EntityInfo(key="method/z", kind="Method", label="a", names=("a",), papers=("p",))
    del new.entities["method/a"]
    new.results = {"result/s": ResultInfo(label="80%", value="80%", slots=(("method", "method/z"),),
                                          quotes=old.results["result/r"].quotes)}  # fmt: skip
    found = compare(old, new)
    assert {name: number for name, number in found.counts().items() if number} == {"renamed": 1}


def test_the_command_tells_and_ends_with_1(two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(two)
    result = run("diff", "old", "new", "--html", tmp_path / "d.html", "--limit", "2")
    assert result.exit_code == 1
    assert "papers added" in result.stdout
    assert "... and 2 more (--limit 4 shows all)" in result.stdout
    found = compare(read_side(Path("old")), read_side(Path("new")))
    assert (tmp_path / "d.html").read_text(encoding="utf8") == page(found)
    data = json.loads(run("diff", "old/graph.nt", "new", "--json").stdout)
    assert data["counts"]["papers_added"] == 4
    assert data["same"] is False
    assert all(quote["quote"] and quote["title"] for fact in data["facts"]["added"] for quote in fact["evidence"])
    again = run("diff", "old", "old/graph.nt")
    assert (again.exit_code, again.stdout) == (0, "no difference\n")


def test_what_is_no_graph_is_told(tmp_path: Path) -> None:
    for name, data, why in (
        ("x.txt", b"x", "neither a workspace nor a graph in RDF"),
        ("x.nt", b"<a> <b>", "no RDF of this form"),
        ("x.ttl", b"<http://a> <http://b> <http://c> .", "no graph that 'kg export' wrote"),
    ):
        (tmp_path / name).write_bytes(data)
        result = run("diff", tmp_path / name, tmp_path / name)
        assert (result.exit_code, why in result.stderr) == (2, True), result.output
    with pytest.raises(ReadError, match="no workspace"):
        read_side(tmp_path)
    assert run("diff", tmp_path / "nowhere", tmp_path).exit_code == 2


def test_the_page_is_plain_and_the_same_each_time(two: Path) -> None:
    found = compare(read_side(two / "old"), read_side(two / "new"))
    text = page(found)
    assert text == page(found)
    assert "<script" not in text
    assert "http-equiv" in text
    assert "proposes" in text
    assert 'href="https://example.org/?a=1&amp;b=2"' in page(compare(Side(name="x"), small()))
    assert "Nothing: the two graphs say the same." in page(compare(small(), small()))


def test_only_web_addresses_become_links() -> None:
    graph = nx.MultiDiGraph(base="https://example.org/")
    graph.add_node("paper/p", kind="Paper", label="P", paper_id="p", url="javascript:alert(1)")
    assert side_of(graph, "x").papers["p"].url is None


def test_adding_one_paper_tells_one_paper(tmp_path: Path) -> None:
    papers: list[Paper] = list(read_papers([PAPERS]))
    graphs = [build(some, extractor=GoldenExtractor()) for some in (papers[:9], papers)]
    found = compare(*(side_of(graph, "g") for graph in graphs))
    assert [paper.id for paper in found.papers_added] == ["g10"]
    assert all("g10" in entity.papers for entity in found.added)
