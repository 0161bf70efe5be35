"""Run SPARQL with parameters bound as terms, never pasted into the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from kg.errors import QueryError
from kg.iri import KG, NAMESPACES
from kg.query.answer import Answer
from kg.query.bind import TOKEN, Term, bind, guess, integer
from kg.query.guard import RefusedError, check
from kg.query.named import NamedQuery, Parameter, load_query
from kg.query.store import open_store
from kg.text import fold, storable

_FOLDED = NamedNode(KG + "foldedLabel")
_UPDATE = re.compile(r"\s*(insert|delete|load|clear|create|drop|copy|move|add|with)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a query is about: the data set made of these graphs, as the SPARQL protocol has it, and its base IRI.

    With `default` None the query names its data set, or has the whole store. Where it is a list, maybe empty, the
    default graph is the union of those graphs, and only the graphs of `named` are there for GRAPH.
    """

    default: tuple[str, ...] | None = None
    named: tuple[str, ...] = ()
    base: str | None = None


def run_query(store_dir: Path, query: str, *, params: Mapping[str, str] | None = None) -> Answer:
    """Answer a SPARQL query over the store in `store_dir`, which is only read. The ontology's prefixes are declared.

    Each parameter is the value of the variable of its name, which SELECT then cannot list: `<IRI>`, a prefixed name
    of the ontology's prefixes, a number, `"text"` or plain text. Raises QueryError for a malformed query, for one that
    would update, reach another host or read an unknown graph, and for a parameter that the query does not use;
    StoreError where there is no store.
    """
    return ask(open_store(store_dir), query, params or {})


def run_named(store_dir: Path, name: str, *, params: Mapping[str, str] | None = None) -> Answer:
    """Answer the question of this name; names of entities may be any label or alias, whatever case and plural.

    Raises QueryError where the question, a parameter or a name is unknown, and says what comes near.
    """
    query = load_query(name)
    check_params(query, params or {})
    return ask(open_store(store_dir), query, params or {})


def ask(store: Store, query: str | NamedQuery, params: Mapping[str, str], scope: Scope = Scope()) -> Answer:
    """As `run_query` or `run_named`, over an open store."""
    return _ask(store, bound(store, query, params), scope)


def bound(store: Store, query: str | NamedQuery, params: Mapping[str, str]) -> str:
    """The text of a query that is permitted, its parameters bound. Raises QueryError."""
    if isinstance(query, str):
        check(query, store)
        return bind(query, {name: guess(value) for name, value in params.items()})
    check_params(query, params)
    return bind(query.text, terms_of(store, query, params))


def check_params(query: NamedQuery, params: Mapping[str, str]) -> None:
    """Raises QueryError for a parameter that the question does not have."""
    known = [parameter.name for parameter in query.parameters]
    for other in sorted(params.keys() - set(known)):
        raise QueryError(f"{query.name} has no parameter {other!r}; it takes {_listed(known) or 'none'}")


def terms_of(store: Store, query: NamedQuery, params: Mapping[str, str]) -> dict[str, Term]:
    """The terms of the question's parameters. Raises QueryError where one is missing or names nothing."""
    return {parameter.name: _value(store, query, parameter, params) for parameter in query.parameters}


def _ask(store: Store, query: str, scope: Scope) -> Answer:
    data_set = scope.default is not None
    try:
        results = store.query(
            query,
            base_iri=scope.base,
            prefixes=NAMESPACES,
            default_graph=[NamedNode(iri) for iri in scope.default or ()] if data_set else None,
            named_graphs=[NamedNode(iri) for iri in scope.named] if data_set else None,
        )
    except SyntaxError as error:
        if word := _update(query):
            raise RefusedError(f"{word} is refused: it is an update, and the store is only read") from error
        raise QueryError(f"malformed query: {_first_line(error)}") from error
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be run: {error}") from error
    return Answer(results)


def _first_line(error: SyntaxError) -> str:
    """The message without the long list of what could have stood there."""
    return str(error).splitlines()[0][:300]


def _update(query: str) -> str | None:
    """The word that text which is no query starts with, after its prologue, if it is one of updates."""
    plain = re.sub(r"(?i)\b(base|prefix\s+[^\s:]*:)\s*<[^>]*>", " ", TOKEN.sub(_keep_iri, query))
    word = _UPDATE.match(plain)
    return word[1].upper() if word else None


def _keep_iri(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("<") else " "


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
