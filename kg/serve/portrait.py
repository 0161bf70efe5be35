"""What the page of a node shows: facts by relation with their quotes, papers by year, results as leaderboards."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kg.iri import sentence_iri, statement_iri
from kg.model import SLOTS, Evidence
from kg.serve.marking import Part, mark
from kg.serve.site import ABOUT_PAPERS, ENTITIES, INVERSE, NOT_FACTS, Site, paper_links, path_of
from kg.text import spoken

SHORT, LONG = 8, 500  # items of a list, and of one that was asked for in full
QUOTES = 3
_LOWER = re.compile(
    r"\b(error|errors|loss|perplexity|fid|fvd|kid|wer|cer|mae|mse|rmse|rmsd|mape|ter|regret|latency|time|times|cost"
    r"|costs|memory|footprint|flops|runtime|complexity|parameters|consumption|energy|distance|delay|overhead"
    r"|rate of false|false positive rate|forgetting|divergence|variance|bias|lpips|bpb|bits per)\b",
    re.IGNORECASE,
)  # the explorer's rule (`results.js`)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A node to link to."""

    key: str
    kind: str
    label: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence with the names in it marked, where it stands and how sure the extractor is."""

    parts: tuple[Part, ...]
    score: float
    path: str
    paper: Named
    year: int | None
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One fact as seen from a node: the other end, how many papers state it, and its surest sentences."""

    other: Named
    support: int
    score: float
    path: str
    status: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Facts of one relation in one direction, the best attested first; `total` counts those left out as well."""

    id: str
    name: str
    total: int
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A reported result."""

    result: Named
    value: str
    number: float | None
    slots: dict[str, Named]
    paper: Named | None
    year: int | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Results of one metric and unit, the best first; `better` is 'higher', 'lower' or empty where none is known."""

    metric: Named | None
    unit: str
    better: str
    rows: tuple[Row, ...]
    total: int
    columns: tuple[str, ...]


def named(site: Site, key: str) -> Named:
    """The node `key`, to link to."""
    return Named(key=key, kind=site.graph.nodes[key]["kind"], label=site.label(key), path=path_of(key))


def groups(site: Site, key: str, opened: str = "") -> list[Group]:
    """The facts of an entity with entities, the largest groups first; the group with the id `opened` is longer."""
    found: dict[tuple[str, str], list[tuple[str, str, str, dict[str, Any]]]] = {}
    for head, other, relation, data in site.graph.out_edges(key, keys=True, data=True):
        if relation not in NOT_FACTS:
            found.setdefault((relation, "out"), []).append((other, head, other, data))
    for other, tail, relation, data in site.graph.in_edges(key, keys=True, data=True):
        if relation not in NOT_FACTS:
            way = "out" if relation == "comparedWith" else "in"
            found.setdefault((relation, way), []).append((other, other, tail, data))
    made = [_group(site, key, relation, way, edges, opened) for (relation, way), edges in found.items()]
    return sorted(made, key=lambda group: (-group.total, group.name))


def _group(
    site: Site, key: str, relation: str, way: str, edges: list[tuple[str, str, str, dict[str, Any]]], opened: str
) -> Group:
    id_ = f"{relation}-{way}"
    name = spoken(relation) if way == "out" else INVERSE.get(relation, f"{spoken(relation)} (from)")
    best = heapq.nsmallest(
        LONG if opened == id_ else SHORT, edges, key=lambda e: (-e[3]["support"], -e[3]["score"], e[0], e[1])
    )
    rows = tuple(
        FactRow(
            other=named(site, other),
            support=data["support"],
            score=data["score"],
            path=statement_iri("/", head, relation, tail),
            status=status(data),
            quotes=tuple(quotes(site, data["evidence"], (key, other))),
        )
        for other, head, tail, data in best
    )
    return Group(id=id_, name=name, total=len(edges), facts=rows)


def status(data: dict[str, Any]) -> str:
    """What qualifies a fact or result, for people; empty where papers assert it.

    >>> status({"status": "negated"}), status({"inferred": True}), status({})
    ('denied', 'from the names', '')
    """
    if data.get("inferred"):
        return "from the names"
    return {"negated": "denied", "hedged": "with reserve", "future": "planned"}.get(data.get("status", ""), "")


def quotes(site: Site, evidence: Iterable[Evidence], keys: Iterable[str], limit: int = QUOTES) -> Iterator[Quote]:
    """The surest sentences, with the names of the nodes `keys` marked."""
    nodes = [(site.graph.nodes[key], key) for key in keys]
    forms = [
        (form, data["kind"].lower(), path_of(key))
        for data, key in nodes
        if data["kind"] in ENTITIES
        for form in (data["label"], *data.get("aliases", ()))
    ]
    for one in site.best(evidence, limit):
        yield _quote(site, one, mark(one.quote, forms))


def _quote(site: Site, evidence: Evidence, parts: tuple[Part, ...]) -> Quote:
    key = site.papers.get(evidence.paper)
    data: dict[str, Any] = site.graph.nodes[key] if key else {}
    return Quote(
        parts=parts,
        score=evidence.score,
        path=sentence_iri("/", evidence.paper, evidence.start, evidence.end),
        paper=named(site, key) if key else Named(key="", kind="Paper", label=evidence.paper, path=""),
        year=data.get("year"),
        links=tuple(paper_links(data)),
    )


def papers_of(site: Site, key: str, opened: str = "") -> dict[str, Any]:
    """The papers that name an entity, the newest first: `rows` of (paper, year, role, quotes), `total`, `by_year`."""
    roles: dict[str, set[str]] = {}
    evidence: dict[str, list[Evidence]] = {}
    for paper, _, relation, data in site.graph.in_edges(key, keys=True, data=True):
        if relation in ABOUT_PAPERS:
            roles.setdefault(paper, set()).add(relation)
            evidence.setdefault(paper, []).extend(data["evidence"])
    years = {paper: int(site.graph.nodes[paper].get("year", 0)) for paper in roles}
    newest = heapq.nsmallest(LONG if opened == "papers" else SHORT, roles, key=lambda p: (-years[p], p))
    rows = [
        (named(site, paper), years[paper] or None, _role(roles[paper]), [*quotes(site, evidence[paper], (key,), 1)])
        for paper in newest
    ]
    by_year = sorted(Counter(year for year in years.values() if year).items())
    return {"rows": rows, "total": len(roles), "by_year": by_year}


def _role(relations: set[str]) -> str:
    return "proposes it" if "proposes" in relations else "is about it" if "addresses" in relations else ""


def boards(site: Site, results: Iterable[str], leave_out: str = "", limit: int = 25) -> list[Board]:
    """Results by metric and unit, the most reported first, the best values of each; `leave_out` is no column."""
    by_metric: dict[tuple[str, str], list[str]] = {}
    for key in set(results):
        metric = next((entity for _, entity, slot in site.graph.out_edges(key, keys=True) if slot == "metric"), "")
        by_metric.setdefault((metric, str(site.graph.nodes[key].get("unit", ""))), []).append(key)
    ranked = sorted(by_metric.items(), key=lambda item: (not item[0][0], -len(item[1]), item[0]))
    return [_board(site, keys, metric, unit, leave_out, limit) for (metric, unit), keys in ranked]


def _board(site: Site, keys: list[str], metric: str, unit: str, leave_out: str, limit: int) -> Board:
    better = direction(site.label(metric)) if metric else ""
    sign = 1 if better == "lower" else -1

    def order(key: str) -> tuple[bool, float, str, str]:
        data = site.graph.nodes[key]
        number = data.get("number", math.nan)
        return math.isnan(number), 0.0 if math.isnan(number) else sign * number, str(data["value"]), key

    rows = [result_row(site, key) for key in heapq.nsmallest(limit, keys, key=order)]
    slots = [slot for slot in SLOTS if slot not in ("metric", leave_out) and any(slot in r.slots for r in rows)]
    return Board(
        metric=named(site, metric) if metric else None,
        unit=unit,
        better=better,
        rows=tuple(rows),
        total=len(keys),
        columns=tuple(slots),
    )


def direction(metric: str) -> str:
    """'higher' or 'lower': which values of a metric are the better ones, judged by its name.

    >>> direction("word error rate"), direction("accuracy")
    ('lower', 'higher')
    """
    return "lower" if _LOWER.search(metric) else "higher"


def result_row(site: Site, key: str) -> Row:
    """The result `key` with what fills its slots and the paper that reports it."""
    data = site.graph.nodes[key]
    number = data.get("number")
    paper = next((head for head, _, relation in site.graph.in_edges(key, keys=True) if relation == "reports"), None)
    found = {slot: entity for _, entity, slot in site.graph.out_edges(key, keys=True)}
    return Row(
        result=named(site, key),
        value=str(data["value"]),
        number=number if number is not None and number == number else None,
        slots={slot: named(site, found[slot]) for slot in SLOTS if slot in found},
        paper=named(site, paper) if paper else None,
        year=site.graph.nodes[paper].get("year") if paper else None,
        status=status(data),
    )


def results_of(site: Site, key: str) -> list[str]:
    """The results that name an entity, or that a paper reports."""
    if site.graph.nodes[key]["kind"] == "Paper":
        return [tail for _, tail, relation in site.graph.out_edges(key, keys=True) if relation == "reports"]
    return [head for head, _, slot in site.graph.in_edges(key, keys=True) if slot in SLOTS]


def merges_of(site: Site, key: str, limit: int = 60) -> list[tuple[str, str, int, float]]:
    """(form, reason, papers, best score) for each reason why a form belongs to the entity, most papers first."""
    found: dict[tuple[str, str], tuple[set[str], float]] = {}
    for merge in site.graph.nodes[key].get("merges", ()):
        papers, best = found.get((merge.form, merge.reason), (set(), 0.0))
        found[merge.form, merge.reason] = papers | {merge.paper}, max(best, merge.score)
    rows = [(form, reason, len(papers), best) for (form, reason), (papers, best) in found.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))[:limit]
