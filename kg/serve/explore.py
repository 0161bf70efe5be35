"""The explorer: the page of `kg build` with the data coming from this server in pieces."""

from __future__ import annotations

from starlette.routing import BaseRoute

from kg.serve.context import ServeContext


def routes(context: ServeContext) -> list[BaseRoute]:
    """`/explore` and what it asks for."""
    return []
