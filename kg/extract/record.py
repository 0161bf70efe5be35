"""Doc to record: what leaves this package."""

from __future__ import annotations

from spacy.tokens import Doc

from kg.extract.attributes import SPANS, VALUES, get_entities, get_relations, get_results
from kg.extract.values import parse_value
from kg.model import SLOTS, Extraction, Mention, PaperEntity, Relation, Result, Span


def to_record(doc: Doc, identifier: str) -> Extraction:
    """The annotations of `doc` as an Extraction; entity ids are e1, e2, ... in order of first mention."""
    mentions = doc.spans.get(SPANS, [])
    scores = getattr(mentions, "attrs", {}).get("scores") or [1.0] * len(mentions)
    entities = tuple(
        PaperEntity(
            id=f"e{number}",
            type=entity.type,
            mentions=tuple(
                Mention(start=mentions[i].start_char, end=mentions[i].end_char, text=mentions[i].text, score=scores[i])
                for i in entity.mentions
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
        )
        for r in get_relations(doc)
    )
    results = []
    for found in get_results(doc):
        value = doc.spans[VALUES][found.value].text
        number, unit = parse_value(value)
        slots = {slot: entities[index].id for slot, index in found.slots if slot in SLOTS}
        evidence = Span(start=found.start, end=found.end)
        results.append(Result(value=value, number=number, unit=unit, score=found.score, evidence=evidence, **slots))
    return Extraction(id=identifier, entities=entities, relations=relations, results=tuple(results))
