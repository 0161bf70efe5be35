"""Records to JSON and back, and the annotation format with its mentions by string."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ReadError
from kg.model import Extraction, Mention, Paper, PaperEntity, Relation, Result, Span
from kg.records import extraction_from_json, extraction_to_json, paper_from_json, paper_to_json, place_strings

RECORD = {
    "id": "p1",
    "entities": [
        {
            "id": "e1",
            "type": "Method",
            "mentions": [{"start": 0, "end": 4, "text": "SLAM", "score": 0.98}],
            "proposed": True,
            "focus": False,
            "score": 0.99,
        },
        {
            "id": "e2",
            "type": "Metric",
            "mentions": [{"start": 13, "end": 16, "text": "FID", "score": 0.5}],
            "proposed": False,
            "focus": False,
            "score": 0.9,
        },
    ],
    "relations": [
        {"head": "e1", "type": "measuredBy", "tail": "e2", "score": 0.9, "evidence": {"start": 0, "end": 17}}
    ],
    "results": [
        {
            "method": "e1",
            "task": None,
            "dataset": None,
            "metric": "e2",
            "value": "80%",
            "number": 80.0,
            "unit": "percent",
            "baseline": None,
            "score": 0.8,
            "evidence": {"start": 0, "end": 17},
        }
    ],
}
TEXT = "SLAM lowers\nFID."


def annotation(**changes: Any) -> dict[str, Any]:
    return {"id": "p", "entities": [{"id": "e1", "type": "Method", "mentions": ["SLAM"]}], "relations": []} | changes


def test_the_documented_record_survives_the_round_trip_byte_for_byte() -> None:
    assert json.dumps(extraction_to_json(extraction_from_json(RECORD))) == json.dumps(RECORD)


def test_strings_are_placed_longest_first_at_every_occurrence() -> None:
    record = annotation(
        entities=[
            {"id": "e1", "type": "Method", "mentions": ["SLAM", "gone"]},
            {"id": "e2", "type": "Task", "mentions": ["visual SLAM"], "focus": True},
        ],
        relations=[["e1", "usedFor", "e2"]],
    )
    text = "SLAM, SLAMs and visual SLAM"
    extraction = extraction_from_json(record, text)
    assert extraction.entities == (
        PaperEntity(
            id="e1",
            type="Method",
            mentions=(
                Mention(start=0, end=0, text="gone", score=1.0),
                Mention(start=0, end=4, text="SLAM", score=1.0),
            ),
        ),
        PaperEntity(
            id="e2", type="Task", mentions=(Mention(start=16, end=27, text="visual SLAM", score=1.0),), focus=True
        ),
    )
    assert extraction.relations == (
        Relation(head="e1", type="usedFor", tail="e2", score=1.0, evidence=Span(start=0, end=len(text))),
    )


def test_without_a_text_strings_stay_unplaced() -> None:
    (entity,) = extraction_from_json(annotation()).entities
    assert entity.mentions == (Mention(start=0, end=0, text="SLAM", score=1.0),)


def test_a_result_without_number_or_unit_is_an_annotation() -> None:
    record = annotation(results=[{"method": "e1", "value": "80%", "metric": None}])
    assert extraction_from_json(record).results == (
        Result(value="80%", number=None, unit=None, score=1.0, evidence=Span(start=0, end=0), method="e1"),
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 3}, "extraction: id must be a non-empty string, not 3"),
        ({"entities": "e1"}, "entities must be a list, not str"),
        ({"entities": ["e1"]}, r"entities\[0\]: expected an object, not str"),
        ({"entities": [{"id": "e1", "type": "Method", "mentions": [""]}]}, r"mentions\[0\]: expected an object"),
        ({"entities": [{"id": "e1", "type": "Method"}] * 2}, "two entities have the same id"),
        (
            {"entities": [{"id": "e1", "type": "M", "mentions": [{"start": 0, "end": 99}]}]},
            "0 <= start <= end <= 16, not 0 and 99",
        ),
        (
            {"entities": [{"id": "e1", "type": "M", "mentions": [{"start": 0, "end": 4, "text": "SPAM"}]}]},
            "'SPAM' does not stand at 0 to 4",
        ),
        ({"relations": [["e1", "usedFor", "e9"]]}, r"relations\[0\]: tail 'e9' is the id of no entity"),
        ({"relations": [["e1", "usedFor", None]]}, "tail is missing"),
        ({"relations": [{"head": ["e1"], "type": "usedFor", "tail": "e1"}]}, "head .* is the id of no entity"),
        ({"relations": [{"head": "e1", "type": "x", "tail": "e1", "score": float("nan")}]}, "from 0 to 1, not nan"),
        (
            {"relations": [{"head": "e1", "type": "x", "tail": "e1", "evidence": {"start": 3, "end": 1}}]},
            "not 3 and 1",
        ),
        ({"results": [{"value": "1", "number": 10**400}]}, "finite number or null"),
        ({"results": [{"value": "1", "number": True}]}, "finite number or null"),
        ({"entities": [{"id": "e1", "type": "M", "proposed": 1}]}, "proposed must be true or false, not 1"),
    ],
)
def test_a_malformed_record_is_refused_with_its_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        extraction_from_json(annotation(**change), TEXT, source="x.jsonl", line=7)
    assert (caught.value.source, caught.value.line) == ("x.jsonl", 7)


def test_papers_survive_the_round_trip_and_empty_fields_are_left_out() -> None:
    full = Paper(
        id="a", title="T", abstract="", authors=("A", "B"), year=2020, venue="V", doi="10.1/x", arxiv="1", url="u"
    )
    assert paper_from_json(paper_to_json(full)) == full
    assert paper_to_json(Paper(id="a", title="", abstract="x")) == {"id": "a", "title": "", "abstract": "x"}


@pytest.mark.parametrize("record", [None, [], {}, {"id": ""}, {"id": "a", "year": "2020"}, {"id": "a", "authors": [1]}])
def test_a_malformed_paper_is_refused(record: object) -> None:
    with pytest.raises(ReadError):
        paper_from_json(record)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "entities", "mentions", "relations", "start", "end", "score"]), inner
        )
    ),
    max_leaves=10,
)


@given(json_values, st.none() | st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_json_gives_an_extraction_or_a_read_error(value: object, text: str | None) -> None:
    for record in (value, annotation(entities=value), annotation(relations=value), annotation(results=value)):
        try:
            extraction = extraction_from_json(record, text)
        except ReadError:
            continue
        assert isinstance(extraction, Extraction)
        assert extraction_from_json(extraction_to_json(extraction), text) == extraction


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf8").splitlines()


def test_places_agree_with_the_published_scorer() -> None:
    gold = Path(__file__).parents[2] / "shared" / "gold"
    if not gold.is_dir():
        pytest.skip("the gold annotation is not beside the project")
    papers = {r["id"]: r for r in map(json.loads, _lines(gold / "train.papers.jsonl"))}
    scope: dict[str, Any] = {"__name__": "score"}
    exec(compile((gold / "score.py").read_text(encoding="utf8"), "score.py", "exec"), scope)  # noqa: S102
    for record in map(json.loads, _lines(gold / "train.jsonl")[:200]):
        text = scope["text_of"](papers[record["id"]])
        wanted = scope["spans_of"](text, record["entities"])
        found = extraction_from_json(record, text).entities
        assert [{(m.start, m.end) for m in e.mentions if m.end} for e in found] == wanted


def test_equal_strings_go_to_the_first_owner() -> None:
    assert place_strings("ab ab", [("ab", 1), ("ab", 0)]) == [(0, 2, 0), (3, 5, 0)]
