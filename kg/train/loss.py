"""One training step's losses over a batch of examples of one scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from kg.extract.features import (
    Grouped,
    Pairs,
    WordSpan,
    candidate_spans,
    entity_features,
    form_features,
    group,
    pair_features,
)
from kg.extract.places import entity_places, pair_places
from kg.text import fold
from kg.train.data import Example
from kg.train.network import BILOU, Extractor

MAX_DISTRACTORS = 8
DISTRACTOR_PROBABILITY = 0.25
WEIGHTS = {"span": 1.0, "tag": 0.3, "relation": 1.0, "coreference": 0.2, "flag": 0.5, "slot": 0.5}


@dataclass(frozen=True, slots=True)
class Spotted:
    """What the span head said of one example: its word vectors, spans and their probabilities."""

    words: Tensor
    spans: np.ndarray
    probabilities: Tensor  # detached
    row: dict[WordSpan, int]


def encode_batch(model: Extractor, examples: Sequence[Example]) -> list[Tensor]:
    """Word vectors [W, hidden] of each example, all windows in one padded pass."""
    windows = [(index, window) for index, example in enumerate(examples) for window in example.encoded.windows]
    longest = max(len(window.pieces) for _, window in windows)
    pieces = torch.zeros(len(windows), longest, dtype=torch.long)
    shapes = torch.zeros_like(pieces)
    mask = torch.zeros(len(windows), longest, dtype=torch.bool)
    for row, (_, window) in enumerate(windows):
        length = len(window.pieces)
        pieces[row, :length] = torch.from_numpy(window.pieces)
        shapes[row, :length] = torch.from_numpy(window.shapes)
        mask[row, :length] = True
    hidden = model.encoder(pieces, shapes, mask)
    parts: list[list[Tensor]] = [[] for _ in examples]
    for row, (index, window) in enumerate(windows):
        parts[index].append(
            (hidden[row, torch.from_numpy(window.first)] + hidden[row, torch.from_numpy(window.last)]) / 2
        )
    return [torch.cat(part) for part in parts]


def tag_targets(spans: dict[WordSpan, int], count: int) -> Tensor:
    """BILOU tags [W]: 0 is O, label l has 1 + 4 (l - 1) + {B 0, I 1, L 2, U 3}."""
    tags = torch.zeros(count, dtype=torch.long)
    for (first, last), label in spans.items():
        base = 1 + BILOU * (label - 1)
        if first == last:
            tags[first] = base + 3
        else:
            tags[first + 1 : last] = base + 1
            tags[first], tags[last] = base, base + 2
    return tags


def batch_loss(model: Extractor, examples: Sequence[Example], *, distract: bool) -> tuple[Tensor, dict[str, float]]:
    """The weighted loss, averaged over `examples`, and its unweighted parts."""
    scheme = examples[0].scheme
    vectors = encode_batch(model, examples)
    candidates = [candidate_spans(example.encoded.sentence) for example in examples]
    starts = np.cumsum([0, *(len(v) for v in vectors)])
    shifted = np.concatenate([spans + start for spans, start in zip(candidates, starts, strict=False)])
    scores, tags = model.spans(torch.cat(vectors), torch.from_numpy(shifted), scheme)
    parts: dict[str, Tensor] = {name: torch.zeros(()) for name in WEIGHTS}
    span_at, word_at = 0, 0
    for example, spans, words in zip(examples, candidates, vectors, strict=True):
        own, own_tags = scores[span_at : span_at + len(spans)], tags[word_at : word_at + len(words)]
        span_at, word_at = span_at + len(spans), word_at + len(words)
        row = {(int(a), int(b)): index for index, (a, b) in enumerate(spans)}
        target = torch.zeros(len(spans), dtype=torch.long)
        for span, label in example.spans.items():
            if span in row:
                target[row[span]] = label
        gold = max(len(example.spans), 4)
        parts["span"] = parts["span"] + functional.cross_entropy(own, target, reduction="sum") / gold
        parts["tag"] = (
            parts["tag"]
            + functional.cross_entropy(own_tags, tag_targets(example.spans, len(words)), reduction="sum") / gold
        )
        if scheme != "tdm" and example.entities:
            spotted = Spotted(words, spans, own.detach().softmax(-1), row)
            for name, value in _structure_losses(model, example, spotted, distract).items():
                parts[name] = parts[name] + value
    total = torch.stack([WEIGHTS[name] * value for name, value in parts.items()]).sum() / len(examples)
    return total, {name: float(value.detach()) / len(examples) for name, value in parts.items()}


def _distractors(example: Example, spotted: Spotted) -> list[list[WordSpan]]:
    """Likely but wrong spans, grouped by folded form, as entities that stand in no relation."""
    doubt = 1 - spotted.probabilities[:, 0].numpy()
    groups: dict[str, list[WordSpan]] = {}
    for index in np.argsort(-doubt, kind="stable")[:200]:
        span = (int(spotted.spans[index, 0]), int(spotted.spans[index, 1]))
        if doubt[index] < DISTRACTOR_PROBABILITY or len(groups) >= MAX_DISTRACTORS:
            break
        if span not in example.spans:
            surface = example.text[example.offsets[span[0]][0] : example.offsets[span[1]][1]]
            groups.setdefault(fold(surface), []).append(span)
    return list(groups.values())


def soft_types(entities: Sequence[Sequence[WordSpan]], spotted: Spotted, types: Sequence[int]) -> Tensor:
    """Mean label probabilities of each entity's mentions [E, labels + 1]; the gold type where no span was scored."""
    rows = []
    for index, mentions in enumerate(entities):
        known = [spotted.row[span] for span in mentions if span in spotted.row]
        if known:
            rows.append(spotted.probabilities[known].mean(0))
        else:
            rows.append(functional.one_hot(torch.tensor(types[index]), spotted.probabilities.shape[1]).float())
    return torch.stack(rows)


def _structure_losses(model: Extractor, example: Example, spotted: Spotted, distract: bool) -> dict[str, Tensor]:
    entities: list[Sequence[WordSpan]] = list(example.entities)
    true = len(entities)
    if distract:
        entities += _distractors(example, spotted)
    named = len(entities)
    entities += [(span,) for span, _ in example.results]
    types = soft_types(entities, spotted, [*example.types, *([0] * (len(entities) - true))])
    if example.scheme == "scierc":
        types = types @ model.type_map["scierc"]
    grouped = group(entities)
    mentions = model.mentions(spotted.words, torch.from_numpy(grouped.spans))
    owner = functional.one_hot(torch.from_numpy(grouped.entity), grouped.count).float().T
    vectors = (owner @ mentions) / owner.sum(1, keepdim=True)
    losses = {}
    sentence = example.encoded.sentence
    head, tail = _relation_pairs(grouped, sentence, named, example.scheme)
    if len(head):
        pairs = pair_features(grouped, sentence, head, tail)
        hidden = _pair_hidden(model, spotted.words, mentions, vectors, types, grouped, pairs, sentence)
        target = torch.tensor(
            [example.relations.get((a, b), 0) for a, b in zip(head.tolist(), tail.tolist(), strict=True)]
        )
        loss = functional.cross_entropy(model.pair.out[example.scheme](hidden), target, reduction="sum")
        losses["relation"] = loss / max(int((target > 0).sum()), 8)
    if example.scheme == "kg":
        features = torch.from_numpy(entity_features(grouped, example.encoded))[:named]
        places = torch.from_numpy(entity_places(grouped, sentence))[:named]
        flags = model.entity(spotted.words, vectors[:named], types[:named], features, places)
        wanted = torch.zeros(named, 2)
        wanted[:true] = torch.tensor(example.flags, dtype=torch.float)
        losses["flag"] = functional.binary_cross_entropy_with_logits(flags, wanted, reduction="sum") / 4
        losses["coreference"] = _coreference_loss(model, example, spotted.words)
        if example.results:
            losses["slot"] = _slot_loss(model, example, spotted.words, mentions, vectors, types, grouped, named)
    return losses


def _relation_pairs(grouped: Grouped, sentence: np.ndarray, named: int, scheme: str) -> tuple[np.ndarray, np.ndarray]:
    """All ordered pairs of the first `named` entities; in SciERC only those that share a sentence."""
    head, tail = np.divmod(np.arange(named * named), named)
    keep = head != tail
    if scheme == "scierc":
        first = np.array([sentence[grouped.spans[grouped.entity == e][0, 0]] for e in range(named)])
        keep &= first[head] == first[tail]
    return head[keep], tail[keep]


def _pair_hidden(
    model: Extractor,
    words: Tensor,
    mentions: Tensor,
    vectors: Tensor,
    types: Tensor,
    grouped: Grouped,
    pairs: Pairs,
    sentence: np.ndarray,
) -> Tensor:
    buckets = np.stack([pairs.distance, pairs.apart, pairs.together], axis=1)
    return model.pair(
        words,
        mentions,
        vectors,
        types,
        torch.from_numpy(np.stack([pairs.head, pairs.tail], axis=1)),
        torch.from_numpy(pairs.near),
        torch.from_numpy(buckets),
        torch.from_numpy(pair_places(grouped, pairs, sentence)),
    )


def _coreference_loss(model: Extractor, example: Example, words: Tensor) -> Tensor:
    """Over all pairs of distinct surface forms of the text."""
    forms = example.forms
    pairs = [(i, j) for i in range(len(forms)) for j in range(i) if forms[i][0] != forms[j][0]]
    if not pairs:
        return torch.zeros(())
    grouped = group(example.form_mentions)
    mentions = model.mentions(words, torch.from_numpy(grouped.spans))
    owner = functional.one_hot(torch.from_numpy(grouped.entity), grouped.count).float().T
    vectors = (owner @ mentions) / owner.sum(1, keepdim=True)
    first, second = zip(*pairs, strict=True)
    features = torch.tensor([form_features(forms[i][0], forms[j][0]) for i, j in pairs])
    target = torch.tensor([float(forms[i][1] == forms[j][1]) for i, j in pairs])
    scores = model.coreference(vectors[list(first)], vectors[list(second)], features)
    return functional.binary_cross_entropy_with_logits(scores, target, reduction="sum") / max(float(target.sum()), 4.0)


def _slot_loss(
    model: Extractor,
    example: Example,
    words: Tensor,
    mentions: Tensor,
    vectors: Tensor,
    types: Tensor,
    grouped: Grouped,
    named: int,
) -> Tensor:
    """For each value and slot, which entity fills it, or none (log-odds 0)."""
    count = len(example.results)
    head = np.repeat(np.arange(named, named + count), named)
    tail = np.tile(np.arange(named), count)
    pairs = pair_features(grouped, example.encoded.sentence, head, tail)
    hidden = _pair_hidden(model, words, mentions, vectors, types, grouped, pairs, example.encoded.sentence)
    scores = model.pair.out["slot"](hidden).view(count, named, -1)[:, :, 1:]
    scores = torch.cat([torch.zeros(count, 1, scores.shape[2]), scores], dim=1)
    target = torch.zeros(count, scores.shape[2], dtype=torch.long)
    for row, (_, slots) in enumerate(example.results):
        for slot, entity in slots.items():
            target[row, slot] = entity + 1
    return functional.cross_entropy(
        scores.transpose(1, 2).reshape(-1, named + 1), target.reshape(-1), reduction="sum"
    ) / max(count, 2)
