"""What every page and piece of data has in common: the form that the client wants, caching, and the security policy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_etags

from kg import __version__
from kg.text import storable

HTML = "text/html"
FORMS: dict[str, str] = {
    "html": HTML,
    "ttl": "text/turtle",
    "json": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}  # suffix of a document -> its media type; in the order of preference where a client has none
ALSO = {"application/json": "json", "application/xhtml+xml": "html", "text/plain": "nt", "application/xml": "rdf"}
_DOCUMENTS = {media: form for form, media in FORMS.items()} | ALSO
_CHARSET = re.compile(r";\s*charset=[^;,]*", re.IGNORECASE)  # all text is UTF-8
NAMES = {"html": "HTML", "ttl": "Turtle", "json": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}

_BASE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(**changes: str) -> str:
    """The Content Security Policy of a page; `changes` by directive, with underscores for hyphens.

    >>> policy(style_src="'self' 'unsafe-inline'").split("; ")[2]
    "style-src 'self' 'unsafe-inline'"
    """
    rules = {**_BASE, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


STRICT = policy(require_trusted_types_for="'script'")


def negotiate(accept: str, offered: Iterable[str]) -> str | None:
    """The media type of `offered` that an Accept header likes best (RFC 9110, 12.5.1), None if it takes none of them.

    >>> negotiate("text/csv;q=0.5, application/json", ["text/csv", "application/json"])
    'application/json'
    >>> negotiate("*/*", ["text/turtle", "text/csv"]), negotiate("image/png", ["text/csv"])
    ('text/turtle', None)
    """
    liked = parse_accept_header(_CHARSET.sub("", accept) or "*/*", MIMEAccept)
    best = max(offered, key=lambda name: liked.quality(name))  # the first of those liked alike
    return best if liked.quality(best) > 0 else None


def wanted(accept: str) -> str | None:
    """The suffix of the form of a document that an Accept header likes best, None where it takes none.

    >>> wanted("text/turtle, */*;q=0.1")
    'ttl'
    >>> wanted("image/png") is None
    True
    """
    best = negotiate(accept, _DOCUMENTS)
    return _DOCUMENTS[best] if best else None


def unchanged(request: Request, tag: str, *, headers: Mapping[str, str] | None = None) -> Response | None:
    """304 where the client has the response with this entity tag already."""
    if not parse_etags(request.headers.get("if-none-match")).contains_weak(tag.strip('"')):
        return None
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "no-cache", **(headers or {})})


def reply(
    request: Request, body: str | bytes, media_type: str, tag: str, *, headers: Mapping[str, str] | None = None
) -> Response:
    """A response with its entity tag, or 304 where the client has it already. Caches ask again each time."""
    if same := unchanged(request, tag, headers=headers):
        return same
    own = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    data = body if isinstance(body, bytes) else storable(body).encode("utf8")
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Response(data, headers={"Content-Type": media_type + charset, **own})


def html(
    request: Request, body: str, tag: str, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A page under the strict policy, if `headers` name no other."""
    own = {"Content-Security-Policy": STRICT, **(headers or {})}
    if status == 200:
        return reply(request, body, HTML, tag, headers=own)
    return Response(
        storable(body).encode("utf8"),
        status_code=status,
        headers={"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", **own},
    )


def entity_tag(*parts: str) -> str:
    """A strong entity tag of what a response was made from; it changes with the code as well."""
    digest = hashlib.sha256("\0".join((__version__, _assets(), *parts)).encode("utf8", "surrogatepass"))
    return f'"{digest.hexdigest()[:24]}"'


@cache
def _assets() -> str:
    """A digest of the templates and files that pages are made of."""
    digest = hashlib.sha256()
    for package, folder in (("kg.serve", "templates"), ("kg.serve", "static"), ("kg.export", "templates")):
        for _, item in walk(files(package) / folder):
            digest.update(item.read_bytes())
    return digest.hexdigest()[:16]


def walk(folder: Traversable, start: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every file below the folder with its path in it, in the order of names."""
    for item in sorted(folder.iterdir(), key=lambda found: found.name):
        if item.is_dir():
            yield from walk(item, f"{start}{item.name}/")
        else:
            yield start + item.name, item
