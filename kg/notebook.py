"""A graph that notebooks show as a small picture: its most named entities and the facts among them.

The picture is static SVG without script or reference to anything else; names reach it escaped.
"""

from __future__ import annotations

from pathlib import Path

import networkx as nx

from kg.export.compact import positions, radii
from kg.export.html import environment, opening
from kg.export.spread import spread
from kg.layout import KIND_COLORS, layout
from kg.snapshot import load_graph
from kg.store import open_store
from kg.text import shortened, storable

WIDTH, HIGH, MARGIN = 860, 460, 46
NODES = 30
_LETTER, _LINE = 6.4, 15  # width and height of a name's letters in pixels, about
_LONGEST = 26
_NAMES = {"Method": "methods", "Task": "tasks", "Dataset": "data sets", "Metric": "metrics", "Paper": "papers"}


class KnowledgeGraph(nx.MultiDiGraph):  # type: ignore[misc]  # networkx has no types
    """A `networkx.MultiDiGraph` that Jupyter shows as a picture."""

    def _repr_html_(self) -> str:
        return picture(self)


class View:
    """A picture of a graph, shown by Jupyter; `html` is the picture as text."""

    def __init__(self, html: str) -> None:
        self.html = html

    def _repr_html_(self) -> str:
        return self.html


def load(folder: str | Path) -> KnowledgeGraph:
    """The graph of the workspace at `folder`, as its last build assembled it. Raises StoreError where there is none."""
    with open_store(Path(folder)) as store:
        graph = load_graph(store, KnowledgeGraph)
    assert isinstance(graph, KnowledgeGraph)  # noqa: S101  (it is what was asked for)
    return graph


def view(graph: nx.MultiDiGraph, nodes: int = NODES) -> View:
    """A picture of at most `nodes` of the graph's most named entities; `kg.part` makes graphs of a part to look at."""
    return View(picture(graph, nodes))


def picture(graph: nx.MultiDiGraph, nodes: int = NODES) -> str:
    """The picture as HTML: same graph, same text."""
    keys = opening(graph, nodes)
    drawn = graph.subgraph(keys)
    plan = layout(drawn)
    places, size = _scaled(spread(positions(plan))), radii(plan)
    lines = sorted({(head, tail) if head < tail else (tail, head) for head, tail in drawn.edges() if head != tail})
    kinds = [kind for _, kind in graph.nodes(data="kind")]
    return (
        environment()
        .get_template("notebook.html.j2")
        .render(
            width=WIDTH,
            height=HIGH,
            lines=[(*places[a], *places[b]) for a, b in lines],
            nodes=[(*places[key], size[key] * 0.7, plan.color[key], _about(graph, key)) for key in sorted(keys)],
            names=_labels(graph, keys, places, size),
            counts=[(kinds.count(k), name, KIND_COLORS[k]) for k, name in _NAMES.items() if k in kinds],
            facts=graph.number_of_edges(),
            shown=len(keys),
        )
    )


def _scaled(places: dict[str, tuple[int, int]]) -> dict[str, tuple[float, float]]:
    """The places within the picture, both directions stretched to fill it."""
    if not places:
        return {}
    xs, ys = zip(*places.values(), strict=True)
    left, top = min(xs), min(ys)
    wide, high = (WIDTH - 2 * MARGIN) / ((max(xs) - left) or 1), (HIGH - 2 * MARGIN) / ((max(ys) - top) or 1)
    return {
        key: (round(MARGIN + (x - left) * wide, 1), round(MARGIN + (y - top) * high, 1))
        for key, (x, y) in places.items()
    }


def _labels(
    graph: nx.MultiDiGraph, keys: list[str], places: dict[str, tuple[float, float]], size: dict[str, float]
) -> list[tuple[float, float, str]]:
    """Names under their nodes, the most named entities first; names that would cover another are left out."""
    taken: list[tuple[float, float, float]] = []
    found = []
    for key in keys:
        name = shortened(storable(str(graph.nodes[key].get("label", key))), _LONGEST)
        x, y = places[key]
        y += size[key] * 0.7 + _LINE - 3
        half = len(name) * _LETTER / 2
        x = min(max(x, half + 4), WIDTH - half - 4)
        if all(abs(x - a) >= half + b or abs(y - c) >= _LINE for a, c, b in taken):
            taken.append((x, y, half))
            found.append((round(x, 1), round(y, 1), name))
    return found


def _about(graph: nx.MultiDiGraph, key: str) -> str:
    data = graph.nodes[key]
    name = shortened(storable(str(data.get("label", key))), 120)
    return f"{name}: {data.get('kind')}, papers: {data.get('papers', 0)}"
