"""GEXF and GraphML, read back by other libraries than wrote them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pytest
from hostile import graphs
from hypothesis import given, settings
from lxml import etree

from kg.export import write
from kg.export.flat import edge_rows, fact_id, node_rows, split
from kg.layout import layout
from kg.text import storable

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "gexf-1.3.rng"))
DRAWN = {"community", "x", "y", "size", "r", "g", "b", "viz", "shape_type", "start", "end"}


def assert_same(found: nx.MultiDiGraph, graph: nx.MultiDiGraph) -> None:
    """Nodes, edges and all attributes as `graph` has them, once flattened."""
    assert found.is_directed()
    assert {k: {n: v for n, v in d.items() if n not in DRAWN} for k, d in found.nodes(data=True)} == dict(
        node_rows(graph)
    )
    edges = {d.get("id", key): (a, b, d) for a, b, key, d in found.edges(keys=True, data=True)}
    assert len(edges) == graph.number_of_edges()
    for head, relation, tail, row in edge_rows(graph):
        a, b, data = edges[fact_id(head, relation, tail)]
        assert (a, b, data["relation"], data["weight"]) == (head, tail, relation, row["support"])
        assert {name: data[name] for name in row} == row


def written(graph: nx.MultiDiGraph, form: str) -> tuple[Any, Any]:
    """The graph as networkx reads it, and its XML."""
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write(graph, form, Path(folder) / f"graph.{form}")
        found = (
            nx.read_gexf(path) if form == "gexf" else nx.read_graphml(path, force_multigraph=True, edge_key_type=str)
        )
        return nx.MultiDiGraph(found), etree.parse(path)


@pytest.mark.parametrize("form", ["gexf", "graphml"])
def test_networkx_reads_the_golden_graph(form: str, golden_graph: nx.MultiDiGraph) -> None:
    found, xml = written(golden_graph, form)
    assert_same(found, golden_graph)
    assert form != "gexf" or SCHEMA.validate(xml), SCHEMA.error_log


@pytest.mark.parametrize("form", ["gexf", "graphml"])
@settings(max_examples=40, deadline=None)
@given(graph=graphs)
def test_any_text_survives(form: str, graph: nx.MultiDiGraph) -> None:
    found, xml = written(graph, form)
    assert_same(found, graph)
    assert form != "gexf" or SCHEMA.validate(xml), SCHEMA.error_log


def test_hostile_texts_survive_but_for_what_xml_cannot_hold(hostile_graph: nx.MultiDiGraph) -> None:
    found, _ = written(hostile_graph, "gexf")
    for key, data in hostile_graph.nodes(data=True):
        assert found.nodes[key]["label"] == storable(data["label"])
        if aliases := data.get("aliases"):
            assert split(found.nodes[key]["aliases"]) == [storable(alias) for alias in aliases]


def test_gexf_is_laid_out_timed_and_undated(golden_graph: nx.MultiDiGraph) -> None:
    found, xml = written(golden_graph, "gexf")
    drawn = layout(golden_graph)
    for key, data in found.nodes(data=True):
        color = "#{r:02x}{g:02x}{b:02x}".format(**data["viz"]["color"])
        assert (data["viz"]["position"]["x"], data["viz"]["position"]["y"]) == drawn.position[key]
        assert (color, data["viz"]["size"]) == (drawn.color[key], drawn.size[key])
        source = golden_graph.nodes[key]
        if source["kind"] != "Result":
            assert data["start"] == source.get("first_year", source.get("year"))
        assert data["start"] <= data["end"]
    assert "lastmodifieddate" not in etree.tostring(xml, encoding="unicode")
    assert not xml.xpath("//*[@a]"), "an alpha would make Gephi draw through"


def test_igraph_reads_graphml(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    (path,) = write(golden_graph, "graphml", tmp_path / "graph.graphml")
    found = igraph.Graph.Read_GraphML(str(path))
    assert (found.vcount(), found.ecount()) == (len(golden_graph), golden_graph.number_of_edges())
    assert {v["id"]: v["label"] for v in found.vs} == dict(golden_graph.nodes(data="label"))
    position = layout(golden_graph).position
    assert {v["id"]: (v["x"], v["y"]) for v in found.vs} == position
    assert sum(e["support"] for e in found.es) == sum(s for *_, s in golden_graph.edges(data="support"))


def test_yed_gets_shapes_with_y_pointing_down(golden_graph: nx.MultiDiGraph) -> None:
    _, xml = written(golden_graph, "graphml")
    space = {"y": "http://www.yworks.com/xml/graphml"}
    key = min(golden_graph)
    x, y = layout(golden_graph).position[key]
    (geometry,) = next(n for n in xml.iterfind(".//{*}node") if n.get("id") == key).iterfind(".//y:Geometry", space)
    middle = [float(geometry.get(a)) + float(geometry.get(b)) / 2 for a, b in (("x", "width"), ("y", "height"))]
    assert middle == pytest.approx([x, -y], abs=0.02)
    assert len(xml.findall(".//y:EdgeLabel", space)) == golden_graph.number_of_edges()


def test_other_scalar_attributes_of_the_users_are_kept() -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("method/a", kind="Method", label="a", starred=True, rank=2, note="x")
    found, xml = written(graph, "gexf")
    assert found.nodes["method/a"]["starred"] is True
    assert (found.nodes["method/a"]["rank"], found.nodes["method/a"]["note"]) == (2, "x")
    assert SCHEMA.validate(xml), SCHEMA.error_log
