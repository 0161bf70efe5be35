"""Writers, one format a module: `write(graph, format, path)` finds the writer by name and loads it on first use."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import cast

import networkx as nx

from kg.errors import ExportError

Writer = Callable[[nx.MultiDiGraph, Path], tuple[Path, ...]]

WRITERS: dict[str, str] = {
    "csv": "kg.export.tables:write_csv",
    "cypher": "kg.export.cypher:write",
    "gexf": "kg.export.gexf:write",
    "graphml": "kg.export.graphml:write",
    "html": "kg.export.html:write",
    "jsonld": "kg.export.jsonld:write",
    "neo4j": "kg.export.neo4j:write",
    "neo4j-gzip": "kg.export.neo4j:write_gzip",
    "nq": "kg.export.nquads:write",
    "nt": "kg.export.ntriples:write",
    "parquet": "kg.export.tables:write_parquet",
    "rdfxml": "kg.export.rdfxml:write",
    "report": "kg.export.report:write",
    "trig": "kg.export.trig:write",
    "ttl": "kg.export.turtle:write",
    "turtle": "kg.export.turtle:write",
}


def writer(format: str) -> Writer:
    """The function that writes `format`. Raises ExportError, with the choices, where there is none."""
    if format not in WRITERS:
        near = get_close_matches(format.lower(), WRITERS, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ExportError(f"unknown format {format!r}{hint}; choose from {', '.join(WRITERS)}")
    module, _, function = WRITERS[format].partition(":")
    return cast(Writer, getattr(import_module(module), function))


def write(graph: nx.MultiDiGraph, format: str, path: Path) -> tuple[Path, ...]:
    """Write `graph` to `path` and return the files written, sorted; `path` is a folder for csv, neo4j(-gzip), parquet.

    Each file appears whole or not at all, and equal graphs give equal bytes. The graph is not changed. Raises
    ExportError for an unknown format or a path that cannot be written.
    """
    function = writer(format)
    try:
        return function(graph, path)
    except OSError as error:
        raise ExportError(f"{path}: cannot write {format}: {error.strerror or error}") from error
