"""Corrections of a person applied to what was linked: entities first, in the order of ACTIONS, then facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from kg.link.cluster import Cluster
from kg.link.curation import ACTIONS, Curation, Row
from kg.link.drafts import Drafts, UnfitError
from kg.link.facts import score_of
from kg.model import Evidence, Fact, Paper, Rejection
from kg.schema import Schema
from kg.sentences import sentence_spans


def correct_clusters(clusters: Sequence[Cluster], curation: Curation) -> tuple[list[Cluster], list[Rejection]]:
    """The corrected clusters, and the rows that do not fit: unknown or ambiguous names, conflicts, no effect.

    Rows are applied action by action (merge, split, retype, rename, reject), each action in the order of the file.
    """
    rows = [row for row in _in_order(curation) if row.action != "assert" and not row.relation]
    if not rows:
        return list(clusters), []
    drafts = Drafts(clusters, curation)
    problems: list[Rejection] = []
    for row in rows:
        try:
            drafts.apply(row, curation.source)
        except UnfitError as error:
            problems.append(_problem(row, error, curation))
    return drafts.finished(), problems


def correct_facts(
    facts: Sequence[Fact],
    clusters: Sequence[Cluster],
    papers: Mapping[str, Paper],
    curation: Curation,
    schema: Schema,
) -> tuple[tuple[Fact, ...], list[Rejection]]:
    """The facts without those rejected and with those asserted, sorted by triple, and the rows that do not fit."""
    rows = [row for row in _in_order(curation) if row.relation]
    if not rows:
        return tuple(facts), []
    drafts = Drafts(clusters, curation)
    known = {(fact.head, fact.relation, fact.tail): fact for fact in facts}
    problems: list[Rejection] = []
    for row in rows:
        try:
            triple, names = _triple(drafts, row, schema)
            if row.action == "assert":
                item = evidence_of(row, names, papers)
                known[triple] = _with(triple, known.get(triple), item)
            elif triple in known:
                _take_away(known, triple, row.paper)
            else:
                raise UnfitError(f"no such fact: {row.entity} {row.relation} {row.value}")
        except UnfitError as error:
            problems.append(_problem(row, error, curation))
    return tuple(known[triple] for triple in sorted(known)), problems


def _in_order(curation: Curation) -> list[Row]:
    return sorted(curation.rows, key=lambda row: ACTIONS.index(row.action))


def _problem(row: Row, error: UnfitError, curation: Curation) -> Rejection:
    kind: Literal["conflict", "bad"] = "conflict" if error.conflict else "bad"
    return Rejection(source=curation.source, line=row.line, reason=str(error), kind=kind)


def _triple(drafts: Drafts, row: Row, schema: Schema) -> tuple[tuple[str, str, str], list[list[str]]]:
    """The keys of a fact, ordered where the relation is symmetric, and the forms of its ends."""
    ends = []
    for name in (row.entity, row.value):
        _, head = drafts.find(name)
        ends.append((head.key, drafts.whole(head)))
    if not schema.permits(ends[0][1].type, row.relation, ends[1][1].type):
        raise UnfitError(f"{row.relation} may not join {ends[0][1].type} and {ends[1][1].type}")
    if ends[0][0] == ends[1][0]:
        raise UnfitError(f"{row.entity} and {row.value} are one entity")
    forms = [[*end[1].names, *sorted(end[1].short_forms)] for end in ends]
    if schema.relations[row.relation].symmetric:
        ends.sort(key=lambda end: end[0])
    return (ends[0][0], row.relation, ends[1][0]), forms


def evidence_of(row: Row, names: Sequence[Sequence[str]], papers: Mapping[str, Paper]) -> Evidence:
    """Where the paper states the fact: the quote of the row, or the first sentence that names both ends.

    `names` are the forms of each end. Raises UnfitError where there is no such paper, quote or sentence.
    """
    paper = papers.get(row.paper)
    if paper is None:
        raise UnfitError(f"no paper has the id {row.paper!r}")
    text = paper.text
    if row.quote:
        # A row has single spaces where the text may break a line.
        found = re.search(r"\s+".join(map(re.escape, row.quote.split())), text)
        if found is None:
            raise UnfitError(f"the quote does not stand in paper {row.paper}")
        return Evidence(paper=paper.id, start=found.start(), end=found.end(), quote=found[0], score=1.0)
    heads, tails = names
    for span in sentence_spans(text):
        quote = text[span.start : span.end]
        if any(name in quote for name in heads) and any(name in quote for name in tails):
            return Evidence(paper=paper.id, start=span.start, end=span.end, quote=quote, score=1.0)
    raise UnfitError(f"no sentence of paper {row.paper} names both {row.entity} and {row.value}; give the quote")


def _with(triple: tuple[str, str, str], fact: Fact | None, item: Evidence) -> Fact:
    """The fact with the evidence, which takes the place of what was read in the same stretch."""
    place = item.paper, item.start, item.end
    others = [other for other in (fact.evidence if fact else ()) if (other.paper, other.start, other.end) != place]
    evidence = tuple(sorted((*others, item)))
    head, relation, tail = triple
    return Fact(head=head, relation=relation, tail=tail, evidence=evidence, score=score_of(evidence))


def _take_away(known: dict[tuple[str, str, str], Fact], triple: tuple[str, str, str], paper: str) -> None:
    fact = known[triple]
    kept = tuple(item for item in fact.evidence if paper and item.paper != paper)
    if len(kept) == len(fact.evidence):
        raise UnfitError(f"paper {paper} does not state that fact")
    if kept:
        known[triple] = replace(fact, evidence=kept, score=score_of(kept))
    else:
        del known[triple]
