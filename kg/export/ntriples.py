"""N-Triples 1.1: one triple a line, in byte order, so that files can be compared and sorted with line tools."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
from pyoxigraph import RdfFormat, serialize

from kg.export.compressed import compressing
from kg.rdf import triples


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the default graph to `path`."""
    with compressing(path) as stream:
        serialize(triples(graph), stream, RdfFormat.N_TRIPLES)
    return (path,)
