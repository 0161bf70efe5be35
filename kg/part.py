"""Parts of a graph: what stands around a node, the most named entities, the papers of some years.

Each part is a graph of its own with the attributes of the whole; nodes and edges keep their order. The papers whose
sentences state a fact are in every part that has the fact. `papers` and `support` stay the counts of the whole, except
in a part by years.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import networkx as nx

from kg.describe import find, suggest
from kg.errors import QueryError
from kg.schema import load_schema


def around(graph: nx.MultiDiGraph, name: str, hops: int = 1) -> nx.MultiDiGraph:
    """What lies at most `hops` facts from `name` in either direction, with every fact among it.

    `name` is a label, alias, paper id, key or IRI; where it has several senses, all of them are centres. Ways of two
    facts and more do not lead through papers, as nearly all entities of a paper are one step from it.
    Raises QueryError where nothing is called so.
    """
    centres = find(graph, name)
    if not centres:
        near = ", ".join(suggest(graph, name))
        raise QueryError(f"nothing in the graph is called {name!r}" + (f"; near it: {near}" if near else ""))
    reached, row = set(centres), list(centres)
    for _ in range(hops):
        through = [key for key in row if key in centres or graph.nodes[key].get("kind") != "Paper"]
        row = [other for key in through for other in nx.all_neighbors(graph, key) if other not in reached]
        reached.update(row)
    return _among(graph, reached)


def top(graph: nx.MultiDiGraph, number: int) -> nx.MultiDiGraph:
    """The `number` entities that most papers name, with the facts among them; among equals those with more facts."""
    kinds = load_schema().types
    entities = [key for key, kind in graph.nodes(data="kind") if kind in kinds]
    ranked = sorted(entities, key=lambda key: (-int(graph.nodes[key].get("papers", 0)), -graph.degree(key), key))
    return _among(graph, ranked[:number])


def years(graph: nx.MultiDiGraph, first: int, last: int | None = None) -> nx.MultiDiGraph:
    """What the papers from `first` to `last` say, both included; `last` is `first` by default.

    Papers of other years and of no known year are left out, with the sentences from them; facts that no sentence is
    left of go, and entities and results that no paper is left of. `support` and `papers` count the papers left; spans
    of years are narrowed, scores and aliases stay those of the whole.
    """
    last = first if last is None else last
    left = {
        str(data["paper_id"]): key
        for key, data in graph.nodes(data=True)
        if "paper_id" in data and first <= int(data.get("year", 0)) <= last
    }
    papers = set(left.values())
    edges: list[tuple[str, str, str, dict[str, Any]]] = []
    nodes = set(papers)
    namers: dict[str, set[str]] = defaultdict(set)
    for head, tail, relation, data in graph.edges(keys=True, data=True):
        evidence = tuple(e for e in data.get("evidence", ()) if e.paper in left)
        if evidence:
            nodes |= {head, tail}
            stating = {left[e.paper] for e in evidence}
            if head in papers:
                namers[tail].add(head)
            counted = {"support": len(stating)} if "support" in data else {}
            edges.append((head, tail, relation, data | {"evidence": evidence} | counted | _span(graph, stating, data)))
        elif not data.get("evidence"):
            edges.append((head, tail, relation, dict(data)))  # what follows from names, where both ends stay
    part = _empty(graph, nodes)
    for key, data in graph.nodes(data=True):
        if key in nodes:
            named = {"papers": len(namers[key])} if "papers" in data else {}
            part.add_node(key, **data | named | _span(graph, namers[key], data))
    part.add_edges_from(edge for edge in edges if edge[0] in nodes and edge[1] in nodes)
    return part


def _among(graph: nx.MultiDiGraph, keys: Iterable[str]) -> nx.MultiDiGraph:
    """The nodes `keys`, the papers that state facts among them, and all edges among these, in their order."""
    kept = set(keys)
    papers = {data["paper_id"]: key for key, data in graph.nodes(data=True) if "paper_id" in data}
    facts = [data for head, tail, data in graph.edges(data=True) if head in kept and tail in kept]
    kept |= {papers[e.paper] for data in facts for e in data.get("evidence", ()) if e.paper in papers}
    part = _empty(graph, kept)
    part.add_nodes_from((key, dict(data)) for key, data in graph.nodes(data=True) if key in kept)
    part.add_edges_from(
        (head, tail, relation, dict(data))
        for head, tail, relation, data in graph.edges(keys=True, data=True)
        if head in kept and tail in kept
    )
    return part


def _empty(graph: nx.MultiDiGraph, kept: set[str]) -> nx.MultiDiGraph:
    """A graph of the same class that says the same of itself; former keys that would lead nowhere are left out."""
    part = graph.__class__(**graph.graph)
    if "moved" in part.graph:
        part.graph["moved"] = {old: new for old, new in part.graph["moved"].items() if kept.issuperset(new)}
    return part


def _span(graph: nx.MultiDiGraph, papers: Iterable[str], data: dict[str, Any]) -> dict[str, int]:
    """First and last year of the papers, where `data` has such."""
    found = sorted(int(graph.nodes[key]["year"]) for key in papers)
    return {"first_year": found[0], "last_year": found[-1]} if found and "first_year" in data else {}
