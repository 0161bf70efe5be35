"""What the extractor promises of any text."""

from __future__ import annotations

from kg.model import STATUSES, Extraction
from kg.records import extraction_from_json, extraction_to_json
from kg.schema import load_schema


def check(record: Extraction, text: str) -> None:
    """Whatever the text, what is said of it is well formed, quotes it exactly, and goes to JSON and back."""
    schema = load_schema()
    types = {entity.id: entity.type for entity in record.entities}
    assert list(types) == [f"e{n}" for n in range(1, len(types) + 1)]
    taken: set[int] = set()
    for entity in record.entities:
        assert entity.type in schema.types
        assert entity.mentions
        for mention in entity.mentions:
            assert mention.text == text[mention.start : mention.end] != ""
            assert 0 <= mention.score <= 1
            assert not taken & set(range(mention.start, mention.end))
            taken |= set(range(mention.start, mention.end))
    for relation in record.relations:
        assert schema.permits(types[relation.head], relation.type, types[relation.tail])
        assert relation.head != relation.tail
        assert relation.status in STATUSES
        assert 0 <= relation.evidence.start < relation.evidence.end <= len(text)
    for result in record.results:
        assert result.value in text[result.evidence.start : result.evidence.end]
    assert extraction_from_json(extraction_to_json(record), text) == record
