"""Servers of the golden graph and of a hostile one, and a browser that notes what must not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import pytest
from golden_extractor import PAPERS, GoldenExtractor
from served import make_workspace
from watched import Opened, watch

from kg.build import build
from serve_pages.pages_server import Served, serving


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
        host = "/".join(address.split("/")[:3]) + "/"
        opened = watch(context.new_page(), lambda request: request.url.startswith((host, "data:", "blob:")))
        opened.page.goto(address)
        if ready:
            opened.page.wait_for_selector("html[data-ready]", state="attached")
        return opened

    yield open_
    for context in contexts:
        context.close()
