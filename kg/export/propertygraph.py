"""The graph as a labelled property graph, for Neo4j and what speaks Cypher.

A node has its kind as label and its node key as property `key`; an edge's type is its relation in upper snake case.
Aliases, merges and matches are lists. Evidence is five lists of one length, in the order of the evidence: `quotes`,
`papers` (paper ids), `starts`, `ends` and `scores`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from kg.errors import ExportError
from kg.export.flat import match_texts, merge_texts
from kg.graph import EDGE_ATTRS, NODE_ATTRS
from kg.model import told
from kg.text import storable

Scalar = str | int | float | bool
Properties = dict[str, Scalar | list[str] | list[int] | list[float]]
Edge = tuple[str, str, Mapping[str, Any]]  # head, tail, attributes

_EVIDENCE = {"quotes": "quote", "papers": "paper", "starts": "start", "ends": "end", "scores": "score"}
_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CHANGED = (
    "any(name IN keys(row.set)"
    " WHERE NOT coalesce({item}[name] = row.set[name], {item}[name] IS NULL AND row.set[name] IS NULL))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows that one statement of Cypher merges, by the key of a node or the ends of a relationship.

    `merge` says how, given `row`. Each row has `set`, in which None stands for what the item lacks, and `key`, or
    `head` and `tail`. What is so already is not written again.
    """

    merge: str
    rows: list[dict[str, Any]]


def relationship_type(relation: str) -> str:
    """The type of a relation's relationships.

    >>> relationship_type("usedFor")
    'USED_FOR'
    """
    return _HUMP.sub("_", storable(relation)).upper()


def identifier(name: str) -> str:
    """A label, type or property name as it may stand in Cypher, quoted by backticks where need be.

    >>> identifier("Method"), identifier("a`b")
    ('Method', '`a``b`')
    """
    name = storable(name)
    # Cypher resolves \\uXXXX before it looks for the closing backtick.
    return name if _PLAIN.fullmatch(name) else "`" + name.replace("\\", "\ufffd").replace("`", "``") + "`"


def nodes_by_label(graph: nx.MultiDiGraph) -> dict[str, list[str]]:
    """The node keys of each label, both sorted."""
    found: dict[str, list[str]] = {}
    for key in sorted(graph):
        found.setdefault(label_of(graph, key), []).append(key)
    return dict(sorted(found.items()))


def edges_by_type(graph: nx.MultiDiGraph) -> dict[str, list[Edge]]:
    """(head, tail, attributes) of the edges of each relationship type, sorted."""
    found: dict[str, list[Edge]] = {}
    for head, tail, relation, data in sorted(graph.edges(keys=True, data=True), key=lambda e: (e[2], e[0], e[1])):
        found.setdefault(relationship_type(str(relation)), []).append((head, tail, data))
    return dict(sorted(found.items()))


def properties(data: Mapping[str, Any]) -> Properties:
    """The properties of a node or edge with these attributes, `kind` aside."""
    found: Properties = {}
    for name, value in data.items():
        if name == "evidence":
            found |= {many: [_stored(getattr(item, one)) for item in value] for many, one in _EVIDENCE.items()}
            if any(told(item.status) for item in value):
                found["statuses"] = [item.status for item in value]
        elif name == "merges":
            found[name] = merge_texts(value)
        elif name == "matches":
            found[name] = match_texts(value)
        elif isinstance(value, tuple):
            found[name] = [storable(str(item)) for item in value]
        elif name != "kind":
            found[name] = _stored(value)
    return found


def property_types(rows: Iterable[Properties]) -> dict[str, str]:
    """Neo4j's name of the type of every property in `rows`, in the order of the graph's attribute tables.

    Raises ExportError where one name has values of two types.
    """
    found: dict[str, str] = {}
    for row in rows:
        for name, value in row.items():
            kind = _type(name, value)
            if found.setdefault(name, kind) != kind:
                raise ExportError(
                    f"attribute {name!r} is {found[name]} in one place and {kind} in another; use one type"
                )
    order = {name: i for i, name in enumerate(dict.fromkeys([*NODE_ATTRS, *EDGE_ATTRS, *_EVIDENCE]))}
    return {name: found[name] for name in sorted(found, key=lambda name: (order.get(name, len(order)), name))}


def merges(graph: nx.MultiDiGraph, size: int) -> Iterator[Batch]:
    """All nodes, then all relationships, of `graph` in batches of at most `size` rows."""
    for label, keys in nodes_by_label(graph).items():
        yield from _node_merges(graph, label, keys, size)
    for kind, edges in edges_by_type(graph).items():
        yield from _relationship_merges(graph, kind, edges, size)


def label_of(graph: nx.MultiDiGraph, key: str) -> str:
    """The label of a node."""
    return storable(str(graph.nodes[key].get("kind", "Node")))


def _node_merges(graph: nx.MultiDiGraph, label: str, keys: list[str], size: int) -> Iterator[Batch]:
    names = list(property_types(properties(graph.nodes[key]) for key in keys))
    merge = f"MERGE (node:{identifier(label)} {{key: row.key}})\n{_setting('node')}"
    rows = [{"key": storable(key), "set": _settings(names, properties(graph.nodes[key]))} for key in keys]
    yield from _cut(merge, rows, size)


def _relationship_merges(graph: nx.MultiDiGraph, kind: str, edges: list[Edge], size: int) -> Iterator[Batch]:
    names = list(property_types(properties(data) for _, _, data in edges))
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for head, tail, data in edges:
        row = {"head": storable(head), "tail": storable(tail), "set": _settings(names, properties(data))}
        groups.setdefault((label_of(graph, head), label_of(graph, tail)), []).append(row)
    for (start, end), rows in sorted(groups.items(), key=lambda group: group[0]):
        ends = f"(head:{identifier(start)} {{key: row.head}}), (tail:{identifier(end)} {{key: row.tail}})"
        merge = f"MATCH {ends}\nMERGE (head)-[fact:{identifier(kind)}]->(tail)\n{_setting('fact')}"
        yield from _cut(merge, rows, size)


def _setting(item: str) -> str:
    return f"WITH row, {item} WHERE {_CHANGED.format(item=item)}\nSET {item} += row.set"


def _settings(names: list[str], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if (value := row.get(name)) == [] else value for name in names}


def _cut(merge: str, rows: list[dict[str, Any]], size: int) -> Iterator[Batch]:
    for start in range(0, len(rows), size):
        yield Batch(merge=merge, rows=rows[start : start + size])


def _type(name: str, value: Any) -> str:
    if isinstance(value, list):
        return (_TYPES[type(value[0])] if value else "string") + "[]"
    if type(value) not in _TYPES:
        raise ExportError(f"attribute {name!r} is a {type(value).__name__}; expected a text, number or list of texts")
    return _TYPES[type(value)]


def _stored(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
