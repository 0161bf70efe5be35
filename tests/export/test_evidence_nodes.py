"""Sentences and facts as nodes: what they say, once each, under the IRIs that RDF has for them."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.export.cypher import statements
from kg.export.evidencenodes import STATES, with_evidence_nodes
from kg.iri import sentence_iri, statement_iri
from kg.model import Evidence
from kg.snapshot import save_graph
from kg.store import write_store


def keys(graph: nx.MultiDiGraph, kind: str) -> set[str]:
    return {key for key, data in graph.nodes(data=True) if data["kind"] == kind}


def test_the_graph_is_there_still_and_every_sentence_once(golden_graph: nx.MultiDiGraph) -> None:
    larger = with_evidence_nodes(golden_graph)
    assert nx.utils.graphs_equal(larger.subgraph(golden_graph), nx.MultiDiGraph(golden_graph))
    sentences = {(e.paper, e.start, e.end): e.quote for *_, found in golden_graph.edges(data="evidence") for e in found}
    assert keys(larger, "Evidence") == {sentence_iri("", *place) for place in sentences}
    for (paper, start, end), quote in sentences.items():
        key = sentence_iri("", paper, start, end)
        about = {"kind": "Evidence", "quote": quote, "paper": paper, "start": start, "end": end}
        assert larger.nodes[key] == about
        (home,) = (tail for _, tail, relation in larger.out_edges(key, keys=True) if relation == "inPaper")
        assert larger.nodes[home]["paper_id"] == paper


def test_every_fact_is_joined_to_its_ends_and_sentences(golden_graph: nx.MultiDiGraph) -> None:
    larger = with_evidence_nodes(golden_graph)
    count = 0
    for head, tail, relation, data in golden_graph.edges(keys=True, data=True):
        key = statement_iri("", head, relation, tail)
        result = next((end for end in (head, tail) if end.startswith("result/")), None)
        if result is None:
            count += 1
            assert larger.has_edge(key, head, "head")
            assert larger.has_edge(key, tail, "tail")
            assert (larger.nodes[key]["support"], larger.nodes[key]["score"]) == (data["support"], data["score"])
        for item in data["evidence"]:
            sentence = sentence_iri("", item.paper, item.start, item.end)
            assert larger.edges[sentence, result or key, STATES[item.status]] == {"score": item.score}
    assert len(keys(larger, "Fact")) == count > 100


def test_what_a_sentence_denies_it_does_not_support(golden_graph: nx.MultiDiGraph) -> None:
    graph = nx.MultiDiGraph(golden_graph)
    head, tail, relation = next(edge for edge in graph.edges(keys=True) if edge[2] == "usedFor")
    said = Evidence(paper="x", start=3, end=9, quote="quoted", score=0.25, status="negated")
    graph.add_edge(head, tail, relation, support=1, score=0.25, status="negated", evidence=(said,))
    larger = with_evidence_nodes(graph)
    sentence, fact = sentence_iri("", "x", 3, 9), statement_iri("", head, relation, tail)
    assert list(larger.out_edges(sentence, keys=True)) == [(sentence, fact, "denies")], "no paper x, no inPaper"
    assert (larger.nodes[fact]["status"], larger.nodes[fact]["relation"]) == ("negated", "USED_FOR")


def test_hostile_texts_stay_in_their_literals_and_the_indexes_come_first(hostile_graph: nx.MultiDiGraph) -> None:
    found = list(statements(with_evidence_nodes(hostile_graph)))
    assert "CREATE FULLTEXT INDEX kg_evidence IF NOT EXISTS FOR (n:Evidence) ON EACH [n.quote]" in found
    assert "CREATE CONSTRAINT kg_fact_key IF NOT EXISTS FOR (n:Fact) REQUIRE n.key IS UNIQUE" in found
    assert not any("kg_entities" in line and ("Fact" in line or "Evidence" in line) for line in found)


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["cypher", "--evidence-nodes"], "graph.cypher", 0),
        (["gexf", "--evidence-nodes"], "--evidence-nodes goes with cypher, ladybug, neo4j, neo4j-gzip", 2),
    ],
)
def test_the_command(
    golden_graph: nx.MultiDiGraph, tmp_path: Path, arguments: list[str], words: str, code: int
) -> None:
    with write_store(tmp_path) as store:
        save_graph(store, golden_graph)
    done = CliRunner().invoke(main, ["export", str(tmp_path), *arguments])
    assert (done.exit_code, words in done.output) == (code, True), done.output
    if not code:
        assert ":Evidence" in (tmp_path / "graph.cypher").read_text(encoding="utf8")
