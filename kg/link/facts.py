"""Facts and results of papers, lifted from the entities of each paper to the entities across papers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import prod

from kg.keys import paper_key, result_key
from kg.model import (
    SLOT_TYPES,
    SLOTS,
    STATUSES,
    Evidence,
    Extraction,
    Fact,
    Mention,
    Paper,
    PaperEntity,
    Relation,
    ReportedResult,
    Result,
    Span,
    Status,
    status_of,
)
from kg.schema import Schema
from kg.sentences import sentence_spans
from kg.settings import Settings

Node = tuple[str, str]  # node key, entity type
Triple = tuple[str, str, str]

# What a relation becomes where the type of an end changed, tried in order: the relation, and whether its ends swap.
_INSTEAD: dict[str, tuple[tuple[str, bool], ...]] = {
    "usedFor": (("evaluatedOn", False), ("measuredBy", False), ("evaluatedOn", True)),
    "evaluatedOn": (("usedFor", False), ("measuredBy", False)),
    "measuredBy": (("usedFor", False), ("evaluatedOn", False)),
}


def collect_facts(
    papers: Mapping[str, Paper],
    extractions: Iterable[Extraction],
    nodes: Mapping[tuple[str, str], Node],
    schema: Schema,
    settings: Settings,
) -> tuple[tuple[Fact, ...], tuple[ReportedResult, ...]]:
    """Facts sorted by triple and results sorted by id.

    `nodes` maps (paper id, entity id) to its node; an entity that it lacks was rejected and takes its facts along.
    Where linking changed the type of an end, a relation that the schema no longer permits is retyped (a method used
    for what turns out to be a data set is evaluated on it) or, where nothing fits, dropped; so is one that now joins
    an entity to itself. Relations and results scored below `settings.min_score` are left out, and
    those that their paper does not assert as well, unless `settings.unasserted` asks for them: then a fact keeps what
    asserts it beside what does not, and is scored by what bears its status.
    """
    evidence: dict[Triple, dict[tuple[str, int, int], Evidence]] = {}
    results: dict[str, ReportedResult] = {}
    for extraction in extractions:
        quotes = _Quotes(papers[extraction.id])
        for triple, item in _stated(extraction, quotes, nodes, schema, settings):
            places = evidence.setdefault(triple, {})
            place = item.paper, item.start, item.end
            if place not in places or _rank(item) < _rank(places[place]):
                places[place] = item
        for reported in _results(extraction, quotes, nodes, settings):
            known = results.get(reported.id)
            if known is None or known.evidence.score < reported.evidence.score:
                results[reported.id] = reported
    facts = [
        Fact(head=head, relation=relation, tail=tail, evidence=items, score=score_of(items))
        for (head, relation, tail), items in ((triple, tuple(sorted(evidence[triple].values()))) for triple in evidence)
    ]
    facts.sort(key=lambda fact: (fact.head, fact.relation, fact.tail))
    return tuple(facts), tuple(results[key] for key in sorted(results))


def _rank(item: Evidence) -> tuple[int, float]:
    return STATUSES.index(item.status), -item.score


def score_of(evidence: Collection[Evidence]) -> float:
    """The score of a fact with this evidence, by `noisy_or` over what bears the fact's status."""
    status = status_of(evidence)
    return noisy_or((item.paper, item.score) for item in evidence if item.status == status)


def noisy_or(scores: Iterable[tuple[str, float]]) -> float:
    """1 - product over papers of (1 - best score in the paper), to 4 places; the pairs are (paper id, score).

    >>> noisy_or([("p1", 0.5), ("p1", 0.2), ("p2", 0.5)])
    0.75
    """
    best: dict[str, float] = {}
    for paper, score in scores:
        best[paper] = max(score, best.get(paper, 0.0))
    return round(1.0 - prod(1.0 - best[paper] for paper in sorted(best)), 4)


def fit_relation(schema: Schema, head: Node, relation: str, tail: Node) -> Triple | None:
    """The triple as the schema permits it, with symmetric relations in key order; None where nothing fits."""
    for name, swap in ((relation, False), *_INSTEAD.get(relation, ())):
        first, second = (tail, head) if swap else (head, tail)
        if schema.permits(first[1], name, second[1]):
            if schema.relations[name].symmetric and second[0] < first[0]:
                first, second = second, first
            return (first[0], name, second[0]) if first[0] != second[0] else None
    return None


class _Quotes:
    """Evidence from one paper; each sentence is cut out of the text once."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper.id
        self._text = paper.text
        self._sentences = sentence_spans(self._text)
        self._cut: dict[tuple[int, int], str] = {}

    def stretch(self, span: Span, score: float, status: Status = "asserted") -> Evidence:
        start, end = span.start, min(span.end, len(self._text))
        if start >= end:
            start, end = self._around(start, start)
        quote = self._cut.setdefault((start, end), self._text[start:end])
        return Evidence(paper=self.paper, start=start, end=end, quote=quote, score=score, status=status)

    def mention(self, entity: PaperEntity) -> Evidence:
        """The sentence of the best mention: the highest score, then the first; the first sentence if none is placed."""
        placed = [m for m in entity.mentions if m.start < m.end <= len(self._text)]
        best: Mention | None = min(placed, key=lambda m: (-m.score, m.start, m.end), default=None)
        start, end = self._around(best.start, best.end) if best else self._around(0, 0)
        return self.stretch(Span(start=start, end=end), entity.score)

    def _around(self, start: int, end: int) -> tuple[int, int]:
        for sentence in self._sentences:
            if start < sentence.end:
                return min(sentence.start, start) if end > start else sentence.start, max(sentence.end, end)
        return 0, len(self._text)


def _stated(
    extraction: Extraction, quotes: _Quotes, nodes: Mapping[tuple[str, str], Node], schema: Schema, settings: Settings
) -> Iterator[tuple[Triple, Evidence]]:
    paper = paper_key(extraction.id)
    for entity in extraction.entities:
        node = nodes.get((extraction.id, entity.id))
        if node is None:
            continue
        item = quotes.mention(entity)
        yield (paper, "mentions", node[0]), item
        if entity.proposed:
            yield (paper, "proposes", node[0]), item
        if entity.focus and node[1] == "Task":
            yield (paper, "addresses", node[0]), item
    for relation in extraction.relations:
        head, tail = nodes.get((extraction.id, relation.head)), nodes.get((extraction.id, relation.tail))
        if head is None or tail is None or not _wanted(relation, settings):
            continue
        triple = fit_relation(schema, head, relation.type, tail)
        if triple is not None:
            yield triple, quotes.stretch(relation.evidence, relation.score, relation.status)


def _wanted(found: Relation | Result, settings: Settings) -> bool:
    return found.score >= settings.min_score and (settings.unasserted or found.status == "asserted")


def _results(
    extraction: Extraction, quotes: _Quotes, nodes: Mapping[tuple[str, str], Node], settings: Settings
) -> Iterator[ReportedResult]:
    for result in extraction.results:
        named = {slot: getattr(result, slot) for slot in SLOTS}
        found = {slot: nodes.get((extraction.id, entity)) for slot, entity in named.items() if entity is not None}
        slots = tuple(
            (slot, node[0]) for slot, node in found.items() if node is not None and node[1] == SLOT_TYPES[slot]
        )
        if not _wanted(result, settings) or not {"method", "dataset", "metric"} & {slot for slot, _ in slots}:
            continue
        item = quotes.stretch(result.evidence, result.score, result.status)
        place = str(item.start), str(item.end), result.value, result.unit or ""
        yield ReportedResult(
            id=result_key(extraction.id, *place, *(named[slot] or "" for slot in SLOTS)),
            paper=extraction.id,
            value=result.value,
            number=result.number,
            unit=result.unit,
            evidence=item,
            slots=slots,
        )
