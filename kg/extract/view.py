"""The words of a Doc as the model counts them, read from spaCy's arrays rather than from its token objects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from spacy.attrs import IDX, IS_SPACE, LENGTH, SENT_START
from spacy.tokens import Doc, Span

from kg.extract.features import Encoded, Ints, WordSpan
from kg.extract.model import Floats

_COLUMNS = [IDX, LENGTH, IS_SPACE, SENT_START]


class View:
    """The words of a Doc: its tokens that are not space, counted from 0."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.tensor = doc.tensor
        self.columns = doc.to_array(_COLUMNS).astype(np.int64)
        start, length, space, opens = self.columns.T
        self.tokens: Ints = np.flatnonzero(space == 0)
        self.starts: Ints = start[self.tokens]
        self.ends: Ints = self.starts + length[self.tokens]
        first = opens[self.tokens] == 1
        first[:1] = True
        self.sentence: Ints = np.cumsum(first) - 1
        self._word_of: list[int] = np.where(space == 0, np.cumsum(space == 0) - 1, -1).tolist()

    @cached_property
    def text(self) -> str:
        """The text of the Doc, which spaCy puts together anew from its tokens whenever it is asked."""
        return self.doc.text

    @cached_property
    def encoded(self) -> Encoded:
        """The words without windows: enough for the heads."""
        title, text = self.text.find("\n"), self.text
        words = tuple(text[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True))
        return Encoded(words, self.sentence, int((self.ends <= title).sum()) if title > 0 else 0, ())

    @cached_property
    def vectors(self) -> Floats:
        """Word vectors [W, hidden], as kg_encoder left them in `doc.tensor`; always the same array."""
        return np.ascontiguousarray(self.tensor[self.tokens], dtype=np.float32)

    def part(self, start: int, stop: int) -> Floats:
        """The vectors of the words [start, stop): of all words the same array whenever it is asked for."""
        return self.vectors if (start, stop) == (0, len(self.tokens)) else self.vectors[start:stop]

    def chars(self, span: WordSpan) -> tuple[int, int]:
        """Code points [start, end) of a span of words."""
        return int(self.starts[span[0]]), int(self.ends[span[1]])

    def span(self, span: WordSpan, label: str) -> Span:
        return Span(self.doc, int(self.tokens[span[0]]), int(self.tokens[span[1]]) + 1, label=label)

    def words(self, span: Span) -> WordSpan | None:
        """The words of a Span, or None where it begins or ends in space."""
        first, last = self._word_of[span.start], self._word_of[span.end - 1]
        return None if first < 0 or last < 0 else (first, last)

    def sentences_of(self, spans: Sequence[WordSpan]) -> tuple[int, int]:
        """Code points of the stretch of whole sentences that holds all `spans`."""
        low, high = min(a for a, _ in spans), max(b for _, b in spans)
        first = int(np.searchsorted(self.sentence, self.sentence[low]))
        after = int(np.searchsorted(self.sentence, self.sentence[high], side="right"))
        return self.chars((first, after - 1))


_seen: View | None = None  # the view of the last Doc, which the next component asks for again


def view_of(doc: Doc) -> View:
    """The View of `doc`: the last one where neither its words, its sentences nor its tensor have changed since."""
    global _seen  # one Doc goes through all components before the next
    last, view = _seen, View(doc)
    if (
        last is not None
        and last.doc is doc
        and last.tensor is doc.tensor
        and np.array_equal(last.columns, view.columns)
    ):
        return last
    _seen = view
    return view
