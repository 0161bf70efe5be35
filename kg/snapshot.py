"""The assembled graph kept in the workspace's store, so that it is at hand without resolving the papers again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import networkx as nx

from kg.errors import StoreError
from kg.model import Evidence, Match, Merge
from kg.store import Edge, Node, Store, open_store

_RECORDS = ("evidence", "merges", "matches")  # attributes that are tuples of records
_EVIDENCE = tuple(field.name for field in fields(Evidence))  # a row that lacks the last ones has their defaults


def save_graph(store: Store, graph: nx.MultiDiGraph) -> None:
    """Keep `graph` in place of the one kept before, in one transaction."""
    store.save_graph(_nodes(graph), _edges(graph), graph.graph)


def load(folder: str | Path) -> nx.MultiDiGraph:
    """The graph of the workspace at `folder`, as its last build assembled it. Raises StoreError where there is none."""
    with open_store(Path(folder)) as store:
        return load_graph(store)


def load_graph(store: Store, make: type[nx.MultiDiGraph] = nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The graph as it was saved, a `make`, in the same order. Raises StoreError where no build was finished."""
    graph = make(**about(store))
    for key, attributes in store.nodes():
        graph.add_node(key, **_revived(attributes))
    for head, relation, tail, attributes in store.edges():
        graph.add_edge(head, tail, relation, **_revived(attributes))
    return graph


def about(store: Store) -> dict[str, Any]:
    """What `graph.graph` of the saved graph holds. Raises StoreError where no build was finished."""
    found: dict[str, Any] | None = store.noted("graph")
    if found is None:
        raise StoreError(f"{store.folder}: papers, but no graph yet; finish it with 'kg build --out {store.folder}'")
    return found


def _nodes(graph: nx.MultiDiGraph) -> Iterator[Node]:
    for key, attributes in graph.nodes(data=True):
        yield key, _flat(attributes)


def _edges(graph: nx.MultiDiGraph) -> Iterator[Edge]:
    for head, tail, relation, attributes in graph.edges(keys=True, data=True):
        yield head, relation, tail, _flat(attributes)


def _flat(attributes: dict[str, Any]) -> dict[str, Any]:
    records = {name: [astuple(r) for r in attributes[name]] for name in _RECORDS if name in attributes}
    return attributes | records


def _revived(attributes: dict[str, Any]) -> dict[str, Any]:
    if "aliases" in attributes:
        attributes["aliases"] = tuple(attributes["aliases"])
    if "merges" in attributes:
        attributes["merges"] = tuple(
            Merge(paper=p, entity=e, form=f, reason=r, score=s) for p, e, f, r, s in attributes["merges"]
        )
    if "matches" in attributes:
        attributes["matches"] = tuple(
            Match(iri=i, label=n, kind=k, score=s, vocabulary=v, reason=r) for i, n, k, s, v, r in attributes["matches"]
        )
    if "evidence" in attributes:
        attributes["evidence"] = tuple(
            Evidence(**dict(zip(_EVIDENCE, row, strict=False))) for row in attributes["evidence"]
        )
    return attributes


@contextmanager
def opened(folder: str | Path) -> Iterator[StoredGraph]:
    """The graph of the workspace at `folder` for reading piece by piece. Raises StoreError where there is none."""
    with open_store(Path(folder)) as store, closing(sqlite3.connect("", check_same_thread=False)) as index:
        yield StoredGraph(store, index)


class StoredGraph:
    """A graph read from the store piece by piece: as much of `networkx.MultiDiGraph` as writing RDF needs.

    Memory holds neither nodes nor edges, so that a graph larger than memory can be written. Edges come in the order in
    which they were saved; `nodes[key]` and `edges[head, tail, relation]` are their attributes, read anew each time.
    """

    def __init__(self, store: Store, index: sqlite3.Connection) -> None:
        self.graph = about(store)
        self.nodes = _Nodes(store)
        self.edges = _Edges(store, index)

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def __contains__(self, key: str) -> bool:
        return key in self.nodes

    def out_edges(
        self, key: str, *, keys: bool = False, data: bool | str = False, default: Any = None
    ) -> Iterator[Any]:
        """The edges from a node, as a MultiDiGraph gives them."""
        return self.edges.of(
            "SELECT head, tail, relation FROM edges WHERE head = ? ORDER BY number", key, keys, data, default
        )

    def in_edges(self, key: str, *, keys: bool = False, data: bool | str = False, default: Any = None) -> Iterator[Any]:
        """The edges to a node, as a MultiDiGraph gives them."""
        return self.edges.of(
            "SELECT head, tail, relation FROM edges WHERE tail = ? ORDER BY number", key, keys, data, default
        )


class _Nodes:
    """The nodes of a stored graph."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cached = lru_cache(maxsize=10_000)(lambda key: _revived(store.node(key)))

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._store.nodes())

    def __contains__(self, key: str) -> bool:
        try:
            return bool(self._cached(key))
        except KeyError:
            return False

    def __getitem__(self, key: str) -> dict[str, Any]:
        return self._cached(key)

    def __call__(self, *, data: bool | str = False) -> Iterator[Any]:
        for key, attributes in self._store.nodes():
            if isinstance(data, str):
                yield key, attributes.get(data)
            else:
                yield (key, _revived(attributes)) if data else key


class _Edges:
    """The edges of a stored graph, with a passing index of where each stands."""

    def __init__(self, store: Store, index: sqlite3.Connection) -> None:
        self._store, self._index = store, index
        index.execute("PRAGMA journal_mode = OFF")
        index.execute("PRAGMA cache_size = -32768")
        index.execute(
            "CREATE TABLE edges (head, tail, relation, number, PRIMARY KEY (head, tail, relation)) WITHOUT ROWID"
        )
        rows = ((head, tail, relation, number) for number, head, relation, tail in store.numbered_edges())
        index.executemany("INSERT INTO edges VALUES (?, ?, ?, ?)", rows)
        index.execute("CREATE INDEX tails ON edges (tail)")

    def of(self, query: str, key: str, keys: bool, data: bool | str, default: Any) -> Iterator[Any]:
        """The edges that a query over the index gives."""
        for edge in self._index.execute(query, (key,)).fetchall():
            yield _shown(edge, self[edge] if data else {}, keys, data, default)

    def __getitem__(self, edge: tuple[str, str, str]) -> dict[str, Any]:
        query = "SELECT number FROM edges WHERE head = ? AND tail = ? AND relation = ?"
        row = self._index.execute(query, edge).fetchone()
        if row is None:
            raise KeyError(edge)
        return _revived(self._store.edge(row[0]))

    def __call__(self, *, keys: bool = False, data: bool | str = False, default: Any = None) -> Iterator[Any]:
        for head, relation, tail, attributes in self._store.edges():
            yield _shown((head, tail, relation), _revived(attributes) if data else {}, keys, data, default)


def _shown(
    edge: tuple[str, str, str], attributes: dict[str, Any], keys: bool, data: bool | str, default: Any
) -> tuple[Any, ...]:
    """An edge as a MultiDiGraph gives it: head, tail, its key if wanted, all attributes or one if wanted."""
    told = edge if keys else edge[:2]
    if isinstance(data, str):
        return (*told, attributes.get(data, default))
    return (*told, attributes) if data else told
