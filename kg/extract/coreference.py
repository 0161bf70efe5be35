"""Entities of one paper: mentions grouped by folded form, abbreviation definition and the coreference scorer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.extract.features import COREFERENCE_FEATURES, WordSpan, form_features, group
from kg.extract.mentions import Found
from kg.extract.model import Floats, Model
from kg.text import fold

# Of names with a word in common, each with a word of its own, 95 in 100 are two things for the annotators.
NAMES_APART = -2.7  # log-odds
_STEM = 5  # letters by which two forms of a word are taken for one
_GENERIC = re.compile(  # words that repeat what kind of thing a name names
    r"algorithm|approach|architecture|benchmark|corpus|corpora|dataset|framework|mechanism|method|metric|model|module"
    r"|network|pipeline|procedure|scheme|score|strategy|system|task|technique"
)
ALL_PAIRS = 60  # up to so many forms all pairs are scored; beyond, those that share a word or look like initials


@dataclass(frozen=True, slots=True)
class Cluster:
    """An entity: its mentions in text order, its label (0-based) and the mean log-odds of its labels."""

    mentions: tuple[Found, ...]
    label: int
    odds: Floats


def folded_forms(found: Sequence[Found], surfaces: Sequence[str]) -> dict[str, list[int]]:
    """Indices of `found` by folded surface, in order of first mention."""
    forms: dict[str, list[int]] = {}
    for index, surface in enumerate(surfaces):
        forms.setdefault(fold(surface) or surface, []).append(index)
    return forms


def cluster(
    found: Sequence[Found],
    surfaces: Sequence[str],
    definitions: Sequence[tuple[WordSpan, WordSpan]],
    words: Floats,
    model: Model,
    threshold: float,
) -> tuple[Cluster, ...]:
    """Group mentions into entities, in order of first mention.

    Mentions of one folded form are one entity; a form and the abbreviation that the text defines for it are one;
    further forms are joined by average linkage over the scorer's log-odds while that exceeds `threshold`, and only
    where their labels agree.
    """
    forms = folded_forms(found, surfaces)
    names = list(forms)
    members = list(forms.values())
    labels = [int(np.mean([found[i].odds for i in indices], axis=0).argmax()) for indices in members]
    owner = {found[i].span: number for number, indices in enumerate(members) for i in indices}
    groups = {number: [number] for number in range(len(names))}
    at = list(range(len(names)))

    def join(a: int, b: int) -> None:
        keep, drop = sorted((at[a], at[b]))
        if keep != drop:
            groups[keep] += groups.pop(drop)
            for number in groups[keep]:
                at[number] = keep

    for short, long in definitions:
        if short in owner and long in owner:
            join(owner[short], owner[long])
    written = [surfaces[indices[0]] for indices in members]
    odds = _form_odds(names, written, members, found, labels, words, model)
    while True:
        best = max(_linkages(groups, at, odds, threshold), default=None)
        if best is None or best[0] <= threshold:
            break
        join(-best[1], -best[2])
    clusters = []
    for numbers in groups.values():
        mentions = sorted((found[i] for number in numbers for i in members[number]), key=lambda m: m.span)
        mean = np.mean([m.odds for m in mentions], axis=0)
        clusters.append(Cluster(tuple(mentions), int(mean.argmax()), mean))
    return tuple(sorted(clusters, key=lambda c: c.mentions[0].span))


def _form_odds(
    names: Sequence[str],
    written: Sequence[str],
    members: Sequence[Sequence[int]],
    found: Sequence[Found],
    labels: Sequence[int],
    words: Floats,
    model: Model,
) -> dict[tuple[int, int], float]:
    """Log-odds of coreference for pairs (later, earlier) of forms with the same label.

    `names` are the folded forms, `written` one surface of each.
    """
    pairs = [(b, a) for a, b in itertools.combinations(range(len(names)), 2) if labels[a] == labels[b]]
    if len(names) > ALL_PAIRS:
        pairs = [(b, a) for b, a in pairs if any(form_features(names[b], names[a]))]
    if not pairs:
        return {}
    grouped = group([[found[i].span for i in indices] for indices in members])
    vectors = mean_vectors(model.mentions(words, grouped.spans), grouped.entity, grouped.count)
    first, second = np.array(pairs).T
    features = np.array([form_features(names[b], names[a]) for b, a in pairs], dtype=np.float32)
    scores = model.coreference(vectors[first], vectors[second], features.reshape(-1, COREFERENCE_FEATURES))
    return {
        (b, a): min(float(score), NAMES_APART) if names_apart(written[b], written[a]) else float(score)
        for (b, a), score in zip(pairs, scores, strict=True)
    }


def names_apart(first: str, second: str) -> bool:
    """Whether two surface forms are names with a word in common, of which each has a word that tells it apart.

    Generic heads, initials of words of the other and other spacing tell nothing apart.

    >>> names_apart("Weir Transformer", "Weir Graph Network"), names_apart("Weir Network", "Weir Graph Network")
    (True, False)
    >>> names_apart("Neural Machine Translation", "Neural MT"), names_apart("Dense U-Net", "DenseU-Net")
    (False, False)
    """
    if any(sum(word[:1].isupper() for word in form.split()) < 2 for form in (first, second)):
        return False
    a, b = fold(first).split(), fold(second).split()
    if not set(a) & set(b) or "".join(a) == "".join(b):
        return False
    stems = [{word[:_STEM] for word in x} for x in (a, b)]
    own = [
        [word for word in x if word[:_STEM] not in other and not _GENERIC.fullmatch(word)]
        for x, other in ((a, stems[1]), (b, stems[0]))
    ]
    if not all(own):
        return False
    initials = ["".join(word[0] for word in x) for x in (a, b)]
    return not any(len(word) > 1 and word in initials[1 - side] for side in (0, 1) for word in own[side])


def mean_vectors(mentions: Floats, entity: np.ndarray, count: int) -> Floats:
    """The mean of the mention vectors of each of `count` entities."""
    sums = np.zeros((count, mentions.shape[1]), dtype=np.float32)
    np.add.at(sums, entity, mentions)
    return np.asarray(sums / np.bincount(entity, minlength=count)[:, None], dtype=np.float32)


def _linkages(
    groups: dict[int, list[int]], at: Sequence[int], odds: dict[tuple[int, int], float], threshold: float
) -> list[tuple[float, int, int]]:
    """(average log-odds, -a, -b) of each two groups that hold a promising pair and have all their pairs scored."""
    near = {tuple(sorted((at[a], at[b]))) for (a, b), value in odds.items() if value > threshold}
    rows = []
    for a, b in sorted(pair for pair in near if pair[0] != pair[1]):
        values = [odds.get((max(i, j), min(i, j))) for i in groups[a] for j in groups[b]]
        known = [v for v in values if v is not None]
        if len(known) == len(values):
            rows.append((sum(known) / len(known), -a, -b))
    return rows
