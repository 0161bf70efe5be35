"""The neighbourhood of a node as a drawing (SVG): placed by igraph, the same each time, every name a link."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from kg.export.spread import spread
from kg.layout import KIND_COLORS, OTHER_COLOR, layout
from kg.serve.site import ABOUT_PAPERS, ENTITIES, NOT_FACTS, RESULT_EDGES, Site, line, path_of
from kg.text import spoken

NEIGHBOURS = 11
WIDTH = 360  # at least, so that a small picture is not blown up
_SCALE = 1.3  # of the layout's units
_NAME = 0.72  # names are wider than the page of a build leaves room for
_LABEL = 18  # characters of a name
_SIDE, _ABOVE, _BELOW = 62.0, 18.0, 32.0  # room around the outermost nodes for their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A node of the picture: `shape` is a ring of points around (x, y), empty for a circle of radius `r`."""

    key: str
    path: str
    label: str
    title: str
    kind: str
    color: str
    x: float
    y: float
    r: float
    shape: str
    centre: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line between two nodes; `strong` where it touches the node in the middle."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    title: str
    strong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing of `width` x `height`; `more` neighbours are not in it."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    more: int


_POINTS = {
    "Task": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "Dataset": ((0, -1.15), (1.05, 0.8), (-1.05, 0.8)),
    "Metric": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "Paper": ((0, 1.15), (1.05, -0.8), (-1.05, -0.8)),
}


def picture(site: Site, key: str) -> Picture | None:
    """The node and its weightiest neighbours among entities, None where it has none."""
    near = _neighbours(site, key)
    if not near:
        return None
    chosen = sorted(near, key=lambda other: (-near[other], other))[:NEIGHBOURS]
    paper = site.graph.nodes[key]["kind"] == "Paper"  # its own lines say nothing: each would lead to it
    drawn = site.graph.subgraph(chosen if paper else [key, *chosen]).copy()
    drawn.remove_edges_from([(h, t, r) for h, t, r in drawn.edges(keys=True) if r in NOT_FACTS])
    raw = layout(drawn).position
    narrow = spread({k: (round(x * _SCALE * _NAME), round(-y * _SCALE)) for k, (x, y) in raw.items()})
    places = {k: (x / _NAME, y) for k, (x, y) in narrow.items()}
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    right, bottom = max(x for x, _ in places.values()), max(y for _, y in places.values())
    width = max(WIDTH, round(right - left + 2 * _SIDE))
    start = (width - (right - left)) / 2
    at = {k: (start + x - left, _ABOVE + y - top) for k, (x, y) in places.items()}
    return Picture(
        width=width,
        height=round(bottom - top + _ABOVE + _BELOW),
        dots=tuple(_dot(site, k, at[k], k == key) for k in sorted(at)),
        lines=tuple(_lines(site, drawn, at, key)),
        more=len(near) - len(chosen),
    )


def _neighbours(site: Site, key: str) -> dict[str, float]:
    found: dict[str, float] = {}
    paper = site.graph.nodes[key]["kind"] == "Paper"
    for head, tail, relation, data in (
        *site.graph.out_edges(key, keys=True, data=True),
        *site.graph.in_edges(key, keys=True, data=True),
    ):
        other = tail if head == key else head
        if other == key or relation in RESULT_EDGES or (relation in ABOUT_PAPERS and not paper):
            continue
        if site.graph.nodes[other]["kind"] in ENTITIES:
            found[other] = found.get(other, 0.0) + data["support"] * data["score"] * 4 + site.weight(other) / 4
    return found


def _dot(site: Site, key: str, place: tuple[float, float], centre: bool) -> Dot:
    data = site.graph.nodes[key]
    r = 11.0 if centre else 5.0 + min(int(data.get("papers", 1)) ** 0.5, 5.0)
    x, y = round(place[0], 1), round(place[1], 1)
    ring = " ".join(f"{x + dx * r:.1f},{y + dy * r:.1f}" for dx, dy in _POINTS.get(data["kind"], ()))
    return Dot(
        key=key,
        path=path_of(key),
        label=line(data["label"], 28 if centre else _LABEL),
        title=line(data["label"], 120),
        kind=data["kind"],
        color=KIND_COLORS.get(data["kind"], OTHER_COLOR),
        x=x,
        y=y,
        r=r,
        shape=ring,
        centre=centre,
    )


def _lines(site: Site, drawn: nx.MultiDiGraph, at: dict[str, tuple[float, float]], key: str) -> list[Line]:
    found: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for head, tail, relation, data in sorted(drawn.edges(keys=True, data=True), key=lambda e: (e[0], e[1], e[2])):
        pair = (min(head, tail), max(head, tail))
        support, texts = found.get(pair, (0, []))
        text = f"{line(site.label(head), 60)} {spoken(relation)} {line(site.label(tail), 60)}"
        found[pair] = support + data["support"], [*texts, text]
    lines = []
    for (a, b), (support, texts) in sorted(found.items()):
        if a != b:
            (x1, y1), (x2, y2) = at[a], at[b]
            lines.append(
                Line(
                    x1=round(x1, 1),
                    y1=round(y1, 1),
                    x2=round(x2, 1),
                    y2=round(y2, 1),
                    width=round(min(1.0 + 0.7 * (support - 1) ** 0.5, 4.0), 2),
                    title="; ".join(texts),
                    strong=key in (a, b),
                )
            )
    return lines
