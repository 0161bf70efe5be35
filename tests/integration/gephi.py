"""What Gephi's importers make of a file, and that it is what a graph says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from maven import JAVA

from kg.export.flat import edge_rows, fact_id, node_rows
from kg.layout import layout

HERE = Path(__file__).parent
_READ = {
    "String": str,
    "Long": int,
    "Integer": int,
    "Double": float,
    "Float": float,
    "Boolean": lambda text: text == "true",
}
_ESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


@dataclass(slots=True)
class Read:
    """A file as Gephi has it: words of each line that ReadWithGephi prints of it, and values by owner and column."""

    issues: str = ""
    nodes: dict[str, list[str]] = field(default_factory=dict)
    edges: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"node": {}, "edge": {}})


def run(classpath: str, program: str, *paths: Path, heap: str = "512m") -> str:
    """What a program that uses Gephi prints."""
    command = [*JAVA, f"-Xmx{heap}", "-Djava.awt.headless=true", "-cp", classpath, str(HERE / program)]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.decode("utf8")


def read(path: Path, classpath: str, heap: str = "512m") -> Read:
    """The file as Gephi has it."""
    found = Read()
    for line in run(classpath, "ReadWithGephi.java", path, heap=heap).split("\n"):
        what, *words = (re.sub(r"\\.", lambda m: _ESCAPES[m[0]], word) for word in line.rstrip("\r").split("\t"))
        if what == "issues":
            found.issues = words[0]
        elif what in ("node", "edge"):
            (found.nodes if what == "node" else found.edges)[words[0]] = words[1:]
        elif what.endswith(" value"):
            key, name, kind, value = words
            found.values[what.removesuffix(" value")].setdefault(key, {})[name] = _READ[kind](value)
    return found


def check_nodes(found: Read, graph: nx.MultiDiGraph, drawing: Iterable[str]) -> None:
    """No complaint, and every node where and as it is laid out, with all its attributes and their types.

    `drawing` names the columns that hold where and how it is drawn.
    """
    assert found.issues == ""
    drawn = layout(graph)
    assert set(found.nodes) == set(graph)
    for key, (x, y, size, color, _) in found.nodes.items():
        assert (float(x), float(y)) == pytest.approx(drawn.position[key], rel=1e-5)
        assert float(size) == pytest.approx(drawn.size[key])
        assert color == drawn.color[key]
    values = {
        key: {name: v for name, v in row.items() if name not in drawing} for key, row in found.values["node"].items()
    }
    assert values == {key: as_gephi(row) | {"community": drawn.community[key]} for key, row in node_rows(graph)}


def check_gexf(found: Read, graph: nx.MultiDiGraph) -> None:
    """Nodes and edges as the graph has them, with kinds, weights, time spans and all attributes."""
    check_nodes(found, graph, ())
    for key, (*_, years) in found.nodes.items():
        if graph.nodes[key]["kind"] != "Result":
            assert intervals(years) == span(graph.nodes[key])
    assert len(found.edges) == graph.number_of_edges()
    for head, relation, tail, row in edge_rows(graph):
        key = fact_id(head, relation, tail)
        a, b, kind, weight, years = found.edges[key]
        assert (a, b, kind, float(weight)) == (head, tail, relation, row["support"])
        assert intervals(years) == span(row)
        assert found.values["edge"][key] == {"relation": relation, "label": relation} | as_gephi(row)


def as_gephi(row: dict[str, Any]) -> dict[str, Any]:
    """Values as Gephi 0.10 takes them from GEXF: it makes Infinity of each INF, within texts too ('REINFORCE')."""
    return {
        name: value.replace("INF", "Infinity") if isinstance(value, str) and name != "label" else value
        for name, value in row.items()
    }


def intervals(text: str) -> list[float]:
    return [float(year) for year in text.strip("[]").split(", ")] if text.strip("[]") not in ("", "null") else []


def span(data: dict[str, Any]) -> list[int]:
    """First and last year of a node or edge; nothing where it lacks one of them."""
    years = [data.get("first_year", data.get("year")), data.get("last_year", data.get("year"))]
    return [] if None in years else years
