"""Workspaces to serve, and servers in processes of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import networkx as nx
import pytest

from kg.query import build_store
from kg.snapshot import save_graph
from kg.store import write_store
from kg.workspace import RDF_STORE

DEADLINE = 3


def make_workspace(graph: nx.MultiDiGraph, folder: Path) -> Path:
    """A workspace as a build leaves it, with the graph alone."""
    with write_store(folder) as store:
        save_graph(store, graph)
        store.note("complete", True)
    build_store(graph, folder / RDF_STORE)
    return folder


@dataclass
class Server:
    """A running `kg serve`."""

    process: subprocess.Popen[str]
    client: httpx.Client
    log: Path

    def ask(self, query: str, **headers: str) -> httpx.Response:
        """The query by direct POST."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"} | names)

    def logged(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """The lines of the log that are wanted, at least one; they are written after the client has its answer."""
        for _ in range(300):
            lines = [json.loads(line) for line in self.log.read_text(encoding="utf8").split("\n")[:-1]]
            if found := [line for line in lines if wanted(line)]:
                return found
            time.sleep(0.1)
        raise AssertionError("not logged")


@contextmanager
def serving(workspace: Path, log: Path, *options: str, **environment: str) -> Iterator[Server]:
    """A server on a free port; it has ended without an error when this is left."""
    command = [sys.executable, "-m", "kg", "serve", str(workspace), "--port", "0", "--log", str(log), *options]
    kept = {name: value for name, value in os.environ.items() if name != "KG_TOKEN"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=kept | environment) as process:
        assert process.stderr is not None
        said = ""
        while not (found := re.search(r"serving at (http://\S+?)/ ", said)):
            line = process.stderr.readline()
            assert line, f"the server did not start: {said}"
            said += line
        try:
            with httpx.Client(base_url=found[1], timeout=60) as client:
                yield Server(process, client, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


Serve = Callable[..., "contextmanager[Server]"]


@pytest.fixture(scope="session")
def workspace(question_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the question graph."""
    return make_workspace(question_graph, tmp_path_factory.mktemp("served"))


CAPS = ("--max-rows", "500", "--max-bytes", "1", "--max-memory", "96", "--workers", "2")


@pytest.fixture(scope="session")
def server(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small caps and time enough for a busy machine."""
    with serving(workspace, tmp_path_factory.mktemp("log") / "access.jsonl", *CAPS, "--deadline", "60") as found:
        yield found


@pytest.fixture(scope="session")
def hasty(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a short deadline."""
    log = tmp_path_factory.mktemp("log") / "access.jsonl"
    with serving(workspace, log, *CAPS, "--deadline", str(DEADLINE)) as found:
        yield found
