"""Doc to record: what leaves this package."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from kg.extract.attributes import SPANS, VALUES, get_entities, get_relations, get_results
from kg.extract.values import parse_value
from kg.model import SLOTS, Extraction, Mention, PaperEntity, Relation, Result, Span


def to_record(doc: Doc, identifier: str, text: str | None = None) -> Extraction:
    """The annotations of `doc` as an Extraction; entity ids are e1, e2, ... in order of first mention.

    Strings are quoted from `text`, by default the Doc's own: it is as long, and may hold what spaCy cannot take.
    """
    text = doc.text if text is None else text
    mentions = doc.spans.get(SPANS, [])
    scores = getattr(mentions, "attrs", {}).get("scores") or [1.0] * len(mentions)
    entities = tuple(
        PaperEntity(
            id=f"e{number}",
            type=entity.type,
            mentions=tuple(
                Mention(start=m.start_char, end=m.end_char, text=text[m.start_char : m.end_char], score=scores[i])
                for i in entity.mentions
                for m in (mentions[i],)
            ),
            proposed=entity.proposed,
            focus=entity.focus,
            score=entity.score,
        )
        for number, entity in enumerate(get_entities(doc), start=1)
    )
    relations = tuple(
        Relation(
            head=entities[r.head].id,
            type=r.type,
            tail=entities[r.tail].id,
            score=r.score,
            evidence=Span(start=r.start, end=r.end),
            status=r.status,
        )
        for r in get_relations(doc)
    )
    results = _results(doc, text, [entity.id for entity in entities])
    return Extraction(id=identifier, entities=entities, relations=relations, results=results)


def _results(doc: Doc, text: str, ids: Sequence[str]) -> tuple[Result, ...]:
    results = []
    for found in get_results(doc):
        span = doc.spans[VALUES][found.value]
        value = text[span.start_char : span.end_char]
        number, unit = parse_value(value)
        slots = {slot: ids[index] for slot, index in found.slots if slot in SLOTS}
        evidence = Span(start=found.start, end=found.end)
        results.append(
            Result(
                value=value,
                number=number,
                unit=unit,
                score=found.score,
                evidence=evidence,
                status=found.status,
                **slots,
            )
        )
    return tuple(results)
