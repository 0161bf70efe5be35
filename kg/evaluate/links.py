"""Scores linking: against annotated clusters, or against what a person corrected in a workspace.

pairs     pairs of entities of different papers that are one: precision, recall, F1
b-cubed   over all entities, the share of an entity's node that is right, and of its true node that is there
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ReadError

Member = tuple[str, str]  # paper id, entity id


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFigure:
    """Percentages, rounded to one decimal; `gold` and `pred` count the pairs, or for b-cubed the nodes."""

    p: float
    r: float
    f1: float
    gold: int
    pred: int


def read_clusters(path: Path) -> tuple[dict[Member, str], set[Member]]:
    """The cluster of each member of a file of annotated links, and the members that it calls ambiguous.

    One JSON object a line: `{"name": ..., "members": [[paper, entity], ...]}`, or `{"ambiguous": [[paper, entity]]}`.
    Raises ReadError with file and line.
    """
    labels: dict[Member, str] = {}
    ambiguous: set[Member] = set()
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf8"))
                members = [(str(paper), str(entity)) for paper, entity in row.get("members", row.get("ambiguous"))]
            except (ValueError, TypeError, AttributeError, RecursionError) as error:
                reason = f"expected a JSON object with 'members' or 'ambiguous', pairs of paper and entity ({error})"
                raise ReadError(reason, source=str(path), line=number) from error
            if "members" in row:
                labels.update(dict.fromkeys(members, str(number)))
            else:
                ambiguous.update(members)
    return labels, ambiguous


def score_links(
    entities: Iterable[Member], gold: Mapping[Member, str], predicted: Mapping[Member, str]
) -> dict[str, LinkFigure]:
    """`pairs` and `b-cubed` over `entities`; one that a mapping lacks stands alone there."""
    wanted: dict[Member, str] = {}
    given: dict[Member, str] = {}
    for member in sorted(set(entities)):
        wanted[member] = gold.get(member) or f"alone {member}"
        given[member] = predicted.get(member) or f"alone {member}"
    both = {member: f"{wanted[member]}\n{given[member]}" for member in wanted}
    pairs = [_pairs(labels) for labels in (both, given, wanted)]
    sizes, hits = [Counter(labels.values()) for labels in (given, wanted)], Counter(both.values())
    share = [
        sum(hits[both[m]] / size[labels[m]] for m in both) for size, labels in zip(sizes, (given, wanted), strict=True)
    ]
    total = len(both)
    return {
        "pairs": _figure(pairs[0], pairs[1], pairs[0], pairs[2], (pairs[2], pairs[1])),
        "b-cubed": _figure(share[0], total, share[1], total, (len(sizes[1]), len(sizes[0]))),
    }


def _pairs(labels: Mapping[Member, str]) -> int:
    """The number of pairs of members with one label, of different papers."""
    papers: dict[str, Counter[str]] = defaultdict(Counter)
    for (paper, _), label in labels.items():
        papers[label][paper] += 1
    return sum(
        (count.total() * (count.total() - 1) - sum(n * (n - 1) for n in count.values())) // 2
        for count in papers.values()
    )


def _figure(hit: float, predicted: float, found: float, gold: float, sizes: tuple[int, int]) -> LinkFigure:
    p = hit / predicted if predicted else 0.0
    r = found / gold if gold else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return LinkFigure(p=round(100 * p, 1), r=round(100 * r, 1), f1=round(100 * f1, 1), gold=sizes[0], pred=sizes[1])
