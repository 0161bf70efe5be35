"""graphology, by which Gephi Lite reads GEXF, and NetworkX read the same of it; `--gephi-lite` tells what is lost."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner
from contents import with_everything

from kg.cli import main
from kg.export import write
from kg.export.flat import edge_rows, fact_id, node_rows
from kg.export.gephilite import check
from kg.layout import layout
from kg.snapshot import save_graph
from kg.store import write_store

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
from hostile import HOSTILE, build_graph

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def graph(golden_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The golden graph with the graph of hostile texts and one of all attributes beside it."""
    return nx.freeze(with_everything(nx.compose(golden_graph, build_graph(list(HOSTILE.values())))))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program beside its packages; skipped where Node, npm or its registry are missing."""
    for name in ("node", "npm"):
        if not shutil.which(name):
            pytest.skip(f"{name} is not installed")
    folder = tmp_path_factory.mktemp("graphology")
    shutil.copy(HERE / "graphology-package.json", folder / "package.json")
    shutil.copy(HERE / "ReadWithGraphology.js", folder)
    command = ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm took longer than five minutes to install graphology")
    if done.returncode:
        pytest.skip(f"npm cannot install graphology: {done.stderr[:300]}")
    return folder / "ReadWithGraphology.js"


@pytest.mark.slow
def test_graphology_reads_all_but_the_time_line(graph: nx.MultiDiGraph, program: Path, tmp_path: Path) -> None:
    (path,) = write(graph, "gexf", tmp_path / "graph.gexf")
    done = subprocess.run(["node", str(program), str(path)], capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["type"] == "directed"
    drawn = layout(graph)
    nodes = {node["key"]: node["attributes"] for node in found["nodes"]}
    wanted: dict[str, dict[str, Any]] = {}
    for key, row in node_rows(graph):
        x, y = drawn.position[key]
        r, g, b = (int(drawn.color[key][i : i + 2], 16) for i in (1, 3, 5))
        about = {"x": x, "y": y, "z": 0, "size": drawn.size[key], "color": f"rgb({r},{g},{b})"}
        wanted[key] = row | about | {"community": drawn.community[key]}
    assert {key: spaced(row) for key, row in nodes.items()} == {key: spaced(row) for key, row in wanted.items()}
    edges = {edge["key"]: edge for edge in found["edges"]}
    assert len(edges) == graph.number_of_edges()
    for head, relation, tail, row in edge_rows(graph):
        edge = edges[fact_id(head, relation, tail)]
        about = {"relation": relation, "label": relation, "kind": relation, "weight": row["support"]}
        assert (edge["source"], edge["target"]) == (head, tail)
        assert spaced(edge["attributes"]) == spaced(row | about)


def spaced(row: dict[str, Any]) -> dict[str, Any]:
    """With the line ends that the XML parser of graphology's Node version leaves of those written as references."""
    return {name: re.sub(r"[\r\n\t]", " ", value) if isinstance(value, str) else value for name, value in row.items()}


def test_what_gephi_lite_loses_is_told(graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    plain = nx.MultiDiGraph()
    plain.add_node("a", kind="Method", label="a")
    (path,) = write(plain, "gexf", tmp_path / "plain.gexf")
    assert check(path) == []
    plain.add_node("b", kind="Method", label="b", first_year=2020, last_year=2021, color="red")
    (path,) = write(plain, "gexf", tmp_path / "plain.gexf")
    assert check(path) == [
        "it has no time line: filter by the attributes year, first_year and last_year instead",
        "the attributes color are lost, since the drawing has the same names",
    ]


def test_the_command_tells_it(golden_graph: nx.MultiDiGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with write_store(tmp_path) as store:
        save_graph(store, golden_graph)
    monkeypatch.setattr("kg.export.gephilite.MANY", 10)
    monkeypatch.setattr("kg.export.gephilite.LONGEST", 1000)
    done = CliRunner().invoke(main, ["export", str(tmp_path), "gexf", "--gephi-lite"])
    assert done.exit_code == 0
    items = len(golden_graph) + golden_graph.number_of_edges()
    assert f"kg: in Gephi Lite, {items:,} nodes and edges are slow in a browser" in done.stderr
    assert "MB are more than a browser opens at once (0 MB)" in done.stderr
    refused = CliRunner().invoke(main, ["export", str(tmp_path), "csv", "--gephi-lite"])
    assert (refused.exit_code, "--gephi-lite goes with gexf" in refused.output) == (2, True)
