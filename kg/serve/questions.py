"""The page to query the graph: an editor, and the named questions as examples that this graph can answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg.iri import NAMESPACES, expand
from kg.query.bind import bind
from kg.query.named import NamedQuery, Parameter, list_queries
from kg.schema import ontology_file
from kg.serve.render import render
from kg.serve.site import Site
from kg.text import fold, storable

_HEADER = re.compile(r"\A(?:#[^\n]*\n)+\s*")
_BORROWED = (
    *("rdf:type", "rdf:subject", "rdf:predicate", "rdf:object", "rdfs:label", "skos:prefLabel", "skos:altLabel"),
    *("dcterms:title", "dcterms:identifier", "dc:creator", "prov:wasDerivedFrom", "nif:anchorOf"),
    *("nif:beginIndex", "nif:endIndex", "nif:referenceContext", "prism:doi", "fabio:hasArXivId"),
)
_WORDS = (
    ("task or data set", "Task"),
    ("data set", "Dataset"),
    ("metric", "Metric"),
    ("task", "Task"),
    ("method", "Method"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A named question, with values for what it wants to be told and its SPARQL with these in place."""

    name: str
    title: str
    description: str
    values: tuple[tuple[str, str], ...]
    text: str


def asked(site: Site) -> list[Asked]:
    """The named questions with values that this graph knows."""
    return [_filled(site, query) for query in list_queries()]


def page(site: Site) -> str:
    """The page with the editor."""
    values = {"questions": asked(site), "prefixes": NAMESPACES, "terms": _terms(), "base": site.base}
    return render(site, "query.html.j2", **values, here="query")


@cache
def _terms() -> dict[str, list[str]]:
    """Classes and properties that the editor completes: the ontology's, and those that it borrows."""
    found: dict[str, set[str]] = {"class": set(), "property": set()}
    for quad in parse(path=ontology_file("kg.ttl"), format=RdfFormat.TURTLE):
        if quad.predicate.value == NAMESPACES["rdf"] + "type" and isinstance(quad.subject, NamedNode):
            kind = getattr(quad.object, "value", "").rpartition("#")[2]
            if kind == "Class" or kind.endswith("Property"):
                found["class" if kind == "Class" else "property"].add(quad.subject.value)
    found["property"] |= {expand(name) for name in _BORROWED}
    return {kind: sorted(terms) for kind, terms in found.items()}


def _filled(site: Site, query: NamedQuery) -> Asked:
    values: list[tuple[str, str]] = []
    terms: dict[str, Literal] = {}
    for parameter in query.parameters:
        value = parameter.default or _example(site, parameter)
        values.append((parameter.name, value))
        terms[parameter.name] = Literal(fold(storable(value))) if parameter.kind == "name" else Literal(int(value))
    text = bind(_HEADER.sub("", query.text), terms)
    used = [f"PREFIX {p}: <{iri}>" for p, iri in NAMESPACES.items() if re.search(rf"(?<![\w:]){p}:", text)]
    comment = f"# {query.title}. {query.description}"
    return Asked(
        name=query.name,
        title=query.title,
        description=query.description,
        values=tuple(values),
        text="\n".join([comment, *used, "", text.strip(), ""]),
    )


def _example(site: Site, parameter: Parameter) -> str:
    """The example that the question has where the graph knows it, else the name of its weightiest node that may fit."""
    example = parameter.example or ""
    found = site.finder.find(example, limit=1)
    if found and fold(found[0].form) == fold(example):
        return example
    kind = next((kind for word, kind in _WORDS if word in parameter.description.lower()), "Method")
    keys = site.ranked[kind] or next((site.ranked[k] for k in ("Method", "Task", "Dataset") if site.ranked[k]), ())
    return site.label(keys[0])[:200] if keys else example
