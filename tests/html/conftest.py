"""A browser that may not reach any network, and pages opened in it that note what must not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.export.html import write
from kg.export.report import write as write_report
from kg.model import Evidence


@dataclass
class Opened:
    """A page in the browser, with every request beyond the file itself, dialog, error and console complaint."""

    page: Any
    trouble: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def golden_page(golden_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the golden graph."""
    return write(golden_graph, tmp_path_factory.mktemp("golden") / "graph.html")[0]


@pytest.fixture(scope="session")
def star_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a task that 500 methods are used for."""
    graph = nx.MultiDiGraph(extractor="test", extractor_version="1")
    graph.add_node("task/t", kind="Task", label="everything", papers=500)
    quote = (Evidence(paper="p", start=0, end=1, quote="x", score=0.5),)
    for i in range(500):
        graph.add_node(f"method/{i:03}", kind="Method", label=f"method {i}", papers=1)
        graph.add_edge(f"method/{i:03}", "task/t", key="usedFor", support=1, score=0.5, evidence=quote)
    return write(graph, tmp_path_factory.mktemp("star") / "graph.html")[0]


@pytest.fixture(scope="session")
def hostile_page(hostile_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the hostile graph, with its report beside it."""
    folder = tmp_path_factory.mktemp("hostile")
    write_report(hostile_graph, folder / "report.html")
    return write(hostile_graph, folder / "graph.html")[0]


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open a file: `visit(path, fragment)`; waits until the page says that it is ready unless `ready` is False."""
    contexts = []

    def open_(path: Path, fragment: str = "", *, ready: bool = True, **options: Any) -> Opened:
        context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        opened = Opened(context.new_page())
        page, trouble = opened.page, opened.trouble
        page.on("request", lambda r: trouble.append(f"request {r.url[:80]}") if r.resource_type != "document" else None)
        page.on("dialog", lambda d: (trouble.append(f"dialog {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: trouble.append(f"error {e}"))
        page.on("console", lambda m: trouble.append(f"console {m.text}") if m.type in ("error", "warning") else None)
        page.set_default_timeout(60_000)
        page.goto(path.as_uri() + (f"#{fragment}" if fragment else ""))
        if ready:
            page.wait_for_selector("html[data-ready]", state="attached")
        return opened

    yield open_
    for context in contexts:
        context.close()
