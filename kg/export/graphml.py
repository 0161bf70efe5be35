"""GraphML for yEd, Cytoscape, Gephi, igraph and others.

Typed attributes (http://graphml.graphdrawing.org) with lists joined as `kg.export.flat` says; x, y, size, r, g and b
as Gephi reads them, and yEd's own graphics, in which y points down. For Gephi prefer GEXF: from GraphML it takes but
one of the edges that join the same two nodes.
"""

from __future__ import annotations

from pathlib import Path

import networkx as nx

from kg.export.flat import Columns, Row, Scalar, edge_columns, edge_rows, fact_id, node_columns, node_rows
from kg.export.xmlstream import XmlStream, xml_file
from kg.layout import Layout, layout

NAMESPACES: dict[str | None, str] = {
    None: "http://graphml.graphdrawing.org/xmlns",
    "y": "http://www.yworks.com/xml/graphml",
}
_DRAWN: Columns = {"community": int, "x": float, "y": float, "size": float, "r": int, "g": int, "b": int}
_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write `graph` as GraphML; returns (path,). Text that XML cannot hold becomes U+FFFD."""
    node_types = node_columns(graph) | _DRAWN
    edge_types: Columns = {"relation": str, "weight": float} | edge_columns(graph)
    drawn = layout(graph)
    with xml_file(path, "graphml", NAMESPACES) as xml:
        _write_types(xml, "node", node_types)
        _write_types(xml, "edge", edge_types)
        with xml.block("graph", {"id": "G", "edgedefault": "directed"}):
            for key, row in node_rows(graph):
                with xml.item("node", {"id": key}):
                    _write_values(xml, "node", row | _drawing(drawn, key))
                    _write_node_graphics(xml, drawn, key, row.get("label", key))
            for head, relation, tail, row in edge_rows(graph):
                with xml.item("edge", {"id": fact_id(head, relation, tail), "source": head, "target": tail}):
                    about: Row = {"relation": relation, "weight": float(row.get("support", 1))}
                    _write_values(xml, "edge", about | row)
                    _write_edge_graphics(xml, relation)
    return (path,)


def _write_types(xml: XmlStream, owner: str, types: Columns) -> None:
    for name, kind in types.items():
        xml.line("key", {"id": f"{owner}_{name}", "for": owner, "attr.name": name, "attr.type": _TYPES[kind]})
    xml.line("key", {"id": f"{owner}_graphics", "for": owner, "yfiles.type": f"{owner}graphics"})


def _write_values(xml: XmlStream, owner: str, row: Row) -> None:
    for name, value in row.items():
        xml.leaf("data", {"key": f"{owner}_{name}"}, value)


def _drawing(drawn: Layout, key: str) -> Row:
    color = drawn.color[key]
    x, y = drawn.position[key]
    row: Row = {"community": drawn.community[key], "x": x, "y": y, "size": drawn.size[key]}
    return row | {name: int(color[i : i + 2], 16) for name, i in (("r", 1), ("g", 3), ("b", 5))}


def _write_node_graphics(xml: XmlStream, drawn: Layout, key: str, label: Scalar) -> None:
    size = drawn.size[key]
    x, y = drawn.position[key]
    with xml.inline("data", {"key": "node_graphics"}), xml.inline("y:ShapeNode"):
        corner = {"x": round(x - size / 2, 2), "y": round(-y - size / 2, 2)}
        xml.leaf("y:Geometry", corner | {"width": size, "height": size})
        xml.leaf("y:Fill", {"color": drawn.color[key], "transparent": False})
        if label != "":
            xml.leaf("y:NodeLabel", {"modelName": "sides", "modelPosition": "s"}, label)
        xml.leaf("y:Shape", {"type": "ellipse"})


def _write_edge_graphics(xml: XmlStream, relation: str) -> None:
    with xml.inline("data", {"key": "edge_graphics"}), xml.inline("y:PolyLineEdge"):
        xml.leaf("y:Arrows", {"source": "none", "target": "standard"})
        xml.leaf("y:EdgeLabel", {}, relation)
