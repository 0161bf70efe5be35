"""A server of a workspace in a process of its own, and what tests of its pages ask of a graph."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from served import started

from kg.rdf import quads
from kg.snapshot import load


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


@contextmanager
def serving(workspace: Path) -> Iterator[Served]:
    """`kg serve` on a free port, ended when this is left."""
    httpx = pytest.importorskip("httpx", reason="httpx is not installed")
    with (
        started(workspace, workspace.with_suffix(".log")) as (_, address),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        yield Served(client, load(workspace))


def weightiest(graph: nx.MultiDiGraph, kind: str) -> str:
    """The node of a kind in most papers, or with most edges."""
    keys = [key for key, data in graph.nodes(data=True) if data["kind"] == kind]
    return max(keys, key=lambda key: (graph.nodes[key].get("papers", 0), graph.degree(key), key))


def paths(graph: nx.MultiDiGraph) -> dict[str, str]:
    """One path of each kind of thing that has an IRI."""
    base = graph.graph["base"]
    subjects = sorted({quad.subject.value.removeprefix(base) for quad in quads(graph)})
    return {path.partition("/")[0]: "/" + path for path in subjects}
