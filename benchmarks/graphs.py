"""Graphs of any size for the benchmarks: those of annotated papers, repeated under changed names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx

from kg.graph import assemble
from kg.link import resolve
from kg.model import ExtractorInfo
from kg.records import extraction_from_json, paper_from_json
from kg.schema import load_schema

SENTENCE = 200  # characters; annotations name no sentence, so their evidence is the whole abstract


def annotated(annotations: Path, papers: Path) -> nx.MultiDiGraph:
    """The graph of annotated papers."""
    found = {paper.id: paper for paper in map(paper_from_json, _lines(papers))}
    records = [
        extraction_from_json(row, text=found[row["id"]].text) for row in _lines(annotations) if row["id"] in found
    ]
    resolved = resolve([found[record.id] for record in records], records)
    return assemble(resolved, load_schema(), extractor=ExtractorInfo(name="annotation", version="1", hash=""))


def count_papers(graph: nx.MultiDiGraph) -> int:
    """How many papers the graph is of."""
    return sum(kind == "Paper" for _, kind in graph.nodes(data="kind"))


def repeated(graph: nx.MultiDiGraph, papers: int) -> nx.MultiDiGraph:
    """Copies of `graph` side by side, the keys and names of each changed, until there are so many papers."""
    copies = -(-papers // count_papers(graph))
    large = nx.MultiDiGraph(**graph.graph)
    for number in range(copies):
        for key, data in graph.nodes(data=True):
            large.add_node(f"{key}-{number}", **data | _renamed(data, number))
        for head, tail, relation, data in graph.edges(keys=True, data=True):
            evidence = tuple(
                replace(
                    e,
                    paper=f"{e.paper} {number}",
                    end=e.start + len(e.quote[:SENTENCE]),
                    quote=e.quote[:SENTENCE],
                )
                for e in data["evidence"]
            )
            large.add_edge(f"{head}-{number}", f"{tail}-{number}", relation, **data | {"evidence": evidence})
    return large


def _renamed(data: dict[str, Any], number: int) -> dict[str, Any]:
    changed: dict[str, Any] = {"label": f"{data['label']} {number}"}
    if "paper_id" in data:
        changed["paper_id"] = f"{data['paper_id']} {number}"
    if "aliases" in data:
        changed["aliases"] = tuple(f"{alias} {number}" for alias in data["aliases"])
    if "merges" in data:
        changed["merges"] = tuple(replace(m, paper=f"{m.paper} {number}") for m in data["merges"])
    return changed


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
