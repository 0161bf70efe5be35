"""Gephi's own importers open GEXF and GraphML, without complaint, as what the graph is, attribute by attribute."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import networkx as nx
import pytest
from contents import with_everything
from corpus import corpus_graph
from gephi import HERE, check_gexf, check_nodes, read, run
from maven import classpath

from kg.export import write
from kg.layout import layout

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from graphs import repeated
from hostile import HOSTILE, build_graph

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gephi(tmp_path_factory: pytest.TempPathFactory) -> str:
    return classpath(HERE / "gephi-pom.xml", tmp_path_factory.mktemp("gephi"))


@pytest.fixture(scope="module")
def graph(golden_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The golden graph with the graph of hostile texts and one of all attributes beside it."""
    return nx.freeze(with_everything(nx.compose(golden_graph, build_graph(list(HOSTILE.values())))))


def test_gexf(graph: nx.MultiDiGraph, gephi: str, tmp_path: Path) -> None:
    (path,) = write(graph, "gexf", tmp_path / "graph.gexf")
    check_gexf(read(path, gephi), graph)


def test_gexf_of_119_papers(gephi: str, tmp_path: Path) -> None:
    (path,) = write(corpus_graph(), "gexf", tmp_path / "graph.gexf")
    check_gexf(read(path, gephi), corpus_graph())


def test_gexf_of_5000_papers(golden_graph: nx.MultiDiGraph, gephi: str, tmp_path: Path) -> None:
    large = repeated(golden_graph, 5000)
    (path,) = write(large, "gexf", tmp_path / "graph.gexf")
    check_gexf(read(path, gephi, heap="1500m"), large)


def test_graphml_but_for_parallel_edges(graph: nx.MultiDiGraph, gephi: str, tmp_path: Path) -> None:
    """Gephi 0.10 knows edge kinds from GEXF alone: of edges that join the same two nodes, GraphML gives it one."""
    (path,) = write(graph, "graphml", tmp_path / "graph.graphml")
    found = read(path, gephi)
    check_nodes(found, graph, ("x", "y", "size", "r", "g", "b", "node_graphics"))
    assert {(head, tail) for head, tail, *_ in found.edges.values()} == set(graph.edges())


def test_gephi_draws_all_but_papers_and_results(golden_graph: nx.MultiDiGraph, gephi: str, tmp_path: Path) -> None:
    (path,) = write(golden_graph, "gexf", tmp_path / "graph.gexf")
    picture = tmp_path / "graph.svg"
    run(gephi, "DrawWithGephi.java", path, picture)
    circles = re.findall(r'<circle [^>]*\bfill="(#[0-9a-f]{6})"', picture.read_text(encoding="utf8"))
    colors = layout(golden_graph).color
    shown = [key for key, kind in golden_graph.nodes(data="kind") if kind not in ("Paper", "Result")]
    assert sorted(circles) == sorted(colors[key] for key in shown)
