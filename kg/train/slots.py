"""How annotators fill the slots of reported numbers, learnt from where the entities stand (see `kg.extract.slots`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kg.extract.slots import EMPTY, FEATURES, Scene, options
from kg.model import SLOTS, Slot
from kg.train.data import SPAN_LABELS, Example
from kg.train.newton import Doubles, minimum

Choice = tuple[Doubles, int]  # features of every option, the empty slot first; the one chosen
PENALTY = 1.0  # of the squared weights
ROUNDS = 30


def learn_slots(examples: Iterable[Example]) -> dict[str, dict[str, float]]:
    """Weights of the features for each slot: the conditional logit of the annotated choices, by Newton's method."""
    made: dict[Slot, list[Choice]] = {slot: [] for slot in SLOTS}
    for example in examples:
        if example.scheme == "kg" and "slot" not in example.taught:
            for slot, choice in _choices(example):
                made[slot].append(choice)
    return {slot: _weights(choices) for slot, choices in made.items() if choices}


def _choices(example: Example) -> Iterable[tuple[Slot, Choice]]:
    results = sorted(example.results, key=lambda result: result[0])
    scene = Scene(
        words=example.encoded.words,
        sentence=example.encoded.sentence,
        title_words=example.encoded.title_words,
        entities=example.entities,
        types=[SPAN_LABELS["kg"][label - 1] for label in example.types],
        flags=example.flags,
        values=[span for span, _ in results],
    )
    for value, (_, filled) in enumerate(results):
        for column, slot in enumerate(SLOTS):
            option = options(scene, value, slot)
            if option.candidates:
                wanted = filled.get(column)
                row = 1 + option.candidates.index(wanted) if wanted in option.candidates else 0
                features = np.zeros((len(option.candidates) + 1, len(FEATURES) + len(EMPTY)))
                features[0, len(FEATURES) :] = option.empty
                features[1:, : len(FEATURES)] = option.features
                yield slot, (features, row)


def _weights(choices: Sequence[Choice]) -> dict[str, float]:
    names = (*FEATURES, *EMPTY)

    def loss(w: Doubles) -> float:
        scores = [features @ w for features, _ in choices]
        likelihoods = (s[row] - np.logaddexp.reduce(s) for s, (_, row) in zip(scores, choices, strict=True))
        return float(PENALTY * (w @ w) / 2 - sum(likelihoods))

    def slopes(w: Doubles) -> tuple[Doubles, Doubles]:
        gradient, hessian = PENALTY * w, PENALTY * np.eye(len(names))
        for features, row in choices:
            scores = features @ w
            p = np.exp(scores - np.logaddexp.reduce(scores))
            mean = p @ features
            gradient = gradient + mean - features[row]
            hessian = hessian + (features * p[:, None]).T @ features - np.outer(mean, mean)
        return gradient, hessian

    weights = minimum(loss, slopes, np.zeros(len(names)), rounds=ROUNDS, near=1e-6)
    return {name: round(weight, 3) for name, weight in zip(names, weights.tolist(), strict=True)}
