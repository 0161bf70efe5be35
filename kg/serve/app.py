"""The web application: all routes under one roof, with the headers, the log and the errors that they share."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from kg.serve.context import ServeContext

_PAGES = ("kg.serve.pages", "kg.serve.search", "kg.serve.explore")


def create_app(context: ServeContext) -> Starlette:
    """The application over one workspace."""
    return Starlette(routes=_routes(context))


def _routes(context: ServeContext) -> list[BaseRoute]:
    found: list[BaseRoute] = []
    for name in _PAGES:
        if find_spec(name) is not None:
            found += importlib.import_module(name).routes(context)
    return found
