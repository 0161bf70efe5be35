"""The SPARQL 1.1 Protocol: `/sparql`, for queries by GET, form and direct POST. Updates are refused."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from werkzeug.http import parse_options_header

from kg.serve.context import Question, Reply, RequestError, ServeContext
from kg.serve.description import describe_service
from kg.serve.negotiate import negotiate, unchanged

ALLOW = "GET, HEAD, OPTIONS, POST"
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_FIELDS = 1000  # parameters of a request, at most
# What a client may ask for -> the form that it is written in, in the order of preference where the client has none.
ROWS = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
TRIPLES = {
    "text/turtle": "text/turtle",
    "application/n-triples": "application/n-triples",
    "application/ld+json": "application/ld+json",
    "application/rdf+xml": "application/rdf+xml",
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    "text/plain": "application/n-triples",
}
_VOLATILE = re.compile(r"\b(now|rand|uuid|struuid|bnode)\b\s*\(", re.IGNORECASE)
_GONE = 499  # what web servers log where the client has left

Parameters = list[tuple[str, str]]


def routes(context: ServeContext) -> list[Route]:
    """The endpoint."""

    async def sparql(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ALLOW})
        return await _answer(context, request)

    return [Route("/sparql", sparql, methods=["GET", "HEAD", "POST", "OPTIONS"], name="sparql")]


async def _answer(context: ServeContext, request: Request) -> Response:
    given = _parameters(request.url.query)
    query = await _posted(request, given, context.limits.max_request, context.limits.deadline)
    accept = ", ".join(request.headers.getlist("accept"))
    if query is None:
        if request.method == "POST" or any(name.endswith("graph-uri") for name, _ in given):
            raise RequestError(400, "no query: give it as the parameter 'query'", outcome="malformed")
        return _description(context, request, accept)
    rows, triples = negotiate(accept, ROWS), negotiate(accept, TRIPLES)
    if rows is None and triples is None:
        offered = ", ".join(sorted({*ROWS, *TRIPLES}))
        raise RequestError(406, f"none of the forms in Accept is offered; choose from {offered}", outcome="malformed")
    question = Question(
        query=query,
        rows=ROWS[rows] if rows else None,
        triples=TRIPLES[triples] if triples else None,
        default_graphs=_graphs(given, "default-graph-uri"),
        named_graphs=_graphs(given, "named-graph-uri"),
    )
    request.scope["kg.log"] |= {"query": query}
    headers = {"Vary": "Accept"}
    cached = request.method != "POST" and not _VOLATILE.search(query)
    if cached and (same := unchanged(request, _tag(question, context.identity()), headers=headers)):
        return same
    headers["Cache-Control"] = "no-cache" if cached else "no-store"
    reply = await _while_connected(request, context.asks.ask(question))
    if reply is None:
        return Response(status_code=_GONE)
    if cached:
        headers["ETag"] = _tag(question, reply.identity)
    media_type = next(
        name for name in (rows, triples) if name and reply.media_type in (ROWS.get(name), TRIPLES.get(name))
    )
    return Response(reply.body, media_type=media_type, headers=headers)


def _parameters(text: str) -> Parameters:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as error:
        raise RequestError(400, "the parameters are not percent-encoded UTF-8", outcome="malformed") from error
    except ValueError as error:
        raise RequestError(400, f"more than {_FIELDS} parameters", outcome="malformed") from error


async def _posted(request: Request, given: Parameters, most: int, seconds: float) -> str | None:
    """The query of the request, None where it has none; the parameters of a form are added to those given."""
    if request.method == "POST":
        kind, options = parse_options_header(request.headers.get("content-type"))
        if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise RequestError(415, f"charset {options['charset']} is not taken; send UTF-8", outcome="malformed")
        if kind == _UPDATE:
            raise _no_updates()
        if kind not in (_FORM, _QUERY):
            named = kind or "none"
            raise RequestError(415, f"content type {named} is not taken; send {_QUERY} or {_FORM}", outcome="malformed")
        text = await _body(request, most, seconds)
        if kind == _QUERY:
            given.append(("query", text))
        else:
            given += _parameters(text)
    if any(name == "update" for name, _ in given):
        raise _no_updates()
    queries = [value for name, value in given if name == "query"]
    if len(queries) > 1:
        raise RequestError(400, f"{len(queries)} queries; send one at a time", outcome="malformed")
    return queries[0] if queries else None


async def _body(request: Request, most: int, seconds: float) -> str:
    """The body, if it is UTF-8, not too long, and comes in time."""
    data = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                data += chunk
                if len(data) > most:
                    raise RequestError(413, f"the request has more than {most:,} bytes", outcome="malformed")
        return data.decode("utf8")
    except TimeoutError:
        raise RequestError(408, f"the request did not come in full within {seconds:g} s", outcome="malformed") from None
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the request is not UTF-8: {error.reason}", outcome="malformed") from error


def _no_updates() -> RequestError:
    return RequestError(403, "updates are refused: the graph is only read; 'kg build' and 'kg add' change it")


def _graphs(given: Parameters, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for key, value in given if key == name))


def _tag(question: Question, identity: str) -> str:
    """A strong entity tag of the answer that the store of this identity gives."""
    parts = (identity, question.query, question.rows, question.triples, question.default_graphs, question.named_graphs)
    return f'"{hashlib.sha256(repr(parts).encode("utf8", "surrogatepass")).hexdigest()[:32]}"'


async def _while_connected(request: Request, answering: Awaitable[Reply]) -> Reply | None:
    """The answer, or None once the client has gone: then nobody needs it."""
    asked = asyncio.ensure_future(answering)
    gone = asyncio.ensure_future(_disconnected(request.receive))
    try:
        await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await asked if asked.done() else None
    finally:
        asked.cancel()
        gone.cancel()


async def _disconnected(receive: Callable[[], Awaitable[object]]) -> None:
    while True:
        message = await receive()
        if isinstance(message, dict) and message["type"] == "http.disconnect":
            return


def _description(context: ServeContext, request: Request, accept: str) -> Response:
    """What the endpoint is, in RDF; people are led to the page with the editor."""
    forms = (*TRIPLES, "text/html")
    form = negotiate(accept, forms)
    if form is None:
        raise RequestError(406, f"none of the forms in Accept is offered; choose from {', '.join(forms)}")
    if form == "text/html":
        return RedirectResponse("/query", status_code=303, headers={"Vary": "Accept"})
    endpoint = str(request.url.replace(query=""))
    body = describe_service(endpoint, context.base, TRIPLES[form])
    return Response(body, media_type=form, headers={"Vary": "Accept", "Cache-Control": "no-cache"})
