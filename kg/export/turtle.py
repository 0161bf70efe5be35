"""Turtle 1.1: the form of RDF to read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import networkx as nx
from pyoxigraph import RdfFormat, Triple, serialize

from kg.export.compressed import compressing
from kg.export.rdf12 import reifying
from kg.export.readable import triples_by_subject
from kg.prefixes import prefixes, sorted_header
from kg.rdf import base_of, triples


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the default graph to `path`."""
    return _write(triples(graph), base_of(graph), path)


def write_rdf12(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """The same in RDF 1.2, statements with their triple terms."""
    return _write(reifying(triples(graph)), base_of(graph), path)


def _write(found: Iterator[Triple], base: str, path: Path) -> tuple[Path, ...]:
    with compressing(path) as stream, sorted_header(stream) as sink:
        ordered = (triple for run in triples_by_subject(found) for triple in run)
        serialize(ordered, sink, RdfFormat.TURTLE, prefixes=prefixes(base))
    return (path,)
