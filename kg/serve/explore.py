"""The explorer: the page of `kg build` with the data coming from this server in pieces."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.export.html import OPTIONS, environment, opening
from kg.export.spread import spread
from kg.layout import layout
from kg.serve import views
from kg.serve.context import RequestError, ServeContext
from kg.serve.negotiate import entity_tag, html, reply, unchanged
from kg.serve.pieces import Filter, Piece, Pieces
from kg.serve.site import ENTITIES, KINDS, Site, site_of

_TOP = 12  # nodes of each kind that the opening view brings beside what it draws
_MOST_IDS = 400
_NEIGHBOURS = 340
_WEIGHTIEST = 640
_RANKED = 200_000  # nodes; the opening of a larger graph is taken from its weightiest part

_making = Lock()
Answer = Callable[[Pieces, Request], Piece]


def routes(context: ServeContext) -> list[BaseRoute]:
    """`/explore` and the pieces that its page asks for."""

    async def page(request: Request) -> Response:
        return html(request, environment().get_template("explore.html.j2").render(), entity_tag("explore"))

    async def about(request: Request) -> Response:
        site = await site_of(context)
        tag = entity_tag(site.identity, "api/explore")
        if same := unchanged(request, tag):
            return same
        body = await asyncio.to_thread(_opening, _pieces(site))
        return reply(request, body, "application/json", tag)

    def answering(answer: Answer) -> Callable[[Request], Any]:
        async def get(request: Request) -> Response:
            site = await site_of(context)
            build = request.query_params.get("build", site.identity)
            if build != site.identity:
                raise RequestError(409, "the graph was built anew since; open the page again")
            tag = entity_tag(site.identity, str(request.url.path), str(request.url.query))
            if same := unchanged(request, tag):
                return same
            body = await asyncio.to_thread(_answer, site, request, answer)
            return reply(request, body, "application/json", tag)

        return get

    return [
        Route("/explore", page),
        Route("/api/explore", about),
        *(Route(f"/api/{name}", answering(answer)) for name, answer in _ANSWERS.items()),
    ]


@lru_cache(maxsize=1)
def _made(site: Site) -> Pieces:
    return Pieces(site)


def _pieces(site: Site) -> Pieces:
    with _making:
        return _made(site)


def _answer(site: Site, request: Request, answer: Answer) -> bytes:
    pieces = _pieces(site)
    return _dump(pieces.json(answer(pieces, request)))


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


@lru_cache(maxsize=1)
def _opening(pieces: Pieces) -> bytes:
    """The graph in numbers, and what the page draws first: the most informative entities, placed by igraph."""
    site, graph = pieces.site, pieces.graph
    if len(graph) > _RANKED:
        graph = graph.subgraph(key for kind in ENTITIES for key in site.ranked[kind][:_WEIGHTIEST])
    keys = opening(graph)
    placed = layout(graph.subgraph(keys)).position
    places = spread({key: (round(x * 1.5), round(-y * 1.5)) for key, (x, y) in placed.items()})
    piece = pieces.lines(keys)
    piece.nodes |= {key for kind in KINDS for key in site.ranked[kind][:_TOP]}
    block = [{"id": pieces.number[key], "x": x, "y": y} for key, (x, y) in places.items()]
    return _dump({"about": pieces.about(), "nodes": block, "options": OPTIONS, "piece": pieces.json(piece)})


# What is asked for


def _key(pieces: Pieces, request: Request, name: str = "id") -> str:
    """The node that a parameter names, by number or key. Raises RequestError where there is none."""
    given = str(request.query_params.get(name) or (request.query_params.get("key", "") if name == "id" else ""))
    if given.isascii() and given.isdigit() and int(given[:12]) < len(pieces.keys):
        return pieces.keys[int(given[:12])]
    if given in pieces.number:
        return given
    raise RequestError(404 if given else 400, f"{name} is {given[:80]!r}, and must be the key or number of a node")


def _filter(request: Request) -> Filter:
    """The filter of the parameters, as the address of the page has them."""
    given = request.query_params
    kinds = frozenset(given.get("kinds", " ".join(ENTITIES)).split()) & frozenset(KINDS)
    years = given.get("years", "").split("-")
    return Filter(
        kinds=kinds,
        without=frozenset(given.get("without", "").split()),
        years=(_number(years[0], "years"), _number(years[-1], "years")) if years != [""] else None,
        papers=_number(given.get("papers", "1"), "papers"),
        support=_number(given.get("support", "1"), "support"),
        score=_share(given.get("score", "0")),
    )


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RequestError(400, f"{name} is {text[:40]!r}, and must be a whole number")
    return int(text)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise RequestError(400, f"score is {text[:40]!r}, and must be a number from 0 to 1")
    return value


def _nodes(pieces: Pieces, request: Request) -> Piece:
    keys = request.query_params.getlist("key")[:_MOST_IDS]
    return Piece(nodes={key for key in keys if key in pieces.number})


def _node(pieces: Pieces, request: Request) -> Piece:
    return pieces.detail(_key(pieces, request))


def _neighbours(pieces: Pieces, request: Request) -> Piece:
    limit = _number(request.query_params.get("limit", str(_NEIGHBOURS)), "limit")
    return pieces.neighbours(_key(pieces, request), _filter(request), min(limit, _NEIGHBOURS))


def _lines(pieces: Pieces, request: Request) -> Piece:
    ids = [_number(text, "ids") for text in request.query_params.get("ids", "").split(",") if text]
    if len(ids) > 2 * _WEIGHTIEST or any(number >= len(pieces.keys) for number in ids):
        raise RequestError(400, f"ids must be at most {2 * _WEIGHTIEST} numbers of nodes")
    return pieces.lines(pieces.keys[number] for number in ids)


def _top(pieces: Pieces, request: Request) -> Piece:
    return pieces.top(_filter(request), _WEIGHTIEST)


def _evidence(pieces: Pieces, request: Request) -> Piece:
    piece = Piece()
    a, b = _key(pieces, request, "a"), _key(pieces, request, "b")
    for edge in pieces.between(a, b):
        piece.add(edge, 60)
    piece.nodes |= {a, b}
    return piece


def _paths(pieces: Pieces, request: Request) -> Piece:
    return views.paths(pieces, _key(pieces, request, "from"), _key(pieces, request, "to"), _filter(request))


def _results(pieces: Pieces, request: Request) -> Piece:
    chosen = {slot: _key(pieces, request, slot) for slot in views.CHOICES if slot in request.query_params}
    return views.results(pieces, chosen)


def _matrix(pieces: Pieces, request: Request) -> Piece:
    name = request.query_params.get("matrix", "method-task")
    if name not in views.MATRICES:
        raise RequestError(400, f"matrix is {name[:40]!r}; choose from {', '.join(views.MATRICES)}")
    return views.matrix(pieces, name, _filter(request))


_ANSWERS: dict[str, Answer] = {
    "nodes": _nodes,
    "node": _node,
    "neighbours": _neighbours,
    "lines": _lines,
    "top": _top,
    "evidence": _evidence,
    "paths": _paths,
    "results": _results,
    "matrix": _matrix,
}
