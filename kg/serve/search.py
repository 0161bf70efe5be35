"""Search by name: a page for people, and completions for the boxes of all pages."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.iri import node_iri
from kg.serve.context import ServeContext
from kg.serve.finder import KINDS, LONGEST, Match
from kg.serve.linked import problem
from kg.serve.negotiate import entity_tag, html, unchanged
from kg.serve.portrait import named
from kg.serve.render import render
from kg.serve.site import Site, line, path_of, site_of
from kg.text import fold, storable

_SHOWN, _COMPLETED, _MOST = 30, 12, 100


def routes(context: ServeContext) -> list[BaseRoute]:
    """`/search` and `/api/search`."""

    async def page(request: Request) -> Response:
        site = await site_of(context)
        query = request.query_params.get("q", "").strip()[:LONGEST]
        kind = _kind(request)
        found = await asyncio.to_thread(site.finder.find, query, kind=kind, limit=_SHOWN)
        if len(found) == 1 and fold(found[0].form) == fold(query) and not kind:
            return RedirectResponse(path_of(found[0].key), status_code=303, headers={"Cache-Control": "no-cache"})
        tag = entity_tag(site.identity, "search", query, str(kind))
        return unchanged(request, tag) or html(request, _page(site, query, kind, found), tag)

    async def api(request: Request) -> Response:
        site = await site_of(context)
        query = request.query_params.get("q", "").strip()[:LONGEST]
        limit = request.query_params.get("limit", str(_COMPLETED))
        if not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= _MOST):
            return problem(400, f"limit is {limit[:40]!r}, and must be a number from 1 to {_MOST}")
        asked, kind = request.query_params.get("kind"), _kind(request)
        if asked is not None and kind is None:
            return problem(400, f"kind is {asked[:40]!r}; choose from {', '.join(KINDS)}")
        tag = entity_tag(site.identity, "api/search", query, limit, str(asked))
        if same := unchanged(request, tag):
            return same
        found = await asyncio.to_thread(site.finder.find, query, kind=kind, limit=int(limit))
        body = {"query": storable(query), "results": [_json(site, match) for match in found]}
        return JSONResponse(body, headers={"ETag": tag, "Cache-Control": "no-cache"})

    return [Route("/search", page), Route("/api/search", api)]


def _kind(request: Request) -> str | None:
    asked = request.query_params.get("kind", "").lower()
    return next((kind for kind in KINDS if kind.lower() == asked), None)


def _json(site: Site, match: Match) -> dict[str, Any]:
    data = site.graph.nodes[match.key]
    return {
        "key": match.key,
        "iri": node_iri(site.base, match.key),
        "path": path_of(match.key),
        "kind": data["kind"],
        "label": line(data["label"]),
        **({"form": line(match.form)} if match.form != data["label"] else {}),
        **{name: data[name] for name in ("papers", "year") if name in data},
    }


def _page(site: Site, query: str, kind: str | None, found: list[Match]) -> str:
    rows = [(named(site, m.key), "" if m.form == site.label(m.key) else m.form, site.graph.nodes[m.key]) for m in found]
    return render(site, "search.html.j2", asked=query, kind=kind or "", kinds=KINDS, rows=rows, most=_SHOWN)
