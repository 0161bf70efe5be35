"""The sample corpus: its annotations fit its texts, and the records of the tests say the same as the annotations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kg.model import SLOTS, Extraction
from kg.read import read_papers
from kg.records import extraction_from_json
from kg.schema import load_schema

ROOT = Path(__file__).parents[2]
PAPERS = {paper.id: paper for paper in read_papers(ROOT / "examples" / "papers.jsonl")}


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]


GOLD = lines(ROOT / "examples" / "gold.jsonl")


def said(record: Any) -> tuple[Any, ...]:
    """What an extraction says, without offsets, scores and evidence."""
    found: Extraction = extraction_from_json(record, PAPERS[record["id"]].text)
    entities = [(e.id, e.type, {m.text for m in e.mentions}, e.proposed, e.focus) for e in found.entities]
    relations = {(r.head, r.type, r.tail) for r in found.relations}
    results = [(r.value, *(getattr(r, slot) for slot in SLOTS)) for r in found.results]
    return found.id, entities, relations, sorted(results, key=str)


def test_every_paper_is_annotated_once() -> None:
    assert [record["id"] for record in GOLD] == list(PAPERS)
    assert all(80 <= len(paper.abstract.split()) <= 170 for paper in PAPERS.values())


def test_the_records_of_the_tests_say_what_the_annotations_say() -> None:
    records = lines(ROOT / "tests" / "golden" / "sample.jsonl")
    assert [said(record) for record in records] == [said(record) for record in GOLD]


def test_the_annotations_fit_their_texts_and_the_schema() -> None:
    schema = load_schema()
    for record in GOLD:
        text = PAPERS[record["id"]].text
        strings = [mention for entity in record["entities"] for mention in entity["mentions"]]
        assert len(strings) == len(set(strings)), f"{record['id']}: a string names two entities"
        assert all(mention in text for mention in strings)
        assert all(result["value"] in text for result in record["results"])
        kinds = {entity["id"]: entity["type"] for entity in record["entities"]}
        for head, relation, tail in record["relations"]:
            assert schema.permits(kinds[head], relation, kinds[tail]), (record["id"], head, relation, tail)
