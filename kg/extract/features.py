"""What the encoder and its heads see of a text: words, pieces, spans and pairs as NumPy arrays.

Training and inference call the same functions, so neither can drift from the other. Word indices are 0-based and
count the words of one paper; spans are (first word, last word), both inclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]
WordSpan = tuple[int, int]
Word = list[tuple[int, int]]  # pieces of a word: id, shape

MAX_WIDTH = 12  # words in a span
MAX_PIECES = 510  # word pieces in a window, without its two special pieces
OVERLAP = 64  # words of context that a window shares with the one before
SHAPES = 11
DISTANCES = 17  # signed buckets of the distance between two mentions, in words
SENTENCES_APART = 6
TOGETHER = 4
COREFERENCE_FEATURES = 8
CLS, SEP, UNKNOWN = 101, 102, 100
WORD_PIECES = 16  # pieces of a word that are looked at
REMEMBERED, LONG_WORD = 20_000, 40  # so many words of at most so many characters are remembered


@dataclass(frozen=True, slots=True)
class Window:
    """One forward pass: pieces [T] with special ones, and the words [start, stop) whose vectors it gives."""

    pieces: Ints
    shapes: Ints
    first: Ints  # for each word given, the index of its first piece in `pieces`
    last: Ints


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as the model sees it. `sentence` [W] numbers the sentence of each word, from 0."""

    words: tuple[str, ...]
    sentence: Ints
    title_words: int
    windows: tuple[Window, ...]


def word_shape(piece: str) -> int:
    """A class in 0..10 for the capitals, digits and punctuation of a piece as written (0 is for special pieces)."""
    if piece.isdigit():
        return 6
    if piece.isalpha():
        if piece.islower():
            return 1
        if piece.isupper():
            return 4 if len(piece) == 1 else 3
        return 2 if piece[1:].islower() else 5
    if piece.isalnum():
        return 7
    if len(piece) == 1:
        return 8 if piece.isascii() else 9
    return 10


class Pieces:
    """The pieces of words, remembered: a word has the same ones wherever it stands, and few words fill most texts."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._known: dict[str, Word] = {}

    def of(self, words: Sequence[str]) -> list[Word]:
        """For each word at most WORD_PIECES (piece, shape); one that the tokenizer does not know has one, unknown."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        fresh: dict[str, Word] = {word: [] for word in new}
        encoding = self.tokenizer.encode(new, is_pretokenized=True, add_special_tokens=False)
        for piece, number, (start, end) in zip(encoding.ids, encoding.word_ids, encoding.offsets, strict=True):
            if number is not None and len(fresh[new[number]]) < WORD_PIECES:
                fresh[new[number]].append((piece, word_shape(new[number][start:end])))
        for word, pieces in fresh.items():
            if not pieces:
                pieces.append((UNKNOWN, word_shape(word)))
        found = [self._known.get(word) or fresh[word] for word in words]
        self._known.update((word, pieces) for word, pieces in fresh.items() if len(word) <= LONG_WORD)
        return found


def encode(tokenizer: Tokenizer | Pieces, words: Sequence[str], sentence: Ints, title_words: int) -> Encoded:
    """Cut `words` into windows of at most MAX_PIECES pieces; each word gets its vector from exactly one window."""
    if not words:
        return Encoded(words=(), sentence=sentence, title_words=0, windows=())
    by_word = (tokenizer if isinstance(tokenizer, Pieces) else Pieces(tokenizer)).of(words)
    windows = []
    start = 0
    while start < len(words):
        left = max(0, start - OVERLAP) if start else 0
        stop, used = left, 0
        while stop < len(words) and used + len(by_word[stop]) <= MAX_PIECES:
            used += len(by_word[stop])
            stop += 1
        windows.append(_window(by_word, left, start, stop, title_words))
        start = stop
    return Encoded(words=tuple(words), sentence=sentence, title_words=title_words, windows=tuple(windows))


def _window(by_word: list[Word], left: int, start: int, stop: int, title_words: int) -> Window:
    pieces, shapes, first, last = [CLS], [0], [], []
    for word in range(left, stop):
        if word >= start:
            first.append(len(pieces))
            last.append(len(pieces) + len(by_word[word]) - 1)
        for piece, shape in by_word[word]:
            pieces.append(piece)
            shapes.append(shape + SHAPES * (word < title_words))
    pieces.append(SEP)
    shapes.append(0)
    return Window(np.array(pieces), np.array(shapes), np.array(first), np.array(last))


def candidate_spans(sentence: Ints) -> Ints:
    """All spans of up to MAX_WIDTH words inside a sentence: [S, 2], in text order, shorter first."""
    if not len(sentence):
        return np.zeros((0, 2), dtype=np.int64)
    count = len(sentence)
    starts = np.repeat(np.arange(count), MAX_WIDTH)
    ends = starts + np.tile(np.arange(MAX_WIDTH), count)
    inside = ends < count
    starts, ends = starts[inside], ends[inside]
    same = sentence[starts] == sentence[ends]
    return np.stack([starts[same], ends[same]], axis=1)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ordered pairs of entities [P], as the pair head takes them; `near` are mention indices of the nearest pair."""

    head: Ints
    tail: Ints
    near: Ints  # [P, 2]
    distance: Ints  # bucket 0..DISTANCES-1
    apart: Ints  # bucket 0..SENTENCES_APART-1
    together: Ints  # bucket 0..TOGETHER-1: sentences that mention both


@dataclass(frozen=True, slots=True)
class Grouped:
    """Mentions [M] of entities: word spans, and the entity of each."""

    spans: Ints  # [M, 2]
    entity: Ints  # [M]
    count: int  # entities


def group(entities: Sequence[Sequence[WordSpan]]) -> Grouped:
    """Lay the mentions of `entities` out flat; an entity without mentions is not allowed."""
    spans = [span for mentions in entities for span in mentions]
    owner = [index for index, mentions in enumerate(entities) for _ in mentions]
    return Grouped(np.array(spans, dtype=np.int64).reshape(-1, 2), np.array(owner, dtype=np.int64), len(entities))


def _log_bucket(distance: Ints) -> Ints:
    """0, 1, 2, 3-4, 5-7, 8-15, 16-31, 32-63, 64+ words apart: 0..8."""
    return np.searchsorted(np.array([1, 2, 3, 5, 8, 16, 32, 64]), distance, side="right")


def pair_features(grouped: Grouped, sentence: Ints, head: Ints, tail: Ints) -> Pairs:
    """Where the mentions of each (head, tail) pair of entities stand to each other.

    The nearest two mentions are the fewest words apart, first ones on ties; their distance is signed, positive where
    the head comes first.
    """
    owner, count = grouped.entity, len(grouped.spans)
    order = np.argsort(owner, kind="stable")
    spans = grouped.spans[order]
    ahead = spans[None, :, 0] - spans[:, None, 1]
    behind = spans[:, None, 0] - spans[None, :, 1]
    gap = np.maximum(np.maximum(ahead, behind), 0)
    # One number that sorts by gap, then by first and by second mention; its least for each two entities is the nearest.
    rank = (gap * count + np.arange(count)[:, None]) * count + np.arange(count)[None, :]
    begins = np.searchsorted(owner[order], np.arange(grouped.count))
    least = np.minimum.reduceat(np.minimum.reduceat(rank, begins, axis=0), begins, axis=1)[head, tail]
    row, column = least // count % count, least % count
    near = np.stack([order[row], order[column]], axis=1)
    signed = np.where(ahead[row, column] >= behind[row, column], gap[row, column], -gap[row, column])
    names = np.zeros((grouped.count, int(sentence.max()) + 1), dtype=np.int64)
    names[owner, sentence[grouped.spans[:, 0]]] = 1
    together = (names @ names.T)[head, tail]
    bucket = _log_bucket(np.abs(signed))
    distance = np.where(signed >= 0, bucket, np.where(bucket == 0, 0, bucket + 8))
    span_sentence = sentence[grouped.spans[:, 0]]
    apart = np.abs(span_sentence[near[:, 0]] - span_sentence[near[:, 1]])
    apart = np.searchsorted(np.array([1, 2, 3, 4, 7]), apart, side="right")
    return Pairs(head, tail, near, distance, apart, np.minimum(together, TOGETHER - 1))


def entity_features(grouped: Grouped, encoded: Encoded) -> npt.NDArray[np.float32]:
    """Where each entity stands in the text: [E, 8] — in the title, first sentence buckets, mentions, spread."""
    rows = np.zeros((grouped.count, 8), dtype=np.float32)
    total = max(int(encoded.sentence[-1]), 1) if len(encoded.sentence) else 1
    for index in range(grouped.count):
        spans = grouped.spans[grouped.entity == index]
        where = encoded.sentence[spans[:, 0]]
        rows[index] = (
            float((spans[:, 0] < encoded.title_words).any()),
            float(where.min() == 0),
            float(where.min() <= 1),
            where.min() / total,
            where.max() / total,
            min(len(spans), 8) / 4,
            min(len(set(where.tolist())), 6) / 3,
            float(encoded.title_words > 0),
        )
    return rows


def form_features(first: str, second: str) -> list[float]:
    """What the spelling of two surface forms says about coreference: COREFERENCE_FEATURES numbers in [0, 1]."""
    a, b = first.casefold().split(), second.casefold().split()
    inner, outer = (a, b) if len(a) <= len(b) else (b, a)
    shared = len(set(a) & set(b))
    short, long = (first, b) if len(first) <= len(second) else (second, a)
    initials = "".join(w[0] for w in long if w[0].isalnum())
    letters = "".join(c for c in short.casefold() if c.isalnum())
    return [
        float(a[-1:] == b[-1:]),
        float(a[:1] == b[:1]),
        float(inner == outer[-len(inner) :]),
        float(inner == outer[: len(inner)]),
        shared / max(len(set(a) | set(b)), 1),
        float(len(letters) > 1 and letters.rstrip("s") == initials),
        float(letters in "".join(long)),
        float(short.isupper() and len(short) > 1),
    ]
