"""Run SPARQL with parameters bound as terms, never pasted into the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from kg.errors import QueryError
from kg.iri import KG, NAMESPACES
from kg.query.answer import Answer
from kg.query.bind import Term, bind, guess, integer
from kg.query.guard import check
from kg.query.named import NamedQuery, Parameter, load_query
from kg.query.store import open_store
from kg.text import fold, storable

_FOLDED = NamedNode(KG + "foldedLabel")


def run_query(store_dir: Path, query: str, *, params: Mapping[str, str] | None = None) -> Answer:
    """Answer a SPARQL query over the store in `store_dir`, which is only read. The ontology's prefixes are declared.

    Each parameter is the value of the variable of its name, which SELECT then cannot list: `<IRI>`, a prefixed name
    of the ontology's prefixes, a number, `"text"` or plain text. Raises QueryError for a malformed query, for one that
    would update, reach another host or read an unknown graph, and for a parameter that the query does not use;
    StoreError where there is no store.
    """
    terms = {name: guess(value) for name, value in (params or {}).items()}
    return Answer(_ask(open_store(store_dir), query, terms))


def run_named(store_dir: Path, name: str, *, params: Mapping[str, str] | None = None) -> Answer:
    """Answer the question of this name; names of entities may be any label or alias, whatever case and plural.

    Raises QueryError where the question, a parameter or a name is unknown, and says what comes near.
    """
    query = load_query(name)
    given = dict(params or {})
    known = [parameter.name for parameter in query.parameters]
    for other in given.keys() - set(known):
        raise QueryError(f"{name} has no parameter {other!r}; it takes {_listed(known) or 'none'}")
    store = open_store(store_dir)
    terms = {parameter.name: _value(store, query, parameter, given) for parameter in query.parameters}
    return Answer(_ask(store, query.text, terms))


def _ask(store: Store, query: str, terms: Mapping[str, Term]) -> QuerySolutions | QueryBoolean | QueryTriples:
    check(query, store)
    bound = bind(query, terms)
    try:
        return store.query(bound, prefixes=NAMESPACES)
    except SyntaxError as error:
        raise QueryError(f"malformed query: {_first_line(error)}{_update_hint(query)}") from error
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be run: {error}") from error


def _first_line(error: SyntaxError) -> str:
    """The message without the long list of what could have stood there."""
    return str(error).splitlines()[0][:300]


def _update_hint(query: str) -> str:
    word = re.search(r"(?m)^\s*(insert|delete|load|clear|create|drop|copy|move|add)\b", query, re.IGNORECASE)
    return f"; {word[1].upper()} is an update, and the store is only read" if word else ""


def _value(store: Store, query: NamedQuery, parameter: Parameter, given: Mapping[str, str]) -> Term:
    value = given.get(parameter.name, parameter.default)
    if value is None:
        example = f", for example --param {parameter.name}={parameter.example!r}" if parameter.example else ""
        raise QueryError(f"{query.name} needs {parameter.name}: {parameter.description}{example}")
    return _name(store, value) if parameter.kind == "name" else integer(value)


def _name(store: Store, value: str) -> Literal:
    """The folded name, if some entity has it."""
    folded = Literal(fold(storable(value)))
    if next(store.quads_for_pattern(None, _FOLDED, folded, None), None) is None:
        near = get_close_matches(folded.value, _folded_labels(store), n=3)
        hint = f"did you mean {_listed(near)}?" if near else "'kg stats' lists what is met most often"
        raise QueryError(f"nothing is called {value!r}; {hint}")
    return folded


def _folded_labels(store: Store) -> list[str]:
    objects = {quad.object for quad in store.quads_for_pattern(None, _FOLDED, None, None)}
    return sorted(label.value for label in objects if isinstance(label, Literal))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
