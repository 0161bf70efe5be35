"""Turtle 1.1: the form of RDF to read."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
from pyoxigraph import RdfFormat, serialize

from kg.export.compressed import compressing
from kg.export.readable import triples_by_subject
from kg.prefixes import prefixes, sorted_header
from kg.rdf import base_of, triples


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the default graph to `path`."""
    with compressing(path) as stream, sorted_header(stream) as sink:
        serialize(
            (t for run in triples_by_subject(triples(graph)) for t in run),
            sink,
            RdfFormat.TURTLE,
            prefixes=prefixes(base_of(graph)),
        )
    return (path,)
