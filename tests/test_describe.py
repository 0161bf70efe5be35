"""Finding a node by what people call it, and what is told of it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import networkx as nx
import pytest

from kg.counts import count
from kg.describe import describe, find, suggest
from kg.model import SLOTS


def labels(graph: nx.MultiDiGraph, keys: list[str]) -> list[str]:
    return [graph.nodes[key]["label"] for key in keys]


def named(graph: nx.MultiDiGraph, name: str) -> dict[str, Any]:
    (key,) = find(graph, name)
    return describe(graph, key)


@pytest.mark.parametrize(
    "name",
    ["Ladder Attention Network", "ladder attention networks", "LADDER  ATTENTION-NETWORK", "Ladder_attention network"],
)
def test_names_are_found_whatever_their_case_hyphens_and_plural(golden_graph: nx.MultiDiGraph, name: str) -> None:
    assert labels(golden_graph, find(golden_graph, name)) == ["Ladder Attention Network"]


def test_an_alias_of_several_senses_finds_all_of_them(golden_graph: nx.MultiDiGraph) -> None:
    assert labels(golden_graph, find(golden_graph, "LAN")) == ["Ladder Attention Network", "Local Affine Normalization"]


def test_keys_iris_and_paper_ids_find_one_node(golden_graph: nx.MultiDiGraph) -> None:
    (key,) = find(golden_graph, "g01")
    assert golden_graph.nodes[key]["kind"] == "Paper"
    assert find(golden_graph, key) == find(golden_graph, golden_graph.graph["base"] + key) == [key]


def test_what_is_not_there_is_not_found_but_something_near_is_suggested(golden_graph: nx.MultiDiGraph) -> None:
    assert find(golden_graph, "Ladder Atention Network") == []
    assert suggest(golden_graph, "Ladder Atention Network")[0] == "Ladder Attention Network"
    assert "Ladder Attention Network" in suggest(golden_graph, "ladder")
    assert suggest(golden_graph, "zzzz") == []
    assert find(golden_graph, "") == []


def test_every_fact_of_a_node_is_told_with_all_its_quotes(golden_graph: nx.MultiDiGraph) -> None:
    for key in golden_graph:
        about = describe(golden_graph, key)
        touching = [
            edge
            for edges in (
                golden_graph.out_edges(key, keys=True, data=True),
                golden_graph.in_edges(key, keys=True, data=True),
            )
            for edge in edges
            if edge[2] not in ("reports", *SLOTS)
        ]
        assert len(about["facts"]) == len(touching)
        assert sum(len(f["evidence"]) for f in about["facts"]) == sum(len(e[3]["evidence"]) for e in touching)


def test_facts_begin_with_who_proposes_it_and_end_with_mentions(golden_graph: nx.MultiDiGraph) -> None:
    relations = [fact["relation"] for fact in named(golden_graph, "Ladder Attention Network")["facts"]]
    assert relations[0] == "proposes"
    assert relations[-1] == "mentions"
    groups = [(f["direction"], f["relation"]) for f in named(golden_graph, "Ladder Attention Network")["facts"]]
    assert len([*groupby(groups)]) == len(set(groups))  # each stands together


def test_results_tell_the_role_and_the_other_slots(golden_graph: nx.MultiDiGraph) -> None:
    results = named(golden_graph, "Ladder Attention Network")["results"]
    best = next(r for r in results if r["value"] == "78.4%")
    assert best["as"] == "method"
    assert best["dataset"]["label"] == "ImageNet"
    assert "78.4%" in best["evidence"][0]["quote"]
    assert any(r["value"] == "78.4%" for r in named(golden_graph, "ImageNet")["results"])
    assert any(r["value"] == "78.4%" and "as" not in r for r in named(golden_graph, "g01")["results"])
    assert describe(golden_graph, best["key"])["results"][0]["method"]["label"] == "Ladder Attention Network"


def test_counts_add_up(golden_graph: nx.MultiDiGraph) -> None:
    found = count(golden_graph, top=3)
    assert sum(found["nodes"].values()) == len(golden_graph)
    assert sum(found["edges"].values()) == golden_graph.size()
    assert sum(found["papers_by_year"].values()) == found["nodes"]["Paper"] == 10
    for rows in found["top"].values():
        papers = [row["papers"] for row in rows]
        assert papers == sorted(papers, reverse=True)
        assert len(rows) <= 3
