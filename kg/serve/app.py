"""The web application: all routes under one roof, with the headers, the log and the errors that they share."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KgError, StoreError
from kg.serve import explore, pages, protocol, search
from kg.serve.context import Limits, RequestError, ServeContext, base_at
from kg.serve.log import AccessLog
from kg.serve.metrics import CONTENT_TYPE_LATEST, Metrics
from kg.serve.workers import Pool
from kg.workspace import RDF_STORE

_OPEN = frozenset({"/healthz"})  # answered without a token
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def create_app(
    workspace: Path, limits: Limits | None = None, *, token: str | None = None, origins: Sequence[str] = ("*",)
) -> Starlette:
    """The application over one workspace; its workers live as long as its lifespan.

    With `token`, each request but that for health needs it as bearer token. `origins` are the web sites whose scripts
    may read answers. Raises StoreError where the workspace has no finished build.
    """
    limits = limits or Limits()
    metrics = Metrics()
    base = base_at(workspace)
    pool = Pool(workspace / RDF_STORE, base, limits, metrics)
    context = ServeContext(workspace=workspace, base=base, limits=limits, asks=pool)
    context.identity()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.start()
        try:
            yield
        finally:
            await pool.close()

    middleware = [
        Middleware(AccessLog, metrics=metrics),
        Middleware(_Secured),
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
            allow_headers=["*"],
            expose_headers=["ETag", "Retry-After"],
        ),
        *([Middleware(_Guarded, token=token)] if token else []),
    ]
    return Starlette(
        routes=[
            *protocol.routes(context),
            *_watching(context, pool, metrics),
            *search.routes(context),
            *explore.routes(context),
            *pages.routes(context),
        ],
        middleware=middleware,
        exception_handlers={RequestError: _problem, HTTPException: _problem, KgError: _problem, Exception: _problem},
        lifespan=lifespan,
    )


def _watching(context: ServeContext, pool: Pool, metrics: Metrics) -> list[BaseRoute]:
    async def healthz(_: Request) -> Response:
        if not pool.alive:
            raise RequestError(503, "no worker is up", retry_after=1, outcome="failed")
        return JSONResponse({"status": "ok", "store": context.identity()}, headers={"Cache-Control": "no-store"})

    async def show_metrics(_: Request) -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    return [Route("/healthz", healthz), Route("/metrics", show_metrics)]


async def _problem(request: Request, error: Exception) -> Response:
    """An error as RFC 9457 has it."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, HTTPException):
        status, detail = error.status_code, error.detail
        headers |= error.headers or {}
    elif isinstance(error, RequestError):
        status, detail = error.status, str(error)
        request.scope["kg.log"]["outcome"] = error.outcome
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, StoreError):
        status, detail = 503, "the graph is not there at the moment"
        headers["Retry-After"] = "1"
    else:
        status, detail = 500, "the server failed at this; its log tells why"
    return _told(status, detail, headers)


def _told(status: int, detail: str, headers: Mapping[str, str]) -> Response:
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


class _Secured:
    """Adds the security headers that a route has not set itself.

    Not to a 304: what it says takes the place of what the client has kept, the policy of a page among it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] != 304:
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, add if scope["type"] == "http" else send)


class _Guarded:
    """Lets only requests with the token pass."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in _OPEN:
            scheme, _, given = dict(scope["headers"]).get(b"authorization", b"").partition(b" ")
            if scheme.lower() != b"bearer" or not hmac.compare_digest(given.strip(), self._token):
                headers = {"WWW-Authenticate": 'Bearer realm="kg"', "Cache-Control": "no-store"}
                await _told(401, "send the token: Authorization: Bearer TOKEN", headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)
