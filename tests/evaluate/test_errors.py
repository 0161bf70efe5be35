"""Gold set against predicted, error by error."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kg.evaluate import compare, evaluate
from kg.evaluate.errors import KINDS, Marked
from kg.evaluate.page import page, pieces
from kg.model import Extraction
from kg.records import extraction_from_json

TEXT = "SLAM for image generation\nSLAM beats deep CNNs by 3.1 FID on MS COCO. Recall is 2."
GOLD: dict[str, Any] = {
    "id": "p",
    "entities": [
        {"id": "e1", "type": "Method", "mentions": ["SLAM"], "proposed": True},
        {"id": "e2", "type": "Task", "mentions": ["image generation"], "focus": True},
        {"id": "e3", "type": "Method", "mentions": ["CNNs"]},
        {"id": "e4", "type": "Metric", "mentions": ["FID"]},
        {"id": "e5", "type": "Dataset", "mentions": ["MS COCO"]},
    ],
    "relations": [["e1", "usedFor", "e2"], ["e1", "outperforms", "e3"], ["e1", "evaluatedOn", "e5"]],
    "results": [{"method": "e1", "metric": "e4", "value": "3.1"}],
}
PREDICTED: dict[str, Any] = {
    "id": "p",
    "entities": [
        {"id": "e1", "type": "Method", "mentions": ["SLAM"]},
        {"id": "e2", "type": "Method", "mentions": ["image generation"], "proposed": True},
        {"id": "e3", "type": "Method", "mentions": ["deep CNNs", "CNNs"]},
        {"id": "e4", "type": "Metric", "mentions": ["FID"]},
        {"id": "e6", "type": "Metric", "mentions": ["Recall"]},
    ],
    "relations": [["e3", "outperforms", "e1"], ["e1", "measuredBy", "e6"]],
    "results": [{"method": "e3", "metric": "e4", "value": "3.1"}],
}


def record(raw: dict[str, Any]) -> Extraction:
    return extraction_from_json(raw, TEXT)


def test_each_error_is_told_by_its_kind() -> None:
    found = compare(record(GOLD), record(PREDICTED), TEXT)
    gold = {(TEXT[m.start : m.end], m.kind, m.other) for m in found.gold}
    assert gold == {
        ("SLAM", "right", ""),
        ("image generation", "type", "Method"),
        ("CNNs", "boundary", "deep CNNs"),
        ("FID", "right", ""),
        ("MS COCO", "missed", ""),
    }
    assert [(TEXT[m.start : m.end], m.kind) for m in found.predicted if m.kind == "spurious"] == [
        ("Recall", "spurious")
    ]
    assert {(s.kind, *s.parts, s.other) for s in found.relations} == {
        ("direction", "deep CNNs", "outperforms", "SLAM", "SLAM outperforms CNNs"),
        ("spurious", "SLAM", "measuredBy", "Recall", ""),
        ("missed", "SLAM", "usedFor", "image generation", ""),
        ("missed", "SLAM", "evaluatedOn", "MS COCO", ""),
    }
    assert [(s.kind, s.other) for s in found.results] == [("slots", "method: SLAM · metric: FID")]
    assert {(s.kind, *s.parts) for s in found.flags} == {
        ("missed", "SLAM", "proposed"),
        ("missed", "image generation", "focus"),
        ("spurious", "image generation", "proposed"),
    }


def test_a_copy_of_gold_has_no_errors_and_an_empty_prediction_misses_all() -> None:
    same = compare(record(GOLD), record(GOLD), TEXT)
    assert set(same.counts) == {"right"}
    none = compare(record(GOLD), Extraction(id="p"), TEXT)
    assert set(none.counts) == {"missed"}
    assert none.counts["missed"] == same.counts["right"]
    assert none.predicted == ()


def test_counts_agree_with_the_scorer() -> None:
    found = compare(record(GOLD), record(PREDICTED), TEXT)
    figures = evaluate([record(GOLD)], {"p": record(PREDICTED)})
    assert sum(m.kind == "right" for m in found.gold) * 100 / len(found.gold) == figures["mentions"].r
    assert len(found.predicted) == figures["mentions"].pred
    assert sum(s.kind == "right" for s in found.relations) == 0 == figures["relations"].p


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=8))
def test_the_pieces_are_the_text(places: list[tuple[int, int]]) -> None:
    text = "abcdefghijklmnopqrstuvwxyz"
    marks = [Marked(start=start, end=start + size, type="Method", kind="right") for start, size in places]
    cut = pieces(text, marks)
    assert "".join(piece for piece, _, _ in cut) == text
    for mark in marks:
        assert any(piece and mark.start < end <= mark.end and over is not None for piece, end, over in cut)


def test_the_page_escapes_what_papers_say() -> None:
    text = '<script>alert(1)</script> & "q" \u202e'
    raw = {"id": "<b>", "entities": [{"id": "e1", "type": "Method", "mentions": ["script"]}]}
    found = compare(extraction_from_json(raw, text), Extraction(id="<b>"), text)
    html = page([found], {})
    assert "<script" not in html
    assert "&lt;</bdi>" not in html
    assert html == page([found], {})
    assert "missed" in html
    assert len(KINDS) == len(set(KINDS))
