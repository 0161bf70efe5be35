"""The assembled graph kept in the workspace's store, so that it is at hand without resolving the papers again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import networkx as nx

from kg.errors import StoreError
from kg.model import Evidence, Merge
from kg.store import Edge, Node, Store, open_store


def save_graph(store: Store, graph: nx.MultiDiGraph) -> None:
    """Keep `graph` in place of the one kept before, in one transaction."""
    store.save_graph(_nodes(graph), _edges(graph), graph.graph)


def load(folder: str | Path) -> nx.MultiDiGraph:
    """The graph of the workspace at `folder`, as its last build assembled it. Raises StoreError where there is none."""
    with open_store(Path(folder)) as store:
        return load_graph(store)


def load_graph(store: Store) -> nx.MultiDiGraph:
    """The graph as it was saved: same order, same attributes. Raises StoreError where no build was finished."""
    about = store.noted("graph")
    if about is None:
        raise StoreError(f"{store.folder}: papers, but no graph yet; finish it with 'kg build --out {store.folder}'")
    graph = nx.MultiDiGraph(**about)
    for key, attributes in store.nodes():
        graph.add_node(key, **_revived(attributes))
    for head, relation, tail, attributes in store.edges():
        graph.add_edge(head, tail, relation, **_revived(attributes))
    return graph


def _nodes(graph: nx.MultiDiGraph) -> Iterator[Node]:
    for key, attributes in graph.nodes(data=True):
        yield key, _flat(attributes)


def _edges(graph: nx.MultiDiGraph) -> Iterator[Edge]:
    for head, tail, relation, attributes in graph.edges(keys=True, data=True):
        yield head, relation, tail, _flat(attributes)


def _flat(attributes: dict[str, Any]) -> dict[str, Any]:
    records = {name: [astuple(r) for r in attributes[name]] for name in ("evidence", "merges") if name in attributes}
    return attributes | records


def _revived(attributes: dict[str, Any]) -> dict[str, Any]:
    if "aliases" in attributes:
        attributes["aliases"] = tuple(attributes["aliases"])
    if "merges" in attributes:
        attributes["merges"] = tuple(
            Merge(paper=p, entity=e, form=f, reason=r, score=s) for p, e, f, r, s in attributes["merges"]
        )
    if "evidence" in attributes:
        attributes["evidence"] = tuple(
            Evidence(paper=p, start=s, end=e, quote=q, score=c) for p, s, e, q, c in attributes["evidence"]
        )
    return attributes
