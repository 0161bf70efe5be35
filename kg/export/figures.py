"""Plots for the report as inline SVG by matplotlib: text stays text, colours follow the page, same data, same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
from lxml import etree
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

_INK, _MARK, _GRID = "#010203", "#040506", "#070809"  # stand for the colours of the page
_COLORS = {_INK: "var(--faint)", _MARK: "var(--accent)", _GRID: "var(--rule)"}
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kg",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.color": _INK,
    "text.parse_math": False,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "path.simplify": False,
}
_SVG = "{http://www.w3.org/2000/svg}"
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def bars(labels: Sequence[str], values: Sequence[float], *, x: str, y: str, title: str) -> Markup:
    """Upright bars, one a label."""

    def draw(axes: Axes) -> None:
        places = range(len(labels))
        axes.bar(places, values, color=_MARK, width=0.75)
        step = -(-len(labels) // 8) or 1
        axes.set_xticks([i for i in places if i % step == 0], [labels[i] for i in places if i % step == 0])
        axes.grid(axis="x", visible=False)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))

    return _plot(draw, x=x, y=y, title=title)


def frequencies(values: Sequence[int], *, x: str, y: str, title: str) -> Markup:
    """How many things have each value, both axes logarithmic: a straight line is a power law."""

    def draw(axes: Axes) -> None:
        numbers = sorted(set(values) - {0})
        axes.scatter(numbers, [values.count(n) for n in numbers], color=_MARK, s=14)
        axes.set_xscale("log")
        axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
            axis.set_minor_formatter(NullFormatter())
        axes.grid(which="minor", visible=False)

    return _plot(draw, x=x, y=y, title=title)


def histogram(values: Sequence[float], *, x: str, y: str, title: str) -> Markup:
    """Twenty bars over [0, 1]."""

    def draw(axes: Axes) -> None:
        axes.hist(values, bins=20, range=(0.0, 1.0), color=_MARK, rwidth=0.85)
        axes.grid(axis="x", visible=False)

    return _plot(draw, x=x, y=y, title=title)


def reliability(points: Sequence[tuple[float, float, int]], *, x: str, y: str, title: str) -> Markup:
    """Points (score, share that is right, number) beside the diagonal of perfect calibration."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=_INK, linewidth=0.8, linestyle="--")
        axes.scatter(
            [p[0] for p in points],
            [p[1] for p in points],
            s=[12 + 2 * p[2] ** 0.5 for p in points],
            color=_MARK,
            clip_on=False,
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)

    return _plot(draw, x=x, y=y, title=title)


def _plot(draw: Callable[[Axes], None], *, x: str, y: str, title: str) -> Markup:
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(4.6, 2.7), layout="constrained")
        axes = figure.subplots()
        draw(axes)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", transparent=True, metadata=_NO_METADATA)
    return _inline(stream.getvalue(), title)


def _inline(svg: bytes, title: str) -> Markup:
    """The SVG without prolog, metadata, style sheet and unused ids, named for screen readers, in the page's colours."""
    root = etree.fromstring(svg, etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True))
    for unwanted in [*root.iter(f"{_SVG}metadata"), *root.iter(f"{_SVG}style")]:
        unwanted.getparent().remove(unwanted)
    text = etree.tostring(root, encoding="unicode")
    for element in root.iter():
        name = element.get("id")
        if name and f"#{name}" not in text:
            del element.attrib["id"]
    root.set("role", "img")
    root.set("aria-label", title)
    root.set("width", "100%")
    del root.attrib["height"]
    text = etree.tostring(root, encoding="unicode")
    for color, variable in _COLORS.items():
        text = text.replace(color, variable)
    return Markup(text)  # noqa: S704  (serialised by lxml)
