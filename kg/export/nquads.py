"""N-Quads 1.1: the default graph, then a named graph a paper, one quad a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import networkx as nx
from pyoxigraph import Quad, RdfFormat, serialize

from kg.export.compressed import compressing
from kg.export.rdf12 import reifying
from kg.rdf import quads


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write all graphs to `path`."""
    return _write(quads(graph), path)


def write_rdf12(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """The same in RDF 1.2, statements with their triple terms."""
    return _write(reifying(quads(graph)), path)


def _write(found: Iterator[Quad], path: Path) -> tuple[Path, ...]:
    with compressing(path) as stream:
        serialize(found, stream, RdfFormat.N_QUADS)
    return (path,)
