"""The graph as one page to explore: a single file that opens offline and asks the network for nothing.

pyvis makes the network of the opening view and lends the vis-network library it ships; the page around it is our
own (`templates/`). Positions are computed here, never by the browser's physics. All of the graph travels in the file,
see `kg.export.compact`, and reaches the document only as text nodes. A Content Security Policy admits the page's own
script and style by their hashes and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import networkx as nx
from markupsafe import Markup

from kg.errors import ExportError
from kg.export.atomic import write_text
from kg.export.compact import compact, encode, positions, radii
from kg.export.spread import spread
from kg.layout import Layout, layout

OPENING = 80  # nodes of the opening view; the page itself never draws more than 300
SHAPES = {
    "Method": "dot",
    "Task": "square",
    "Dataset": "triangle",
    "Metric": "diamond",
    "Paper": "triangleDown",
    "Result": "star",
}
ENTITY_KINDS = ("Method", "Task", "Dataset", "Metric")
SCRIPTS = (
    "dom.js", "data.js", "search.js", "force.js", "state.js", "labels.js", "network.js", "evidence.js", "pane.js",
    "filters.js", "paths.js", "plan.js", "table.js", "results.js", "matrix.js", "lineage.js", "save.js", "keys.js",
    "main.js",
)  # fmt: skip
OPTIONS = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True,
        "keyboard": False,
        "multiselect": False,
        "selectConnectedEdges": False,
        "hoverConnectedEdges": False,
        "tooltipDelay": 100000,
    },
    "nodes": {"shape": "dot", "borderWidth": 1.5, "scaling": {"label": {"drawThreshold": 100000}}},
    "edges": {
        "smooth": False,
        "arrows": {"to": {"scaleFactor": 0.45}, "from": {"scaleFactor": 0.45}},
        "selectionWidth": 1,
        "hoverWidth": 1,
    },
}


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the page for `graph` to `path` and return it: same graph, same bytes. Raises ExportError, OSError."""
    return (write_text(path, page(graph)),)


def page(graph: nx.MultiDiGraph) -> str:
    """The whole page as text."""
    plan = layout(graph)
    scripts = vis_network() + "\n" + script()
    style = template_text("colors.css") + template_text("page.css")
    return (
        environment()
        .get_template("graph.html.j2")
        .render(
            policy=_policy(scripts, style),
            script=inline(scripts, "script"),
            style=inline(style, "style"),
            network=Markup(encode(network(graph, opening(graph), plan))),  # noqa: S704  (base64)
            data=Markup(encode(compact(graph, plan))),  # noqa: S704  (base64)
        )
    )


def opening(graph: nx.MultiDiGraph, limit: int = OPENING) -> list[str]:
    """The keys of at most `limit` entities to begin with, the most informative first.

    Entities are taken by the papers that name them, as long as a relation ties them to one already taken; a graph
    small enough is shown whole. Papers and results are left to be called for.
    """
    entities = sorted(key for key, kind in graph.nodes(data="kind") if kind in ENTITY_KINDS)
    near: dict[str, set[str]] = {key: set() for key in entities}
    for head, tail in graph.edges():
        if head in near and tail in near and head != tail:
            near[head].add(tail)
            near[tail].add(head)
    ranked = sorted(entities, key=lambda key: (-graph.nodes[key].get("papers", 0), -len(near[key]), key))
    tied = [key for key in ranked if near[key]] or ranked
    if len(tied) <= limit:
        return tied
    taken = dict.fromkeys(tied[:1])
    while len(taken) < limit:
        best = next((key for key in tied if key not in taken and near[key] & taken.keys()), None)
        best = best or next(key for key in tied if key not in taken)
        taken[best] = None
    return [key for key in taken if near[key] & taken.keys()]


def network(graph: nx.MultiDiGraph, keys: list[str], whole: Layout) -> dict[str, Any]:
    """The opening view as vis-network's nodes, edges and options, made by pyvis.

    Sizes and colours are those of the layout of the whole graph, places those of the nodes drawn by themselves. A
    node's id is its place among the sorted keys of the whole graph. Facts between the same two nodes, in either
    direction, share one line.
    """
    from pyvis.network import Network  # imports IPython

    index = {key: i for i, key in enumerate(sorted(graph))}
    drawn = graph.subgraph(keys)
    sizes = radii(whole)
    net = Network(directed=True)
    for key, (x, y) in spread(positions(layout(drawn))).items():
        kind = graph.nodes[key].get("kind", "")
        net.add_node(
            index[key],
            label=str(graph.nodes[key].get("label", key))[:200],
            shape=SHAPES.get(kind, "dot"),
            size=sizes[key],
            color=whole.color[key],
            x=x,
            y=y,
        )
    for (low, high), (arrows, support) in sorted(_lines(drawn, index).items()):
        net.add_edge(low, high, arrows=arrows, width=line_width(support))
    net.set_options(json.dumps(OPTIONS))
    return {"nodes": net.nodes, "edges": net.edges, "options": net.options}


def line_width(support: int) -> float:
    """Width of a line between two nodes in pixels, from the facts' papers together."""
    return round(min(1.0 + 0.8 * math.sqrt(support - 1), 5.0), 2)


def _lines(drawn: nx.MultiDiGraph, index: dict[str, int]) -> dict[tuple[int, int], tuple[str, int]]:
    """(lower id, higher id) -> (arrows as vis-network names them, support summed)."""
    found: dict[tuple[int, int], tuple[set[str], int]] = {}
    for head, tail, relation, data in drawn.edges(keys=True, data=True):
        low, high = sorted((index[head], index[tail]))
        arrows, support = found.get((low, high), (set(), 0))
        if low == high:
            continue
        if relation != "comparedWith":
            arrows = arrows | {"to" if index[tail] == high else "from"}
        found[low, high] = (arrows, support + int(data.get("support", 1)))
    return {pair: (", ".join(sorted(arrows, reverse=True)), support) for pair, (arrows, support) in found.items()}


def environment(package: str = "kg.export") -> jinja2.Environment:
    """The templates of a package, with everything escaped that is not known to be markup."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )


def template_text(name: str, package: str = "kg.export") -> str:
    """The text of one file of a package's `templates/`, with line feeds as line ends."""
    text = (files(package) / "templates" / name).read_text(encoding="utf8")
    return text.replace("\r\n", "\n")


def script(*last: str) -> str:
    """The page's own script: the files of `SCRIPTS` and `last`, 'start.js' if none is named, in one strict scope."""
    parts = (f"// {name}\n{template_text(name)}" for name in (*SCRIPTS, *(last or ("start.js",))))
    return "(() => {\n'use strict';\n" + "\n".join(parts) + "\n})();\n"


def inline(text: str, element: str) -> Markup:
    """`text` as the content of a raw text element. Raises ExportError where it would end the element."""
    if f"</{element}" in text.lower() or "<!--" in text:
        raise ExportError(f"the {element} of the page contains '</{element}' or '<!--' and cannot stand in HTML")
    return Markup(text)  # noqa: S704  (our own files, checked)


def vis_network() -> str:
    """The vis-network library as pyvis ships it. Raises ExportError where this pyvis has none."""
    found = sorted((files("pyvis") / "lib").iterdir(), key=lambda folder: folder.name)
    for folder in reversed(found):
        if folder.name.startswith("vis-") and (folder / "vis-network.min.js").is_file():
            return (folder / "vis-network.min.js").read_text(encoding="utf8").replace("\r\n", "\n")
    raise ExportError("the installed pyvis has no lib/vis-*/vis-network.min.js; install pyvis 0.3.2")


def _policy(scripts: str, style: str) -> str:
    """A Content Security Policy that admits exactly this script and style (https://www.w3.org/TR/CSP3/)."""
    rules = {
        "default-src": "'none'",
        "script-src": _hash(scripts),
        "style-src": _hash(style),
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
