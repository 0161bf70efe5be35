"""What the report finds, on graphs small enough to count by hand."""

from __future__ import annotations

import networkx as nx
import pytest

from kg.evaluate import calibration
from kg.export import findings
from kg.export.figures import bars, frequencies, histogram
from kg.export.report import page
from kg.model import Evidence


def evidence(paper: str, score: float = 0.5, quote: str = "It is said.") -> tuple[Evidence, ...]:
    return (Evidence(paper=paper, start=0, end=len(quote), quote=quote, score=score),)


@pytest.fixture
def graph() -> nx.MultiDiGraph:
    """Four papers of four years, two methods that beat each other, one that rises, one that falls."""
    graph = nx.MultiDiGraph(extractor="test", extractor_version="1")
    for year in (2019, 2020, 2021, 2022):
        graph.add_node(f"paper/{year}", kind="Paper", label=f"Paper <{year}>", paper_id=f"p{year}", year=year)
    for name, papers in (("a", 3), ("b", 2), ("old", 2), ("new", 2)):
        graph.add_node(f"method/{name}", kind="Method", label=name.upper(), papers=papers)
    graph.add_node("task/t", kind="Task", label="T", papers=2)
    graph.add_node("dataset/d", kind="Dataset", label="D", papers=2)
    named = {"a": (2019, 2020, 2021), "b": (2020, 2021), "old": (2019, 2020), "new": (2021, 2022)}
    for name, years in named.items():
        for year in years:
            graph.add_edge(
                f"paper/{year}", f"method/{name}", key="mentions", support=1, score=0.9, evidence=evidence(f"p{year}")
            )
    graph.add_edge(
        "method/a", "method/b", key="outperforms", support=1, score=0.8, evidence=evidence("p2020", 0.8, "A beats B.")
    )
    graph.add_edge(
        "method/b", "method/a", key="outperforms", support=1, score=0.4, evidence=evidence("p2021", 0.4, "B beats A.")
    )
    graph.add_edge("paper/2021", "task/t", key="addresses", support=1, score=0.9, evidence=evidence("p2021"))
    graph.add_edge("paper/2021", "dataset/d", key="mentions", support=1, score=0.9, evidence=evidence("p2021"))
    graph.add_edge(
        "dataset/d", "task/t", key="usedFor", support=2, score=0.75, evidence=evidence("p2021") + evidence("p2022")
    )
    return graph  # fmt: skip


def test_entities_by_papers_and_year(graph: nx.MultiDiGraph) -> None:
    first = findings.named(graph)[0]
    assert (first.key, first.papers) == ("method/a", 3)
    assert first.by_year == ((2019, 1), (2020, 1), (2021, 1), (2022, 0))


def test_risers_grow_in_share(graph: nx.MultiDiGraph) -> None:
    found = findings.risers(graph, findings.named(graph))
    assert [(r.entity.key, r.since, r.before, r.after) for r in found] == [("method/new", 2021, 0.0, 1.0)]


def test_no_risers_without_years(graph: nx.MultiDiGraph) -> None:
    for _, data in graph.nodes(data=True):
        data.pop("year", None)
    assert findings.risers(graph, findings.named(graph)) == []
    assert "do not tell years apart" in page(graph)


def test_dispute_has_both_sides_with_quotes(graph: nx.MultiDiGraph) -> None:
    (dispute,) = findings.disputes(graph)
    assert [(winner, loser, n, e[0].quote) for winner, loser, n, e in dispute.sides] == [
        ("method/a", "method/b", 1, "A beats B."),
        ("method/b", "method/a", 1, "B beats A."),
    ]  # fmt: skip
    text = page(graph)
    assert "A beats B." in text
    assert "B beats A." in text


def test_what_no_paper_asserts_is_no_dispute_and_does_not_count(graph: nx.MultiDiGraph) -> None:
    graph.edges["method/b", "method/a", "outperforms"]["status"] = "negated"
    assert findings.disputes(graph) == []
    assert findings.entity_scores(graph) == [0.75, 0.8]
    assert {r.name: r.facts for r in findings.relations(graph)}["outperforms"] == 1


def test_data_sets_of_a_task_count_each_paper_once(graph: nx.MultiDiGraph) -> None:
    assert findings.datasets_by_task(graph) == [("task/t", [("dataset/d", 2)])]


def test_bands_and_expected_precision(graph: nx.MultiDiGraph) -> None:
    scores = findings.entity_scores(graph)
    assert scores == [0.4, 0.75, 0.8]
    assert [(b.low, b.facts) for b in findings.bands(scores)] == [(0.8, 1), (0.7, 1), (0.4, 1)]
    assert "<b>65%</b>" in page(graph)


def test_reading_and_calibration_are_told_where_known(graph: nx.MultiDiGraph) -> None:
    graph.graph["read"] = 6
    graph.graph["rejections"] = [
        {"source": "papers.jsonl", "line": 3, "reason": "no '<abstract>'", "kind": "bad", "of": None},
        {"source": "papers.jsonl", "line": 5, "reason": "same DOI", "kind": "duplicate", "of": "p2019"},
    ]
    rows = [(0.5, False), (0.5, True), (0.9, True)]
    graph.graph["calibration"] = calibration({"relation": rows}, measured_on="a <test>", papers=7)
    graph.graph["notices"] = [{"source": "table.csv", "line": 2, "reason": "read as '<latin-1>'"}]
    graph.nodes["paper/2019"]["language"] = "de"
    text = page(graph)
    assert "6 records were read: 4 papers, 1 duplicate folded into them, 1 rejected." in text
    assert "no &#39;&lt;abstract&gt;&#39;" in text
    assert "measured on <bdi>a &lt;test&gt;</bdi> (7 annotated papers)" in text
    assert ">On the" not in text
    assert "Relations by score" in text
    assert "table.csv</bdi>:2" in text
    assert "read as &#39;&lt;latin-1&gt;&#39;" in text
    assert "Not in English, kept but not read (1)" in text
    assert "Paper &lt;2019&gt;" in text


def test_only_web_addresses_become_links(graph: nx.MultiDiGraph) -> None:
    graph.nodes["paper/2020"]["url"] = "javascript:alert(1)"
    graph.nodes["paper/2021"]["url"] = "https://example.org/?a=1&b=2"
    text = page(graph)
    assert "javascript:" not in text
    assert 'href="https://example.org/?a=1&amp;b=2"' in text


def test_plots_are_plain_svg_with_text() -> None:
    first = bars(["2020", "2021"], [1, 2], x="Year", y="Papers", title="Papers by year")
    assert first == bars(["2020", "2021"], [1, 2], x="Year", y="Papers", title="Papers by year")
    assert first.startswith("<svg")
    assert ">Papers</text>" in first
    assert "<style" not in first
    assert "metadata" not in first
    assert "var(--accent)" in first
    for other in (frequencies([1, 1, 5], x="x", y="y", title="t"), histogram([0.1, 0.9], x="x", y="y", title="t")):
        assert other.startswith("<svg")
