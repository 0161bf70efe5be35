"""Names marked in text: in a quoted sentence by their forms, in a paper's text by the places that were read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_FORMS = 60
LONGEST_TEXT = 20_000  # characters of a text that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of text; with a `kind` it is a name, and `path` leads to the node that it names."""

    text: str
    kind: str = ""
    path: str = ""


def mark(text: str, forms: Iterable[tuple[str, str, str]]) -> tuple[Part, ...]:
    """`text` in parts, every occurrence of a (form, kind, path) marked; longer forms first, whole words only.

    >>> [(p.text, p.kind) for p in mark("BERT beats it", [("bert", "method", "/method/x")])]
    [('BERT', 'method'), (' beats it', '')]
    """
    text = text[:LONGEST_TEXT]
    known = {form.lower(): (kind, path) for form, kind, path in [*forms][:MOST_FORMS] if 1 < len(form) < 200}
    if not known:
        return (Part(text=text),)
    names = "|".join(re.escape(form) for form in sorted(known, key=lambda f: (-len(f), f)))
    spans = []
    for found in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text, re.IGNORECASE):
        kind, path = known.get(found[0].lower(), ("", ""))
        spans.append((found.start(), found.end(), kind, path))
    return cut(text, spans)


def cut(text: str, spans: Sequence[tuple[int, int, str, str]]) -> tuple[Part, ...]:
    """`text` in parts by (start, end, kind, path), sorted; a span that overlaps one before it is left out."""
    parts: list[Part] = []
    end = 0
    for start, stop, kind, path in spans:
        if start < end or not kind or stop > len(text):
            continue
        if start > end:
            parts.append(Part(text=text[end:start]))
        parts.append(Part(text=text[start:stop], kind=kind, path=path))
        end = stop
    if end < len(text):
        parts.append(Part(text=text[end:]))
    return tuple(parts)
