"""Mentions from span scores: one best set of spans a sentence, the same label wherever a string recurs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.extract.features import Ints, WordSpan
from kg.extract.model import Floats

BILOU = 4
TAG_SHARE = 0.5  # weight of the tagger beside the span scorer
POOL_SHARE = 0.5  # weight of a string's mean over the text beside the span's own score


@dataclass(frozen=True, slots=True)
class Found:
    """A chosen span: words inclusive, label 0-based, log-odds of every label against none [labels]."""

    span: WordSpan
    label: int
    odds: Floats


def log_softmax(scores: Floats) -> Floats:
    """Row-wise log-softmax, stable."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), dtype=np.float32)


def span_odds(scores: Floats, tags: Floats, spans: Ints) -> Floats:
    """Log-odds [S, labels] of each label against none, from the span scorer and the BILOU tagger."""
    own = scores[:, 1:] - scores[:, :1]
    against = tags - tags[:, :1]
    labels = scores.shape[1] - 1
    by_label = against[:, 1:].reshape(len(tags), labels, BILOU)
    inside = np.concatenate([np.zeros((1, labels)), by_label[:, :, 1].cumsum(axis=0)])
    first, last = spans[:, 0], spans[:, 1]
    long = by_label[first, :, 0] + by_label[last, :, 2] + inside[np.maximum(last, first + 1)] - inside[first + 1]
    path = np.where((first == last)[:, None], by_label[first, :, 3], long)
    return np.asarray(own + TAG_SHARE * path, dtype=np.float32)


def pool(odds: Floats, surfaces: Sequence[str], pooled: Sequence[bool]) -> Floats:
    """Move each span's log-odds towards the mean of all spans of the text with the same surface.

    A string that names an entity once names it everywhere in a paper; labels for which `pooled` is false keep their
    own score.
    """
    index: dict[str, int] = {}
    groups = np.array([index.setdefault(surface, len(index)) for surface in surfaces])
    sums = np.zeros((len(index), odds.shape[1]))
    np.add.at(sums, groups, odds)
    mean = (sums / np.bincount(groups)[:, None])[groups]
    share = np.where(np.array(pooled), POOL_SHARE, 0.0)
    return np.asarray((1 - share) * odds + share * mean, dtype=np.float32)


def choose(odds: Floats, spans: Ints, sentence: Ints, threshold: float) -> list[Found]:
    """The set of non-overlapping spans of highest total log-odds above `threshold`, in text order.

    Weighted interval scheduling by dynamic programming (Kleinberg & Tardos 2005, 6.1); earlier and shorter spans win
    ties.
    """
    best = odds.max(axis=1) - threshold if len(odds) else np.zeros(0)
    label = odds.argmax(axis=1) if len(odds) else np.zeros(0, dtype=np.int64)
    by_end: dict[int, list[int]] = {}
    for index in np.flatnonzero(best > 0).tolist():
        by_end.setdefault(int(spans[index, 1]), []).append(index)
    count = len(sentence)
    total: npt.NDArray[np.float64] = np.zeros(count + 1)
    taken: list[int | None] = [None] * (count + 1)
    for end in range(1, count + 1):
        total[end] = total[end - 1]
        for index in by_end.get(end - 1, ()):
            value = total[int(spans[index, 0])] + float(best[index])
            if value > total[end]:
                total[end], taken[end] = value, index
    found = []
    end = count
    while end > 0:
        last = taken[end]
        if last is None:
            end -= 1
            continue
        found.append(Found((int(spans[last, 0]), int(spans[last, 1])), int(label[last]), odds[last]))
        end = int(spans[last, 0])
    return found[::-1]
