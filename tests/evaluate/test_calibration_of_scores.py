"""How far scores are right: judged on records small enough to count by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.evaluate import calibration, evaluate, judge
from kg.evaluate.calibration import expected_error
from kg.model import Extraction
from kg.records import extraction_from_json

TEXT = "SLAM beats CNNs and MLPs by 3.1 FID on MS COCO."
GOLD: dict[str, Any] = {
    "id": "p",
    "entities": [
        {"id": "e1", "type": "Method", "mentions": ["SLAM"]},
        {"id": "e2", "type": "Method", "mentions": ["CNNs"]},
        {"id": "e3", "type": "Metric", "mentions": ["FID"]},
    ],
    "relations": [["e1", "comparedWith", "e2"], ["e1", "measuredBy", "e3"]],
    "results": [{"method": "e1", "metric": "e3", "value": "3.1"}],
}


def record(**changes: Any) -> Extraction:
    return extraction_from_json(GOLD | changes, TEXT)


def test_each_prediction_is_judged_as_the_scorer_does() -> None:
    relations = [
        {"head": "e2", "type": "comparedWith", "tail": "e1", "score": 0.9},  # symmetric: right
        {"head": "e1", "type": "comparedWith", "tail": "e2", "score": 0.8},  # once is enough
        {"head": "e3", "type": "measuredBy", "tail": "e1", "score": 0.7},
    ]
    result = {"method": "e1", "metric": "e3", "value": "3.1", "score": 0.4}
    judged = judge([record()], {"p": record(relations=relations, results=[result, result | {"value": "3.2"}])})
    assert judged["relation"] == [(0.9, True), (0.8, False), (0.7, False)]
    assert judged["relation.measuredBy"] == [(0.7, False)]
    assert judged["result"] == [(0.4, True), (0.4, False)]
    assert judged["entity"] == judged["mention"] == [(1.0, True)] * 3


def test_the_table_has_bins_shares_and_the_expected_error() -> None:
    table = calibration(
        {"relation": [(0.31, True), (0.39, False), (1.0, True)], "result": []}, measured_on="x", papers=2
    )
    assert table == json.loads(json.dumps(table))
    assert (table["measured_on"], table["papers"], list(table["kinds"])) == ("x", 2, ["relation"])
    kind = table["kinds"]["relation"]
    assert kind["bins"] == [[0.35, 0.5, 2], [1.0, 1.0, 1]]
    assert (kind["number"], kind["right"], kind["mean_score"], kind["ece"]) == (3, 0.6667, 0.5667, 0.1)


def test_nothing_predicted_gives_no_kinds() -> None:
    assert calibration(judge([record()], {}), measured_on="x", papers=1)["kinds"] == {}


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_the_expected_error_is_a_share_and_the_bins_hold_all(rows: list[tuple[float, bool]]) -> None:
    kind = calibration({"relation": rows}, measured_on="x", papers=1)["kinds"]["relation"]
    assert 0 <= kind["ece"] <= 1
    assert sum(number for _, _, number in kind["bins"]) == len(rows)
    assert [b[0] for b in kind["bins"]] == sorted(b[0] for b in kind["bins"])
    assert calibration({"relation": rows[::-1]}, measured_on="x", papers=1)["kinds"]["relation"] == kind


def test_perfect_scores_have_no_error() -> None:
    assert expected_error([(0.25, 0.25, 4), (1.0, 1.0, 9)]) == 0.0
    assert expected_error([]) == 0.0


def test_precision_of_the_scorer_is_the_share_that_is_right() -> None:
    relations = [{"head": "e1", "type": "measuredBy", "tail": t, "score": 0.5} for t in ("e3", "e2")]
    given = {"p": record(relations=relations)}
    rows = judge([record()], given)["relation"]
    assert evaluate([record()], given)["relations"].p == pytest.approx(
        100 * sum(right for _, right in rows) / len(rows)
    )
