"""SPARQL over a workspace's store: build it, ask it anything, or ask it a question by name."""

from kg.query.answer import FORMATS, Answer
from kg.query.guard import RefusedError
from kg.query.named import NamedQuery, Parameter, list_queries, load_query
from kg.query.run import run_named, run_query
from kg.query.store import build_store

__all__ = [
    "FORMATS",
    "Answer",
    "NamedQuery",
    "Parameter",
    "RefusedError",
    "build_store",
    "list_queries",
    "load_query",
    "run_named",
    "run_query",
]
