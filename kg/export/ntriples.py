"""N-Triples 1.1: one triple a line, in byte order, so that files can be compared and sorted with line tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import networkx as nx
from pyoxigraph import RdfFormat, Triple, serialize

from kg.export.compressed import compressing
from kg.export.rdf12 import reifying
from kg.rdf import triples


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the default graph to `path`."""
    return _write(triples(graph), path)


def write_rdf12(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """The same in RDF 1.2, statements with their triple terms."""
    return _write(reifying(triples(graph)), path)


def _write(found: Iterator[Triple], path: Path) -> tuple[Path, ...]:
    with compressing(path) as stream:
        serialize(found, stream, RdfFormat.N_TRIPLES)
    return (path,)
