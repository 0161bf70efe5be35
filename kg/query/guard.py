"""What a query may not do: reach another host, read a graph that the store does not hold, or exhaust the stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode, Store

from kg.errors import QueryError
from kg.iri import NAMESPACES
from kg.query.bind import TOKEN

_SERVICE = re.compile(r"service", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_IRI = re.compile(r"<https?://[\w.~%#/:-]*>", re.ASCII)
_OPERATOR = re.compile(r"[({\[!+\-*/|&^.;]|union|optional|minus|filter|bind|exists", re.IGNORECASE)
_MOST_OPERATORS = 2000  # Oxigraph's parser and optimiser recurse, and end the process where the stack does
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class RefusedError(QueryError):
    """A query that is well-formed and not permitted."""


def check(query: str, store: Store) -> None:
    """Refuse SERVICE, FROM with a graph that is not in `store`, and queries too deep for the engine's stack.

    `query` is the text before values are bound. Updates are no queries and never get this far. A query that has neither
    word, not even spelt with escapes, is passed without a second look; any other is parsed by
    rdflib and its tree searched, so that the words may stand in strings, names and comments. Raises
    RefusedError; QueryError where rdflib cannot parse it.
    """
    plain = _ESCAPE.sub(lambda found: chr(min(int(found[1] or found[2], 16), 0x10FFFF)), query)
    if (count := len(_OPERATOR.findall(_IRI.sub("", plain)))) > _MOST_OPERATORS:
        raise RefusedError(f"the query is too complex: {count} operators and brackets, at most {_MOST_OPERATORS}")
    if not _SERVICE.search(plain) and not _FROM.search(TOKEN.sub(" ", plain)):
        return
    services, graphs = _parts(plain)
    if services:
        raise RefusedError("SERVICE is refused: queries here never reach another host; leave the SERVICE clause out")
    for iri in graphs:
        if not _holds(store, iri):
            raise RefusedError(f"FROM <{iri}> is refused: the store has no such graph, and none is fetched from afar")


def _parts(query: str) -> tuple[int, list[str]]:
    """The number of SERVICE clauses and the graphs of FROM clauses, by rdflib's parser."""
    from rdflib.namespace import Namespace
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        tree = parseQuery(query)
        services = sum(name == "ServiceGraphPattern" for name in _names(tree))
        algebra = translateQuery(tree, initNs={p: Namespace(n) for p, n in NAMESPACES.items()}).algebra
        clauses = algebra.datasetClause or ()
    except Exception as error:  # rdflib's parser raises whatever its many parts raise
        raise QueryError(f"the words SERVICE and FROM need plain SPARQL 1.1 around them: {error}") from error
    return services, [str(clause.default or clause.named) for clause in clauses]


def _names(tree: Any) -> Iterator[str]:
    """The names of all parts of a syntax tree."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if name := getattr(part, "name", None):
            yield str(name)
        if isinstance(part, dict):
            waiting += part.values()
        elif not isinstance(part, str):
            waiting += list(part) if hasattr(part, "__iter__") else []


def _holds(store: Store, iri: str) -> bool:
    try:
        found = store.quads_for_pattern(None, None, None, NamedNode(iri))
    except ValueError:
        return False
    return next(found, None) is not None
