"""What every writer promises: bytes that depend on the graph alone, whole files, an untouched graph."""

from __future__ import annotations

import copy
import os
import random
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from kg.errors import ExportError
from kg.export import write

FORMATS = ("csv", "cypher", "gexf", "graphml", "ladybug", "neo4j", "parquet")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def shuffled(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    other = nx.MultiDiGraph(**graph.graph)
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))
    random.Random(4).shuffle(nodes)
    random.Random(5).shuffle(edges)
    other.add_nodes_from(nodes)
    other.add_edges_from(edges)
    return other


@pytest.mark.parametrize("form", FORMATS)
def test_order_does_not_matter_and_the_graph_stays(form: str, golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    before = copy.deepcopy(nx.node_link_data(golden_graph, edges="edges"))
    files = write(golden_graph, form, tmp_path / "a" / "graph")
    write(shuffled(golden_graph), form, tmp_path / "b" / "graph")
    assert files == tuple(sorted(path for path in (tmp_path / "a").rglob("*") if path.is_file()))
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert nx.node_link_data(golden_graph, edges="edges") == before


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_texts_and_empty_graphs_are_written(form: str, hostile_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    for name, graph in {"hostile": hostile_graph, "empty": nx.MultiDiGraph()}.items():
        for path in write(graph, form, tmp_path / name):
            data = path.read_bytes()
            assert path.suffix == ".parquet" or "\x00" not in data.decode("utf8")


def test_same_bytes_under_other_hash_seeds(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.export import write;"
        "from hostile import HOSTILE, build_graph; graph = build_graph(list(HOSTILE.values()));"
        f"[write(graph, form, Path(sys.argv[1]) / form) for form in {FORMATS}]"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / seed)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
        )
    assert content(tmp_path / "1") == content(tmp_path / "2") != {}


@pytest.mark.parametrize("form", ["gexf", "graphml", "cypher", "ladybug", "neo4j"])
def test_an_attribute_of_two_types_is_named(form: str, tmp_path: Path) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("method/a", kind="Method", label="a", rank=1)
    graph.add_node("method/b", kind="Method", label="b", rank="first")
    with pytest.raises(ExportError, match="'rank'"):
        write(graph, form, tmp_path / "graph")
    assert not (tmp_path / "graph").is_file()
