"""A Cypher script for cypher-shell or Neo4j Browser (Neo4j 5): loading it twice changes nothing.

Constraints and full-text indexes come first, then nodes by label and relationships by type, each merged by key in
batches. A property that an item lacks is taken off where an earlier load set it. Every text is a quoted literal:
nothing that a title says is ever read as Cypher.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import networkx as nx

from kg.export.atomic import replacing
from kg.export.propertygraph import (
    Edge,
    batches,
    edges_by_type,
    identifier,
    nodes_by_label,
    properties,
    property_types,
)
from kg.text import slug, storable

_BATCH = 500
_NOT_ENTITIES = ("Paper", "Result")


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the script `path`; returns (path,)."""
    with replacing(path) as stream:
        stream.write(b"// Load with: cypher-shell -f FILE\n")
        for statement in statements(graph):
            stream.write(f"{statement};\n".encode())
    return (path,)


def statements(graph: nx.MultiDiGraph) -> Iterator[str]:
    """The statements that load `graph`, in order, without the closing semicolons."""
    labels = nodes_by_label(graph)
    yield from schema_statements(labels)
    for label, keys in labels.items():
        yield from _node_statements(graph, label, keys)
    for kind, edges in edges_by_type(graph).items():
        yield from _relationship_statements(graph, kind, edges)


def schema_statements(labels: Iterable[str]) -> Iterator[str]:
    """Constraints on the keys and full-text indexes over the names of nodes with these labels."""
    labels = sorted(labels)
    for label in labels:
        name = slug(label).replace("-", "_")
        yield f"CREATE CONSTRAINT kg_{name}_key IF NOT EXISTS FOR (n:{identifier(label)}) REQUIRE n.key IS UNIQUE"
    entities = "|".join(identifier(label) for label in labels if label not in _NOT_ENTITIES)
    if entities:
        yield f"CREATE FULLTEXT INDEX kg_entities IF NOT EXISTS FOR (n:{entities}) ON EACH [n.label, n.aliases]"
    if "Paper" in labels:
        yield "CREATE FULLTEXT INDEX kg_papers IF NOT EXISTS FOR (n:Paper) ON EACH [n.label, n.authors, n.venue]"


def literal(value: Any) -> str:
    r"""A text, number, truth value, list, mapping or None as a Cypher literal.

    >>> literal({"label": 'a "b"\n', "n": [1, 2.5], "x": None})
    '{label: "a \\"b\\"\\n", n: [1, 2.5], x: null}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{identifier(name)}: {literal(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, str):
        return json.dumps(storable(value), ensure_ascii=False)
    return json.dumps(value, allow_nan=False)


def _node_statements(graph: nx.MultiDiGraph, label: str, keys: list[str]) -> Iterator[str]:
    names = list(property_types(properties(graph.nodes[key]) for key in keys))
    for batch in batches(keys, _BATCH):
        rows = ({"key": key, "set": _settings(names, properties(graph.nodes[key]))} for key in batch)
        yield f"UNWIND {_rows(rows)} AS row\nMERGE (node:{identifier(label)} {{key: row.key}})\nSET node += row.set"


def _relationship_statements(graph: nx.MultiDiGraph, kind: str, edges: list[Edge]) -> Iterator[str]:
    names = list(property_types(properties(data) for _, _, data in edges))
    groups: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        groups.setdefault((_label(graph, edge[0]), _label(graph, edge[1])), []).append(edge)
    for (start, end), group in sorted(groups.items()):
        ends = f"(head:{identifier(start)} {{key: row.head}}), (tail:{identifier(end)} {{key: row.tail}})"
        for batch in batches(group, _BATCH):
            rows = ({"head": a, "tail": b, "set": _settings(names, properties(data))} for a, b, data in batch)
            merge = f"MERGE (head)-[fact:{identifier(kind)}]->(tail)"
            yield f"UNWIND {_rows(rows)} AS row\nMATCH {ends}\n{merge}\nSET fact += row.set"


def _label(graph: nx.MultiDiGraph, key: str) -> str:
    return storable(str(graph.nodes[key].get("kind", "Node")))


def _settings(names: list[str], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if (value := row.get(name)) == [] else value for name in names}


def _rows(rows: Iterable[Mapping[str, Any]]) -> str:
    return "[\n" + ",\n".join(f"  {literal(row)}" for row in rows) + "\n]"
