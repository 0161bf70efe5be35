"""The scorer: its definitions on small records, and agreement with the reference scorer figure by figure."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.evaluate import evaluate, match_entities, score_paper
from kg.model import Extraction, Paper
from kg.records import extraction_from_json, place_strings

SHARED = Path(__file__).parents[2] / "shared"
TEXT = "SLAM: image generation with CNNs\nWe present SLAM. It beats CNNs by 3.1 FID on MS COCO."
GOLD: dict[str, Any] = {
    "id": "p",
    "entities": [
        {"id": "e1", "type": "Method", "mentions": ["SLAM"], "proposed": True},
        {"id": "e2", "type": "Task", "mentions": ["image generation"], "focus": True},
        {"id": "e3", "type": "Method", "mentions": ["CNNs"]},
        {"id": "e4", "type": "Metric", "mentions": ["FID"]},
        {"id": "e5", "type": "Dataset", "mentions": ["MS COCO"]},
    ],
    "relations": [["e1", "usedFor", "e2"], ["e1", "comparedWith", "e3"], ["e1", "evaluatedOn", "e5"]],
    "results": [{"method": "e1", "dataset": "e5", "metric": "e4", "value": "3.1"}],
}


def extraction(**changes: Any) -> Extraction:
    return extraction_from_json(GOLD | changes, TEXT)


def test_a_copy_of_gold_scores_a_hundred() -> None:
    figures = evaluate([extraction()], {"p": extraction()})
    assert {f.f1 for name, f in figures.items()} == {100.0}
    assert figures["mentions"].gold == 7
    assert next(iter(figures)) == "mentions"
    assert {"mentions.Task", "entities.Dataset", "relations.usedFor", "results_value", "proposed", "focus"} <= set(
        figures
    )


def test_a_missing_prediction_is_an_empty_one() -> None:
    figures = evaluate([extraction()], {})
    assert {(f.f1, f.pred, f.low, f.high) for f in figures.values()} == {(0.0, 0, 0.0, 0.0)}


def test_nothing_to_score_gives_no_figures() -> None:
    assert evaluate([], {"p": extraction()}) == {}


def test_symmetric_relations_match_either_way_and_others_only_without_direction() -> None:
    turned = [["e2", "usedFor", "e1"], ["e3", "comparedWith", "e1"], ["e1", "evaluatedOn", "e5"]]
    counts = score_paper(extraction(), extraction(relations=turned))
    assert counts["relations"] == (2, 3, 3)
    assert counts["relations_any"] == (3, 3, 3)


def test_relations_whose_ends_were_not_found_count_as_predicted() -> None:
    without = [e for e in GOLD["entities"] if e["id"] != "e3"]
    stray = [*without, {"id": "e3", "type": "Method", "mentions": ["beats"]}]
    twice = [["e1", "comparedWith", "e3"], ["e1", "outperforms", "e3"]]
    assert score_paper(extraction(), extraction(entities=stray, relations=twice))["relations"] == (0, 3, 2)


def test_entities_match_by_folded_form_and_type_the_best_pair_first() -> None:
    gold = extraction(entities=[{"id": "a", "type": "Method", "mentions": ["CNNs", "SLAM"]}], relations=[], results=[])
    predicted = extraction(
        entities=[
            {"id": "x", "type": "Method", "mentions": ["cnn"]},
            {"id": "y", "type": "Method", "mentions": ["CNNs", "SLAM"]},
            {"id": "z", "type": "Task", "mentions": ["CNNs", "SLAM"]},
        ],
        relations=[],
        results=[],
    )
    assert match_entities(gold.entities, predicted.entities) == {"y": "a"}


@pytest.mark.parametrize(
    ("change", "full", "loose"),
    [({}, 1, 1), ({"dataset": None}, 0, 1), ({"metric": None}, 0, 0), ({"value": "3.2"}, 0, 0), ({"task": "e2"}, 1, 1)],
)
def test_results_need_every_slot_that_gold_fills(change: dict[str, Any], full: int, loose: int) -> None:
    counts = score_paper(extraction(), extraction(results=[GOLD["results"][0] | change]))
    assert counts["results"] == (full, 1, 1)
    assert counts["results_value"] == (loose, 1, 1)


def test_intervals_hold_the_figure_and_do_not_change_between_runs() -> None:
    gold = [extraction(id=f"p{n}") for n in range(20)]
    predicted = {g.id: extraction(id=g.id, relations=GOLD["relations"][: n % 4]) for n, g in enumerate(gold)}
    figure = evaluate(gold, predicted)["relations"]
    assert figure == evaluate(gold, predicted)["relations"]
    assert 40 < figure.low < figure.f1 < figure.high < 90


def corrupt(record: dict[str, Any], paper: Paper, chance: random.Random) -> dict[str, Any]:
    """The annotation with entities lost, retyped and split, offsets for strings, and relations and results garbled."""
    entities = [dict(e, mentions=list(e["mentions"])) for e in record["entities"] if chance.random() > 0.15]
    for entity in entities:
        if chance.random() < 0.1:
            entity["type"] = chance.choice(["Method", "Task", "Dataset", "Metric"])
        if chance.random() < 0.2:
            entity["mentions"] = entity["mentions"][:1]
        if chance.random() < 0.3:
            places = place_strings(paper.text, [(m, 0) for m in entity["mentions"]])
            entity["mentions"] = [{"start": s, "end": e, "text": paper.text[s:e]} for s, e, _ in places]
        entity["proposed"], entity["focus"] = chance.random() < 0.3, chance.random() < 0.3
    known = [e["id"] for e in entities]
    relations = [r for r in record["relations"] if {r[0], r[2]} <= set(known)]
    relations = [[h, chance.choice([r, r, "comparedWith"]), t][:: chance.choice([1, 1, -1])] for h, r, t in relations]
    results = [
        {k: v if k == "value" or v in known else chance.choice([None, *known]) for k, v in r.items()}
        for r in record["results"]
    ]
    return {"id": record["id"], "entities": entities, "relations": relations, "results": results}


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line]


@pytest.mark.skipif(not (SHARED / "gold" / "score.py").exists(), reason="the reference scorer is not at ../shared/gold")
@pytest.mark.parametrize("seed", [1, 2])
def test_agrees_with_the_reference_scorer_figure_by_figure(tmp_path: Path, seed: int) -> None:
    papers, gold = SHARED / "corpus" / "papers.jsonl", SHARED / "gold" / "dev.jsonl"
    by_id = {p["id"]: Paper(id=p["id"], title=p["title"], abstract=p["abstract"]) for p in read(papers)}
    chance = random.Random(seed)
    records = [corrupt(g, by_id[g["id"]], chance) for g in read(gold) if chance.random() > 0.1]
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf8")
    command = [sys.executable, SHARED / "gold" / "score.py", papers, gold, predicted, "--json"]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = evaluate(
        [extraction_from_json(g, by_id[g["id"]].text) for g in read(gold)],
        {r["id"]: extraction_from_json(r, by_id[r["id"]].text) for r in records},
    )
    assert {n: {k: getattr(f, k) for k in ("p", "r", "f1", "gold", "pred")} for n, f in ours.items()} == theirs
    assert 0 < ours["results"].f1 < 100
