"""The terms of RDF that the graph is written in: named ones, and literals of each type that is used."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from kg.iri import expand
from kg.text import storable

Pairs = list[tuple[NamedNode, NamedNode | Literal]]  # predicates and objects of one subject

_HTTP = re.compile(r"https?://[^/]", re.IGNORECASE)


@cache
def term(name: str) -> NamedNode:
    """The term of a prefixed name, for instance `skos:prefLabel`."""
    return NamedNode(expand(name))


def types(*names: str) -> Pairs:
    """The pairs that say of what types a thing is."""
    return [(term("rdf:type"), term(name)) for name in names]


def string(value: object) -> Literal:
    """The value as a string; what RDF cannot hold becomes U+FFFD."""
    return Literal(storable(str(value)))


def text(*, label: object = None, title: object = None, identifier: object = None) -> Pairs:
    """The pairs of the names that are given."""
    names = {"rdfs:label": label, "dcterms:title": title, "dcterms:identifier": identifier}
    return [(term(name), string(value)) for name, value in names.items() if value is not None]


def figures(data: dict[str, object], **names: str) -> Pairs:
    """`score` as kg:confidence and the integers of `names` (attribute -> local name), as far as they are there."""
    pairs: Pairs = []
    if (score := data.get("score")) is not None:
        lexical = f"{score:.4f}".rstrip("0")
        pairs.append(
            (term("kg:confidence"), Literal(lexical + "0" * lexical.endswith("."), datatype=term("xsd:decimal")))
        )
    return pairs + [count(f"kg:{name}", value) for key, name in names.items() if (value := data.get(key)) is not None]


def count(name: str, value: object) -> tuple[NamedNode, Literal]:
    """The pair of a prefixed name and a whole number."""
    return term(name), Literal(str(value), datatype=term("xsd:integer"))


def link(url: str) -> NamedNode | Literal:
    """An http(s) address as an IRI, whatever may not stand in one percent-encoded; anything else as a literal."""
    if _HTTP.match(url):
        try:
            return NamedNode(quote(url, safe="/:?#[]@!$&'()*+,;=%~-._", errors="replace"))
        except ValueError:
            pass
    return Literal(storable(url), datatype=term("xsd:anyURI"))
