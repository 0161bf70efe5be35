"""What the explorer's views of a whole graph need: leaderboards, matrices and paths, found from its weightiest part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import networkx as nx

from kg.serve.pieces import Edge, Filter, Piece, Pieces
from kg.serve.portrait import results_of
from kg.serve.site import NOT_FACTS, Site

CHOICES = ("task", "dataset", "metric")
MATRICES = {
    "method-task": ("Method", "Task"),
    "task-dataset": ("Task", "Dataset"),
    "method-dataset": ("Method", "Dataset"),
    "method-year": ("Method", ""),
    "task-year": ("Task", ""),
    "dataset-year": ("Dataset", ""),
}
_RESULTS, _OPTIONS = 400, 300
_ROWS, _COLUMNS, _YEARS, _CANDIDATES = 30, 18, 40, 200
_SENTENCES, _RESULTS_OF_CELL = 6, 20  # beyond, a cell is known by the support of its facts
_PATHS, _VISITED = 6, 20_000  # shortest paths shown, and nodes that a search for them may come by


def results(pieces: Pieces, chosen: dict[str, str]) -> Piece:
    """The results whose slots are filled as `chosen` says (slot -> key), those of the most reported metrics first."""
    site = pieces.site
    found = set(site.ranked["Result"])
    for key in chosen.values():
        found &= set(results_of(site, key))
    slots = {key: _slots(site, key) for key in found}
    metrics = Counter(filled.get("metric", "") for filled in slots.values())
    ranked = sorted(found, key=lambda key: (-metrics[slots[key].get("metric", "")], slots[key].get("metric", ""), key))
    piece = Piece()
    for key in ranked[:_RESULTS]:
        pieces.result(piece, key)
    choices: dict[str, list[tuple[int, int]]] = {}
    for slot in CHOICES:
        counts = Counter(filled[slot] for filled in _without(pieces, chosen, slot, slots) if slot in filled)
        best = sorted(counts, key=lambda key: (-counts[key], pieces.number[key]))[:_OPTIONS]
        choices[slot] = [(pieces.number[key], counts[key]) for key in best]
        piece.nodes |= set(best)
    piece.more |= {"choices": choices, "found": len(found)}
    return piece


def _slots(site: Site, result: str) -> dict[str, str]:
    return {slot: entity for _, entity, slot in site.graph.out_edges(result, keys=True)}


def _without(
    pieces: Pieces, chosen: dict[str, str], slot: str, slots: dict[str, dict[str, str]]
) -> Iterable[dict[str, str]]:
    """The slots of the results that the choice but for `slot` leaves: what may be chosen for it."""
    if slot not in chosen:
        return slots.values()
    site = pieces.site
    others = [set(results_of(site, key)) for name, key in chosen.items() if name != slot]
    found = set.intersection(*others) if others else set(site.ranked["Result"])
    return (_slots(site, key) for key in found)


def matrix(pieces: Pieces, name: str, filter_: Filter) -> Piece:
    """The weightiest entities of the kinds that the matrix sets against each other, with all that ties them."""
    row_kind, column_kind = MATRICES[name]
    site = pieces.site
    every = Filter(years=filter_.years, papers=filter_.papers, kinds=frozenset({row_kind, column_kind}))
    rows = [key for key in site.ranked[row_kind] if every.node(site.graph.nodes[key])]
    if not column_kind:
        piece = Piece(nodes=set(rows[:_YEARS]))
        piece.more["years"] = {str(pieces.number[key]): pieces.years(key) for key in rows[:_YEARS]}
        return piece
    ties = _ties(pieces, rows[:_CANDIDATES], column_kind, filter_)
    columns = _heaviest(ties, 1, _COLUMNS)
    kept = _heaviest({pair: tie for pair, tie in ties.items() if pair[1] in columns}, 0, _ROWS)
    piece = Piece(nodes={*columns, *kept})
    for (row, column), (edges, found) in ties.items():
        if row in kept and column in columns:
            for edge in edges:
                piece.add(edge, _SENTENCES)
            for result in found[:_RESULTS_OF_CELL]:
                pieces.result(piece, result)
    return piece


def _ties(
    pieces: Pieces, rows: list[str], column_kind: str, filter_: Filter
) -> dict[tuple[str, str], tuple[list[Edge], list[str]]]:
    """(row, column) -> the facts between them that pass, and the results that name both."""
    graph = pieces.graph
    found: dict[tuple[str, str], tuple[list[Edge], list[str]]] = {}
    for row in rows:
        for head, tail, relation, data in pieces.touching(row):
            other = tail if head == row else head
            if relation in NOT_FACTS:
                continue
            if graph.nodes[other]["kind"] == column_kind and filter_.edge(relation, data):
                found.setdefault((row, other), ([], []))[0].append((head, tail, relation))
        for result in sorted(set(results_of(pieces.site, row)))[:_CANDIDATES]:
            column = _slots(pieces.site, result).get(column_kind.lower())
            if column:
                found.setdefault((row, column), ([], []))[1].append(result)
    return found


def _heaviest(ties: dict[tuple[str, str], tuple[list[Edge], list[str]]], side: int, limit: int) -> set[str]:
    sums: Counter[str] = Counter()
    for pair, (edges, found) in ties.items():
        sums[pair[side]] += len(edges) + len(found)
    return set(sorted(sums, key=lambda key: (-sums[key], key))[:limit])


def paths(pieces: Pieces, start: str, end: str, filter_: Filter) -> Piece:
    """The shortest ways from one node to another over edges that pass; papers are steps where the filter shows them."""
    before: dict[str, list[str]] = {start: []}
    depth = {start: 0}
    rim = [start]
    while rim and end not in depth and len(depth) < _VISITED:
        following: list[str] = []
        for key in rim:
            for other in _open(pieces, key, end, filter_):
                if other not in depth:
                    depth[other] = depth[key] + 1
                    following.append(other)
                if depth[other] == depth[key] + 1:
                    before.setdefault(other, []).append(key)
        rim = sorted(following)
    piece = Piece(nodes={start, end})
    if end in depth:
        graph = nx.DiGraph((near, key) for key, nears in before.items() for near in nears)
        ways = nx.all_simple_paths(graph, start, end, cutoff=depth[end]) if start != end else [[start]]
        for _, way in zip(range(_PATHS * 4), ways, strict=False):
            for a, b in pairwise(way):
                for edge in pieces.between(a, b):
                    piece.add(edge, 1)
    return piece


def _open(pieces: Pieces, key: str, end: str, filter_: Filter) -> Iterable[str]:
    found: set[str] = set()
    for head, tail, relation, data in pieces.touching(key):
        other = tail if head == key else head
        passes = filter_.edge(relation, data) and filter_.node(pieces.graph.nodes[other])
        if other != key and (passes or other == end):
            found.add(other)
    return sorted(found)
