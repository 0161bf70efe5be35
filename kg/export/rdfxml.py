"""RDF/XML 1.1, for tools that read no other form of RDF."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

import networkx as nx
from pyoxigraph import RdfFormat, serialize

from kg.export.compressed import compressing
from kg.export.readable import triples_by_subject
from kg.iri import NAMESPACES
from kg.prefixes import sorted_header
from kg.rdf import triples


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the default graph to `path`."""
    with compressing(path) as stream, sorted_header(cast(BinaryIO, _KeepingReturns(stream))) as sink:
        ordered = (triple for run in triples_by_subject(triples(graph)) for triple in run)
        serialize(ordered, sink, RdfFormat.RDF_XML, prefixes=NAMESPACES)
    return (path,)


class _KeepingReturns:
    """A stream that writes carriage returns as references: a bare one is a line feed to XML readers."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        self._stream.write(bytes(data).replace(b"\r", b"&#13;"))
        return len(data)
