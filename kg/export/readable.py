"""The order in which people like to read RDF: what a thing is before what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from pyoxigraph import Quad, Triple

from kg.terms import term


def triples_by_subject(triples: Iterable[Triple]) -> Iterator[list[Triple]]:
    """Runs of triples with one subject, each with rdf:type first, else in the order in which they came."""
    for _, run in groupby(triples, key=lambda triple: triple.subject):
        yield sorted(run, key=lambda triple: triple.predicate != term("rdf:type"))


def quads_type_first(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The quads with rdf:type first among those of one subject in one graph, else in the order in which they came."""
    for _, run in groupby(quads, key=lambda quad: (quad.graph_name, quad.subject)):
        yield from sorted(run, key=lambda quad: quad.predicate != term("rdf:type"))
