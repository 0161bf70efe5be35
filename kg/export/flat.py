"""Nodes and edges as sorted rows of scalars, for the formats that know nothing else.

Lists become one string that `split` takes apart again: items joined by ' | ', with '|' and '\\' inside an item escaped
by '\\'. Evidence of an edge becomes the lists `quotes` and `paper_ids`, in the order of the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import networkx as nx

from kg.errors import ExportError
from kg.graph import EDGE_ATTRS, NODE_ATTRS
from kg.iri import digest
from kg.model import Evidence, Match, Merge, told
from kg.text import storable

Scalar = str | int | float | bool
Row = dict[str, Scalar]
Columns = dict[str, type]

_PIECE = re.compile(r"\\.| \| |[^\\ ]+| ", re.DOTALL)


def join(items: Iterable[str]) -> str:
    """Items as one string, to be read by people and by `split`.

    >>> join(["SLAM", "map|locate"])
    'SLAM | map\\\\|locate'
    """
    return " | ".join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)


def split(text: str) -> list[str]:
    """The items that `join` made `text` from (an empty text has none).

    >>> split(join(["a", "b|", "c\\\\"]))
    ['a', 'b|', 'c\\\\']
    """
    items = [""] if text else []
    for piece in _PIECE.findall(text):
        if piece == " | ":
            items.append("")
        else:
            items[-1] += piece[1:] if piece[0] == "\\" else piece
    return items


def merge_text(merge: Merge) -> str:
    """A merge as a line to read: the form, and why it belongs to the entity."""
    return f"{merge.form}: {merge.reason}"


def merge_texts(merges: Iterable[Merge]) -> list[str]:
    """The distinct merges of an entity, sorted."""
    return sorted({storable(merge_text(merge)) for merge in merges})


def match_texts(matches: Iterable[Match]) -> list[str]:
    """The matches of an entity as lines to read, in order: how near, the concept's IRI and label, the score."""
    return [storable(f"{match.kind}Match {match.iri} ({match.label}, {match.score:.2f})") for match in matches]


def fact_id(head: str, relation: str, tail: str) -> str:
    """The id of an edge, the same as the end of its statement's IRI in RDF."""
    return digest(head, relation, tail)


def node_rows(graph: nx.MultiDiGraph) -> Iterator[tuple[str, Row]]:
    """(key, attributes) of each node, sorted by key."""
    for key in sorted(graph):
        yield key, _flat(graph.nodes[key])


def edge_rows(graph: nx.MultiDiGraph) -> Iterator[tuple[str, str, str, Row]]:
    """(head, relation, tail, attributes) of each edge, sorted."""
    for head, tail, relation, data in sorted(graph.edges(keys=True, data=True), key=lambda e: (e[0], e[2], e[1])):
        yield head, str(relation), tail, _flat(data)


def node_columns(graph: nx.MultiDiGraph) -> Columns:
    """Name and type of every attribute that some node has: first those of NODE_ATTRS, then others by name."""
    return _columns((row for _, row in node_rows(graph)), NODE_ATTRS, "node")


def edge_columns(graph: nx.MultiDiGraph) -> Columns:
    """Name and type of every attribute that some edge has, as `node_columns` does."""
    return _columns((row for *_, row in edge_rows(graph)), EDGE_ATTRS, "edge")


def _flat(data: Mapping[str, Any]) -> Row:
    row: Row = {}
    for name, value in data.items():
        if value == ():
            continue
        if name == "evidence":
            evidence: tuple[Evidence, ...] = value
            row["quotes"] = join(storable(item.quote) for item in evidence)
            row["paper_ids"] = join(storable(item.paper) for item in evidence)
            if any(told(item.status) for item in evidence):
                row["statuses"] = join(item.status for item in evidence)
        elif name == "merges":
            row[name] = join(merge_texts(value))
        elif name == "matches":
            row[name] = join(match_texts(value))
        elif isinstance(value, tuple):
            row[name] = join(storable(str(item)) for item in value)
        else:
            row[name] = storable(value) if isinstance(value, str) else value
    return row


def _columns(rows: Iterable[Row], known: Mapping[str, type], what: str) -> Columns:
    found: Columns = {}
    for row in rows:
        for name, value in row.items():
            first = found.setdefault(name, type(value))
            if first is not type(value):
                raise ExportError(
                    f"{what} attribute {name!r} is {first.__name__} in one place and {type(value).__name__} in another;"
                    " give it one type"
                )
            if first not in (str, int, float, bool):
                raise ExportError(f"{what} attribute {name!r} is a {first.__name__}; expected str, int, float or bool")
    order = {name: i for i, name in enumerate(known)}
    return {name: found[name] for name in sorted(found, key=lambda name: (order.get(name, len(order)), name))}
