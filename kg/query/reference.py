"""The same query on rdflib, to compare answers or to use what is plugged into it. Slow: it loads all quads first."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from typing import Any

from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse_query_results,
)

from kg.errors import QueryError
from kg.iri import NAMESPACES
from kg.query.answer import Answer
from kg.query.named import NamedQuery
from kg.query.run import bound


def ask_rdflib(store: Store, query: str | NamedQuery, params: Mapping[str, str]) -> Answer:
    """As `run_query` and `run_named`, answered by rdflib over a copy in memory of all graphs of the store."""
    text = bound(store, query, params)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib calls what it has deprecated
            return Answer(_ours(_copy(store).query(text, initNs=NAMESPACES)))
    except Exception as error:  # rdflib raises whatever its many parts raise
        raise QueryError(f"rdflib cannot run the query: {str(error).splitlines()[0][:300]}") from error


def _copy(store: Store) -> Any:
    from rdflib import Dataset

    target = io.BytesIO()
    store.dump(target, RdfFormat.N_QUADS)
    copy = Dataset()
    copy.parse(data=target.getvalue(), format="nquads")
    return copy


def _ours(found: Any) -> QuerySolutions | Any:
    """The results as pyoxigraph's, so that they are written in the same way."""
    if found.type in ("CONSTRUCT", "DESCRIBE"):
        store = Store()
        store.load(found.graph.serialize(format="nt", encoding="utf-8"), RdfFormat.N_TRIPLES)
        triples = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
        assert isinstance(triples, QueryTriples)  # noqa: S101 - a CONSTRUCT
        return triples
    return parse_query_results(found.serialize(format="json"), format=QueryResultsFormat.JSON)
