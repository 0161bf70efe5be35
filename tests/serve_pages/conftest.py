"""Servers of the golden graph and of a hostile one, and a browser that notes what must not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import pytest
from golden_extractor import PAPERS, GoldenExtractor

from kg.build import build
from serve_pages.pages_server import Served, make_workspace, serving


@dataclass
class Opened:
    """A page in the browser, with every request to another host, dialog, error and complaint."""

    page: Any
    trouble: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server of the golden papers, built with all that a build leaves."""
    folder = tmp_path_factory.mktemp("pages") / "workspace"
    build(PAPERS, folder, formats=(), extractor=GoldenExtractor())
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="session")
def hostile(hostile_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server of the hostile graph, its keys as a build makes them: results have digests."""
    graph = nx.relabel_nodes(hostile_graph, {k: "result/f00" for k in hostile_graph if k.startswith("result/")})
    with serving(make_workspace(graph, tmp_path_factory.mktemp("hostile-pages") / "workspace")) as server:
        yield server


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open an address: `visit(address, ready=True)` waits until the page says that its scripts are ready."""
    contexts = []

    def open_(address: str, *, ready: bool = False, **options: Any) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        opened = Opened(context.new_page())
        page, trouble = opened.page, opened.trouble
        host = "/".join(address.split("/")[:3]) + "/"

        def note(request: Any) -> None:
            if not request.url.startswith((host, "data:", "blob:")):
                trouble.append(f"request {request.url[:80]}")

        page.on("request", note)
        page.on("dialog", lambda d: (trouble.append(f"dialog {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: trouble.append(f"error {e}"))
        page.on("console", lambda m: trouble.append(f"console {m.text}") if m.type in ("error", "warning") else None)
        page.set_default_timeout(60_000)
        page.goto(address)
        if ready:
            page.wait_for_selector("html[data-ready]", state="attached")
        return opened

    yield open_
    for context in contexts:
        context.close()
