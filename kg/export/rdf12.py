"""RDF 1.2: each statement also reifies its triple, which a triple term states without asserting it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TypeVar

from pyoxigraph import NamedNode, Quad, Triple

from kg.terms import term

T = TypeVar("T", Quad, Triple)


def reifying(found: Iterable[T]) -> Iterator[T]:
    """The triples or quads with `rdf:reifies <<( s p o )>>` added to every rdf:Statement, in the order of before."""
    for _, run in groupby(found, key=lambda item: (getattr(item, "graph_name", None), item.subject)):
        block = list(run)
        parts = {item.predicate: item.object for item in block}
        if term("rdf:subject") in parts:
            head, relation, tail = (parts[term(f"rdf:{name}")] for name in ("subject", "predicate", "object"))
            assert isinstance(head, NamedNode)  # noqa: S101 - facts join named things
            assert isinstance(relation, NamedNode)  # noqa: S101
            block.append(_reifies(block[0], Triple(head, relation, tail)))
            block.sort(key=lambda item: f"{item.predicate} {item.object}")
        yield from block


def _reifies(like: T, fact: Triple) -> T:
    if isinstance(like, Quad):
        return Quad(like.subject, term("rdf:reifies"), fact, like.graph_name)
    return Triple(like.subject, term("rdf:reifies"), fact)
