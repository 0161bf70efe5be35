"""Resolved records to the one in-memory graph, a `networkx.MultiDiGraph`.

`graph.graph` holds `extractor`, `extractor_version`, `extractor_hash`, `moved` (from keys that are none now to lists of
the keys of the nodes that took their place) and, where given, `base`. NODE_ATTRS and EDGE_ATTRS name every attribute
with its one type; what has nothing to say is left out, never None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

from kg.errors import KgError
from kg.keys import paper_key
from kg.model import Entity, Evidence, ExtractorInfo, Fact, Paper, ReportedResult, Resolved, status_of, told
from kg.schema import Schema
from kg.settings import Settings

NODE_ATTRS: dict[str, type] = {
    "kind": str,  # Method, Task, Dataset, Metric, Paper or Result
    "label": str,  # what a reader calls it
    "aliases": tuple,  # entity: the other surface forms, sorted str
    "papers": int,  # entity: number of papers that mention it
    "first_year": int,  # entity: earliest year of those papers
    "last_year": int,  # entity: latest year of those papers
    "score": float,  # entity, result: probability in [0, 1]
    "merges": tuple,  # entity: kg.model.Merge, sorted: why each form belongs here
    "matches": tuple,  # entity: kg.model.Match, sorted: concepts of vocabularies that it is or comes near
    "paper_id": str,  # paper: its id in the corpus
    "year": int,  # paper: year of publication
    "venue": str,  # paper
    "doi": str,  # paper
    "arxiv": str,  # paper
    "url": str,  # paper
    "authors": str,  # paper: joined by '; '
    "language": str,  # paper: BCP 47 tag of a text that is not English and was not read
    "value": str,  # result: the exact string
    "number": float,  # result: its reading
    "unit": str,  # result: percent, times, points, or as written
    "status": str,  # result: negated, hedged or future; left out where it is asserted
}
EDGE_ATTRS: dict[str, type] = {
    "support": int,  # number of papers that state it
    "score": float,  # 1 - product over papers of (1 - best score in the paper), 4 places
    "evidence": tuple,  # kg.model.Evidence, sorted, never empty
    "first_year": int,  # earliest year of its papers
    "last_year": int,  # latest year of its papers
    "inferred": bool,  # true where names, not papers, say so; else left out
    "status": str,  # negated, hedged or future where no paper asserts it; else left out
}

_PAPER_RELATIONS = ("addresses", "mentions", "proposes")


def assemble(
    resolved: Resolved, schema: Schema, *, extractor: ExtractorInfo, settings: Settings | None = None
) -> nx.MultiDiGraph:
    """The graph of `resolved`: nodes and edges inserted in sorted order, the edge key being the relation.

    Raises KgError where a fact names an unknown node, or joins types that `schema` does not permit.
    """
    graph = nx.MultiDiGraph(
        extractor=extractor.name,
        extractor_version=extractor.version,
        extractor_hash=extractor.hash,
        base=(settings or Settings()).base,
        moved={key: list(to) for key, to in resolved.moved},
    )
    years = {paper.id: paper.year for paper in resolved.papers if paper.year is not None}
    labels = {entity.id: entity.label for entity in resolved.entities}
    nodes = [(paper_key(paper.id), _paper(paper)) for paper in resolved.papers]
    nodes += [(entity.id, _entity(entity, years)) for entity in resolved.entities]
    nodes += [(result.id, _result(result, labels)) for result in resolved.results]
    graph.add_nodes_from(sorted(nodes, key=lambda node: node[0]))
    edges = [
        (fact.head, fact.tail, fact.relation, _edge(fact.evidence, fact.score, years, fact.inferred))
        for fact in resolved.facts
    ]
    for result in resolved.results:
        attributes = _edge((result.evidence,), result.evidence.score, years)
        edges.append((paper_key(result.paper), result.id, "reports", attributes))
        edges += [(result.id, target, slot, dict(attributes)) for slot, target in result.slots]
    edges.sort(key=lambda edge: edge[:3])
    _check(graph, edges, resolved.facts, schema)
    graph.add_edges_from(edges)
    return graph


def extractor_of(about: Mapping[str, Any]) -> ExtractorInfo:
    """The extractor that the attributes of an assembled graph tell of; '' for what they do not tell."""
    return ExtractorInfo(
        name=about.get("extractor", ""),
        version=about.get("extractor_version", ""),
        hash=about.get("extractor_hash", ""),
    )


def entities(graph: nx.MultiDiGraph) -> tuple[Entity, ...]:
    """The entities of an assembled graph, sorted by key; a member that nothing was merged with has '' for its id."""
    papers = {key: str(data["paper_id"]) for key, data in graph.nodes(data=True) if data["kind"] == "Paper"}
    found = []
    for key, data in sorted(graph.nodes(data=True), key=lambda node: node[0]):
        if data["kind"] in ("Paper", "Result"):
            continue
        merged = {(merge.paper, merge.entity) for merge in data.get("merges", ())}
        told = {paper for paper, _ in merged}
        mentions = {papers[head] for head, _, name in graph.in_edges(key, keys=True) if name == "mentions"}
        found.append(
            Entity(
                id=key,
                type=data["kind"],
                label=data["label"],
                aliases=data.get("aliases", ()),
                members=tuple(sorted(merged | {(paper, "") for paper in mentions - told})),
                merges=data.get("merges", ()),
                score=data.get("score", 1.0),
            )
        )
    return tuple(found)


def _paper(paper: Paper) -> dict[str, Any]:
    return _present(
        kind="Paper",
        label=paper.title or paper.id,
        paper_id=paper.id,
        year=paper.year,
        venue=paper.venue,
        doi=paper.doi,
        arxiv=paper.arxiv,
        url=paper.url,
        authors="; ".join(paper.authors) or None,
        language=paper.language,
    )


def _entity(entity: Entity, years: dict[str, int]) -> dict[str, Any]:
    papers = {paper for paper, _ in entity.members}
    return _present(
        kind=entity.type,
        label=entity.label,
        aliases=entity.aliases,
        papers=len(papers),
        **_span(papers, years),
        score=entity.score,
        merges=entity.merges,
        matches=entity.matches or None,
    )


def _result(result: ReportedResult, labels: dict[str, str]) -> dict[str, Any]:
    slots = {slot: labels.get(target, target) for slot, target in result.slots}
    place = slots.get("dataset") or slots.get("task")
    label = " ".join(part for part in (result.value, slots.get("metric"), place and f"on {place}") if part)
    return _present(
        kind="Result",
        label=label,
        value=result.value,
        number=None if result.number is None else float(result.number),
        unit=result.unit,
        score=result.evidence.score,
        status=told(result.evidence.status),
    )


def _edge(
    evidence: tuple[Evidence, ...], score: float, years: dict[str, int], inferred: bool = False
) -> dict[str, Any]:
    status = status_of(evidence)
    papers = {item.paper for item in evidence if item.status == status}
    return _present(
        support=len(papers),
        score=score,
        evidence=evidence,
        **_span(papers, years),
        inferred=inferred or None,
        status=told(status),
    )


def _span(papers: Iterable[str], years: dict[str, int]) -> dict[str, int]:
    known = [years[paper] for paper in papers if paper in years]
    return {"first_year": min(known), "last_year": max(known)} if known else {}


def _present(**attributes: Any) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}


def _check(
    graph: nx.MultiDiGraph, edges: list[tuple[str, str, str, dict[str, Any]]], facts: tuple[Fact, ...], schema: Schema
) -> None:
    for head, tail, relation, _ in edges:
        if head not in graph or tail not in graph:
            raise KgError(f"{head} {relation} {tail}: {head if head not in graph else tail!r} is no node of the graph")
    for fact in facts:
        kinds = graph.nodes[fact.head]["kind"], graph.nodes[fact.tail]["kind"]
        if kinds[0] == "Paper":
            permitted = fact.relation in _PAPER_RELATIONS and kinds[1] in schema.types
        else:
            permitted = schema.permits(kinds[0], fact.relation, kinds[1])
        if not permitted or not fact.evidence:
            why = "has no evidence" if permitted else f"may not join {kinds[0]} and {kinds[1]} in this schema"
            raise KgError(f"{fact.head} {fact.relation} {fact.tail}: {fact.relation} {why}")
