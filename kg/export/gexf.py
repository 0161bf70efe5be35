"""GEXF 1.3 for Gephi: laid out, coloured, sized, weighted and with a time line.

Written node by node (https://gexf.net/schema.html). A span is the years of the papers behind a node or edge, and a
result's that of its report; nodes whose year is unknown carry none and are always shown. Weight is the number of
papers that state an edge. Attribute ids are their names, so that readers which ignore titles show them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import networkx as nx
from lxml import etree

from kg.export.atomic import replacing
from kg.export.flat import Columns, Row, Scalar, edge_columns, edge_rows, fact_id, node_columns, node_rows
from kg.layout import Layout, layout
from kg.text import storable

GEXF = "http://gexf.net/1.3"
VIZ = "http://gexf.net/1.3/viz"
_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write `graph` as GEXF 1.3; returns (path,). Text that XML cannot hold becomes U+FFFD; there is no date."""
    node_types = {name: kind for name, kind in node_columns(graph).items() if name != "label"}
    node_types["community"] = int
    edge_types: Columns = {"relation": str} | edge_columns(graph)
    drawn = layout(graph)
    with replacing(path) as stream, etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(_gexf("gexf"), {"version": "1.3"}, nsmap={None: GEXF, "viz": VIZ}):
            with _line(xml, "meta", indent=1):
                for name, text in (
                    ("creator", _creator(graph)),
                    ("description", "Knowledge graph of scientific papers"),
                ):
                    with _tag(xml, "\n    ", name):
                        xml.write(text)
            timed = {"mode": "dynamic", "timeformat": "integer"} if _has_years(graph) else {"mode": "static"}
            with _line(xml, "graph", {"defaultedgetype": "directed", "idtype": "string"} | timed, indent=1):
                _write_types(xml, "node", node_types)
                _write_types(xml, "edge", edge_types)
                with _line(xml, "nodes", {"count": str(graph.number_of_nodes())}, indent=2):
                    reports = _report_years(graph)
                    for key, row in node_rows(graph):
                        _write_node(xml, key, row, reports.get(key, {}), drawn)
                with _line(xml, "edges", {"count": str(graph.number_of_edges())}, indent=2):
                    for head, relation, tail, row in edge_rows(graph):
                        _write_edge(xml, head, relation, tail, row)
            xml.write("\n")
    return (path,)


def _write_types(xml: Any, owner: str, types: Columns) -> None:
    with _line(xml, "attributes", {"class": owner, "mode": "static"}, indent=2):
        for name, kind in types.items():
            with _tag(xml, "\n      ", "attribute", id=name, title=name, type=_TYPES[kind]):
                pass


def _write_node(xml: Any, key: str, row: Row, years: Row, drawn: Layout) -> None:
    color = drawn.color[key]
    x, y = drawn.position[key]
    values = {name: value for name, value in row.items() if name != "label"} | {"community": drawn.community[key]}
    span = _span(row) or _span(years)
    with _tag(xml, "\n      ", "node", id=key, label=row.get("label", key), **span):
        _write_values(xml, values)
        channels = {name: str(int(color[i : i + 2], 16)) for name, i in (("r", 1), ("g", 3), ("b", 5))}
        for name, attributes in (
            ("color", channels),
            ("position", {"x": str(x), "y": str(y), "z": "0.0"}),
            ("size", {"value": str(drawn.size[key])}),
        ):
            with xml.element(f"{{{VIZ}}}{name}", attributes):
                pass


def _write_edge(xml: Any, head: str, relation: str, tail: str, row: Row) -> None:
    weight = float(row.get("support", 1))
    ends = {"id": fact_id(head, relation, tail), "source": head, "target": tail}
    with _tag(xml, "\n      ", "edge", **ends, label=relation, kind=relation, weight=weight, **_span(row)):
        _write_values(xml, {"relation": relation} | row)


def _write_values(xml: Any, row: Mapping[str, Scalar]) -> None:
    with _tag(xml, "", "attvalues"):
        for name, value in row.items():
            with _tag(xml, "", "attvalue", **{"for": name, "value": value}):
                pass


def _creator(graph: nx.MultiDiGraph) -> str:
    return storable(f"{graph.graph.get('extractor', 'kg')} {graph.graph.get('extractor_version', '')}".strip())


def _has_years(graph: nx.MultiDiGraph) -> bool:
    return any("year" in data or "first_year" in data for _, data in graph.nodes(data=True))


def _report_years(graph: nx.MultiDiGraph) -> dict[str, Row]:
    """The years in which each result was reported, by its key."""
    return {tail: dict(data) for _, tail, relation, data in graph.edges(keys=True, data=True) if relation == "reports"}


def _span(row: Mapping[str, Any]) -> dict[str, Scalar]:
    first, last = row.get("first_year", row.get("year")), row.get("last_year", row.get("year"))
    return {} if first is None or last is None else {"start": first, "end": last}


def _gexf(name: str) -> str:
    return f"{{{GEXF}}}{name}"


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else storable(str(value))


def _tag(xml: Any, before: str, name: str, /, **attributes: Scalar) -> Any:
    """An element to be opened by `with`, after the white space `before`."""
    if before:
        xml.write(before)
    return xml.element(_gexf(name), {key: _text(value) for key, value in attributes.items()})


@contextmanager
def _line(xml: Any, name: str, attributes: Mapping[str, str] | None = None, *, indent: int) -> Iterator[None]:
    """An element on its own line, closed on a line of its own."""
    xml.write("\n" + "  " * indent)
    with xml.element(_gexf(name), dict(attributes or {})):
        yield
        xml.write("\n" + "  " * indent)
