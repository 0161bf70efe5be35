"""Scores extractions against gold annotations, by the definitions of the annotation guidelines.

Every figure is micro-averaged precision, recall and F1 over the gold papers:

    mentions       exact offsets and type; `mentions.<Type>` each type
    mentions_any   exact offsets, type ignored
    entities       one-to-one within a paper: same type, and a surface form in common (case, hyphens, plural and
                   spacing folded); `entities.<Type>` each type
    relations      same type, both ends matched by the entity matching; `relations.<relation>` each relation
    relations_any  the same, relation type and direction ignored
    results        same value string, and every slot that gold fills (method, dataset, metric, task) matched
    results_value  same value string and same metric
    proposed       gold entities that the paper proposes, found and flagged so
    focus          gold tasks that the paper is about, found and flagged so
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from kg.model import Extraction, PaperEntity, Relation, Result, Slot
from kg.text import fold

Counts = tuple[int, int, int]  # hits, gold, predicted
T = TypeVar("T")

_SLOTS: tuple[Slot, ...] = ("method", "dataset", "metric", "task")
_ORDER = (
    "mentions",
    "mentions_any",
    "entities",
    "relations",
    "relations_any",
    "results",
    "results_value",
    "proposed",
    "focus",
)
_SYMMETRIC = {"comparedWith"}
_SEED = 20230
_ROUNDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of an evaluation. Percentages are rounded to one decimal; `low` and `high` bound F1 (95 %)."""

    p: float
    r: float
    f1: float
    gold: int
    pred: int
    low: float
    high: float


def evaluate(gold: Sequence[Extraction], predicted: Mapping[str, Extraction]) -> dict[str, Figure]:
    """Score `predicted` (by paper id) against `gold`; a gold paper without prediction counts as an empty one.

    Both are records whose mentions have been given their places in the text (`extraction_from_json` with the text).
    Returns the figures by name, in the order above. The interval of F1 is the 2.5th to 97.5th percentile over
    1,000 resamples of the papers with a fixed seed (percentile bootstrap, Efron and Tibshirani 1993), so equal inputs
    give equal intervals.
    """
    tallies = [score_paper(g, predicted.get(g.id, Extraction(id=g.id))) for g in gold]
    names = sorted({name for tally in tallies for name in tally}, key=lambda n: (_ORDER.index(n.partition(".")[0]), n))
    if not names:
        return {}
    table = np.array([[tally.get(name, (0, 0, 0)) for name in names] for tally in tallies], dtype=float)
    chance = np.full(len(tallies), 1 / len(tallies))
    weights = np.random.default_rng(_SEED).multinomial(len(tallies), chance, size=_ROUNDS)
    hits, wanted, given = np.moveaxis(np.tensordot(weights, table, axes=1), -1, 0)
    resampled = 200 * hits / np.maximum(wanted + given, 1)
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    totals = table.sum(axis=0).astype(int).tolist()
    return {name: _figure(totals[n], float(low[n]), float(high[n])) for n, name in enumerate(names)}


def score_paper(gold: Extraction, predicted: Extraction) -> dict[str, Counts]:
    """Hits, gold and predicted counts of one paper by the name of the figure."""
    tally = _score_mentions(gold, predicted)
    match = match_entities(gold.entities, predicted.entities)
    tally |= _score_entities(gold, predicted, match)
    tally |= _score_relations(gold.relations, predicted.relations, match)
    tally |= _score_results(gold.results, predicted.results, match)
    return tally


def _figure(counts: Sequence[int], low: float, high: float) -> Figure:
    hit, gold, pred = counts
    p, r = (hit / pred if pred else 0.0), (hit / gold if gold else 0.0)
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    p, r, f1, low, high = (round(v, 1) for v in (100 * p, 100 * r, 100 * f1, low, high))
    return Figure(p=p, r=r, f1=f1, gold=gold, pred=pred, low=low, high=high)


def _counts(gold: set[T], pred: set[T]) -> Counts:
    return len(gold & pred), len(gold), len(pred)


def placed(entities: Iterable[PaperEntity]) -> set[tuple[int, int, str]]:
    """Offsets and type of every mention that has a place in the text."""
    return {(m.start, m.end, e.type) for e in entities for m in e.mentions if m.start < m.end}


def _score_mentions(gold: Extraction, predicted: Extraction) -> dict[str, Counts]:
    wanted, given = placed(gold.entities), placed(predicted.entities)
    tally = {"mentions": _counts(wanted, given)}
    for kind in sorted({t for *_, t in wanted | given}):
        tally[f"mentions.{kind}"] = _counts({m for m in wanted if m[2] == kind}, {m for m in given if m[2] == kind})
    tally["mentions_any"] = _counts({m[:2] for m in wanted}, {m[:2] for m in given})
    return tally


def match_entities(gold: Sequence[PaperEntity], predicted: Sequence[PaperEntity]) -> dict[str, str]:
    """Predicted entity id -> gold entity id, one to one; the pair with the most forms in common goes first."""
    forms = [[{fold(m.text) for m in e.mentions} for e in entities] for entities in (gold, predicted)]
    pairs = sorted(
        (
            (len(wanted & given), -g, -p)
            for g, wanted in enumerate(forms[0])
            for p, given in enumerate(forms[1])
            if wanted & given and gold[g].type == predicted[p].type
        ),
        reverse=True,
    )
    match: dict[str, str] = {}
    for _, g, p in pairs:
        if predicted[-p].id not in match and gold[-g].id not in match.values():
            match[predicted[-p].id] = gold[-g].id
    return match


def _score_entities(gold: Extraction, predicted: Extraction, match: Mapping[str, str]) -> dict[str, Counts]:
    found = set(match.values())
    tally = {"entities": (len(match), len(gold.entities), len(predicted.entities))}
    for kind in sorted({e.type for e in gold.entities + predicted.entities}):
        wanted = [e.id for e in gold.entities if e.type == kind]
        hits = sum(i in found for i in wanted)
        tally[f"entities.{kind}"] = (hits, len(wanted), sum(e.type == kind for e in predicted.entities))
    for flag in ("proposed", "focus"):
        flagged = [e.id for e in predicted.entities if getattr(e, flag)]
        wanted_ids = {e.id for e in gold.entities if getattr(e, flag)}
        tally[flag] = (sum(match.get(i) in wanted_ids for i in flagged), len(wanted_ids), len(flagged))
    return tally


def _score_relations(
    gold: Sequence[Relation], predicted: Sequence[Relation], match: Mapping[str, str]
) -> dict[str, Counts]:
    wanted = {triple(r.head, r.type, r.tail) for r in gold}
    # An end that is matched by nothing keeps its relation from matching, and apart from every other.
    given = {
        triple(match[r.head], r.type, match[r.tail]) if {r.head, r.tail} <= match.keys() else ("", str(n), "")
        for n, r in enumerate(predicted)
    }
    tally = {"relations": _counts(wanted, given)}
    for kind in sorted({kind for _, kind, _ in wanted}):
        of_kind = {t for t in wanted if t[1] == kind}
        tally[f"relations.{kind}"] = (len(of_kind & given), len(of_kind), sum(r.type == kind for r in predicted))
    tally["relations_any"] = _counts({_ends(t) for t in wanted}, {_ends(t) for t in given})
    return tally


def triple(head: str, kind: str, tail: str) -> tuple[str, str, str]:
    """A relation as it is compared: the ends of a symmetric one in order."""
    if kind in _SYMMETRIC:
        head, tail = sorted((head, tail))
    return head, kind, tail


def _ends(triple: tuple[str, str, str]) -> frozenset[str]:
    head, kind, tail = triple
    return frozenset((head, tail)) if head else frozenset((head, kind))


def _score_results(gold: Sequence[Result], predicted: Sequence[Result], match: Mapping[str, str]) -> dict[str, Counts]:
    left = list(predicted)
    full = loose = 0
    for want in gold:
        same = [r for r in left if r.value.strip() == want.value.strip()]
        exact = [r for r in same if states(want, r, match)]
        close = [r for r in same if _fills(want, r, "metric", match)]
        full += bool(exact)
        loose += bool(close or exact)
        for used in (exact or close or same)[:1]:
            left.remove(used)
    return {"results": (full, len(gold), len(predicted)), "results_value": (loose, len(gold), len(predicted))}


def states(want: Result, given: Result, match: Mapping[str, str]) -> bool:
    """Whether `given` has the value of the gold result `want`, and in each slot that gold fills what gold has there."""
    if given.value.strip() != want.value.strip():
        return False
    return all(_fills(want, given, slot, match) for slot in _SLOTS if getattr(want, slot))


def _fills(want: Result, given: Result, slot: Slot, match: Mapping[str, str]) -> bool:
    """Whether `given` has in `slot` what `want` has there: the entity that matches, or nothing as well."""
    wanted: str | None = getattr(want, slot)
    value: str | None = getattr(given, slot)
    return wanted is None if value is None else match.get(value) == wanted and wanted is not None
