"""The page to query the graph: an editor, and the named questions as examples that this graph can answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import Literal

from kg.iri import NAMESPACES
from kg.query.bind import bind
from kg.query.named import NamedQuery, Parameter, list_queries
from kg.serve.render import render
from kg.serve.site import Site
from kg.text import fold, storable

_HEADER = re.compile(r"\A(?:#[^\n]*\n)+\s*")
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
    return render(site, "query.html.j2", questions=asked(site), prefixes=NAMESPACES, here="query")


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
