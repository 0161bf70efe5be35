"""RIS, as reference managers and publishers export it, by rispy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import rispy

from kg.model import Paper
from kg.read.fields import make_paper
from kg.read.source import Reject, lines


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of RIS records, one at a time; each is placed at the line of its TY tag."""
    for line, text in _records(stream, reject):
        try:
            (record,) = rispy.loads(text, skip_unknown_tags=True)
        except (ValueError, OSError, KeyError, TypeError, IndexError) as error:
            reject(line, f"no valid RIS record: {' '.join(str(error).split()) or type(error).__name__}")
            continue
        try:
            yield line, _paper(record)
        except ValueError as error:
            reject(line, str(error))


def _records(stream: BinaryIO, reject: Reject) -> Iterator[tuple[int, str]]:
    """The text of each record from TY to ER, with its first line's number."""
    start, held = 0, list[str]()
    for number, line in lines(stream, reject):
        tag = line.lstrip("\ufeff").lstrip()[:5].replace(" ", "")
        if tag == "TY-":
            if held:
                reject(start, "no valid RIS record: it ends without ER")
            start, held = number, []
        if tag == "TY-" or held:
            held.append(line.lstrip("\ufeff"))
        if tag == "ER-" and held:
            yield start, "\n".join([*held, ""])
            held = []
    if held:
        reject(start, "no valid RIS record: it ends without ER")


def _paper(record: dict[str, Any]) -> Paper:
    def first(*names: str) -> object:
        return next((value for name in names if (value := record.get(name))), None)

    urls = record.get("urls")
    fields = {
        "id": first("id"),
        "title": first("title", "primary_title", "translated_title", "short_title"),
        "abstract": first("abstract", "notes_abstract"),
        "authors": first("authors", "first_authors"),
        "year": first("year", "publication_year", "date"),
        "venue": first("journal_name", "secondary_title", "alternate_title3", "alternate_title2", "alternate_title1"),
        "doi": first("doi"),
        "url": urls[0] if isinstance(urls, list) and urls else first("url"),
    }
    return make_paper(fields)
