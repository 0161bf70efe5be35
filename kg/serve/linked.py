"""Linked data: every IRI of the graph leads to a page for people or to RDF for machines (https://www.w3.org/TR/cooluris).

An IRI names a thing and answers 303 with the document about it that the client likes best: the address with `.html`,
`.ttl`, `.json`, `.nt` or `.rdf`. Whatever the base of the IRIs is, this server answers for its keys under its own
address: at `/KEY`, at `/id/KEY` and at the path of the base followed by the key.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import QueryError
from kg.iri import encode
from kg.serve.context import ServeContext
from kg.serve.negotiate import FORMS, STRICT, entity_tag, html, reply, unchanged, wanted
from kg.serve.portrait import named
from kg.serve.render import render
from kg.serve.site import ENTITIES, Site, line, path_of, site_of
from kg.serve.things import describe
from kg.text import storable

KINDS = (
    *("method", "task", "dataset", "metric", "paper", "result", "statement", "sentence"),
    *("merge", "graph", "text", "run", "extractor", "scheme", "void"),
)  # how keys and the paths of the other things that have an IRI begin
_ABOUT = """CONSTRUCT { ?s ?p ?o } WHERE {
  { $it ?p ?o BIND($it AS ?s) }
  UNION { SELECT ?s ?p ?o WHERE { ?s ?p $it BIND($it AS ?o) } LIMIT 20000 }
  UNION { SELECT DISTINCT ?s ?p ?o WHERE { { ?s ?q $it } UNION { $it ?q ?s }
          ?s ?p ?o FILTER(?p IN (skos:prefLabel, dcterms:title, rdfs:label)) } LIMIT 20000 }
}"""
_STATED = "CONSTRUCT { ?s ?p ?o } WHERE { { $it ?p ?o BIND($it AS ?s) } UNION { GRAPH $it { ?s ?p ?o } } }"
_TAIL = re.compile(r"(-[0-9a-f]{6,})?$")


def routes(context: ServeContext) -> list[BaseRoute]:
    """Routes of all things that have an IRI."""

    async def get(request: Request) -> Response:
        return await _answer(context, request, _path(request))

    async def moved(request: Request) -> Response:
        start = next(start for start in starts(context.base) if request.url.path.startswith(start))
        return await _answer(context, request, _path(request).removeprefix(start[1:]))

    found: list[BaseRoute] = [Route(f"/{kind}/{{rest:path}}", get) for kind in KINDS]
    found += [Route(path, get) for kind in ("scheme", "void") for path in (f"/{kind}", f"/{kind}.{{form}}")]
    return found + [Route(f"{start}{{rest:path}}", moved) for start in starts(context.base)]


def starts(base: str) -> list[str]:
    """The paths under which keys are answered for, beside '/'.

    >>> starts("https://w3id.org/abstract-kg/data/")
    ['/id/', '/abstract-kg/data/']
    """
    own = urlsplit(base).path
    return ["/id/"] + ([own] if own.endswith("/") and own not in ("/", "/id/") else [])


def _path(request: Request) -> str:
    """The path as IRIs have it: percent-encoded in one way, without the slash it starts with."""
    return encode(str(request.scope["path"]).removeprefix("/"))


async def _answer(context: ServeContext, request: Request, path: str) -> Response:
    site = await site_of(context)
    if site.key_at(path) is None:
        name, dot, form = path.rpartition(".")
        if dot and form in FORMS:
            return await _document(context, site, request, name, form)
        if there := _moved(site, path):
            return there
    form_ = wanted(request.headers.get("accept", ""))
    if form_ is None:
        return _unacceptable()
    if not await _exists(context, site, path):
        return await missing(site, request, path)
    headers = {"Vary": "Accept", "Link": _alternates(path), "Cache-Control": "no-cache"}
    return RedirectResponse(f"/{path}.{form_}", status_code=303, headers=headers)


async def _document(context: ServeContext, site: Site, request: Request, path: str, form: str) -> Response:
    if not await _exists(context, site, path):
        return await missing(site, request, path, form)
    tag = entity_tag(site.identity, path, form, request.url.query)
    link = f'<{context.base}{path}>; rel="describes", {_alternates(path, form)}'
    if same := unchanged(request, tag, headers={"Link": link}):
        return same
    if form == "html":
        body = await describe(context, site, path, request.query_params.get("all", ""))
        return html(request, body, tag, headers={"Link": link})
    query = _STATED if path.startswith("graph/") else _ABOUT
    answer = await context.ask(query, {"it": f"<{context.base}{path}>"}, triples=FORMS[form])
    return reply(request, answer.body, FORMS[form], tag, headers={"Link": link})


async def _exists(context: ServeContext, site: Site, path: str) -> bool:
    if site.key_at(path) is not None:
        return True
    if path.partition("/")[0] in ("method", "task", "dataset", "metric", "paper", "result"):
        return False
    try:
        answer = await context.ask("ASK { $it ?p ?o }", {"it": f"<{context.base}{path}>"})
    except QueryError:
        return False
    return bool(answer.json()["boolean"])


def _alternates(path: str, but: str = "") -> str:
    return ", ".join(f'</{path}.{form}>; rel="alternate"; type="{FORMS[form]}"' for form in FORMS if form != but)


def _moved(site: Site, path: str) -> Response | None:
    """The answer for a key that is none now, because another took its place or several did."""
    now = [key for key in site.graph.graph.get("moved", {}).get(unquote(path), ()) if key in site.graph]
    if len(now) == 1:
        return RedirectResponse(path_of(now[0]), status_code=301, headers={"Cache-Control": "no-cache"})
    if not now:
        return None
    text = render(
        site,
        "missing.html.j2",
        status=300,
        title="More than one thing now",
        message="What had this address was found to be several things.",
        nearby="They are",
        near=[named(site, key) for key in now],
    )
    return Response(
        text, status_code=300, headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": STRICT}
    )


def _unacceptable() -> Response:
    offered = ", ".join(FORMS.values())
    return problem(406, f"none of the media types that you accept is offered; choose from {offered}")


def problem(status: int, message: str) -> Response:
    """An error for machines (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": storable(message)}
    return JSONResponse(body, status_code=status, media_type="application/problem+json", headers={"Vary": "Accept"})


async def missing(site: Site, request: Request, path: str, form: str = "") -> Response:
    """404 with what may have been meant."""
    kind, _, rest = unquote(path).partition("/")
    words = _TAIL.sub("", rest.rpartition("/")[2]).replace("-", " ")
    kinds = [known for known in (*ENTITIES, "Paper") if known.lower() == kind]
    found = await asyncio.to_thread(site.finder.find, words, kind=kinds[0] if kinds else None, limit=8)
    near = [named(site, match.key) for match in found]
    if (form or wanted(request.headers.get("accept", ""))) != "html":
        hint = f"; near it: {', '.join(one.path for one in near)}" if near else ""
        return problem(404, f"nothing here is called /{path}{hint}")
    text = render(
        site,
        "missing.html.j2",
        status=404,
        title="Nothing has this address",
        message=f"The graph has nothing at /{line(path, 200)}. It may come from another build, or be misspelt.",
        nearby="Did you mean",
        near=near,
    )
    return html(request, text, "", status=404, headers={"Vary": "Accept"})
