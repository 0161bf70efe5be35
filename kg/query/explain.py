"""What a query means before it is run: its SPARQL algebra, and how much each of its patterns finds on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from kg.errors import QueryError
from kg.iri import NAMESPACES, compact
from kg.query.named import NamedQuery
from kg.query.run import bound

if TYPE_CHECKING:
    from rdflib.term import Node

_MOST = 1_000_000  # matches that are counted
_IRI = re.compile(r"<([^<>]*)>")
_PARTS = ("p", "p1", "p2", "graph")  # of a step, the steps that come before it
_LEFT_OUT = {*_PARTS, "_vars", "triples", "datasetClause", "lazy", "PV"}


def explain(store: Store, query: str | NamedQuery, params: Mapping[str, str]) -> str:
    """The algebra as an indented tree, the last step first, with the number of triples that match each pattern.

    The algebra is rdflib's. Oxigraph runs the same algebra and chooses the order of joins itself, smallest first, so
    that the numbers tell what a query will cost. Raises QueryError as `run_query` does.
    """
    text = bound(store, query, params)
    return "\n".join(_lines(store, _algebra(text), 0)) + "\n"


def _algebra(text: str) -> Any:
    from rdflib.plugins.sparql import prepareQuery

    try:
        return prepareQuery(text, initNs=NAMESPACES).algebra
    except Exception as error:  # rdflib's parser raises whatever its many parts raise
        raise QueryError(f"malformed query: {str(error).splitlines()[0][:300]}") from error


def _lines(store: Store, step: Any, depth: int) -> Iterator[str]:
    """A step, its patterns and the steps below it."""
    if not hasattr(step, "name"):
        return
    about = [_spoken(step["PV"])] if "PV" in step and step.name == "Project" else []
    about += [
        f"{key} {_spoken(value)}" for key, value in step.items() if key not in _LEFT_OUT and value and _speaks(value)
    ]
    yield "  " * depth + " ".join([step.name, *about])
    for pattern in step["triples"] if "triples" in step else ():  # noqa: SIM401 - `get` evaluates
        spoken = " ".join(map(_spoken, pattern))
        yield f"{'  ' * (depth + 1)}{spoken}  # {_count(store, pattern)}"
    for part in _PARTS:
        if part in step:
            yield from _lines(store, step[part], depth + 1)


def _speaks(value: Any) -> bool:
    return getattr(value, "name", None) != "TrueFilter"


def _spoken(value: Any) -> str:
    """A term or an expression as text."""
    from rdflib.term import Literal, URIRef, Variable

    if isinstance(value, Variable):
        return f"?{value}"
    if isinstance(value, URIRef):
        return _short(str(value))
    if isinstance(value, Literal):
        return value.n3()
    if hasattr(value, "name"):
        inner = [_spoken(part) for key, part in value.items() if key != "_vars" and part]
        return f"{value.name.rstrip('_')}({', '.join(inner)})"
    if isinstance(value, (list, tuple, set)):
        return " ".join(sorted(map(_spoken, value)) if isinstance(value, set) else map(_spoken, value))
    written = value.n3() if hasattr(value, "n3") else str(value)
    return _IRI.sub(lambda found: _short(found[1]), written)


def _short(iri: str) -> str:
    short = compact(iri)
    return short if short != iri else f"<{iri}>"


def _count(store: Store, pattern: tuple[Node, Node, Node]) -> str:
    """How many triples of the default graph match a pattern; a path is no pattern of triples."""
    from rdflib.paths import Path as PropertyPath
    from rdflib.term import Node

    if any(isinstance(part, PropertyPath) and not isinstance(part, Node) for part in pattern):
        return "a path"
    subject, predicate, value = map(_term, pattern)
    if isinstance(subject, Literal) or isinstance(predicate, Literal):
        return "nothing matches"
    found = sum(1 for _ in islice(store.quads_for_pattern(subject, predicate, value, DefaultGraph()), _MOST + 1))
    return f"{found:,} triples" if found <= _MOST else f"more than {_MOST:,} triples"


def _term(node: Node) -> NamedNode | Literal | None:
    """The term of pyoxigraph, None for what matches all."""
    from rdflib import term

    if isinstance(node, term.URIRef):
        return NamedNode(str(node))
    if isinstance(node, term.Literal):
        kind = None if node.datatype is None else NamedNode(str(node.datatype))
        return Literal(str(node), language=node.language) if node.language else Literal(str(node), datatype=kind)
    return None
