"""The keys that a workspace's graphs once had: kept in its store, whatever took them away.

A graph itself tells of the keys that follow from its papers and corrections (`moved`), the same in every workspace of
these. Only the store knows the others: of papers that were removed, of another extractor, of another version of kg.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from kg.store import Store
from kg.text import fold

_NOTE = "history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """An entity that was: its last label, and the sorted keys of the entities that its papers' names are of now."""

    label: str
    now: tuple[str, ...]


def history(store: Store) -> dict[str, Former]:
    """What the workspace remembers, by key, sorted."""
    noted: dict[str, list[Any]] = store.noted(_NOTE) or {}
    return {key: Former(label=label, now=tuple(now)) for key, (label, now) in noted.items()}


def remember(store: Store, graph: nx.MultiDiGraph) -> None:
    """Note the entities of the graph in the store that have no node in `graph`, which is about to replace it."""
    before = history(store)
    gone = {key for key in store.node_keys() if key not in graph and not key.startswith(("paper/", "result/"))}
    found = {key: former for key, former in before.items() if key not in graph} | dict(_traced(store, graph, gone))
    if found or before:
        store.note(_NOTE, {key: [found[key].label, _present(found[key].now, found, graph)] for key in sorted(found)})


def _present(keys: tuple[str, ...], found: Mapping[str, Former], graph: nx.MultiDiGraph) -> list[str]:
    """The keys, or what took the place of those that are gone themselves by now."""
    moved: Mapping[str, list[str]] = graph.graph.get("moved", {})
    heirs: set[str] = set()
    for key in keys:
        heirs.update([key] if key in graph else found[key].now if key in found else moved.get(key, ()))
    return sorted(heir for heir in heirs if heir in graph)


def _traced(store: Store, graph: nx.MultiDiGraph, gone: set[str]) -> Iterator[tuple[str, Former]]:
    """What became of each of the keys: what the graph tells, else what a paper of it calls by one of its names."""
    if not gone:
        return
    papers: dict[str, list[str]] = {}
    for head, tail in store.ends("mentions"):
        if tail in gone and head in graph:
            papers.setdefault(tail, []).append(head)
    moved: Mapping[str, list[str]] = graph.graph.get("moved", {})
    for key, attributes in store.nodes():
        if key in gone:
            names = {fold(name) for name in (attributes["label"], *attributes.get("aliases", ()))}
            now = moved.get(key) or _called(graph, papers.get(key, []), names)
            yield key, Former(label=attributes["label"], now=tuple(sorted(set(now))))


def _called(graph: nx.MultiDiGraph, papers: list[str], names: set[str]) -> list[str]:
    found = []
    for paper in papers:
        for _, entity, relation in graph.out_edges(paper, keys=True):
            data = graph.nodes[entity]
            if relation == "mentions" and names & {fold(name) for name in (data["label"], *data.get("aliases", ()))}:
                found.append(entity)
    return found
