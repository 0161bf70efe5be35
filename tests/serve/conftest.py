"""Workspaces to serve, and servers in processes of their own."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import networkx as nx
import pytest
from served import make_workspace, started

DEADLINE = 3


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
    """A server on a free port; it has ended when this is left."""
    with (
        started(workspace, log, *options, **environment) as (process, address),
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield Server(process, client, log)


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
