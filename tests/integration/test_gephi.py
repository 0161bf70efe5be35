"""Gephi's own importers open GEXF and GraphML, without complaint, as what the graph is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from corpus import corpus_graph
from maven import JAVA, classpath

from kg.export import write
from kg.export.flat import fact_id
from kg.layout import layout

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def gephi(tmp_path_factory: pytest.TempPathFactory) -> str:
    return classpath(HERE / "gephi-pom.xml", tmp_path_factory.mktemp("gephi"))


def run(classpath: str, program: str, *paths: Path) -> str:
    """What a program that uses Gephi prints."""
    command = [*JAVA, "-Djava.awt.headless=true", "-cp", classpath, str(HERE / program), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def read(path: Path, classpath: str) -> dict[str, list[list[str]]]:
    """The lines that ReadWithGephi prints, by their first word."""
    printed = run(classpath, "ReadWithGephi.java", path)
    found: dict[str, list[list[str]]] = {}
    for line in printed.splitlines():
        first, *words = line.split("\t")
        found.setdefault(first, []).append(words)
    return found


def intervals(text: str) -> list[float]:
    return [float(year) for year in text.strip("[]").split(", ")] if text.strip("[]") not in ("", "null") else []


def span(data: dict[str, Any]) -> list[int]:
    """First and last year of a node or edge; nothing where it has none."""
    years = [data.get("first_year", data.get("year")), data.get("last_year", data.get("year"))]
    return [year for year in years if year is not None]


def check_nodes(found: dict[str, list[list[str]]], graph: nx.MultiDiGraph) -> None:
    """No complaint, and every node where and as it is laid out, with typed attributes."""
    assert found["issues"] == [[""]]
    drawn = layout(graph)
    assert {node[0] for node in found["node"]} == set(graph)
    for key, x, y, size, color, _ in found["node"]:
        assert (float(x), float(y)) == pytest.approx(drawn.position[key], rel=1e-5)
        assert float(size) == pytest.approx(drawn.size[key])
        assert color == drawn.color[key]
    columns = dict(found["column"])
    assert (columns["papers"], columns["score"], columns["aliases"]) == ("Long", "Double", "String")


@pytest.mark.parametrize("papers", ["golden", "corpus"])
def test_gexf(papers: str, golden_graph: nx.MultiDiGraph, gephi: str, tmp_path: Path) -> None:
    graph = golden_graph if papers == "golden" else corpus_graph()
    (path,) = write(graph, "gexf", tmp_path / "graph.gexf")
    found = read(path, gephi)
    check_nodes(found, graph)
    for key, *_, years in found["node"]:
        data = graph.nodes[key]
        if data["kind"] != "Result":
            assert intervals(years) == span(data)
    edges = {edge[0]: edge[1:] for edge in found["edge"]}
    assert len(edges) == graph.number_of_edges()
    for head, tail, relation, data in graph.edges(keys=True, data=True):
        a, b, kind, weight, years = edges[fact_id(head, relation, tail)]
        assert (a, b, kind, float(weight)) == (head, tail, relation, data["support"])
        assert intervals(years) == span(data)


def test_graphml_but_for_parallel_edges(golden_graph: nx.MultiDiGraph, gephi: str, tmp_path: Path) -> None:
    """Gephi 0.10 knows edge kinds from GEXF alone: of edges that join the same two nodes, GraphML gives it one."""
    (path,) = write(golden_graph, "graphml", tmp_path / "graph.graphml")
    found = read(path, gephi)
    check_nodes(found, golden_graph)
    assert {(head, tail) for _, head, tail, *_ in found["edge"]} == set(golden_graph.edges())


def test_gephi_draws_all_but_papers_and_results(golden_graph: nx.MultiDiGraph, gephi: str, tmp_path: Path) -> None:
    (path,) = write(golden_graph, "gexf", tmp_path / "graph.gexf")
    picture = tmp_path / "graph.svg"
    run(gephi, "DrawWithGephi.java", path, picture)
    circles = re.findall(r'<circle [^>]*\bfill="(#[0-9a-f]{6})"', picture.read_text(encoding="utf8"))
    colors = layout(golden_graph).color
    shown = [key for key, kind in golden_graph.nodes(data="kind") if kind not in ("Paper", "Result")]
    assert sorted(circles) == sorted(colors[key] for key in shown)
