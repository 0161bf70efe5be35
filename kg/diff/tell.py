"""A difference as JSON values, the same for scripts, tables and the page."""

from __future__ import annotations

from typing import Any

from kg.diff.compare import Difference
from kg.diff.sides import EntityInfo, FactInfo, PaperInfo, Quote, Side, Triple


def as_json(found: Difference) -> dict[str, Any]:
    """Everything that changed, as JSON values in a fixed order.

    An entity is its `key`, `kind`, `label` and number of `papers`; a fact its ends, relation, support, score and
    quotes, each with the title, year and address of its paper.
    """
    old, new = found.old, found.new
    return {
        "old": old.name,
        "new": new.name,
        "same": found.same,
        "counts": found.counts(),
        "papers": {
            "added": [_paper(paper) for paper in found.papers_added],
            "removed": [_paper(paper) for paper in found.papers_removed],
            "changed": [_paper(paper) for paper in found.papers_changed],
        },
        "entities": {
            "added": [_entity(entity) for entity in found.added],
            "removed": [_entity(entity) for entity in found.removed],
            "renamed": [{"before": _entity(a), "after": _entity(b)} for a, b in found.renamed],
            "merged": [{"from": [*map(_entity, a)], "into": _entity(b)} for a, b in found.merged],
            "split": [{"from": _entity(a), "into": [*map(_entity, b)]} for a, b in found.split],
            "grown": [_grown(a, b) for a, b in found.grown],
        },
        "facts": {
            "added": [_fact(new, triple) for triple in found.facts_added],
            "removed": [_fact(old, triple) for triple in found.facts_removed],
            "changed": [
                _fact(new, after, known=old.facts[before])
                | {"support_before": old.facts[before].support, "score_before": old.facts[before].score}
                for before, after in found.facts_changed
            ],
        },
        "results": {
            "added": [_result(new, key) for key in found.results_added],
            "removed": [_result(old, key) for key in found.results_removed],
        },
    }


def _paper(paper: PaperInfo) -> dict[str, Any]:
    return {"id": paper.id, "title": paper.title, "year": paper.year, "url": paper.url}


def _entity(entity: EntityInfo) -> dict[str, Any]:
    return {"key": entity.key, "kind": entity.kind, "label": entity.label, "papers": len(entity.papers)}


def _grown(before: EntityInfo, after: EntityInfo) -> dict[str, Any]:
    names = sorted(set(after.names) - set(before.names))
    return _entity(after) | {"papers_before": len(before.papers), "names_added": names}


def _end(side: Side, key: str) -> dict[str, Any]:
    entity = side.entities[key]
    return {"key": key, "kind": entity.kind, "label": entity.label}


def _fact(side: Side, triple: Triple, known: FactInfo | None = None) -> dict[str, Any]:
    """The fact with its quotes, those that are not `known` first."""
    head, relation, tail = triple
    fact = side.facts[triple]
    before = set(known.quotes) if known else set()
    paper = side.papers[fact.quotes[0].paper]  # of a fact whose head is a paper, the only one
    start = {"key": head, "kind": "Paper", "label": paper.title} if head == paper.key else _end(side, head)
    quotes = sorted(fact.quotes, key=lambda quote: (quote in before, quote))
    return {
        "head": start,
        "relation": relation,
        "tail": _end(side, tail),
        "support": fact.support,
        "score": fact.score,
        "evidence": [_quote(side, quote) for quote in quotes],
    }


def _result(side: Side, key: str) -> dict[str, Any]:
    result = side.results[key]
    slots = {slot: _end(side, other) for slot, other in result.slots}
    quotes = [_quote(side, quote) for quote in result.quotes]
    return {"key": key, "label": result.label, "value": result.value, "slots": slots, "evidence": quotes}


def _quote(side: Side, quote: Quote) -> dict[str, Any]:
    paper = side.papers[quote.paper]
    return {"quote": quote.text, "paper": paper.id, "title": paper.title, "year": paper.year, "url": paper.url}
