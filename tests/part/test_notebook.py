"""The picture that notebooks show is small, static, well formed, and runs nothing that names bring along."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from lxml import etree

import kg
from kg.notebook import KnowledgeGraph, picture

SVG = "{http://www.w3.org/2000/svg}"


def parsed(html: str) -> Any:
    """The picture, which is XML as well."""
    return etree.fromstring(html.replace("&ensp;", " "))


def test_a_loaded_graph_shows_itself(sample: Path) -> None:
    graph = kg.load(sample / "out")
    assert isinstance(graph, nx.MultiDiGraph)
    html = graph._repr_html_()
    assert html == kg.view(graph)._repr_html_()
    assert html == kg.load(sample / "out")._repr_html_()
    assert len(html) < 20_000
    labels = {label for _, label in graph.nodes(data="label")}
    names = [text.text for text in parsed(html).iter(f"{SVG}text")]
    assert len(names) > 5
    assert all(any(label.startswith(name.rstrip("…")) for label in labels) for name in names)


def test_what_is_not_loaded_is_shown_by_view(sample: Path) -> None:
    graph = nx.MultiDiGraph(kg.load(sample / "out"))
    assert not hasattr(graph, "_repr_html_")
    circles = list(parsed(kg.view(graph, 7).html).iter(f"{SVG}circle"))
    assert 1 < len(circles) <= 7


def test_copies_and_parts_stay_what_they_are(sample: Path) -> None:
    graph = kg.load(sample / "out")
    copies = (graph.copy(), copy.deepcopy(graph), pickle.loads(pickle.dumps(graph)))  # noqa: S301
    for other in copies:
        assert isinstance(other, KnowledgeGraph)
        assert nx.utils.graphs_equal(other, graph)
    assert graph.to_undirected().number_of_nodes() == graph.reverse().number_of_nodes() == len(graph)
    assert len(graph.subgraph(list(graph)[:5]).copy()) == 5


@pytest.mark.parametrize(
    "label",
    [
        "</script><script>alert(1)</script>",
        "<b onclick='x()'>",
        "\"&'",
        "a\x00b\ud800\n\tc",
        "\u202eevil",
        "x" * 10_000,
    ],
)
def test_names_are_text_and_nothing_else(label: str) -> None:
    graph = nx.MultiDiGraph()
    for i in range(3):
        graph.add_node(f"method/{i}", kind="Method", label=label, papers=i + 1)
    graph.add_edge("method/0", "method/1", "basedOn", support=1)
    html = picture(graph)
    html.encode("utf8")
    found = parsed(html)
    tags = {element.tag.removeprefix(SVG) for element in found.iter()}
    assert tags <= {"div", "svg", "rect", "g", "line", "circle", "title", "text", "p", "span"}
    assert not any(name.startswith("on") or name.endswith("href") for e in found.iter() for name in e.attrib)
    assert len(html) < 5_000


def test_an_empty_graph_has_a_picture() -> None:
    assert not list(parsed(picture(nx.MultiDiGraph())).iter(f"{SVG}circle"))
