"""N-Quads 1.1: the default graph, then a named graph a paper, one quad a line."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
from pyoxigraph import RdfFormat, serialize

from kg.export.compressed import compressing
from kg.rdf import quads


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write all graphs to `path`."""
    with compressing(path) as stream:
        serialize(quads(graph), stream, RdfFormat.N_QUADS)
    return (path,)
