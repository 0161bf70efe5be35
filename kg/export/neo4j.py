"""A folder for `neo4j-admin database import full` (Neo4j 5): typed CSV, the command that loads it, and the indexes.

One file a label and one a relationship type; one id space, Node, over the node keys. Text is always quoted, so that an
empty text differs from none. Items of lists are set apart by U+001F, which no text holds, since `storable` takes it
out: the importer knows no escape for its delimiter.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from shlex import quote

import networkx as nx

from kg.export.atomic import replacing, write_text
from kg.export.cypher import schema_statements
from kg.export.propertygraph import (
    Properties,
    edges_by_type,
    nodes_by_label,
    properties,
    property_types,
)
from kg.text import slug

DELIMITER = "\x1f"
_COMMAND = """#!/bin/sh
# Loads the graph into a database of Neo4j 5 that is stopped or new; what it held is replaced.
# Use: sh import.sh [DATABASE], with neo4j-admin in the PATH. Then start the database and run indexes.cypher:
#      cypher-shell -d DATABASE -f indexes.cypher
set -eu
database=${{1:-neo4j}}
cd "$(dirname "$0")"
exec neo4j-admin database import full "$database" --overwrite-destination=true \\
    --multiline-fields=true --array-delimiter=U+001F --id-type=string \\
{files}
"""


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the folder `path`; returns its files, sorted. CSV files of an earlier graph in it are removed."""
    return _write(graph, path, ".csv")


def write_gzip(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """The same with each CSV file compressed, as the importer reads it too; the bytes depend on the version of zlib."""
    return _write(graph, path, ".csv.gz")


def _write(graph: nx.MultiDiGraph, path: Path, suffix: str) -> tuple[Path, ...]:
    nodes, edges = nodes_by_label(graph), edges_by_type(graph)
    files: list[Path] = []
    arguments: list[str] = []
    for label, keys in nodes.items():
        files.append(_free(path, f"nodes-{slug(label)}", suffix, files))
        _write_nodes(graph, files[-1], keys)
        arguments.append(f"--nodes={quote(label)}={files[-1].name}")
    for kind, rows in edges.items():
        files.append(_free(path, f"relationships-{slug(kind)}", suffix, files))
        ends = [(head, tail) for head, tail, _ in rows]
        _write_relationships(files[-1], ends, [properties(data) for _, _, data in rows])
        arguments.append(f"--relationships={quote(kind)}={files[-1].name}")
    for pattern in ("nodes-*.csv", "relationships-*.csv", "nodes-*.csv.gz", "relationships-*.csv.gz"):
        for stale in set(path.glob(pattern)) - set(files):
            stale.unlink()
    command = _COMMAND.format(files=" \\\n".join(f"    {argument}" for argument in arguments))
    files.append(write_text(path / "import.sh", command))
    files.append(write_text(path / "indexes.cypher", "".join(f"{line};\n" for line in schema_statements(nodes))))
    return tuple(sorted(files))


def _free(folder: Path, stem: str, suffix: str, taken: list[Path]) -> Path:
    """A path that none of `taken` has: labels may differ in what a file name cannot show."""
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2))]
    return next(path for name in names if (path := folder / f"{name}{suffix}") not in taken)


def _write_nodes(graph: nx.MultiDiGraph, path: Path, keys: list[str]) -> None:
    rows = [properties(graph.nodes[key]) for key in keys]
    types = property_types(rows)
    header = ["key:ID(Node)", *(f"{name}:{kind}" for name, kind in types.items())]
    _write_csv(path, header, ([_text(key), *_cells(types, row)] for key, row in zip(keys, rows, strict=True)))


def _write_relationships(path: Path, ends: list[tuple[str, str]], rows: list[Properties]) -> None:
    types = property_types(rows)
    header = [":START_ID(Node)", ":END_ID(Node)", *(f"{name}:{kind}" for name, kind in types.items())]
    lines = ([_text(a), _text(b), *_cells(types, row)] for (a, b), row in zip(ends, rows, strict=True))
    _write_csv(path, header, lines)


def _write_csv(path: Path, header: list[str], lines: Iterable[list[str]]) -> None:
    with replacing(path) as file, ExitStack() as stack:
        packed = path.suffix == ".gz"
        stream = stack.enter_context(gzip.GzipFile("", "wb", fileobj=file, mtime=0)) if packed else file
        for line in chain([header], lines):
            stream.write((",".join(line) + "\n").encode())


def _cells(types: dict[str, str], row: Properties) -> Iterator[str]:
    for name in types:
        value = row.get(name)
        if value is None or value == []:
            yield ""
        elif isinstance(value, list):
            yield _text(DELIMITER.join(str(item) for item in value))
        elif isinstance(value, bool):
            yield str(value).lower()
        else:
            yield _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
