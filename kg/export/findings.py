"""What a report says about a graph: found from the graph alone, every list in a stated order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import networkx as nx

from kg.model import Evidence

ENTITY_KINDS = ("Method", "Task", "Dataset", "Metric")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entity with the papers that name it: in all, and by year where the year is known."""

    key: str
    kind: str
    label: str
    papers: int
    by_year: tuple[tuple[int, int], ...]  # every year of the corpus, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Riser:
    """An entity whose share of the papers grew: shares are of the papers before and since the year `since`."""

    entity: Named
    since: int
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Two methods, each said to outperform the other; sides are (winner, loser, papers, evidence)."""

    sides: tuple[tuple[str, str, int, tuple[Evidence, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A relation's facts: how many, the papers that state them, the mean score (the share expected to be right)."""

    name: str
    facts: int
    support: int
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Facts scored in [low, high): how many, and how many of them are expected to be right."""

    low: float
    high: float
    facts: int
    right: float


def named(graph: nx.MultiDiGraph) -> list[Named]:
    """All entities, those in most papers first, then by key."""
    years = paper_years(graph)
    span = range(min(years.values()), max(years.values()) + 1) if years else range(0)
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for head, tail, relation in graph.edges(keys=True):
        if relation == "mentions" and head in years:
            counts[tail][years[head]] += 1
    found = [
        Named(
            key=key,
            kind=str(data["kind"]),
            label=str(data.get("label", key)),
            papers=int(data.get("papers", 0)),
            by_year=tuple((year, counts[key][year]) for year in span),
        )
        for key, data in graph.nodes(data=True)
        if data.get("kind") in ENTITY_KINDS
    ]
    return sorted(found, key=lambda entity: (-entity.papers, entity.key))


def paper_years(graph: nx.MultiDiGraph) -> dict[str, int]:
    """Node keys of the papers whose year is known."""
    return {
        key: int(data["year"])
        for key, data in graph.nodes(data=True)
        if data.get("kind") == "Paper" and data.get("year")
    }


def risers(graph: nx.MultiDiGraph, entities: Iterable[Named], limit: int = 12) -> list[Riser]:
    """The entities whose share of papers grew most from the older papers to the newer half; empty without years.

    The division is the year that splits the dated papers most evenly; an entity counts if two new papers name it.
    """
    counts = Counter(paper_years(graph).values())
    total = sum(counts.values())
    if len(counts) < 2:
        return []
    since = min(sorted(counts)[1:], key=lambda year: abs(total / 2 - sum(counts[y] for y in counts if y < year)))
    new = sum(number for year, number in counts.items() if year >= since)
    found = []
    for entity in entities:
        after = sum(number for year, number in entity.by_year if year >= since)
        before = sum(number for year, number in entity.by_year if year < since)
        if after >= 2 and after / new > before / (total - new):
            found.append(Riser(entity=entity, since=since, before=before / (total - new), after=after / new))
    return sorted(found, key=lambda r: (r.before - r.after, r.entity.key))[:limit]


def disputes(graph: nx.MultiDiGraph, limit: int = 20) -> list[Dispute]:
    """Pairs of methods that outperform each other: first those that different papers state, then the better attested.

    Evidence of a side is its three best sentences, the best first.
    """
    found = []
    for head, tail, relation in graph.edges(keys=True):
        if relation == "outperforms" and head < tail and _asserted(graph, head, tail) and _asserted(graph, tail, head):
            found.append(Dispute(sides=(_side(graph, head, tail), _side(graph, tail, head))))

    def rank(dispute: Dispute) -> tuple[bool, int, int, str, str]:
        (winner, loser, support, evidence), (_, _, other, contrary) = dispute.sides
        same = {e.paper for e in evidence} == {e.paper for e in contrary}
        return same, -min(support, other), -support - other, winner, loser

    return sorted(found, key=rank)[:limit]


def _asserted(graph: nx.MultiDiGraph, winner: str, loser: str) -> bool:
    """Whether some paper says that the one outperforms the other."""
    return (
        bool(graph.has_edge(winner, loser, "outperforms")) and "status" not in graph.edges[winner, loser, "outperforms"]
    )


def _side(graph: nx.MultiDiGraph, winner: str, loser: str) -> tuple[str, str, int, tuple[Evidence, ...]]:
    data = graph.edges[winner, loser, "outperforms"]
    best = sorted((e for e in data.get("evidence", ()) if e.status == "asserted"), key=lambda e: (-e.score, e))
    return winner, loser, int(data.get("support", 1)), tuple(best[:3])


def datasets_by_task(graph: nx.MultiDiGraph, tasks: int = 12, each: int = 6) -> list[tuple[str, list[tuple[str, int]]]]:
    """The tasks with most data sets in use: (task, [(data set, papers)]), keys, most papers first.

    A paper uses a data set for a task if it says so, reports a result of both, or is about the task and names the set.
    """
    papers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for task, dataset, paper in _uses(graph):
        papers[task, dataset].add(paper)
    by_task: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (task, dataset), users in papers.items():
        by_task[task].append((dataset, len(users)))
    ranked = sorted(by_task.items(), key=lambda item: (-sum(n for _, n in item[1]), item[0]))[:tasks]
    return [(task, sorted(sets, key=lambda s: (-s[1], s[0]))[:each]) for task, sets in ranked]


def _uses(graph: nx.MultiDiGraph) -> Iterable[tuple[str, str, str]]:
    """(task, data set, paper) with keys of nodes, papers by their ids or keys alike as long as both are of one kind."""
    kind = dict(graph.nodes(data="kind"))
    for head, tail, relation, data in graph.edges(keys=True, data=True):
        if relation == "usedFor" and kind[head] == "Dataset" and kind[tail] == "Task":
            yield from ((tail, head, e.paper) for e in data.get("evidence", ()))
    for node, data in graph.nodes(data=True):
        if data.get("kind") == "Result":
            slots = {relation: tail for _, tail, relation in graph.out_edges(node, keys=True)}
            papers = [graph.nodes[head].get("paper_id", head) for head, _ in graph.in_edges(node)]
            if "task" in slots and "dataset" in slots:
                yield from ((slots["task"], slots["dataset"], paper) for paper in papers)
        elif data.get("kind") == "Paper":
            about = [tail for _, tail, relation in graph.out_edges(node, keys=True) if relation == "addresses"]
            sets = [t for _, t, relation in graph.out_edges(node, keys=True) if relation == "mentions"]
            paper = data.get("paper_id", node)
            yield from ((task, s, paper) for task in about for s in sets if kind[s] == "Dataset")


def relations(graph: nx.MultiDiGraph) -> list[Relation]:
    """Every relation with its facts, most facts first; what no paper asserts does not count."""
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for _, _, relation, data in graph.edges(keys=True, data=True):
        if "status" not in data:
            rows[relation].append(data)
    found = [
        Relation(
            name=name,
            facts=len(data),
            support=sum(int(d.get("support", 1)) for d in data),
            precision=sum(float(d.get("score", 1.0)) for d in data) / len(data),
        )
        for name, data in rows.items()
    ]
    return sorted(found, key=lambda r: (-r.facts, r.name))


def entity_scores(graph: nx.MultiDiGraph) -> list[float]:
    """The scores of the facts between entities that some paper asserts, sorted."""
    kind = dict(graph.nodes(data="kind"))
    return sorted(
        float(data.get("score", 1.0))
        for head, tail, data in graph.edges(data=True)
        if kind[head] in ENTITY_KINDS and kind[tail] in ENTITY_KINDS and "status" not in data
    )


def bands(scores: Iterable[float], number: int = 10) -> list[Band]:
    """Scores in bands of equal width, the highest first, empty ones left out."""
    groups: dict[int, list[float]] = defaultdict(list)
    for score in scores:
        groups[min(int(score * number), number - 1)].append(score)
    return [
        Band(low=i / number, high=(i + 1) / number, facts=len(groups[i]), right=sum(groups[i]))
        for i in sorted(groups, reverse=True)
    ]


def communities(
    graph: nx.MultiDiGraph, community: Mapping[str, int], limit: int = 12
) -> list[tuple[int, Counter[str]]]:
    """The communities with most entities, and how many nodes of each kind they have; those of one entity left out."""
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for key, number in community.items():
        kinds[number][str(graph.nodes[key].get("kind"))] += 1
    size = {number: sum(counts[kind] for kind in ENTITY_KINDS) for number, counts in kinds.items()}
    ranked = sorted((n for n in kinds if size[n] > 1), key=lambda n: (-size[n], n))
    return [(number, kinds[number]) for number in ranked[:limit]]


def namesakes(entities: Iterable[Named], limit: int = 12) -> list[tuple[Named, Named]]:
    """Pairs of entities of different kinds under the same name, as a hint at what linking left apart."""
    groups: dict[str, list[Named]] = defaultdict(list)
    for entity in entities:
        groups[entity.label.casefold()].append(entity)
    pairs = [pair for group in groups.values() for pair in combinations(group, 2) if pair[0].kind != pair[1].kind]
    return sorted(pairs, key=lambda p: (-min(p[0].papers, p[1].papers), p[0].key, p[1].key))[:limit]
