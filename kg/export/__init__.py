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
    "ladybug": "kg.export.ladybug:write",
    "nanopub": "kg.export.nanopub:write",
    "neo4j": "kg.export.neo4j:write",
    "neo4j-gzip": "kg.export.neo4j:write_gzip",
    "nq": "kg.export.nquads:write",
    "nq12": "kg.export.nquads:write_rdf12",
    "nt": "kg.export.ntriples:write",
    "nt12": "kg.export.ntriples:write_rdf12",
    "parquet": "kg.export.tables:write_parquet",
    "rdfxml": "kg.export.rdfxml:write",
    "report": "kg.export.report:write",
    "trig": "kg.export.trig:write",
    "trig12": "kg.export.trig:write_rdf12",
    "ttl": "kg.export.turtle:write",
    "ttl12": "kg.export.turtle:write_rdf12",
    "turtle": "kg.export.turtle:write",
}

RDF = ("jsonld", "nanopub", "nq", "nq12", "nt", "nt12", "rdfxml", "trig", "trig12", "ttl", "ttl12", "turtle")
"""The formats that are compressed where the path says so (.gz, .zst), and that a `StoredGraph` can be written in."""


def writer(format: str) -> Writer:
    """The function that writes `format`. Raises ExportError, with the choices, where there is none."""
    if format not in WRITERS:
        near = get_close_matches(format.lower(), WRITERS, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ExportError(f"unknown format {format!r}{hint}; choose from {', '.join(WRITERS)}")
    module, _, function = WRITERS[format].partition(":")
    return cast(Writer, getattr(import_module(module), function))


def write(graph: nx.MultiDiGraph, format: str, path: Path) -> tuple[Path, ...]:
    """Write `graph` to `path` and return the files written, sorted; `path` is a folder for csv, ladybug, neo4j(-gzip),
    parquet.

    Each file appears whole or not at all, and equal graphs give equal bytes. The graph is not changed. Raises
    ExportError for an unknown format or a path that cannot be written.
    """
    function = writer(format)
    try:
        return function(graph, path)
    except OSError as error:
        raise ExportError(f"{path}: cannot write {format}: {error.strerror or error}") from error
