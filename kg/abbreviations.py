"""Definitions of abbreviations in running text, after Schwartz and Hearst (2003).

A. S. Schwartz, M. A. Hearst: A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text. PSB 2003.
"""

from __future__ import annotations

import re

from kg.sentences import sentence_spans

_BRACKETS = re.compile(r"\(([^()\[\]]{1,200})\)|\[([^()\[\]]{1,200})\]")
_WORD = re.compile(r"\S+")
_EDGE = " \t\r\n,;:'\"\u2018\u2019\u201c\u201d"
_MAX_SHORT = 12


def find_abbreviations(text: str) -> tuple[tuple[int, int, int, int], ...]:
    """Definitions in `text`: (short_start, short_end, long_start, long_end), sorted; code points, end exclusive.

    Both orders count: 'long form (SF)' and 'SF (long form)'. A definition never crosses a sentence.

    >>> text = "We train convolutional neural networks (CNNs)."
    >>> [(text[a:b], text[c:d]) for a, b, c, d in find_abbreviations(text)]
    [('CNNs', 'convolutional neural networks')]
    """
    found: set[tuple[int, int, int, int]] = set()
    sentences = sentence_spans(text) if "(" in text or "[" in text else ()
    for sentence in sentences:
        for match in _BRACKETS.finditer(text, sentence.start, sentence.end):
            inner_start = match.start(1) if match.group(1) is not None else match.start(2)
            inner = text[inner_start : match.end() - 1]
            definition = _outside_in(text, sentence.start, match.start(), inner, inner_start) or _inside_out(
                text, sentence.start, match.start(), inner, inner_start
            )
            if definition:
                found.add(definition)
    return tuple(sorted(found))


def is_short_form(form: str) -> bool:
    """Whether `form` can be an abbreviation: 2 to 12 characters, at most two words, a letter, and a capital or digit.

    >>> [is_short_form(form) for form in ("CNN", "mIoU", "the", "2019")]
    [True, True, False, False]
    """
    return (
        2 <= len(form) <= _MAX_SHORT
        and not form.islower()
        and len(form.split()) <= 2
        and form[0].isalnum()
        and any(c.isalpha() for c in form)
        and any(c.isupper() for c in form)
    )


def match_long_form(short: str, candidate: str) -> int | None:
    """Where in `candidate` the long form of `short` begins, matched from the right; None if it is no long form.

    Every letter or digit of `short` must occur in order, the first at the beginning of a word. A plural 's' of the
    short form need not match.

    >>> match_long_form("CNN", "we use convolutional neural networks")
    7
    """
    start = _match(short, candidate)
    if start is None and len(short) > 2 and short.endswith("s") and short[-2].isupper():
        start = _match(short[:-1], candidate)
    if start is None:
        return None
    long = candidate[start:]
    words = long.split()
    limit = min(len(short) + 5, len(short) * 2)
    if len(long) <= len(short) or len(words) > limit or re.search(r"[()\[\]{}]", long):
        return None
    if short.lower() in long.lower() and re.search(rf"(?<!\w){re.escape(short)}(?!\w)", long, re.IGNORECASE):
        return None
    return start


def _match(short: str, candidate: str) -> int | None:
    letters = [c.casefold() for c in short if c.isalnum()]
    if not letters:
        return None
    position = len(candidate)
    for n, letter in reversed(list(enumerate(letters))):
        position -= 1
        while position >= 0 and not (
            candidate[position].casefold() == letter
            and (n > 0 or position == 0 or not candidate[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
    return position


def _outside_in(text: str, left: int, bracket: int, inner: str, inner_start: int) -> tuple[int, int, int, int] | None:
    """'long form (SF ...)': the short form is what stands in the brackets up to a comma or semicolon."""
    piece = re.split(r"[;,]", inner, maxsplit=1)[0]
    short = piece.strip(_EDGE)
    if not is_short_form(short):
        return None
    short_start = inner_start + piece.index(short)
    end = left + len(text[left:bracket].rstrip(_EDGE))
    words = list(_WORD.finditer(text, left, end))[-min(len(short) + 5, len(short) * 2) :]
    if not words:
        return None
    start = match_long_form(short, text[words[0].start() : end])
    if start is None:
        return None
    return short_start, short_start + len(short), words[0].start() + start, end


def _inside_out(text: str, left: int, bracket: int, inner: str, inner_start: int) -> tuple[int, int, int, int] | None:
    """'SF (long form)': the word before the brackets is the short form, all in the brackets its long form."""
    words = list(_WORD.finditer(text, left, bracket))
    long = inner.strip(_EDGE)
    if not words or not long:
        return None
    short = words[-1].group().strip(_EDGE + "([")
    if not is_short_form(short) or match_long_form(short, long) != 0:
        return None
    short_start = words[-1].start() + words[-1].group().index(short)
    long_start = inner_start + inner.index(long)
    return short_start, short_start + len(short), long_start, long_start + len(long)
