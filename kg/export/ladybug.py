"""A folder for Ladybug, and for Kùzu, which it carries on: Parquet files and the script that loads them.

One node table a label and one relationship table a type, as in Neo4j, with the same properties. Names of tables must
differ in more than case there, so that a type which is also a label has HAS_ before it (HAS_METHOD). The script makes
the tables of a new database and fills them; its paths are relative to the folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet

from kg.errors import ExportError
from kg.export.atomic import replacing, write_text
from kg.export.propertygraph import Edge, edges_by_type, label_of, nodes_by_label, properties, property_types
from kg.text import slug, storable

_BATCH = 20_000
_TYPES = {"string": "STRING", "long": "INT64", "double": "DOUBLE", "boolean": "BOOLEAN"}
_ARROW = {"string": pa.string(), "long": pa.int64(), "double": pa.float64(), "boolean": pa.bool_()}


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the folder `path`; returns its files, sorted. Parquet files of an earlier graph in it are removed.

    Raises ExportError where the names of two labels, types or attributes differ in case alone.
    """
    nodes, edges = nodes_by_label(graph), edges_by_type(graph)
    script = ["// Loads the graph into a new database; run it in this folder."]
    files: list[Path] = []
    for label, keys in nodes.items():
        types = property_types(properties(graph.nodes[key]) for key in keys)
        columns = ["`key` STRING PRIMARY KEY", *_columns(types)]
        script.append(f"CREATE NODE TABLE {_quoted(label)}({', '.join(columns)});")
        rows = ({"key": storable(key)} | properties(graph.nodes[key]) for key in keys)
        files.append(_write_table(path, f"nodes-{slug(label)}", ["key"], types, rows, files))
        script.append(f"COPY {_quoted(label)} FROM '{files[-1].name}';")
    for kind, name in _table_names(nodes, edges).items():
        types = property_types(properties(data) for _, _, data in edges[kind])
        groups = {ends: list(rows) for ends, rows in groupby(_by_ends(graph, edges[kind]), key=lambda row: row[0])}
        joined = [f"FROM {_quoted(start)} TO {_quoted(end)}" for start, end in groups]
        script.append(f"CREATE REL TABLE {_quoted(name)}({', '.join([*joined, *_columns(types)])});")
        for (start, end), found in groups.items():
            rows = ({"from": storable(a), "to": storable(b)} | properties(data) for _, (a, b, data) in found)
            stem = f"relationships-{slug(kind)}-{slug(start)}-{slug(end)}"
            files.append(_write_table(path, stem, ["from", "to"], types, rows, files))
            ends = f"from={_literal(start)}, to={_literal(end)}"
            script.append(f"COPY {_quoted(name)} FROM '{files[-1].name}' ({ends});")
    for pattern in ("nodes-*.parquet", "relationships-*.parquet"):
        for stale in set(path.glob(pattern)) - set(files):
            stale.unlink()
    files.append(write_text(path / "load.cypher", "\n".join(script) + "\n"))
    return tuple(sorted(files))


def _table_names(labels: Iterable[str], types: Iterable[str]) -> dict[str, str]:
    """The table of each relationship type. Raises ExportError where two names would be one."""
    taken = {_quoted(label).lower() for label in labels}
    names = {kind: f"HAS_{kind}" if _quoted(kind).lower() in taken else kind for kind in types}
    _check([*labels, *names.values()], "labels or types")
    return names


def _by_ends(graph: nx.MultiDiGraph, edges: Sequence[Edge]) -> Iterator[tuple[tuple[str, str], Edge]]:
    """Edges with the labels of their ends, sorted by these."""
    labelled = [((label_of(graph, edge[0]), label_of(graph, edge[1])), edge) for edge in edges]
    yield from sorted(labelled, key=lambda row: (row[0], row[1][:2]))


def _columns(types: dict[str, str]) -> list[str]:
    _check(["key", *types], "attributes")
    return [
        f"{_quoted(name)} {_TYPES[kind.removesuffix('[]')]}{'[]' * kind.endswith('[]')}" for name, kind in types.items()
    ]


def _check(names: Sequence[str], what: str) -> None:
    folded = [_quoted(name).lower() for name in names]
    twice = sorted({name for name, one in zip(names, folded, strict=True) if folded.count(one) > 1})
    if twice:
        raise ExportError(f"{what} {', '.join(map(repr, twice))} are one name in Ladybug, which folds case; rename one")


def _write_table(
    folder: Path, stem: str, keys: list[str], types: dict[str, str], rows: Iterator[dict[str, Any]], taken: list[Path]
) -> Path:
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2))]
    path = next(path for name in names if (path := folder / f"{name}.parquet") not in taken)
    kinds = dict.fromkeys(keys, "string") | types
    schema = pa.schema([(name, _arrow(kind)) for name, kind in kinds.items()])
    with replacing(path) as stream, pa.parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            columns = [[_present(row.get(name)) for row in batch] for name in kinds]
            writer.write_table(pa.table(columns, schema=schema))
    return path


def _arrow(kind: str) -> pa.DataType:
    one = _ARROW[kind.removesuffix("[]")]
    return pa.list_(one) if kind.endswith("[]") else one


def _present(value: Any) -> Any:
    return None if value == [] else value


def _quoted(name: str) -> str:
    """A name in backticks; those within become U+FFFD, since Kùzu and Ladybug differ in how they read them."""
    return "`" + storable(name).replace("`", "\ufffd") + "`"


def _literal(name: str) -> str:
    return "'" + _quoted(name)[1:-1].replace("\\", "\\\\").replace("'", "\\'") + "'"
