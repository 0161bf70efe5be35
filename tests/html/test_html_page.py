"""The page as a file: nothing outside it, everything in it, the same bytes each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.errors import ExportError
from kg.export.compact import INFERRED, compact, decode, radii
from kg.export.html import OPENING, environment, inline, network, opening, page, template_text
from kg.export.report import page as report_page
from kg.layout import KIND_COLORS, layout


class _Elements(HTMLParser):
    """Every start tag, the text of the data blocks by their id, and of the scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = [("", {})]
        self.text: dict[str, str] = {}
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script" and not attrs:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(("", {}))

    def handle_data(self, data: str) -> None:
        tag, attributes = self.tags[-1]
        if tag == "script" and attributes:
            name = attributes["id"] or ""
            self.text[name] = self.text.get(name, "") + data
        elif tag == "script":
            self.scripts[-1] += data


def embedded(text: str) -> dict[str, Any]:
    return decode(_Elements(text).text["data-graph"])


@pytest.fixture(params=["golden", "hostile"])
def graph(request: pytest.FixtureRequest) -> nx.MultiDiGraph:
    found: nx.MultiDiGraph = request.getfixturevalue(f"{request.param}_graph")
    return found


@pytest.mark.parametrize("make", [page, report_page], ids=["page", "report"])
def test_nothing_is_fetched(graph: nx.MultiDiGraph, make: Any) -> None:
    elements = _Elements(make(graph))
    tags = {tag for tag, _ in elements.tags}
    assert not tags & {"link", "img", "iframe", "object", "embed", "base", "video", "audio", "source", "frame"}
    attributes = [(tag, name, value or "") for tag, attrs in elements.tags for name, value in attrs.items()]
    assert not [a for a in attributes if a[1] in {"src", "srcset", "action", "data", "poster", "background"}]
    assert not [a for a in attributes if a[1].startswith("on")]
    links = [value for _, name, value in attributes if name.endswith("href")]
    assert all(value.startswith(("#", "graph.html", "http://", "https://")) for value in links)
    assert "@import" not in make(graph)
    policy = next(attrs["content"] or "" for _, attrs in elements.tags if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"https?:|\*|'unsafe-eval'|script-src 'unsafe-inline'", policy)


def test_one_script_and_data_that_cannot_end_it(graph: nx.MultiDiGraph) -> None:
    elements = _Elements(page(graph))
    assert len(elements.scripts) == 1
    assert set(elements.text) == {"data-network", "data-graph"}
    assert all(re.fullmatch(r"[A-Za-z0-9+/=]+", text) for text in elements.text.values())


def test_every_fact_and_sentence_is_in_the_page(graph: nx.MultiDiGraph) -> None:
    data = embedded(page(graph))
    keys = data["nodes"]["key"]
    edges = data["edges"]
    facts = {
        (keys[head], edges["relations"][relation], keys[tail]): {
            (keys[data["sentences"]["paper"][s]], data["sentences"]["text"][s], score) for s, score in evidence
        }
        for head, relation, tail, evidence in zip(
            edges["head"], edges["relation"], edges["tail"], edges["evidence"], strict=True
        )
    }
    paper = {d["paper_id"]: key for key, d in graph.nodes(data=True) if d["kind"] == "Paper"}
    expected = {
        (head, INFERRED if d.get("inferred") else relation, tail): {
            (paper[e.paper], e.quote, round(e.score, 3)) for e in d["evidence"]
        }
        for head, tail, relation, d in graph.edges(keys=True, data=True)
    }
    assert facts == expected
    assert data["nodes"]["label"] == [graph.nodes[key]["label"] for key in sorted(graph)]


def test_same_graph_same_bytes_whatever_the_order(golden_graph: nx.MultiDiGraph) -> None:
    turned = nx.MultiDiGraph(**golden_graph.graph)
    turned.add_nodes_from(reversed(list(golden_graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(golden_graph.edges(keys=True, data=True))))
    assert page(turned) == page(golden_graph)
    assert report_page(turned) == report_page(golden_graph)


def test_graph_is_not_changed(golden_graph: nx.MultiDiGraph) -> None:
    before = nx.MultiDiGraph(golden_graph)
    page(golden_graph)
    report_page(golden_graph)
    assert nx.utils.graphs_equal(before, golden_graph)


def test_opening_takes_what_is_most_named_and_tied() -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("paper/p", kind="Paper", label="P")
    for i in range(400):
        graph.add_node(f"method/m{i:03}", kind="Method", label=f"m{i}", papers=400 - i)
    for i in range(1, 400):
        if i != 5:
            graph.add_edge("method/m000", f"method/m{i:03}", key="usedFor", support=1, score=0.5, evidence=())
    chosen = opening(graph)
    assert len(chosen) == OPENING
    assert "method/m005" not in chosen
    assert chosen[:5] == [f"method/m{i:03}" for i in range(5)]


def test_opening_of_a_small_graph_is_all_of_it(golden_graph: nx.MultiDiGraph) -> None:
    chosen = opening(golden_graph)
    assert 0 < len(chosen) <= OPENING
    assert {golden_graph.nodes[key]["kind"] for key in chosen} <= {"Method", "Task", "Dataset", "Metric"}


def test_network_is_pyvis_without_physics(golden_graph: nx.MultiDiGraph) -> None:
    keys = opening(golden_graph)
    net = network(golden_graph, keys, layout(golden_graph))
    assert net["options"]["physics"] == {"enabled": False}
    assert sorted(sorted(golden_graph)[node["id"]] for node in net["nodes"]) == sorted(keys)
    assert len({(node["x"], node["y"]) for node in net["nodes"]}) == len(keys)
    kinds = dict(enumerate(golden_graph.nodes[key]["kind"] for key in sorted(golden_graph)))
    assert all(node["color"] == KIND_COLORS[kinds[node["id"]]] for node in net["nodes"])
    pairs = [(edge["from"], edge["to"]) for edge in net["edges"]]
    assert len(pairs) == len(set(pairs)) > 0
    assert all(low < high for low, high in pairs)


@pytest.mark.parametrize("graph", [nx.MultiDiGraph(), nx.MultiDiGraph([])], ids=["new", "no edges"])
def test_empty_graph_has_a_page_and_a_report(graph: nx.MultiDiGraph) -> None:
    assert embedded(page(graph))["nodes"]["key"] == []
    assert "0</b> papers" in report_page(graph)


def test_style_sheet_has_the_colours_of_the_layout() -> None:
    style = template_text("colors.css") + template_text("page.css")
    for kind, color in KIND_COLORS.items():
        name = "paper-kind" if kind == "Paper" else kind.lower()
        assert f"--{name}: {color};" in style


def test_radii_keep_their_order(golden_graph: nx.MultiDiGraph) -> None:
    plan = layout(golden_graph)
    found = radii(plan)
    ranked = sorted(found, key=lambda key: (plan.size[key], key))
    assert [found[key] for key in ranked] == sorted(found.values())


def test_numbers_that_json_lacks_are_left_out(golden_graph: nx.MultiDiGraph) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("result/x", kind="Result", label="x", value="inf", number=float("inf"))
    assert compact(graph, layout(graph))["results"] == {"0": {"value": "inf"}}


@pytest.mark.parametrize("text", ["a</SCRIPT >", "<!-- x"])
def test_script_that_would_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(ExportError, match="cannot stand in HTML"):
        inline(text, "script")


def test_templates_escape() -> None:
    assert environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_scripts_write_no_markup() -> None:
    folder = Path(__file__).parents[2] / "kg" / "export" / "templates"
    for path in sorted(folder.glob("*.js")):
        text = path.read_text(encoding="utf8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)
        assert path.name == "served.js" or not re.search(r"\bfetch\(", text)  # that one is not in the page of a build
