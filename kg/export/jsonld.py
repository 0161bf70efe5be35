"""JSON-LD 1.1, compacted by `ontology/context.jsonld`, one node a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
from pyoxigraph import Literal, NamedNode, Triple

from kg.export.compressed import compressing
from kg.export.readable import triples_by_subject
from kg.iri import compact, expand
from kg.rdf import base_of, triples
from kg.schema import ontology_file
from kg.terms import term

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the default graph to `path`: a document with its context inside, so that it can be read offline.

    IRIs under the graph's base are written with the prefix `data:`.
    """
    context = json.loads(ontology_file("context.jsonld").read_text(encoding="utf8"))["@context"]
    base = base_of(graph)
    names = _names(context)
    with compressing(path) as stream:
        stream.write(b'{"@context": ' + _dump({**context, "data": {"@id": base, "@prefix": True}}) + b',\n"@graph": [')
        for number, run in enumerate(triples_by_subject(triples(graph))):
            stream.write((b",\n" if number else b"\n") + _dump(_node(run, names, base)))
        stream.write(b"\n]}\n")
    return (path,)


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf8")


def _names(context: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Property IRI -> (its name, the IRI of the type that the context gives its values: '@id', a datatype or '')."""
    names: dict[str, tuple[str, str]] = {}
    for name, meaning in context.items():
        if isinstance(meaning, dict):
            names[expand(meaning["@id"])] = (name, expand(meaning.get("@type", "")))
    return names


def _node(run: list[Triple], names: dict[str, tuple[str, str]], base: str) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": _short(str(run[0].subject)[1:-1], base)}
    for triple in run:
        iri = triple.predicate.value
        if triple.predicate == term("rdf:type"):
            assert isinstance(triple.object, NamedNode)  # noqa: S101 - every type is named
            name, value = "@type", compact(triple.object.value)
        else:
            name, kind = names.get(iri, (compact(iri), ""))
            value = _value(triple.object, kind, base)
        node.setdefault(name, []).append(value)
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in node.items()}


def _value(value: object, kind: str, base: str) -> Any:
    if isinstance(value, NamedNode):
        short = _short(value.value, base)
        return short if kind == "@id" else {"@id": short}
    assert isinstance(value, Literal)  # noqa: S101 - objects are named or literals
    datatype = value.datatype.value
    if datatype == kind or (not kind and datatype == _STRING):
        return int(value.value) if datatype == _INTEGER else value.value
    return {"@value": value.value, "@type": compact(datatype)}


def _short(iri: str, base: str) -> str:
    return f"data:{iri.removeprefix(base)}" if iri.startswith(base) else compact(iri)
