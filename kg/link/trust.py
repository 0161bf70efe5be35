"""A smaller and cleaner graph: of each relation the best facts, as many as the precision asked for allows.

A score is the probability that a fact is right, so the mean score of a set of facts is the share of them that is
expected to be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from kg.model import Entity, Fact, ReportedResult

T = TypeVar("T")


def best(scored: Iterable[tuple[float, T]], precision: float) -> list[T]:
    """The longest list of the best-scored whose mean score is at least `precision`, in the order that was given.

    What scores alike goes in or stays out together, so that only scores decide. A higher precision gives a part of
    what a lower one gives.

    >>> best([(0.5, "a"), (0.9, "b"), (0.8, "c"), (0.5, "d")], 0.7)
    ['b', 'c']
    """
    rows = list(scored)
    ranked = sorted((score for score, _ in rows), reverse=True)
    least, total = float("inf"), 0.0
    for count, score in enumerate(ranked, start=1):
        total += score
        last = count == len(ranked) or ranked[count] < score
        if last and total / count >= precision - 1e-9:
            least = score
    return [item for score, item in rows if score >= least]


def trusted(
    entities: Sequence[Entity], facts: Sequence[Fact], results: Sequence[ReportedResult], precision: float
) -> tuple[tuple[Entity, ...], tuple[Fact, ...], tuple[ReportedResult, ...]]:
    """The best facts of each relation, and the best results; entities that none of them names go as well.

    Each keeps its order. Facts that are not asserted are judged apart from those that are.
    """
    groups: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for place, fact in enumerate(facts):
        groups.setdefault((fact.relation, fact.status), []).append((fact.score, place))
    kept = {place for group in groups.values() for place in best(group, precision)}
    left = tuple(fact for place, fact in enumerate(facts) if place in kept)
    reported = tuple(best(((result.evidence.score, result) for result in results), precision))
    named = {end for fact in left for end in (fact.head, fact.tail)}
    named |= {key for result in reported for _, key in result.slots}
    return tuple(entity for entity in entities if entity.id in named), left, reported
