"""How far scores are the probabilities that they claim to be: reliability in bins, and the expected calibration error.

Guo et al. (2017): predictions are put in bins of equal width by their score; in each the mean score stands beside the
share that is right, and the expected calibration error (ECE) is the mean distance of the two, weighted by the number
of predictions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg.evaluate.scores import match_entities, placed, states, triple
from kg.model import Extraction

Judged = dict[str, list[tuple[float, bool]]]  # kind of fact -> (score, whether it is right)

BINS = 10


def judge(gold: Iterable[Extraction], predicted: Mapping[str, Extraction]) -> Judged:
    """The score of each prediction and whether gold has it, by kind.

    Kinds are mention, entity, relation, `relation.<type>` and result.

    What is right is what `evaluate` counts as a hit; a fact predicted twice is right once. Both as `evaluate` takes.
    """
    found: Judged = {kind: [] for kind in ("mention", "entity", "relation", "result")}
    for want in gold:
        given = predicted.get(want.id, Extraction(id=want.id))
        match = match_entities(want.entities, given.entities)
        there = placed(want.entities)
        for entity in given.entities:
            found["entity"].append((entity.score, entity.id in match))
            found["mention"] += [(m.score, (m.start, m.end, entity.type) in there) for m in entity.mentions]
        stated = {triple(r.head, r.type, r.tail) for r in want.relations}
        for relation in given.relations:
            key = triple(match.get(relation.head, ""), relation.type, match.get(relation.tail, ""))
            row = relation.score, key in stated
            stated.discard(key)
            found["relation"].append(row)
            found.setdefault(f"relation.{relation.type}", []).append(row)
        left = list(want.results)
        for result in given.results:
            same = next((r for r in left if states(r, result, match)), None)
            if same is not None:
                left.remove(same)
            found["result"].append((result.score, same is not None))
    return found


def calibration(judged: Judged, *, measured_on: str, papers: int) -> dict[str, Any]:
    """A table to keep with a model, as JSON values.

    `kinds` has for each kind with predictions their `number`, `mean_score`, `right` (share), `ece`, and `bins` as
    [mean score, share that is right, number], lowest first and empty ones left out. Shares are rounded to 4 places.
    """
    kinds = {kind: _kind(rows) for kind, rows in sorted(judged.items(), key=_order) if rows}
    return {"measured_on": measured_on, "papers": papers, "kinds": kinds}


def _order(item: tuple[str, object]) -> tuple[int, str]:
    return item[0].count("."), item[0]


def _kind(rows: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    sizes, hits = Counter[int](), Counter[int]()
    exact: dict[int, float] = {}
    for score, right in sorted(rows):
        place = min(int(score * BINS), BINS - 1)
        sizes[place] += 1
        exact[place] = exact.get(place, 0.0) + score
        hits[place] += right
    bins = [(exact[b] / sizes[b], hits[b] / sizes[b], sizes[b]) for b in sorted(sizes)]
    return {
        "number": len(rows),
        "mean_score": round(sum(score for score, _ in sorted(rows)) / len(rows), 4),
        "right": round(sum(right for _, right in rows) / len(rows), 4),
        "ece": round(expected_error(bins), 4),
        "bins": [[round(score, 4), round(right, 4), number] for score, right, number in bins],
    }


def expected_error(bins: Sequence[tuple[float, float, int]]) -> float:
    """The expected calibration error of bins (mean score, share that is right, number); 0 for none.

    >>> expected_error([(0.5, 0.25, 1), (0.9, 0.9, 3)])
    0.0625
    """
    total = sum(number for _, _, number in bins)
    return sum(number * abs(score - right) for score, right, number in bins) / total if total else 0.0
