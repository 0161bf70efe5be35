"""The graph in numbers: how much of each kind, and what is met most often."""

from __future__ import annotations

from collections import Counter
from typing import Any

import networkx as nx


def count(graph: nx.MultiDiGraph, top: int = 10) -> dict[str, Any]:
    """Numbers of nodes by kind, of edges by relation and of papers by year, and the entities in most papers.

    JSON values; kinds, relations and years in sorted order, `top` lists by papers, most first.
    """
    entities: dict[str, list[tuple[int, str, str]]] = {}
    for key, data in graph.nodes(data=True):
        if "papers" in data:
            entities.setdefault(data["kind"], []).append((-data["papers"], data["label"], key))
    years = Counter(data["year"] for _, data in graph.nodes(data=True) if data["kind"] == "Paper" and "year" in data)
    return {
        "nodes": dict(sorted(Counter(kind for _, kind in graph.nodes(data="kind")).items())),
        "edges": dict(sorted(Counter(relation for *_, relation in graph.edges(keys=True)).items())),
        "papers_by_year": {str(year): number for year, number in sorted(years.items())},
        "top": {
            kind: [{"label": label, "papers": -papers, "key": key} for papers, label, key in sorted(found)[:top]]
            for kind, found in sorted(entities.items())
        },
        "extractor": graph.graph["extractor"],
        "extractor_version": graph.graph["extractor_version"],
        "extractor_hash": graph.graph["extractor_hash"],
    }
