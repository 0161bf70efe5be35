"""The pieces that the explorer asks for hold what the whole graph holds."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from kg.serve.portrait import direction
from kg.serve.site import ENTITIES
from serve_pages.pages_server import Served, weightiest


def keys_of(piece: dict[str, Any]) -> dict[int, str]:
    return dict(zip(piece["nodes"]["id"], piece["nodes"]["key"], strict=True))


def triples_of(piece: dict[str, Any], relations: list[str]) -> set[tuple[str, str, str]]:
    keys = keys_of(piece)
    edges = piece["edges"]
    rows = zip(edges["head"], edges["relation"], edges["tail"], strict=True)
    return {(keys[head], relations[relation], keys[tail]) for head, relation, tail in rows}


@pytest.fixture(scope="module")
def relations(served: Served) -> list[str]:
    found: list[str] = served.json("/api/explore")["about"]["relations"]
    return found


def test_the_opening_counts_the_graph_and_draws_a_part(served: Served) -> None:
    opening = served.json("/api/explore")
    graph = served.graph
    assert opening["about"]["size"] == len(graph)
    assert opening["about"]["facts"] == graph.number_of_edges()
    assert sum(opening["about"]["kinds"].values()) == len(graph)
    assert sum(opening["about"]["counts"]) == graph.number_of_edges()
    assert 0 < len(opening["nodes"]) <= 80
    assert {node["id"] for node in opening["nodes"]} <= keys_of(opening["piece"]).keys()


def test_a_node_comes_with_all_its_edges_and_sentences(served: Served, relations: list[str]) -> None:
    graph = served.graph
    key = weightiest(graph, "Method")
    piece = served.json("/api/node", key=key)
    expected = {(h, r, t) for h, t, r in (*graph.out_edges(key, keys=True), *graph.in_edges(key, keys=True))}
    assert {relation for _, relation, _ in expected} & {"inferredSubtypeOf"} == set()
    found = triples_of(piece, relations)
    assert {(h, r.replace("inferredSubtypeOf", "subtypeOf"), t) for h, r, t in found if key in (h, t)} == expected
    quotes = {e.quote for h, r, t in expected for e in graph.edges[h, t, r]["evidence"]}
    assert set(piece["sentences"]["text"]) & quotes
    assert all(
        piece["edges"]["evidence"][i] for i, r in enumerate(piece["edges"]["relation"]) if relations[r] == "usedFor"
    )


def test_neighbours_pass_the_filter_best_attested_first(served: Served) -> None:
    graph = served.graph
    key = weightiest(graph, "Task")
    near = {n for n in set(graph.pred[key]) | set(graph.succ[key]) if graph.nodes[n]["kind"] in ENTITIES}
    piece = served.json("/api/neighbours", key=key)
    assert set(keys_of(piece).values()) == near | {key}
    assert piece["near"] == len(near)
    few = served.json("/api/neighbours", key=key, kinds="Method", limit=1)
    assert {graph.nodes[k]["kind"] for k in keys_of(few).values() if k != key} == {"Method"}
    assert len(keys_of(few)) == 2
    assert set(keys_of(served.json("/api/neighbours", key=key, support=99)).values()) == {key}


def test_lines_are_all_edges_among_the_nodes(served: Served, relations: list[str]) -> None:
    graph = served.graph
    opening = served.json("/api/explore")
    ids = [node["id"] for node in opening["nodes"]]
    keys = keys_of(opening["piece"])
    drawn = graph.subgraph(keys[i] for i in ids)
    piece = served.json("/api/lines", ids=",".join(map(str, ids)))
    found = {(h, r.replace("inferredSubtypeOf", "subtypeOf"), t) for h, r, t in triples_of(piece, relations)}
    assert found == {(h, r, t) for h, t, r in drawn.edges(keys=True) if h != t}


def test_paths_are_the_shortest(served: Served, relations: list[str]) -> None:
    graph = served.graph
    entities = graph.subgraph(key for key, kind in graph.nodes(data="kind") if kind in ENTITIES).to_undirected()
    start = weightiest(graph, "Method")
    lengths = nx.single_source_shortest_path_length(entities, start)
    end = max(sorted(lengths), key=lambda key: lengths[key])
    piece = served.json("/api/paths", **{"from": start, "to": end})
    way = nx.Graph((head, tail) for head, _, tail in triples_of(piece, relations))
    assert nx.shortest_path_length(way, start, end) == lengths[end]


def test_results_are_those_of_the_choice(served: Served, relations: list[str]) -> None:
    graph = served.graph
    dataset = next(t for _, t, r in sorted(graph.edges(keys=True), key=lambda e: e[1]) if r == "dataset")
    expected = {head for head, _, relation in graph.in_edges(dataset, keys=True) if relation == "dataset"}
    piece = served.json("/api/results", dataset=dataset)
    assert {h for h, r, t in triples_of(piece, relations) if r == "dataset" and t == dataset} == expected
    assert piece["found"] == len(expected)
    everything = served.json("/api/results")
    assert everything["found"] == sum(kind == "Result" for _, kind in graph.nodes(data="kind"))
    assert {i for i, _ in everything["choices"]["dataset"]} <= keys_of(everything).keys()


def test_matrix_holds_facts_between_its_kinds(served: Served, relations: list[str]) -> None:
    graph = served.graph
    piece = served.json("/api/matrix", matrix="method-task")
    ends = {
        frozenset({graph.nodes[h]["kind"], graph.nodes[t]["kind"]})
        for h, r, t in triples_of(piece, relations)
        if r == "usedFor"
    }
    assert ends == {frozenset({"Method", "Task"})}
    years = served.json("/api/matrix", matrix="task-year")["years"]
    assert sum(number for row in years.values() for _, number in row) > 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/node?key=method/none", 404),
        ("/api/node", 400),
        ("/api/node?id=99999999", 404),
        ("/api/neighbours?id=0&papers=x", 400),
        ("/api/neighbours?id=0&score=2", 400),
        ("/api/neighbours?id=0&years=a-b", 400),
        ("/api/lines?ids=1,x", 400),
        ("/api/lines?ids=99999999", 400),
        ("/api/matrix?matrix=none", 400),
        ("/api/top?build=other", 409),
    ],
)
def test_what_cannot_be_is_refused(served: Served, path: str, status: int) -> None:
    assert served.client.get(path).status_code == status


def test_pieces_are_revalidated(served: Served) -> None:
    first = served.client.get("/api/top")
    assert served.client.get("/api/top", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_the_explorer_and_the_pages_judge_metrics_alike() -> None:
    from kg.export.html import template_text

    rule = template_text("results.js").partition("const LOWER = /")[2].partition("/i;")[0]
    for word in rule.removeprefix("\\b(").removesuffix(")\\b").split("|"):
        assert direction(word) == "lower", word


def test_hostile_pieces_are_json(hostile: Served) -> None:
    for key in hostile.graph:
        assert keys_of(hostile.json("/api/node", key=key))
    assert hostile.json("/api/results")["found"] == 1
