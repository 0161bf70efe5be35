"""Layouts: the same in every process, and colours that everyone can tell apart."""

from __future__ import annotations

import itertools
import math
import os
import random
import subprocess
import sys
import time

import igraph
import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest

from kg.layout import KIND_COLORS, layout

Vector = npt.NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def sample(papers: int = 60, seed: int = 3) -> nx.MultiDiGraph:
    """Papers about two fields that share nothing, and one lonely node."""
    rng = random.Random(seed)
    graph = nx.MultiDiGraph()
    kinds = ("Method", "Task", "Dataset", "Metric")
    for i in range(papers):
        graph.add_node(f"paper/{i}", kind="Paper", label=f"Paper {i}")
    for i in range(papers):
        for j in rng.sample(range(15), 4):
            key = f"{kinds[j % 4].lower()}/{'ab'[i % 2]}{j}"
            graph.add_node(key, kind=kinds[j % 4], label=f"{'AB'[i % 2]} {j}", papers=1 + j)
            graph.add_edge(f"paper/{i}", key, "mentions", support=1, score=0.9)
    graph.add_node("method/lonely", kind="Method", label="Lonely", papers=1)
    return graph


def linear(color: str) -> Vector:
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    light = [float(linear(c) @ [0.2126, 0.7152, 0.0722]) + 0.05 for c in (first, second)]
    return max(light) / min(light)


def lab(rgb: Vector) -> Vector:
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("page", ["#ffffff", "#121212"])
def test_colors_stand_out_on_light_and_dark_pages(page: str) -> None:
    assert {kind: c for kind, c in KIND_COLORS.items() if contrast(c, page) < 3} == {}


@pytest.mark.parametrize("vision", VISION)
def test_colors_differ_for_every_eye(vision: str) -> None:
    seen = {kind: lab(np.array(VISION[vision]) @ linear(color)) for kind, color in KIND_COLORS.items()}
    distance = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in itertools.combinations(seen, 2)}
    assert min(distance.values()) > 18, min(distance, key=lambda pair: distance[pair])


def test_covers_every_node_in_sorted_order() -> None:
    graph = sample()
    result = layout(graph)
    for mapping in (result.position, result.size, result.color, result.community):
        assert list(mapping) == sorted(graph)
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in result.position.values())
    assert result.color["paper/0"] == KIND_COLORS["Paper"]


def test_communities_are_the_fields_and_named_by_their_top_entities() -> None:
    result = layout(sample())
    groups = {
        key[key.index("/") + 1]: number for key, number in result.community.items() if not key.startswith("paper")
    }
    assert groups["a"] != groups["b"]
    named = result.community_name[result.community["task/a13"]]
    assert all(part[0] == "A" for part in named.split(" · "))
    assert result.community_name[result.community["method/lonely"]] == "Lonely"
    sizes = [list(result.community.values()).count(n) for n in range(len(result.community_name))]
    assert sizes == sorted(sizes, reverse=True)


def test_islands_do_not_overlap() -> None:
    graph = nx.MultiDiGraph()
    for i in range(30):
        nx.add_path(graph, [f"method/{i}-{j}" for j in range(1 + i % 7)])
    position = layout(graph).position
    nearest = min(math.dist(position[a], position[b]) for a, b in itertools.combinations(position, 2) if a[:9] != b[:9])
    assert nearest > 10


def test_size_grows_with_papers() -> None:
    result = layout(sample())
    assert result.size["method/a0"] < result.size["method/a12"] <= 60


def test_order_of_nodes_and_edges_does_not_matter() -> None:
    graph = sample()
    shuffled = nx.MultiDiGraph()
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))
    random.Random(1).shuffle(nodes)
    random.Random(2).shuffle(edges)
    shuffled.add_nodes_from(nodes)
    shuffled.add_edges_from(edges)
    assert layout(shuffled) == layout(graph)


def test_same_bytes_under_other_hash_seeds() -> None:
    code = "from test_layout import sample; from kg.layout import layout; print(repr(layout(sample(400))))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs != {b""}


def test_leaves_graph_and_igraph_as_they_were() -> None:
    graph = sample()
    before = nx.node_link_data(graph, edges="links")
    layout(graph)
    assert nx.node_link_data(graph, edges="links") == before
    random.seed(5)
    first = igraph.Graph.Erdos_Renyi(n=30, m=40).get_edgelist()
    layout(graph)
    random.seed(5)
    assert igraph.Graph.Erdos_Renyi(n=30, m=40).get_edgelist() == first


@pytest.mark.parametrize("nodes", [0, 1, 2])
def test_tiny_graphs(nodes: int) -> None:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(nodes))
    graph = nx.relabel_nodes(graph, {i: f"method/{i}" for i in range(nodes)})
    assert len(set(layout(graph).position.values())) == nodes


def test_five_thousand_nodes_are_quick() -> None:
    graph = sample(5000)
    start = time.process_time()
    layout(graph)
    assert time.process_time() - start < 5, "about a second on an idle machine"
