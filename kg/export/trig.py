"""TriG 1.1: Turtle with a named graph for what each paper states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import networkx as nx
from pyoxigraph import Quad, RdfFormat, serialize

from kg.export.compressed import compressing
from kg.export.rdf12 import reifying
from kg.export.readable import quads_type_first
from kg.prefixes import prefixes, sorted_header
from kg.rdf import base_of, quads


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write all graphs to `path`."""
    return write_quads(quads(graph), prefixes(base_of(graph)), path)


def write_rdf12(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """The same in RDF 1.2, statements with their triple terms."""
    return write_quads(reifying(quads(graph)), prefixes(base_of(graph)), path)


def write_quads(found: Iterator[Quad], names: dict[str, str], path: Path) -> tuple[Path, ...]:
    """Write any quads, each graph and subject in one piece, to `path`."""
    with compressing(path) as stream, sorted_header(stream) as sink:
        serialize(quads_type_first(found), sink, RdfFormat.TRIG, prefixes=names)
    return (path,)
