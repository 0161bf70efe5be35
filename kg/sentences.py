"""Sentence boundaries of a paper's text, shared by extraction (model input) and evidence (quotes)."""

from __future__ import annotations

import re
from itertools import pairwise

from kg.model import Span

# A boundary: closing punctuation, optional quotes or brackets, white space, then something that can open a sentence.
_BOUNDARY = re.compile(r"[.!?][\"'\u2019\u201d)\]]*(?=\s+[\"'\u2018\u201c(\[]?[A-Z0-9\u00c0-\u00de$\\])|\n+")
# What looks like a full stop but abbreviates: the text before the candidate stop ends in one of these.
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|etc|cf|vs|resp|w\.r\.t|approx"
    r"|Fig|Figs|Eq|Eqs|Sec|Tab|Ref|Refs|No|Vol|Dr|Prof|Mr|Mrs|St|Inc|Corp)"
    r"|(?:^|[\s(])[A-Z])\.$"
)


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Split `text` into sentences, in order, without the white space around them; newlines always end one.

    Offsets are code points into `text`, end exclusive. A stop ends a sentence only before white space and a capital,
    digit or opening bracket, and not after a common abbreviation or an initial.

    >>> text = "A B.\\nWe use X (e.g. Y). It wins by 3.5 points."
    >>> [text[s.start : s.end] for s in sentence_spans(text)]
    ['A B.', 'We use X (e.g. Y).', 'It wins by 3.5 points.']
    """
    cuts = [0]
    for match in _BOUNDARY.finditer(text):
        if match.group()[0] == "." and _ABBREVIATION.search(text[max(0, match.start() - 10) : match.start() + 1]):
            continue
        cuts.append(match.end())
    cuts.append(len(text))
    spans = []
    for start, end in pairwise(cuts):
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            spans.append(Span(start=left, end=right))
    return tuple(spans)
