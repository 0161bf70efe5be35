"""The graph: order of insertion, attributes and their types, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.errors import KgError
from kg.graph import EDGE_ATTRS, NODE_ATTRS, assemble
from kg.keys import entity_key, paper_key
from kg.link import resolve
from kg.model import SLOTS, Evidence, Extraction, ExtractorInfo, Fact, Merge, Paper, Resolved
from kg.schema import load_schema

INFO = ExtractorInfo(name="golden", version="1", hash="0" * 64)


def build(resolved: Resolved) -> nx.MultiDiGraph:
    return assemble(resolved, load_schema(), extractor=INFO)


def test_the_graph_says_who_extracted_it(golden_graph: nx.MultiDiGraph) -> None:
    assert {name: value for name, value in golden_graph.graph.items() if name != "moved"} == {
        "extractor": "golden",
        "extractor_version": "1",
        "extractor_hash": "0" * 64,
        "base": "https://w3id.org/abstract-kg/data/",
    }


def test_nodes_and_edges_stand_sorted(golden_graph: nx.MultiDiGraph) -> None:
    nodes = list(golden_graph)
    assert nodes == sorted(nodes)
    for node in nodes:
        edges = [(tail, key) for _, tail, key in golden_graph.out_edges(node, keys=True)]
        assert edges == sorted(edges)


def test_every_attribute_is_in_the_table_with_its_type(golden_graph: nx.MultiDiGraph) -> None:
    items: list[tuple[dict[str, Any], dict[str, type]]] = [
        (data, NODE_ATTRS) for _, data in golden_graph.nodes(data=True)
    ]
    items += [(data, EDGE_ATTRS) for *_, data in golden_graph.edges(data=True)]
    seen = set()
    for data, table in items:
        for name, value in data.items():
            assert type(value) is table[name], name
            seen.add(name)
    assert seen >= {"kind", "label", "aliases", "merges", "evidence", "support", "score", "number", "authors", "doi"}


def test_every_edge_has_evidence_of_its_papers(golden_graph: nx.MultiDiGraph) -> None:
    for head, tail, relation, data in golden_graph.edges(keys=True, data=True):
        assert all(isinstance(item, Evidence) for item in data["evidence"])
        assert data["support"] == len({item.paper for item in data["evidence"]}) >= 1
        assert 0.0 <= data["score"] <= 1.0
        if relation in ("mentions", "proposes", "addresses", "reports"):
            assert golden_graph.nodes[head]["kind"] == "Paper"
        if relation in SLOTS:
            assert golden_graph.nodes[head]["kind"] == "Result"
        assert tail in golden_graph


def test_entities_count_papers_and_years(golden_graph: nx.MultiDiGraph) -> None:
    key = entity_key("Dataset", "imagenet")
    data = golden_graph.nodes[key]
    papers = [head for head, _, relation in golden_graph.in_edges(key, keys=True) if relation == "mentions"]
    years = [golden_graph.nodes[paper]["year"] for paper in papers]
    assert (data["papers"], data["first_year"], data["last_year"]) == (len(papers), min(years), max(years))
    assert all(isinstance(merge, Merge) for merge in data["merges"])


def test_results_have_a_label_that_reads(golden_graph: nx.MultiDiGraph) -> None:
    labels = {data["label"] for _, data in golden_graph.nodes(data=True) if data["kind"] == "Result"}
    assert "78.4% top-1 accuracy on ImageNet" in labels


def test_what_is_missing_is_left_out() -> None:
    graph = build(resolve([Paper(id="a b/ü", title="", abstract="x")], []))
    assert dict(graph.nodes(data=True)) == {
        paper_key("a b/ü"): {"kind": "Paper", "label": "a b/ü", "paper_id": "a b/ü"}
    }


def test_facts_that_the_schema_forbids_are_refused(golden_records: tuple[list[Paper], list[Extraction]]) -> None:
    resolved = resolve(*golden_records)
    stated = next(fact for fact in resolved.facts if fact.relation == "evaluatedOn")
    wrong = Fact(head=stated.tail, relation="evaluatedOn", tail=stated.head, evidence=stated.evidence, score=1.0)
    with pytest.raises(KgError, match="may not join Dataset and Method"):
        build(replace(resolved, facts=(wrong,)))
    with pytest.raises(KgError, match="has no evidence"):
        build(replace(resolved, facts=(replace(stated, evidence=()),)))
    with pytest.raises(KgError, match="is no node"):
        build(replace(resolved, facts=(replace(stated, tail="dataset/nowhere"),)))


def test_the_table_of_the_architecture_page_names_every_attribute() -> None:
    page = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf8")
    for name in (*NODE_ATTRS, *EDGE_ATTRS):
        assert f"`{name}`" in page, name
