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
from kg.export.evidencenodes import EVIDENCE, FACT
from kg.export.propertygraph import identifier, merges, nodes_by_label
from kg.text import slug, storable

_BATCH = 500
_NOT_ENTITIES = ("Paper", "Result", EVIDENCE, FACT)


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the script `path`; returns (path,)."""
    with replacing(path) as stream:
        stream.write(b"// Load with: cypher-shell -f FILE\n")
        for statement in statements(graph):
            stream.write(f"{statement};\n".encode())
    return (path,)


def statements(graph: nx.MultiDiGraph) -> Iterator[str]:
    """The statements that load `graph`, in order, without the closing semicolons."""
    yield from schema_statements(nodes_by_label(graph))
    for batch in merges(graph, _BATCH):
        yield f"UNWIND {_rows(batch.rows)} AS row\n{batch.merge}"


def schema_statements(labels: Iterable[str]) -> Iterator[str]:
    """Constraints on the keys, full-text indexes over names, and an index of the ids of papers, for these labels."""
    labels = sorted(labels)
    for label in labels:
        name = slug(label).replace("-", "_")
        yield f"CREATE CONSTRAINT kg_{name}_key IF NOT EXISTS FOR (n:{identifier(label)}) REQUIRE n.key IS UNIQUE"
    entities = "|".join(identifier(label) for label in labels if label not in _NOT_ENTITIES)
    if entities:
        yield f"CREATE FULLTEXT INDEX kg_entities IF NOT EXISTS FOR (n:{entities}) ON EACH [n.label, n.aliases]"
    if "Paper" in labels:
        yield "CREATE INDEX kg_paper_id IF NOT EXISTS FOR (n:Paper) ON (n.paper_id)"
        yield "CREATE FULLTEXT INDEX kg_papers IF NOT EXISTS FOR (n:Paper) ON EACH [n.label, n.authors, n.venue]"
    if EVIDENCE in labels:
        yield f"CREATE FULLTEXT INDEX kg_evidence IF NOT EXISTS FOR (n:{EVIDENCE}) ON EACH [n.quote]"
    if FACT in labels:
        yield f"CREATE INDEX kg_fact_relation IF NOT EXISTS FOR (n:{FACT}) ON (n.relation)"


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


def _rows(rows: Iterable[Mapping[str, Any]]) -> str:
    return "[\n" + ",\n".join(f"  {literal(row)}" for row in rows) + "\n]"
