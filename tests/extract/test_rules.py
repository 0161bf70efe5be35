"""The pure rules of extraction, without a model."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.calibration import Calibration
from kg.extract.coreference import names_apart
from kg.extract.features import candidate_spans, form_features
from kg.extract.mentions import BILOU, choose, pool, span_odds
from kg.extract.relations import CHUNK, Scored, chunks, decide
from kg.extract.slots import FEATURES, Scene, fill_slots, options
from kg.extract.values import parse_value
from kg.schema import load_schema


@given(st.integers(min_value=1, max_value=4), st.data())
def test_the_chosen_spans_are_the_best_set(count: int, data: st.DataObject) -> None:
    sentence = np.zeros(count, dtype=np.int64)
    spans = candidate_spans(sentence)
    odds = np.array(data.draw(st.lists(st.integers(-5, 5), min_size=len(spans), max_size=len(spans))), dtype=np.float32)
    chosen = choose(odds[:, None], spans, sentence, 0.0)
    total = sum(float(f.odds[0]) for f in chosen)
    assert all(a.span[1] < b.span[0] for a, b in itertools.pairwise(chosen))
    best = 0.0
    for subset in itertools.chain.from_iterable(itertools.combinations(range(len(spans)), n) for n in range(count + 1)):
        words = [w for i in subset for w in range(spans[i, 0], spans[i, 1] + 1)]
        if len(words) == len(set(words)):
            best = max(best, float(odds[list(subset)].sum()) if subset else 0.0)
    assert total == pytest.approx(best)


def test_occurrences_of_a_string_draw_together() -> None:
    odds = np.array([[4.0, 0.0], [-2.0, 1.0], [-3.0, -3.0]], dtype=np.float32)
    pooled = pool(odds, ["GAN", "GAN", "the"], [True, True])
    assert pooled[:2, 0].tolist() == [2.5, -0.5]
    assert pooled[:2, 1].tolist() == [0.25, 0.75]
    assert pooled[2].tolist() == odds[2].tolist()
    assert pool(odds, ["GAN", "GAN", "the"], [False, False]).tolist() == odds.tolist()


def test_the_tagger_adds_its_path_to_the_span() -> None:
    spans = np.array([[0, 0], [0, 2]])
    scores = np.zeros((2, 2), dtype=np.float32)
    tags = np.zeros((3, BILOU + 1), dtype=np.float32)
    tags[0, 1], tags[1, 2], tags[2, 3], tags[0, 4] = 2.0, 4.0, 8.0, 16.0
    assert span_odds(scores, tags, spans)[:, 0].tolist() == [8.0, 7.0]


def test_scores_rise_with_the_odds_and_are_rounded() -> None:
    calibration = Calibration({"mention": (0.5, 0.1)})
    scores = [calibration.probability("mention", odds) for odds in (-50.0, -1.0, 0.0, 1.0, 50.0)]
    assert scores == sorted(scores)
    assert scores[2] == 0.525
    assert all(0 <= s <= 1 for s in scores)


def test_long_texts_are_cut_at_sentences() -> None:
    sentence = np.repeat(np.arange(30), 40)
    pieces = chunks(sentence)
    assert pieces[0][0] == 0
    assert pieces[-1][1] == len(sentence)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(pieces))
    assert all(stop - start <= CHUNK and start % 40 == 0 for start, stop in pieces)
    assert chunks(np.zeros(CHUNK + 100, dtype=np.int64)) == [(0, CHUNK + 100)]
    assert chunks(np.zeros(0, dtype=np.int64)) == []


def _scored(rows: list[tuple[int, int, list[float]]]) -> Scored:
    probabilities = np.array([[1 - sum(p), *p] for _, _, p in rows], dtype=np.float32)
    return Scored(
        entities=(0, 1),
        flags=np.zeros((2, 2), dtype=np.float32),
        head=np.array([a for a, _, _ in rows]),
        tail=np.array([b for _, b, _ in rows]),
        relations=np.log(np.maximum(probabilities, 1e-9)),
        near=tuple(((0, 0), (1, 1)) for _ in rows),
    )


def test_relations_need_their_threshold_and_the_schema() -> None:
    schema, names = load_schema(), ["usedFor", "comparedWith"]
    thresholds = np.array([0.5, 0.3], dtype=np.float32)
    rows = _scored([(0, 1, [0.6, 0.35]), (1, 0, [0.4, 0.55])])

    def links(*types: str) -> list[tuple[int, str, int, float]]:
        found = decide(rows, types, names, thresholds, schema.permits, frozenset({"comparedWith"}))
        return [(link.head, link.relation, link.tail, round(link.probability, 2)) for link in found]

    assert links("Method", "Task") == [(0, "usedFor", 1, 0.6)]
    assert links("Task", "Metric") == []
    assert links("Method", "Method") == [(0, "comparedWith", 1, 0.55), (0, "usedFor", 1, 0.6)]


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [
        ("80%", 80.0, "percent"),
        ("+2.66\\%", 2.66, "percent"),
        ("1.2{\\%}", 1.2, "percent"),
        (".09", 0.09, None),
        ("−3.5", -3.5, None),
        ("3,000", 3000.0, None),
        ("50x", 50.0, "times"),
        ("11.4 times", 11.4, "times"),
        ("7 points", 7.0, "points"),
        ("1.2xsim3.3x", None, "times"),
        ("10-20%", None, "percent"),
        ("0.12 s", 0.12, "s"),
        ("2.69M", 2690000.0, None),
        ("1e-3", 0.001, None),
        ("1e999", None, None),
        ("E0", 0.0, None),
        ("6 A100 GPU days", 6.0, "A100 GPU days"),
        ("44 ug/m^3", 44.0, "ug/m^3"),
        ("6.16m/s", 6.16, "m/s"),
        ("order of magnitude", None, None),
        ("$3.9\\times$", 3.9, "times"),
        ("400${\\times}$", 400.0, "times"),
        ("$\\sim 5\\times$", 5.0, "times"),
        ("\\textbf{5.3}\\%", 5.3, "percent"),
        ("5\\,\\%", 5.0, "percent"),
        ("70+%", 70.0, "percent"),
        ("> 98\\%", 98.0, "percent"),
        ("–1.1%", -1.1, "percent"),
        ("92.3 ± 0.4%", 92.3, "percent"),
        ("43, 572", 43572.0, None),
        ("×2.5", 2.5, "times"),
        ("factor of 8", 8.0, "times"),
        ("10-fold", 10.0, "times"),
        ("3 orders of magnitude", 3.0, "orders of magnitude"),
        ("$15", 15.0, "USD"),
        ("2.04M USD", 2040000.0, "USD"),
        ("$10^{-3}$", 0.001, None),
        ("2.5 \\times 10^{6}", 2500000.0, None),
        ("O(k^{-1/4})", None, None),
        ("\\mathcal{O}(1/T)", None, None),
        ("16 out of 18", None, None),
        ("112/112", None, None),
        ("from 65% to 80%", None, "percent"),
        ("65\\% $\\to$ 80\\%", None, "percent"),
        ("65% → 80%", None, "percent"),
        ("1.2x to 3.3x", None, "times"),
        ("$2.16\\times$$\\sim$$2.62\\times$", None, "times"),
        ("3x-10x", None, "times"),
        ("20\\%-40\\%", None, "percent"),
        ("85∼95%", None, "percent"),
        (".78 to .95", None, None),
        ("between 24 and 47 percentage points", None, "points"),
    ],
)
def test_values_are_read_as_numbers(value: str, number: float | None, unit: str | None) -> None:
    assert parse_value(value) == (number, unit)


@given(st.text(max_size=60) | st.text(alphabet="0123456789.,eE+-−%x ", max_size=20))
def test_any_string_can_be_asked_for_its_number(text: str) -> None:
    number, unit = parse_value(text)
    assert number is None or math.isfinite(number)
    assert unit is None or unit


def _scene(text: str, entities: dict[str, str], values: str, proposed: str = "") -> Scene:
    """Words of `text` by spaces, sentences by full stops; `entities` (word: type) and `values` name single words."""
    words = text.split()
    ends = np.array([0, *(word == "." for word in words[:-1])])
    return Scene(
        words=words,
        sentence=np.cumsum(ends),
        title_words=0,
        entities=[[(n, n) for n, word in enumerate(words) if word == name] for name in entities],
        types=list(entities.values()),
        flags=[(name == proposed, False) for name in entities],
        values=[(n, n) for n, word in enumerate(words) if word in values.split()],
    )


def test_slots_take_the_likeliest_entity_of_their_type() -> None:
    odds = np.array(
        [[2.0, 9.0, 9.0, 9.0, 1.0], [3.0, 9.0, 9.0, 9.0, 0.5], [9.0, 9.0, 9.0, -1.0, 9.0]], dtype=np.float32
    )
    methods = _scene("a b c 5", {"a": "Method", "b": "Method", "c": "Metric"}, "5")
    assert fill_slots(odds, methods, 0, {}) == {"method": 1, "baseline": 0}
    kinds = _scene("a b c 5", {"a": "Dataset", "b": "Task", "c": "Metric"}, "5")
    assert fill_slots(odds, kinds, 0, {}) == {"task": 1, "dataset": 0}


def test_where_entities_stand_is_added_to_what_the_network_says() -> None:
    scene = _scene("Plover gains 5 on Heron and 7 on Egret .", {"Heron": "Dataset", "Egret": "Dataset"}, "5 7")
    odds = np.ones((2, 5), dtype=np.float32)
    odds[:, 2] = (0.5, 0.0)
    assert [fill_slots(odds, scene, v, {})["dataset"] for v in (0, 1)] == [0, 0]
    weights = {"dataset": {"same rank": 1.0, "nearest after": 0.5}}
    assert [fill_slots(odds, scene, v, weights)["dataset"] for v in (0, 1)] == [0, 1]
    assert "dataset" not in fill_slots(odds, scene, 0, {"dataset": {"none": 9.0}})


def test_features_of_slots_say_where_an_entity_stands() -> None:
    text = "Stilt is new . Rail beats Heron : 5 on Egret . Crake too ."
    kinds = {"Stilt": "Method", "Rail": "Method", "Crake": "Method", "Egret": "Dataset"}
    scene = _scene(text, kinds, "5", proposed="Stilt")
    option = options(scene, 0, "method")
    said = [{name for name, x in zip(FEATURES, row, strict=True) if x == 1} for row in option.features]
    assert said == [
        {"sentence before", "proposed", "first named"},
        {"same sentence", "nearest before", "close before"},
        set(),
    ]
    assert option.candidates == (0, 1, 2)
    (dataset,) = options(scene, 0, "dataset").features
    named = {name for name, x in zip(FEATURES, dataset, strict=True) if x == 1}
    assert named >= {"same sentence", "nearest after", "close after", "after on", "only one"}
    assert options(scene, 0, "metric").candidates == ()


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("Weir Transformer", "Weir Graph Network", True),
        ("Hybrid Plover Data", "Hybrid Plover Control", True),
        ("Weir Network", "Weir Graph Network", False),
        ("Weir Graph Network", "Weir Graph Model", False),
        ("Neural Machine Translation", "Neural MT", False),
        ("Image Segmentation", "Image Segmenter", False),
        ("Dense U-Net", "DenseU-Net", False),
        ("Weir Transformer", "Rail Network", False),
        ("weir transformer", "weir graph network", False),
    ],
)
def test_names_with_a_word_of_their_own_are_apart(first: str, second: str, apart: bool) -> None:
    assert names_apart(first, second) is apart
    assert names_apart(second, first) is apart


def test_spelling_features_see_initials_and_shared_heads() -> None:
    initials = form_features("convolutional neural network", "CNN")
    assert initials[5] == 1.0
    assert form_features("latent diffusion model", "diffusion model")[0] == 1.0
    assert form_features("BERT", "ImageNet")[:4] == [0.0, 0.0, 0.0, 0.0]
