"""The files that pages need: style sheets, scripts and pictures, all from this server."""

from __future__ import annotations

import mimetypes
from functools import cache
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.export.html import script, template_text, vis_network
from kg.serve.negotiate import entity_tag, reply, walk

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".md": "text/plain",
    ".txt": "text/plain",
}


def routes() -> list[BaseRoute]:
    """Files under /static, and the icon that browsers ask for by themselves."""
    return [Route("/static/{path:path}", _file), Route("/favicon.ico", _icon)]


async def _file(request: Request) -> Response:
    path = request.path_params["path"]
    body = _made(path) or _read(path)
    if body is None:
        raise HTTPException(404, f"no file {path}")
    suffix = "." + path.rpartition(".")[2]
    type_ = _TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return reply(request, body, type_, entity_tag("static", path), headers={"Cache-Control": "public, max-age=300"})


async def _icon(request: Request) -> Response:
    body = _read("icon.svg") or b""
    return reply(request, body, "image/svg+xml", entity_tag("icon"), headers={"Cache-Control": "public, max-age=86400"})


@cache
def _made(path: str) -> bytes | None:
    """The files that the explorer shares with the page that `kg build` leaves."""
    if path == "colors.css":
        return template_text("colors.css").encode("utf8")
    if path == "explore.css":
        return template_text("page.css").encode("utf8")
    if path == "explore.js":
        return script("served.js").encode("utf8")
    if path == "vis-network.js":
        return vis_network().encode("utf8")
    return None


@cache
def _listed() -> dict[str, bytes]:
    return {path: item.read_bytes() for path, item in walk(files("kg.serve") / "static")}


def _read(path: str) -> bytes | None:
    return _listed().get(path)
