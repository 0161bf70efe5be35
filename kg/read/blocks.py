"""Plain text in blocks with blank lines between: a title line, then the abstract on one or more lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from kg.model import Paper
from kg.read.fields import make_paper
from kg.read.listing import author_names, is_authors, is_prose
from kg.read.source import Reject, lines

_LABELS = re.compile(r"(?:#{1,6}\s+|title\s*[:：]\s*)", re.IGNORECASE)
_ABSTRACT_LABEL = re.compile(r"(?:abstract|summary)\s*[:.—–-]\s*", re.IGNORECASE)
_WRAPPED = 60  # a first line of a block that is this long, and no shorter than most, is running text


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of blocks, each placed at its first line.

    A line of names after the title is its authors. A title that stands alone takes the block after it as its abstract
    where that is running text. A block of running text alone is an abstract without a title.
    """
    title: tuple[int, str] | None = None
    for start, block in _blocks(lines(stream, reject)):
        alone = len(block) == 1 and not is_prose(block[0])
        if title and not alone and _is_running(block):
            yield from _paper(*title, block, reject)
            title = None
            continue
        if title:
            yield from _paper(*title, [], reject)
            title = None
        if alone:
            title = start, block[0]
        elif len(block) == 1:
            yield from _paper(start, "", block, reject)
        else:
            yield from _paper(start, block[0], block[1:], reject)
    if title:
        yield from _paper(*title, [], reject)


def _blocks(numbered: Iterator[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    start, block = 0, list[str]()
    for number, line in numbered:
        if line.strip():
            start = start if block else number
            block.append(line.strip())
        elif block:
            yield start, block
            block = []
    if block:
        yield start, block


def _is_running(block: list[str]) -> bool:
    if len(block) == 1 or is_prose(block[0]) or _ABSTRACT_LABEL.match(block[0]):
        return True
    longest = max(len(line) for line in block)
    return len(block[0]) >= _WRAPPED and len(block[0]) >= 0.7 * longest


def _paper(line: int, title: str, rest: list[str], reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    common = set(re.findall(r"\b[a-z]{2,}\b", " ".join(rest[1:])))
    people = author_names(rest[0]) if len(rest) > 1 and is_authors(rest[0], common) else []
    abstract = _ABSTRACT_LABEL.sub("", " ".join(rest[1:] if people else rest), count=1)
    try:
        yield line, make_paper({"title": _LABELS.sub("", title, count=1), "abstract": abstract, "authors": people})
    except ValueError as error:
        reject(line, str(error))
