"""The graph with its sentences and facts as nodes of their own, for stores in which no edge can be an edge's end.

An Evidence is a sentence, once however many facts it states: `quote`, `paper` (the paper's id), `start`, `end`. A Fact
stands for an edge between entities, or from a paper to an entity: `relation` (as the relationship's type) and what the
edge says of itself. Facts are joined to their ends by `head` and `tail`, sentences to their papers by `inPaper` and to
what they state by `supports` (`denies`, `hedges`, `foresees` where they do not assert it) with their `score`. What a
result reports needs no Fact, since the result is a node already. Base IRI + key is the IRI that RDF has for the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx

from kg.export.flat import fact_id
from kg.export.propertygraph import relationship_type
from kg.iri import digest
from kg.model import Evidence, Status

EVIDENCE, FACT = "Evidence", "Fact"
PREFIXES = {EVIDENCE: "sentence/", FACT: "statement/"}  # how the keys of their nodes begin
STATES: dict[Status, str] = {"asserted": "supports", "negated": "denies", "hedged": "hedges", "future": "foresees"}
RELATIONS = ("head", "tail", "inPaper", *STATES.values())
_OF_EDGES = ("support", "score", "first_year", "last_year", "inferred", "status")


def with_evidence_nodes(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """A copy of `graph` with the nodes and edges of its evidence besides its own; the same whatever its order."""
    larger = nx.MultiDiGraph(graph)
    papers: dict[str, str] = {}
    for key, data in sorted(graph.nodes(data=True), key=lambda node: node[0]):
        if data.get("kind") == "Paper":
            papers.setdefault(str(data["paper_id"]), key)
    for head, tail, relation, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        result = next((key for key in (head, tail) if graph.nodes[key].get("kind") == "Result"), None)
        stated = result or _add_fact(larger, head, relation, tail, data)
        for item in data.get("evidence", ()):
            _add_evidence(larger, item, stated, papers.get(item.paper))
    return larger


def _add_fact(graph: nx.MultiDiGraph, head: str, relation: str, tail: str, data: Mapping[str, Any]) -> str:
    key = PREFIXES[FACT] + fact_id(head, relation, tail)
    about = {name: data[name] for name in _OF_EDGES if name in data}
    graph.add_node(key, kind=FACT, relation=relationship_type(relation), **about)
    graph.add_edge(key, head, "head")
    graph.add_edge(key, tail, "tail")
    return key


def _add_evidence(graph: nx.MultiDiGraph, item: Evidence, stated: str, paper: str | None) -> None:
    key = PREFIXES[EVIDENCE] + digest(item.paper, str(item.start), str(item.end))
    if key not in graph:
        graph.add_node(key, kind=EVIDENCE, quote=item.quote, paper=item.paper, start=item.start, end=item.end)
        if paper is not None:
            graph.add_edge(key, paper, "inPaper")
    relation = STATES[item.status]
    if not graph.has_edge(key, stated, relation):
        graph.add_edge(key, stated, relation, score=item.score)
