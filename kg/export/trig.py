"""TriG 1.1: Turtle with a named graph for what each paper states."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
from pyoxigraph import RdfFormat, serialize

from kg.export.compressed import compressing
from kg.export.readable import quads_type_first
from kg.prefixes import prefixes, sorted_header
from kg.rdf import base_of, quads


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write all graphs to `path`."""
    with compressing(path) as stream, sorted_header(stream) as sink:
        serialize(quads_type_first(quads(graph)), sink, RdfFormat.TRIG, prefixes=prefixes(base_of(graph)))
    return (path,)
