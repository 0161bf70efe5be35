"""What a store of property graphs should hold, written out by hand, and a graph with all that one can have."""

from __future__ import annotations

import re
from typing import Any

import networkx as nx

from kg.model import Evidence, Match
from kg.text import storable

Contents = tuple[dict[str, Any], dict[tuple[str, str, str], Any]]


def expected(graph: nx.MultiDiGraph) -> Contents:
    """Label and properties of every node by its key, properties of every relationship by its ends and type."""
    nodes = {}
    for key, data in graph.nodes(data=True):
        row: dict[str, Any] = {}
        for name, value in data.items():
            if name != "kind" and value != ():
                row[name] = storable(value) if isinstance(value, str) else value
        if "aliases" in row:
            row["aliases"] = [storable(alias) for alias in row["aliases"]]
        if "merges" in row:
            row["merges"] = sorted({storable(f"{merge.form}: {merge.reason}") for merge in row["merges"]})
        if "matches" in row:
            row["matches"] = [
                storable(f"{match.kind}Match {match.iri} ({match.label}, {match.score:.2f})")
                for match in row["matches"]
            ]
        nodes[key] = (data["kind"], row)
    edges = {}
    for head, tail, relation, data in graph.edges(keys=True, data=True):
        row = {name: value for name, value in data.items() if name != "evidence"}
        if evidence := data.get("evidence", ()):
            row |= {"quotes": [storable(e.quote) for e in evidence], "papers": [storable(e.paper) for e in evidence]}
            row |= {"starts": [e.start for e in evidence], "ends": [e.end for e in evidence]}
            row["scores"] = [e.score for e in evidence]
            if any(e.status != "asserted" for e in evidence):
                row["statuses"] = [e.status for e in evidence]
        edges[head, re.sub("([A-Z])", r"_\1", relation).upper(), tail] = row
    return nodes, edges


def with_everything(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """`graph` and beside it nodes and edges with every attribute that a graph can have."""
    larger = nx.MultiDiGraph(graph)
    match = Match(
        iri="https://e.org/v#1", label="Ladder; a`b", kind="exact", score=0.98, vocabulary="v.ttl", reason="label"
    )
    said = [
        Evidence(paper="every", start=i, end=i + 4, quote=f"said of REINFORCE {i}", score=0.5, status=status)
        for i, status in enumerate(("asserted", "negated", "hedged", "future"))
    ]
    larger.add_node(
        "paper/every",
        kind="Paper",
        label="Titel",
        paper_id="every",
        year=2024,
        venue="V",
        doi="10.1/x",
        arxiv="2401.00001",
        url="https://e.org/",
        authors="A; B",
        language="de",
    )
    years = {"first_year": 2024, "last_year": 2024}
    about: dict[str, Any] = {"kind": "Method", "papers": 1, "score": 0.5, "merges": ()} | years
    larger.add_node("method/every-a", label="a", aliases=("A", "aa"), matches=(match, match), **about)
    larger.add_node("method/every-b", label="b", aliases=(), **about)
    larger.add_node(
        "result/every", kind="Result", label="1.5", value="1.5", number=1.5, unit="times", score=0.5, status="future"
    )
    common: dict[str, Any] = {"support": 1, "score": 0.5} | years
    for head, tail, relation, evidence, more in (
        ("method/every-a", "method/every-b", "subtypeOf", said[:1], {"inferred": True}),
        ("method/every-a", "method/every-b", "outperforms", said[1:], {"status": "negated"}),
        ("method/every-b", "method/every-a", "basedOn", said, {}),
        ("paper/every", "result/every", "reports", said[3:], {"status": "future"}),
        ("result/every", "method/every-a", "method", said[3:], {"status": "future"}),
    ):
        larger.add_edge(head, tail, relation, **common, evidence=tuple(evidence), **more)
    return larger
