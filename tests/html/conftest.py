"""A browser that may not reach any network, and pages opened in it that note what must not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from watched import Opened, watch

from kg.export.html import write
from kg.export.report import write as write_report
from kg.model import Evidence


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
        opened = watch(context.new_page(), lambda request: request.resource_type == "document")
        opened.page.goto(path.as_uri() + (f"#{fragment}" if fragment else ""))
        if ready:
            opened.page.wait_for_selector("html[data-ready]", state="attached")
        return opened

    yield open_
    for context in contexts:
        context.close()
