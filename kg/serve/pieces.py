"""Pieces of a graph for the explorer: columns as `kg.export.compact` has them, for the nodes and edges asked for."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any

import networkx as nx

from kg.export.compact import INFERRED, LARGE, NAMED, PAPER_FIELDS, SMALL
from kg.iri import digest
from kg.layout import communities, diameter
from kg.model import Evidence
from kg.serve.portrait import merges_of, results_of
from kg.serve.site import ABOUT_PAPERS, ENTITIES, KINDS, RESULT_EDGES, Site, line
from kg.text import storable

Edge = tuple[str, str, str]  # head, tail, relation
MOST_CLUSTERED = 60_000  # nodes; in larger graphs communities are not told
_OF_RELATION, _PAPERS, _RESULTS = 100, 200, 200  # edges that the detail of a node has, the best of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the explorer shows: the page's own `Filter` (`state.js`) lets the same through. `years` is (first, last)."""

    kinds: frozenset[str] = frozenset(ENTITIES)
    without: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    papers: int = 1
    support: int = 1
    score: float = 0.0

    def node(self, data: dict[str, Any]) -> bool:
        """Whether the node passes."""
        first, last = data.get("first_year", data.get("year", 0)), data.get("last_year", data.get("year", 0))
        return (
            data["kind"] in self.kinds
            and self._during(first, last)
            and (data["kind"] not in ENTITIES or data.get("papers", 0) >= self.papers)
        )

    def edge(self, relation: str, data: dict[str, Any]) -> bool:
        """Whether the edge passes."""
        return (
            data["support"] >= self.support
            and round(data["score"], 3) >= self.score
            and shown(relation, data) not in self.without
            and self._during(data.get("first_year", 0), data.get("last_year", 0))
        )

    def _during(self, first: int, last: int) -> bool:
        return self.years is None or not first or (first <= self.years[1] and last >= self.years[0])


@dataclass(slots=True, kw_only=True)
class Piece:
    """Nodes and edges to send: `edges` to how many sentences go with each, `detailed` nodes with all that is told."""

    nodes: set[str] = field(default_factory=set)
    edges: dict[Edge, int] = field(default_factory=dict)
    detailed: set[str] = field(default_factory=set)
    more: dict[str, Any] = field(default_factory=dict)

    def add(self, edge: Edge, sentences: int) -> None:
        """Add an edge with its ends."""
        self.edges[edge] = max(sentences, self.edges.get(edge, 0))
        self.nodes |= {edge[0], edge[1]}


class Pieces:
    """What can be asked of one site. Nodes are named by their place among the sorted keys."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.graph: nx.MultiDiGraph = site.graph
        self.keys: list[str] = sorted(site.graph)
        self.number = {key: i for i, key in enumerate(self.keys)}
        self.counts = Counter(shown(relation, data) for *_, relation, data in site.graph.edges(keys=True, data=True))
        self.relations = sorted(self.counts)
        self._relation = {relation: i for i, relation in enumerate(self.relations)}
        sizes = [diameter(self.graph, key) for key in self.keys] or [0.0]
        self._least, self._step = min(sizes), (LARGE - SMALL) / ((max(sizes) - min(sizes)) or 1.0)

    @cached_property
    def communities(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """The community of each node and their names; none in a very large graph."""
        if len(self.keys) > MOST_CLUSTERED:
            return {}, ()
        membership, names = communities(self.graph)
        return membership, names[:NAMED]

    def about(self) -> dict[str, Any]:
        """What the explorer needs to know of the whole graph."""
        supports = (data["support"] for *_, data in self.graph.edges(data=True))
        papers = (data.get("papers", 0) for _, data in self.graph.nodes(data=True))
        return {
            "build": self.site.identity,
            "size": len(self.keys),
            "facts": sum(self.site.relations.values()),
            "kinds": {kind: len(self.site.ranked[kind]) for kind in KINDS},
            "years": self.site.years(),
            "relations": self.relations,
            "counts": [self.counts[relation] for relation in self.relations],
            "most": {"papers": max(papers, default=1), "support": max(supports, default=1)},
            "communities": list(self.communities[1]),
            "extractor": storable(str(self.graph.graph.get("extractor", ""))),
            "version": storable(str(self.graph.graph.get("extractor_version", ""))),
        }

    def detail(self, key: str) -> Piece:
        """A node with its edges, the best of each relation, their sentences, its papers and results."""
        piece = Piece(nodes={key}, detailed={key})
        by_relation: dict[tuple[str, bool], list[Edge]] = {}
        for head, tail, relation, _ in self.touching(key):
            by_relation.setdefault((relation, head == key), []).append((head, tail, relation))
        for (relation, _), edges in by_relation.items():
            limit = _PAPERS if relation in ABOUT_PAPERS else _OF_RELATION
            if relation not in RESULT_EDGES:
                rank = self._newest if relation in ABOUT_PAPERS else self._best
                for edge in heapq.nsmallest(limit, edges, key=rank):
                    piece.add(edge, 2 if relation in ABOUT_PAPERS else 6)
        kind = self.graph.nodes[key]["kind"]
        for result in [key] if kind == "Result" else sorted(set(results_of(self.site, key)))[:_RESULTS]:
            self.result(piece, result)
        totals = {f"{r}-{'out' if out else 'in'}": len(edges) for (r, out), edges in by_relation.items()}
        piece.more["totals"] = {str(self.number[key]): totals}
        piece.more["years"] = {str(self.number[key]): self.years(key)}
        return piece

    def result(self, piece: Piece, result: str) -> None:
        """Add a result with its slots and the paper that reports it."""
        for head, tail, relation, _ in self.touching(result):
            piece.add((head, tail, relation), 1 if relation == "reports" else 0)

    def years(self, key: str) -> list[tuple[int, int]]:
        """(year, papers that name the entity), in order."""
        papers = {head for head, _, relation in self.graph.in_edges(key, keys=True) if relation in ABOUT_PAPERS}
        found = Counter(int(self.graph.nodes[paper].get("year", 0)) for paper in papers)
        return sorted((year, number) for year, number in found.items() if year)

    def neighbours(self, key: str, filter_: Filter, limit: int) -> Piece:
        """A node with its neighbours that pass, the best attested first, and the edges that lead to them."""
        found: dict[str, tuple[float, list[Edge]]] = {}
        for head, tail, relation, data in self.touching(key):
            other = tail if head == key else head
            if other != key and filter_.edge(relation, data) and filter_.node(self.graph.nodes[other]):
                weight, edges = found.get(other, (0.0, []))
                found[other] = weight + data["support"] * round(data["score"], 3), [*edges, (head, tail, relation)]
        best = heapq.nsmallest(limit, found, key=lambda o: (-found[o][0] * 4 - self.site.weight(o), self.number[o]))
        piece = Piece(nodes={key})
        for other in best:
            for edge in self.between(key, other):
                piece.add(edge, 0)
        piece.more["near"] = len(found)
        return piece

    def touching(self, key: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """The edges from and to a node with their attributes, each once."""
        yield from self.graph.out_edges(key, keys=True, data=True)
        yield from (edge for edge in self.graph.in_edges(key, keys=True, data=True) if edge[0] != key)

    def between(self, a: str, b: str) -> Iterator[Edge]:
        """The edges between two nodes, in either direction."""
        for head, tail in ((a, b), (b, a)):
            for relation in self.graph.get_edge_data(head, tail, default={}):
                yield head, tail, relation

    def lines(self, keys: Iterable[str]) -> Piece:
        """All edges among the nodes, each with its surest sentence."""
        chosen = set(keys)
        piece = Piece(nodes=set(chosen))
        for head in chosen:
            near = self.graph.succ[head]
            for tail in near if len(near) < len(chosen) else chosen:
                if tail in chosen and tail in near and tail != head:
                    for relation in near[tail]:
                        piece.add((head, tail, relation), 1)
        return piece

    def top(self, filter_: Filter, limit: int) -> Piece:
        """The weightiest nodes that pass."""
        keys: list[str] = []
        for kind in KINDS:
            if kind in filter_.kinds:
                passing = (key for key in self.site.ranked[kind] if filter_.node(self.graph.nodes[key]))
                keys += [key for _, key in zip(range(limit), passing, strict=False)]
        best = heapq.nsmallest(limit, keys, key=lambda key: (-self.site.weight(key), self.number[key]))
        return Piece(nodes=set(best))

    def _best(self, edge: Edge) -> tuple[Any, ...]:
        data = self.graph.edges[edge]
        return -data["support"], -data["score"], edge

    def _newest(self, edge: Edge) -> tuple[Any, ...]:
        return -int(self.graph.nodes[edge[0]].get("year", 0)), edge

    # As JSON

    def json(self, piece: Piece) -> dict[str, Any]:
        """The piece as JSON values: nodes by number, edges and sentences by their place in their columns."""
        quoted = _Sentences(self)
        edges = self._edges(piece, quoted)
        keys = sorted(piece.nodes | quoted.papers)
        nodes = self.graph.nodes
        number = self.number
        return {
            "nodes": self._nodes(keys),
            "aliases": {str(number[k]): [line(a, 300) for a in nodes[k].get("aliases", ())[:200]] for k in keys},
            "merges": {str(number[k]): self._merges(k) for k in piece.detailed if nodes[k].get("merges")},
            "matches": {str(number[k]): _matches(nodes[k]) for k in piece.detailed if nodes[k].get("matches")},
            "papers": {str(number[k]): _paper(nodes[k]) for k in keys if nodes[k]["kind"] == "Paper"},
            "results": {str(number[k]): _result(nodes[k]) for k in keys if nodes[k]["kind"] == "Result"},
            "edges": edges,
            "sentences": quoted.columns,
            **piece.more,
        }

    def _nodes(self, keys: list[str]) -> dict[str, list[Any]]:
        data = [self.graph.nodes[key] for key in keys]
        membership = self.communities[0]
        return {
            "id": [self.number[key] for key in keys],
            "key": [storable(key) for key in keys],
            "kind": [d["kind"] for d in data],
            "label": [storable(str(d["label"])[:500]) for d in data],
            "papers": [d.get("papers", 0) for d in data],
            "first": [d.get("first_year", d.get("year", 0)) for d in data],
            "last": [d.get("last_year", d.get("year", 0)) for d in data],
            "score": [round(d.get("score", 1.0), 3) for d in data],
            "size": [round(SMALL + (diameter(self.graph, k) - self._least) * self._step, 1) for k in keys],
            "degree": [self.graph.degree(key) for key in keys],
            "community": [membership.get(key, -1) for key in keys],
        }

    def _edges(self, piece: Piece, quoted: _Sentences) -> dict[str, list[Any]]:
        rows = [(edge, self.graph.edges[edge], piece.edges[edge]) for edge in sorted(piece.edges, key=_by_relation)]
        return {
            "head": [self.number[head] for (head, _, _), _, _ in rows],
            "tail": [self.number[tail] for (_, tail, _), _, _ in rows],
            "relation": [self._relation[shown(relation, data)] for (_, _, relation), data, _ in rows],
            "support": [data["support"] for _, data, _ in rows],
            "score": [round(data["score"], 3) for _, data, _ in rows],
            "first": [data.get("first_year", 0) for _, data, _ in rows],
            "last": [data.get("last_year", 0) for _, data, _ in rows],
            "evidence": [quoted.of(data["evidence"], limit) if limit else [] for _, data, limit in rows],
        }

    def _merges(self, key: str) -> list[list[Any]]:
        rows = sorted(merges_of(self.site, key))
        return [[line(form, 300), line(reason, 300), round(score, 3), papers] for form, reason, papers, score in rows]


class _Sentences:
    """Sentences, each once, in the order of first use; `papers` are the keys of those they stand in."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._known: dict[tuple[str, int, int], int] = {}
        self.papers: set[str] = set()
        self.columns: dict[str, list[Any]] = {"id": [], "paper": [], "text": []}

    def of(self, evidence: Iterable[Evidence], limit: int) -> list[tuple[int, float]]:
        return [(self._number(one), round(one.score, 3)) for one in self._pieces.site.best(evidence, limit)]

    def _number(self, one: Evidence) -> int:
        place = (one.paper, one.start, one.end)
        if place not in self._known:
            key = self._pieces.site.papers.get(one.paper)
            self._known[place] = len(self._known)
            self.columns["id"].append(digest(one.paper, str(one.start), str(one.end)))
            self.columns["paper"].append(self._pieces.number[key] if key else -1)
            self.columns["text"].append(storable(one.quote[:5000]))
            self.papers |= {key} if key else set()
        return self._known[place]


def _by_relation(edge: Edge) -> tuple[str, str, str]:
    return edge[0], edge[2], edge[1]


def shown(relation: str, data: dict[str, Any]) -> str:
    """The relation of an edge as the explorer names it."""
    return INFERRED if data.get("inferred") else relation


def _matches(data: dict[str, Any]) -> list[list[Any]]:
    return [[storable(part) if isinstance(part, str) else part for part in astuple(match)] for match in data["matches"]]


def _paper(data: dict[str, Any]) -> dict[str, str]:
    return {name: storable(str(data[name])[:1000]) for name in PAPER_FIELDS if data.get(name)}


def _result(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: data[name] for name in ("number", "unit") if name in data}
    if not math.isfinite(found.get("number", 0.0)):
        del found["number"]
    if "unit" in found:
        found["unit"] = storable(str(found["unit"]))
    return {"value": storable(str(data["value"])), **found}
