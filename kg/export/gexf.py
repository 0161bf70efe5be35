"""GEXF 1.3 for Gephi: laid out, coloured, sized, weighted and with a time line.

Written node by node (https://gexf.net/schema.html). A span is the years of the papers behind a node or edge, and a
result's that of its report; nodes whose year is unknown carry none and are always shown. Weight is the number of
papers that state an edge. Attribute ids are their names, so that readers which ignore titles show them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx

from kg.export.flat import Columns, Row, Scalar, edge_columns, edge_rows, fact_id, node_columns, node_rows
from kg.export.xmlstream import XmlStream, xml_file
from kg.layout import Layout, layout

NAMESPACES: dict[str | None, str] = {None: "http://gexf.net/1.3", "viz": "http://gexf.net/1.3/viz"}
_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write `graph` as GEXF 1.3; returns (path,). Text that XML cannot hold becomes U+FFFD; there is no date."""
    node_types = {name: kind for name, kind in node_columns(graph).items() if name != "label"} | {"community": int}
    edge_types: Columns = {"relation": str} | edge_columns(graph)
    drawn = layout(graph)
    reports = _report_years(graph)
    timed = {"mode": "dynamic", "timeformat": "integer"} if _has_years(graph) else {"mode": "static"}
    with xml_file(path, "gexf", NAMESPACES, {"version": "1.3"}) as xml:
        with xml.block("meta"):
            xml.line("creator", text=_creator(graph))
            xml.line("description", text="Knowledge graph of scientific papers")
        with xml.block("graph", {"defaultedgetype": "directed", "idtype": "string"} | timed):
            _write_types(xml, "node", node_types)
            _write_types(xml, "edge", edge_types)
            with xml.block("nodes", {"count": graph.number_of_nodes()}):
                for key, row in node_rows(graph):
                    _write_node(xml, key, row, reports.get(key, {}), drawn)
            with xml.block("edges", {"count": graph.number_of_edges()}):
                for head, relation, tail, row in edge_rows(graph):
                    _write_edge(xml, head, relation, tail, row)
    return (path,)


def _write_types(xml: XmlStream, owner: str, types: Columns) -> None:
    with xml.block("attributes", {"class": owner, "mode": "static"}):
        for name, kind in types.items():
            xml.line("attribute", {"id": name, "title": name, "type": _TYPES[kind]})


def _write_node(xml: XmlStream, key: str, row: Row, years: Row, drawn: Layout) -> None:
    color = drawn.color[key]
    x, y = drawn.position[key]
    values = {name: value for name, value in row.items() if name != "label"} | {"community": drawn.community[key]}
    span = _span(row) or _span(years)
    with xml.item("node", {"id": key, "label": row.get("label", key)} | span):
        _write_values(xml, values)
        xml.leaf("viz:color", {name: int(color[i : i + 2], 16) for name, i in (("r", 1), ("g", 3), ("b", 5))})
        xml.leaf("viz:position", {"x": x, "y": y, "z": 0.0})
        xml.leaf("viz:size", {"value": drawn.size[key]})


def _write_edge(xml: XmlStream, head: str, relation: str, tail: str, row: Row) -> None:
    about: Row = {"id": fact_id(head, relation, tail), "source": head, "target": tail, "label": relation}
    about |= {"kind": relation, "weight": float(row.get("support", 1))}
    with xml.item("edge", about | _span(row)):
        _write_values(xml, {"relation": relation} | row)


def _write_values(xml: XmlStream, row: Mapping[str, Scalar]) -> None:
    with xml.inline("attvalues"):
        for name, value in row.items():
            xml.leaf("attvalue", {"for": name, "value": value})


def _creator(graph: nx.MultiDiGraph) -> str:
    return f"{graph.graph.get('extractor', 'kg')} {graph.graph.get('extractor_version', '')}".strip()


def _has_years(graph: nx.MultiDiGraph) -> bool:
    return any("year" in data or "first_year" in data for _, data in graph.nodes(data=True))


def _report_years(graph: nx.MultiDiGraph) -> dict[str, Row]:
    """The years in which each result was reported, by its key."""
    return {tail: dict(data) for _, tail, relation, data in graph.edges(keys=True, data=True) if relation == "reports"}


def _span(row: Mapping[str, Any]) -> dict[str, Scalar]:
    first, last = row.get("first_year", row.get("year")), row.get("last_year", row.get("year"))
    return {} if first is None or last is None else {"start": first, "end": last}
