"""Workspaces to serve, and `kg serve` in processes of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import networkx as nx

from kg.query import build_store
from kg.snapshot import save_graph
from kg.store import write_store
from kg.workspace import RDF_STORE


def make_workspace(graph: nx.MultiDiGraph, folder: Path) -> Path:
    """A workspace as a build leaves it, with the graph alone."""
    with write_store(folder) as store:
        save_graph(store, graph)
        store.note("complete", True)
    build_store(graph, folder / RDF_STORE)
    return folder


@contextmanager
def started(
    workspace: Path, log: Path, *options: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port and its address; it has ended when this is left."""
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
            yield process, found[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
