"""The pages of the graph: its front page, the ontology, the page to query it, everything that has an IRI, and files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, parse, serialize
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.iri import KG, NAMESPACES
from kg.rdf import ONTOLOGY
from kg.schema import load_schema, ontology_file
from kg.serve import assets, linked, questions
from kg.serve.context import ServeContext
from kg.serve.negotiate import FORMS, entity_tag, html, policy, reply, unchanged, wanted
from kg.serve.portrait import named
from kg.serve.render import render
from kg.serve.site import ENTITIES, KINDS, Site, site_of
from kg.text import spoken

_NEWEST, _TOP, _MANY = 8, 8, 100
_DOCUMENTS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML, "json": RdfFormat.JSON_LD}
# CodeMirror, which the editor is made of, writes its measures into style attributes.
QUERY_POLICY = policy(style_src="'self' 'unsafe-inline'")


def routes(context: ServeContext) -> list[BaseRoute]:
    """All pages but those of search and of the explorer."""

    async def home(request: Request) -> Response:
        site = await site_of(context)
        tag = entity_tag(site.identity, "home")
        return unchanged(request, tag) or html(request, await asyncio.to_thread(_home, site), tag)

    async def kind(request: Request) -> Response:
        site = await site_of(context)
        name = next(kind for kind in KINDS if kind.lower() == request.url.path.strip("/"))
        page = request.query_params.get("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1
        tag = entity_tag(site.identity, request.url.path, str(number))
        return unchanged(request, tag) or html(request, await asyncio.to_thread(_kind, site, name, number), tag)

    async def query(request: Request) -> Response:
        site = await site_of(context)
        tag = entity_tag(site.identity, "query")
        headers = {"Content-Security-Policy": QUERY_POLICY}
        if same := unchanged(request, tag, headers=headers):
            return same
        return html(request, await asyncio.to_thread(questions.page, site), tag, headers=headers)

    return [
        Route("/", home),
        *(Route(f"/{name.lower()}", kind) for name in (*ENTITIES, "Paper")),
        *(Route(f"/{name.lower()}/", kind) for name in (*ENTITIES, "Paper")),
        Route("/query", query),
        Route("/ontology", ontology),
        Route("/ontology.{form}", ontology),
        *assets.routes(),
        *linked.routes(context),
    ]


@lru_cache(maxsize=1)
def _home(site: Site) -> str:
    graph = site.graph
    facts = {r: n for r, n in site.relations.items() if r in load_schema().relations}
    return render(
        site,
        "home.html.j2",
        counts=[(kind, len(site.ranked[kind])) for kind in KINDS if site.ranked[kind]],
        facts=sum(facts.values()),
        relations=sorted(((spoken(r), n, r) for r, n in facts.items()), key=lambda row: -row[1]),
        years=site.years(),
        newest=[(named(site, key), graph.nodes[key]) for key in site.ranked["Paper"][:_NEWEST]],
        top=[
            (kind, [_counted(site, key) for key in site.ranked[kind][:_TOP]]) for kind in ENTITIES if site.ranked[kind]
        ],
        questions=questions.asked(site),
        base=site.base,
    )


def _counted(site: Site, key: str) -> tuple[Any, int]:
    return named(site, key), int(site.graph.nodes[key].get("papers", 0))


def _kind(site: Site, kind: str, page: int) -> str:
    keys = site.ranked[kind]
    pages = max(1, -(-len(keys) // _MANY))
    page = min(max(page, 1), pages)
    shown = keys[(page - 1) * _MANY : page * _MANY]
    return render(
        site,
        "kind.html.j2",
        kind=kind,
        rows=[(named(site, key), site.graph.nodes[key]) for key in shown],
        total=len(keys),
        page=page,
        pages=pages,
        first=(page - 1) * _MANY + 1,
    )


async def ontology(request: Request) -> Response:
    """The ontology for people, or as RDF; a term's IRI differs by its fragment alone."""
    form = request.path_params.get("form")
    if form is None:
        form = wanted(request.headers.get("accept", ""))
        if form is None:
            return linked.problem(
                406, f"none of the media types that you accept is offered: {', '.join(FORMS.values())}"
            )
        if form != "html":
            return RedirectResponse(f"/ontology.{form}", status_code=303, headers={"Vary": "Accept"})
    elif form not in FORMS:
        return linked.problem(404, f"the ontology comes as {', '.join(FORMS)}, not as {form}")
    link = ", ".join(f'</ontology.{f}>; rel="alternate"; type="{FORMS[f]}"' for f in FORMS if f != form)
    headers = {"Vary": "Accept", "Link": link}
    tag = entity_tag("ontology", form)
    if form == "html":
        return html(request, await asyncio.to_thread(_ontology_page), tag, headers=headers)
    return reply(request, await asyncio.to_thread(_ontology_as, form), FORMS[form], tag, headers=headers)


@cache
def _ontology_as(form: str) -> bytes:
    path = ontology_file("kg.ttl")
    if form == "ttl":
        return path.read_bytes()
    triples = [quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)]
    body = serialize(triples, format=_DOCUMENTS[form], prefixes=NAMESPACES)
    assert body is not None  # noqa: S101 - None comes of writing to a stream
    return body


@cache
def _ontology_page() -> str:
    """Every term with its label, what it means, and where it may stand."""
    about: dict[str, dict[str, list[str]]] = {}
    for quad in parse(path=ontology_file("kg.ttl"), format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(KG):
            name = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
            values = about.setdefault(quad.subject.value.removeprefix(KG), {}).setdefault(name, [])
            values.append(getattr(quad.object, "value", str(quad.object)))
    terms = [
        {
            "name": name,
            "label": values.get("label", [name])[0],
            "comment": " ".join(values.get("comment", values.get("definition", []))),
            "type": _sort_of(values.get("type", ())),
            "joins": _joins(name),
            "of": sorted(v.removeprefix(KG) for v in values.get("domain", ()) if v.startswith(KG)),
            "to": sorted(v.removeprefix(KG) for v in values.get("range", ()) if v.startswith(KG)),
        }
        for name, values in sorted(about.items())
        if "label" in values
    ]
    return render(None, "ontology.html.j2", terms=terms, iri=ONTOLOGY, here="ontology")


def _sort_of(types: Iterable[str]) -> str:
    """'class', 'property' or, of what helps to state these, ''."""
    names = [iri.rpartition("#")[2] for iri in types]
    return "class" if "Class" in names else "property" if any(n.endswith("Property") for n in names) else ""


def _joins(name: str) -> list[tuple[str, str]]:
    relation = load_schema().relations.get(name)
    return sorted(relation.pairs) if relation else []
