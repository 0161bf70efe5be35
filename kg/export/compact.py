"""A graph as compact columns, and back into text that a page can carry: JSON, deflated, base64.

The columns name nodes by their position in the sorted list of node keys and each quoted sentence is kept once,
however many facts it states. Everything is ASCII, so that no label can end the element that holds it.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

import networkx as nx

from kg.layout import Layout
from kg.model import told

FORMAT = 1
SCALE = 1.5  # units of the page for one of the layout
SMALL, LARGE = 5.0, 24.0  # radii of nodes, in units of the page
NAMED = 100  # communities that have a name in the page, the largest
INFERRED = "inferredSubtypeOf"  # what the page calls a subtypeOf that names say, not papers
PAPER_FIELDS = ("paper_id", "venue", "doi", "arxiv", "url", "authors")


def encode(value: object) -> str:
    """`value` as JSON, deflated (zlib, RFC 1950) and base64: same value, same text."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode("ascii"), 9)).decode("ascii")


def decode(text: str) -> Any:
    """What `encode` was given, with tuples as lists.

    >>> decode(encode({"label": "</script>"}))
    {'label': '</script>'}
    """
    return json.loads(zlib.decompress(base64.b64decode(text)))


def positions(layout: Layout) -> dict[str, tuple[int, int]]:
    """The layout's positions in whole units of the page, y pointing down, keys in the layout's order."""
    return {key: (round(x * SCALE), round(-y * SCALE)) for key, (x, y) in layout.position.items()}


def radii(layout: Layout) -> dict[str, float]:
    """The radius that the page gives each node: between SMALL and LARGE, as its diameter in the layout grows."""
    if not layout.size:
        return {}
    least, most = min(layout.size.values()), max(layout.size.values())
    step = (LARGE - SMALL) / ((most - least) or 1.0)
    return {key: round(SMALL + (diameter - least) * step, 1) for key, diameter in layout.size.items()}


def compact(graph: nx.MultiDiGraph, layout: Layout) -> dict[str, Any]:
    """Every node and edge with its evidence, as columns in the order of sorted node keys and sorted triples."""
    keys = sorted(graph)
    index = {key: i for i, key in enumerate(keys)}
    by_paper_id = {graph.nodes[key].get("paper_id"): i for key, i in index.items()}
    sentences = _Sentences(by_paper_id)
    edges = _edges(graph, index, sentences)
    return {
        "format": FORMAT,
        "extractor": str(graph.graph.get("extractor", "")),
        "version": str(graph.graph.get("extractor_version", "")),
        "communities": list(layout.community_name[:NAMED]),
        "nodes": _nodes(graph, keys, layout),
        "aliases": {str(index[k]): list(a) for k in keys if (a := graph.nodes[k].get("aliases"))},
        "merges": _merges(graph, keys, index, by_paper_id),
        "matches": {str(index[k]): [list(astuple(m)) for m in a] for k in keys if (a := graph.nodes[k].get("matches"))},
        "papers": {str(index[k]): _paper(graph.nodes[k]) for k in keys if graph.nodes[k].get("kind") == "Paper"},
        "results": {str(index[k]): _result(graph.nodes[k]) for k in keys if graph.nodes[k].get("kind") == "Result"},
        "edges": edges,
        "sentences": {"paper": sentences.papers, "text": sentences.texts},
    }


class _Sentences:
    """Quotes by paper and place, each kept once, numbered in the order of first use."""

    def __init__(self, by_paper_id: Mapping[Any, int]) -> None:
        self.by_paper_id = by_paper_id
        self.papers: list[int] = []
        self.texts: list[str] = []
        self.known: dict[tuple[str, int, int], int] = {}

    def number(self, paper: str, start: int, end: int, quote: str) -> int:
        place = (paper, start, end)
        if place not in self.known:
            self.known[place] = len(self.texts)
            self.papers.append(self.by_paper_id.get(paper, -1))
            self.texts.append(quote)
        return self.known[place]


def _nodes(graph: nx.MultiDiGraph, keys: list[str], layout: Layout) -> dict[str, Any]:
    places, sizes = positions(layout), radii(layout)
    data = [graph.nodes[key] for key in keys]
    return {
        "key": keys,
        "kind": [d.get("kind", "") for d in data],
        "label": [d.get("label", key) for key, d in zip(keys, data, strict=True)],
        "papers": [d.get("papers", 0) for d in data],
        "first": [d.get("first_year", d.get("year", 0)) for d in data],
        "last": [d.get("last_year", d.get("year", 0)) for d in data],
        "score": [round(d.get("score", 1.0), 3) for d in data],
        "x": [places[key][0] for key in keys],
        "y": [places[key][1] for key in keys],
        "size": [sizes[key] for key in keys],
        "community": [layout.community[key] for key in keys],
    }


def _edges(graph: nx.MultiDiGraph, index: Mapping[str, int], sentences: _Sentences) -> dict[str, Any]:
    rows = [
        (head, tail, INFERRED if data.get("inferred") else relation, data)
        for head, tail, relation, data in sorted(graph.edges(keys=True, data=True), key=lambda e: (e[0], e[2], e[1]))
    ]
    relations = sorted({relation for _, _, relation, _ in rows})
    number = {relation: i for i, relation in enumerate(relations)}
    evidence = [
        [
            (sentences.number(e.paper, e.start, e.end, e.quote), round(e.score, 3), *filter(None, [told(e.status)]))
            for e in data.get("evidence", ())
        ]
        for _, _, _, data in rows
    ]
    statuses = {str(i): data["status"] for i, (_, _, _, data) in enumerate(rows) if "status" in data}
    return ({"status": statuses} if statuses else {}) | {
        "relations": relations,
        "head": [index[head] for head, _, _, _ in rows],
        "tail": [index[tail] for _, tail, _, _ in rows],
        "relation": [number[relation] for _, _, relation, _ in rows],
        "support": [data.get("support", 1) for _, _, _, data in rows],
        "score": [round(data.get("score", 1.0), 3) for _, _, _, data in rows],
        "first": [data.get("first_year", 0) for _, _, _, data in rows],
        "last": [data.get("last_year", 0) for _, _, _, data in rows],
        "evidence": evidence,
    }


def _merges(
    graph: nx.MultiDiGraph, keys: list[str], index: Mapping[str, int], by_paper_id: Mapping[Any, int]
) -> dict[str, list[list[Any]]]:
    """The distinct reasons why forms belong to a node: [form, reason, score, papers]."""
    found: dict[str, list[list[Any]]] = {}
    for key in keys:
        groups: dict[tuple[str, str], tuple[float, set[int]]] = {}
        for merge in graph.nodes[key].get("merges", ()):
            best, papers = groups.get((merge.form, merge.reason), (0.0, set()))
            groups[merge.form, merge.reason] = max(best, merge.score), papers | {by_paper_id.get(merge.paper, -1)}
        if groups:
            found[str(index[key])] = [
                [form, reason, round(score, 3), len(papers)]
                for (form, reason), (score, papers) in sorted(groups.items())
            ]
    return found


def _paper(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(data[name]) for name in PAPER_FIELDS if data.get(name)}


def _result(data: Mapping[str, Any]) -> dict[str, Any]:
    finite = math.isfinite(data.get("number", 0.0))
    return {name: data[name] for name in ("value", "number", "unit") if name in data and (finite or name != "number")}
