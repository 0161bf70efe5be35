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
from kg.train.data import RELATION_LABELS, SPAN_LABELS, Example
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


def span_targets(example: Example, row: dict[WordSpan, int], smoothing: float) -> Tensor:
    """The wanted probabilities [S, labels + 1] of the spans of `row`; a share `smoothing` of each gold span is spread.

    Annotators differ on boundaries by a word more than on anything else: the spans that begin or end one word from a
    gold one get a quarter of the share each (boundary smoothing, Zhu & Li 2022).
    """
    target = torch.zeros(len(row), len(SPAN_LABELS[example.scheme]) + 1)
    for (first, last), label in example.spans.items():
        if (first, last) not in row:
            continue
        around = [(first - 1, last), (first + 1, last), (first, last - 1), (first, last + 1)]
        near = [row[span] for span in around if span in row and span not in example.spans]
        target[near, label] += smoothing / 4
        target[row[first, last], label] = 1 - smoothing / 4 * len(near)
    target[:, 0] = (1 - target.sum(1)).clamp(min=0)
    return target / target.sum(1, keepdim=True)


def spot(
    model: Extractor, examples: Sequence[Example], vectors: list[Tensor] | None = None
) -> tuple[list[Spotted], list[Tensor], list[Tensor]]:
    """What the span head says of each example of one scheme, with the scores of its spans and of its tags.

    `vectors` are the word vectors of the examples, where another encoder than the model's made them.
    """
    vectors = encode_batch(model, examples) if vectors is None else vectors
    candidates = [candidate_spans(example.encoded.sentence) for example in examples]
    starts = np.cumsum([0, *(len(v) for v in vectors)])
    shifted = np.concatenate([spans + start for spans, start in zip(candidates, starts, strict=False)])
    scores, tags = model.spans(torch.cat(vectors), torch.from_numpy(shifted), examples[0].scheme)
    own = list(scores.split([len(spans) for spans in candidates]))
    rows = [{(int(a), int(b)): index for index, (a, b) in enumerate(spans)} for spans in candidates]
    spotted = [
        Spotted(words, spans, own_scores.detach().softmax(-1), row)
        for words, spans, own_scores, row in zip(vectors, candidates, own, rows, strict=True)
    ]
    return spotted, own, list(tags.split([len(v) for v in vectors]))


def batch_loss(
    model: Extractor,
    examples: Sequence[Example],
    *,
    distract: bool,
    smoothing: float = 0.0,
    teacher: Extractor | None = None,
) -> tuple[Tensor, dict[str, float]]:
    """The weighted loss, averaged over `examples`, and its unweighted parts.

    What of an example is `taught` is learnt from the probabilities of the `teacher`, the rest from its annotation.
    """
    scheme = examples[0].scheme
    spotted, scores, tags = spot(model, examples)
    lessons = _lessons(teacher, examples)
    parts: dict[str, Tensor] = {name: torch.zeros(()) for name in WEIGHTS}
    for example, seen, own, own_tags, lesson in zip(examples, spotted, scores, tags, lessons, strict=True):
        target = span_targets(example, seen.row, smoothing)
        wanted_tags = tag_targets(example.spans, len(seen.words))
        gold = max(len(example.spans), 4)
        parts["span"] = parts["span"] + functional.cross_entropy(own, target, reduction="sum") / gold
        parts["tag"] = parts["tag"] + functional.cross_entropy(own_tags, wanted_tags, reduction="sum") / gold
        if scheme != "tdm" and example.entities and (lesson or not example.taught):
            losses = _structure_losses(model, example, seen, distract and not example.taught, lesson)
            for name, value in losses.items():
                parts[name] = parts[name] + value
    total = torch.stack([WEIGHTS[name] * value for name, value in parts.items()]).sum() / len(examples)
    return total, {name: float(value.detach()) / len(examples) for name, value in parts.items()}


def _lessons(teacher: Extractor | None, examples: Sequence[Example]) -> list[Structure | None]:
    """What the teacher says of the entities of each example that is taught; None for the rest."""
    lessons: list[Structure | None] = [None for _ in examples]
    taught = [index for index, example in enumerate(examples) if example.taught and example.entities]
    if teacher is None or not taught:
        return lessons
    with torch.no_grad():
        spotted, _, _ = spot(teacher, [examples[index] for index in taught])
        for index, seen in zip(taught, spotted, strict=True):
            example = examples[index]
            lessons[index] = score_structure(teacher, example, seen, list(example.entities), example.types)
    return lessons


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


@dataclass(frozen=True, slots=True)
class Structure:
    """Scores of the pairs of entities [P, relations + 1], of their flags [E, 2] and of slots [values, E + 1, slots]."""

    head: np.ndarray
    tail: np.ndarray
    relations: Tensor
    flags: Tensor
    slots: Tensor


def score_structure(
    model: Extractor, example: Example, spotted: Spotted, named: list[Sequence[WordSpan]], types: Sequence[int]
) -> Structure:
    """What the model says of the entities `named` and of the values of the example."""
    entities = [*named, *((span,) for span, _ in example.results)]
    soft = soft_types(entities, spotted, [*types, *([0] * (len(entities) - len(types)))])
    if example.scheme == "scierc":
        soft = soft @ model.type_map["scierc"]
    grouped, sentence, count = group(entities), example.encoded.sentence, len(named)
    mentions = model.mentions(spotted.words, torch.from_numpy(grouped.spans))
    owner = functional.one_hot(torch.from_numpy(grouped.entity), grouped.count).float().T
    vectors = (owner @ mentions) / owner.sum(1, keepdim=True)

    def hidden(head: np.ndarray, tail: np.ndarray) -> Tensor:
        pairs = pair_features(grouped, sentence, head, tail)
        return _pair_hidden(model, spotted.words, mentions, vectors, soft, grouped, pairs, sentence)

    head, tail = _relation_pairs(grouped, sentence, count, example.scheme)
    kinds = len(RELATION_LABELS[example.scheme]) + 1
    relations = model.pair.out[example.scheme](hidden(head, tail)) if len(head) else torch.zeros(0, kinds)
    flags = slots = torch.zeros(0)
    if example.scheme == "kg":
        features = torch.from_numpy(entity_features(grouped, example.encoded))[:count]
        places = torch.from_numpy(entity_places(grouped, sentence))[:count]
        flags = model.entity(spotted.words, vectors[:count], soft[:count], features, places)
        if values := len(example.results):
            ends = np.repeat(np.arange(count, count + values), count), np.tile(np.arange(count), values)
            slots = model.pair.out["slot"](hidden(*ends)).view(values, count, -1)[:, :, 1:]
            slots = torch.cat([torch.zeros(values, 1, slots.shape[2]), slots], dim=1)
    return Structure(head, tail, relations, flags, slots)


def _structure_losses(
    model: Extractor, example: Example, spotted: Spotted, distract: bool, lesson: Structure | None
) -> dict[str, Tensor]:
    """Losses of what stands between the entities, against the annotation or, where that is `taught`, the lesson."""
    named: list[Sequence[WordSpan]] = [*example.entities, *(_distractors(example, spotted) if distract else [])]
    said = score_structure(model, example, spotted, named, example.types)
    learnt = dict.fromkeys(example.taught, lesson)
    losses = {}
    if len(said.head):
        if relations := learnt.get("relation"):
            wanted = relations.relations.softmax(-1)
        else:
            pairs = zip(said.head.tolist(), said.tail.tolist(), strict=True)
            kinds = torch.tensor([example.relations.get(pair, 0) for pair in pairs])
            wanted = functional.one_hot(kinds, said.relations.shape[1]).float()
        loss = functional.cross_entropy(said.relations, wanted, reduction="sum")
        losses["relation"] = loss / max(float(wanted[:, 1:].sum()), 8.0)
    if example.scheme != "kg":
        return losses
    if "coreference" not in example.taught:
        losses["coreference"] = _coreference_loss(model, example, spotted.words)
    if flags := learnt.get("flag"):
        flagged = flags.flags.sigmoid()
    else:
        flagged = torch.zeros(len(named), 2)
        flagged[: len(example.flags)] = torch.tensor(example.flags, dtype=torch.float)
    losses["flag"] = functional.binary_cross_entropy_with_logits(said.flags, flagged, reduction="sum") / 4
    if values := len(example.results):
        slots = learnt.get("slot")
        fills = slots.slots.softmax(1) if slots else _slot_targets(example, len(named))
        flat = said.slots.transpose(1, 2).reshape(-1, len(named) + 1)
        loss = functional.cross_entropy(flat, fills.transpose(1, 2).reshape(flat.shape), reduction="sum")
        losses["slot"] = loss / max(values, 2)
    return losses


def _slot_targets(example: Example, named: int) -> Tensor:
    """Which entity fills each slot of each value [values, 1 + named, slots]; row 0 is none."""
    target = torch.zeros(len(example.results), named + 1, len(RELATION_LABELS["slot"]))
    target[:, 0] = 1
    for row, (_, slots) in enumerate(example.results):
        for slot, entity in slots.items():
            target[row, 0, slot], target[row, entity + 1, slot] = 0, 1
    return target


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
