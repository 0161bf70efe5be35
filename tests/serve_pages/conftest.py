"""Servers of the golden graph and of a hostile one, and a browser that notes what must not happen."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from golden_extractor import PAPERS, GoldenExtractor

from kg.build import build
from kg.query import build_store
from kg.snapshot import load, save_graph
from kg.store import write_store
from kg.workspace import RDF_STORE

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@dataclass
class Served:
    """A running `kg serve` with the graph that it serves."""

    client: Any
    graph: nx.MultiDiGraph

    @property
    def address(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def json(self, path: str, **parameters: Any) -> Any:
        answer = self.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class Opened:
    """A page in the browser, with every request to another host, dialog, error and complaint."""

    page: Any
    trouble: list[str] = field(default_factory=list)


@contextmanager
def serving(workspace: Path) -> Iterator[Served]:
    """`kg serve` on a free port, ended when this is left."""
    httpx = pytest.importorskip("httpx", reason="httpx is not installed")
    log = workspace.with_suffix(".log")
    command = [sys.executable, "-m", "kg", "serve", str(workspace), "--port", "0", "--log", str(log)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        while not (found := re.search(r"serving at (http://\S+?)/ ", said)):
            line = process.stderr.readline()
            assert line, f"the server did not start: {said}"
            said += line
        try:
            with httpx.Client(base_url=found[1], timeout=120) as client:
                yield Served(client, load(workspace))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def make_workspace(graph: nx.MultiDiGraph, folder: Path) -> Path:
    """A workspace as a build leaves it, with the graph alone."""
    with write_store(folder) as store:
        save_graph(store, graph)
        store.note("complete", True)
    build_store(graph, folder / RDF_STORE)
    return folder


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield started
        started.close()


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
