"""Flags of entities, relations between them, and the slots of results, from the entity and pair heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kg.extract.coreference import mean_vectors
from kg.extract.features import Encoded, Grouped, Ints, WordSpan, group, pair_features
from kg.extract.mentions import log_softmax
from kg.extract.model import Floats, Model

CHUNK = 450  # words whose entities are paired with each other; an abstract is one chunk


@dataclass(frozen=True, slots=True)
class Scored:
    """What the heads said of one chunk. `entities` are indices into the paper's entities; arrays follow their order.

    `relations` [P, relations + 1] are log-probabilities of the pairs (head, tail), which index `entities`; `near` holds
    the nearest mentions of each pair, in words of the chunk.
    """

    entities: tuple[int, ...]
    flags: Floats
    head: Ints
    tail: Ints
    relations: Floats
    near: tuple[tuple[WordSpan, WordSpan], ...]


def chunks(sentence: Ints) -> list[tuple[int, int]]:
    """Stretches of whole sentences [start, stop) of at most CHUNK words; a longer sentence is a stretch alone."""
    if len(sentence) <= CHUNK:
        return [(0, len(sentence))] if len(sentence) else []
    starts = [0, *(np.flatnonzero(np.diff(sentence)) + 1).tolist(), len(sentence)]
    out, begin = [], 0
    for at, after in zip(starts[1:], [*starts[2:], None], strict=True):
        if after is None or after - begin > CHUNK:
            out.append((begin, at))
            begin = at
    return out


def part_of(encoded: Encoded, start: int, stop: int) -> Encoded:
    """The words [start, stop) of a text as a text of their own, without windows."""
    return Encoded(
        words=encoded.words[start:stop],
        sentence=encoded.sentence[start:stop],
        title_words=max(0, min(encoded.title_words, stop) - start),
        windows=(),
    )


def soft_types(model: Model, words: Floats, grouped: Grouped) -> Floats:
    """Mean label probabilities [E, labels + 1] of each entity's mentions, as the span scorer alone sees them."""
    widths = grouped.spans[:, 1] - grouped.spans[:, 0]
    spans = np.stack([grouped.spans[:, 0], grouped.spans[:, 0] + np.minimum(widths, 11)], axis=1)
    scores, _ = model.score_spans(words, spans)
    return mean_vectors(np.exp(log_softmax(scores)), grouped.entity, grouped.count)


def within(entities: Sequence[Sequence[WordSpan]], start: int, stop: int) -> tuple[list[int], list[list[WordSpan]]]:
    """The entities that have mentions in [start, stop), with those mentions counted from `start`."""
    kept, spans = [], []
    for index, mentions in enumerate(entities):
        inside = [(a - start, b - start) for a, b in mentions if start <= a and b < stop]
        if inside:
            kept.append(index)
            spans.append(inside)
    return kept, spans


def score_chunk(
    model: Model, words: Floats, encoded: Encoded, kept: Sequence[int], entities: Sequence[Sequence[WordSpan]]
) -> Scored:
    """Flags of the `entities` of a chunk and relations of all ordered pairs; `kept` are their indices in the paper."""
    grouped = group(entities)
    mentions = model.mentions(words, grouped.spans)
    vectors = mean_vectors(mentions, grouped.entity, grouped.count)
    types = soft_types(model, words, grouped)
    flags = model.flags(words, vectors, types, grouped, encoded)
    head, tail = np.divmod(np.arange(grouped.count**2), grouped.count)
    head, tail = head[head != tail], tail[head != tail]
    everyone = tuple(kept)
    if not len(head):
        return Scored(everyone, flags, head, tail, np.zeros((0, 1), dtype=np.float32), ())
    pairs = pair_features(grouped, encoded.sentence, head, tail)
    scores, _ = model.score_pairs(words, mentions, vectors, types, grouped, pairs, encoded.sentence)
    spans: list[WordSpan] = [(first, last) for first, last in grouped.spans.tolist()]
    near = tuple((spans[a], spans[b]) for a, b in pairs.near.tolist())
    return Scored(everyone, flags, head, tail, log_softmax(scores), near)


def score_slots(
    model: Model, words: Floats, encoded: Encoded, entities: Sequence[Sequence[WordSpan]], values: Sequence[WordSpan]
) -> Floats:
    """Log-odds [values, entities, slots] that the entity fills the slot of the value, against none filling it."""
    grouped = group([*entities, *([value] for value in values)])
    mentions = model.mentions(words, grouped.spans)
    vectors = mean_vectors(mentions, grouped.entity, grouped.count)
    named = len(entities)
    head = np.repeat(np.arange(named, named + len(values)), named)
    tail = np.tile(np.arange(named), len(values))
    pairs = pair_features(grouped, encoded.sentence, head, tail)
    types = soft_types(model, words, grouped)
    _, slots = model.score_pairs(words, mentions, vectors, types, grouped, pairs, encoded.sentence)
    return slots[:, 1:].reshape(len(values), named, -1)


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between entities of the paper: probability, and the nearest mentions (word spans) of its ends."""

    head: int
    relation: str
    tail: int
    probability: float
    near: tuple[WordSpan, WordSpan]


def decide(
    scored: Scored,
    types: Sequence[str],
    relations: Sequence[str],
    thresholds: Floats,
    permits: Callable[[str, str, str], bool],
    symmetric: frozenset[str],
) -> list[Link]:
    """The most probable permitted relation of each ordered pair whose probability reaches its threshold.

    Of the two directions of a pair with the same relation only the likelier is kept; a symmetric relation has its
    earlier entity as head.
    """
    best: dict[tuple[int, int, str], Link] = {}
    if not len(scored.head):
        return []
    kinds = sorted({types[e] for e in scored.entities})
    table = np.array([[[permits(one, name, other) for name in relations] for other in kinds] for one in kinds])
    kind = np.array([kinds.index(types[e]) for e in scored.entities])
    probability = np.exp(scored.relations[:, 1:])
    lead = np.where(table[kind[scored.head], kind[scored.tail]], probability - thresholds, -1.0)
    choices = lead.argmax(axis=1)
    rows = np.flatnonzero(lead.max(axis=1) >= 0).tolist()
    for row in rows:
        a, b = scored.entities[scored.head[row]], scored.entities[scored.tail[row]]
        choice = int(choices[row])
        name, near = relations[choice], scored.near[row]
        if name in symmetric and a > b:
            a, b, near = b, a, near[::-1]
        link = Link(a, name, b, float(probability[row, choice]), near)
        key = (min(a, b), max(a, b), name)
        if key not in best or link.probability > best[key].probability:
            best[key] = link
    return sorted(best.values(), key=lambda link: (link.head, link.tail, link.relation))
