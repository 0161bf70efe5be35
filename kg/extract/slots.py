"""Which entities fill the slots of a reported number: the network's word, and what annotators usually choose.

The network sees a thousand numbers in its training and errs on which of two data sets a number belongs to. Where an
entity stands tells much of that: nearest to the number, third of three as the number is third of three, what the paper
proposes. A conditional logit over such features (McFadden 1974), whose weights stand in the model's `config.json`, is
added to the log-odds of the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.extract.features import Ints, WordSpan
from kg.extract.model import Floats
from kg.model import SLOT_TYPES, SLOTS, Slot

FEATURES = (
    "same sentence",
    "sentence before",
    "nearest before",
    "nearest after",
    "close before",
    "close after",
    "adjacent after",
    "same rank",
    "other rank",
    "proposed",
    "focus",
    "title",
    "after on",
    "after than",
    "only one",
    "mentions",
    "first named",
)
EMPTY = ("none", "none here", "several values")  # features of leaving the slot empty
CLOSE = 4  # words
_ON = frozenset(("on", "in", "for"))
_THAN = frozenset(("than", "over", "against", "versus", "vs", "to", "from", "compared"))
Weights = Mapping[str, Mapping[str, float]]  # slot -> feature -> weight
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scene:
    """A text with its entities and its values, in words; `flags` are (proposed, focus) of each entity."""

    words: Sequence[str]
    sentence: Ints
    title_words: int
    entities: Sequence[Sequence[WordSpan]]
    types: Sequence[str]
    flags: Sequence[tuple[bool, bool]]
    values: Sequence[WordSpan]  # in text order


@dataclass(frozen=True, slots=True)
class Options:
    """What could fill a slot: entities of its type, their features [candidates, FEATURES], and those of none."""

    candidates: tuple[int, ...]
    features: Doubles
    empty: Doubles


def options(scene: Scene, value: int, slot: Slot) -> Options:
    """The entities that may fill `slot` of the value with this index, and where each stands to it."""
    first, last = scene.values[value]
    here = int(scene.sentence[first])
    chosen = [index for index, kind in enumerate(scene.types) if kind == SLOT_TYPES[slot]]
    inside = {e: [m for m in scene.entities[e] if scene.sentence[m[0]] == here] for e in chosen}
    order = [e for _, e in sorted((min(mentions), e) for e, mentions in inside.items() if mentions)]
    beside = [n for n, (start, _) in enumerate(scene.values) if scene.sentence[start] == here]
    ahead = {e: max((b for _, b in mentions if b < first), default=-1) for e, mentions in inside.items()}
    after = {e: min((a for a, _ in mentions if a > last), default=len(scene.words)) for e, mentions in inside.items()}
    nearest_ahead, nearest_after = max(ahead.values(), default=-1), min(after.values(), default=len(scene.words))
    first_named = min(chosen, key=lambda e: min(scene.entities[e]), default=None)
    ranked = len(beside) > 1 and len(order) == len(beside)
    rows = np.zeros((len(chosen), len(FEATURES)))
    for row, e in enumerate(chosen):
        mentions, (proposed, focus) = scene.entities[e], scene.flags[e]
        is_ahead, is_after = ahead[e] >= 0, after[e] < len(scene.words)
        rank = ranked and bool(inside[e])
        rows[row] = (
            bool(inside[e]),
            any(scene.sentence[a] == here - 1 for a, _ in mentions),
            is_ahead and ahead[e] == nearest_ahead,
            is_after and after[e] == nearest_after,
            is_ahead and first - ahead[e] <= CLOSE,
            is_after and after[e] - last <= CLOSE,
            is_after and after[e] - last == 1,
            rank and order.index(e) == beside.index(value),
            rank and order.index(e) != beside.index(value),
            proposed,
            focus,
            any(a < scene.title_words for a, _ in mentions),
            any(_preceded(scene.words, a, _ON) for a, _ in inside[e] if a > last),
            any(_preceded(scene.words, a, _THAN) for a, _ in inside[e]),
            len(chosen) == 1,
            min(len(mentions), 5) / 5,
            e == first_named,
        )
    return Options(tuple(chosen), rows, np.array([1.0, not order, len(beside) > 1]))


def _preceded(words: Sequence[str], start: int, by: frozenset[str]) -> bool:
    """Whether one of the two words before `start` is one of `by`."""
    return any(word.lower() in by for word in words[max(0, start - 2) : start])


def usual(option: Options, weights: Mapping[str, float]) -> Doubles:
    """Log-odds of each candidate against leaving the slot empty, by where they stand; zero without weights."""
    own = np.array([weights.get(name, 0.0) for name in FEATURES])
    none = np.array([weights.get(name, 0.0) for name in EMPTY])
    return np.asarray(option.features @ own - option.empty @ none)


def fill_slots(odds: Floats, scene: Scene, value: int, weights: Weights) -> dict[Slot, int]:
    """The likeliest entity of the right type for each slot where it beats leaving the slot empty (log-odds 0).

    `odds` is the network's [entities, slots] in the order of SLOTS, and `weights` those of the usual choice. One entity
    fills one slot only; method goes before baseline.
    """
    slots: dict[Slot, int] = {}
    for column, slot in enumerate(SLOTS):
        option = options(scene, value, slot)
        if not option.candidates:
            continue
        total = odds[list(option.candidates), column] + usual(option, weights.get(slot, {}))
        if slot == "baseline" and "method" in slots:
            total = np.where(np.array(option.candidates) == slots["method"], -np.inf, total)
        best = int(total.argmax())
        if total[best] > 0:
            slots[slot] = option.candidates[best]
    return slots
