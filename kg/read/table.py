"""CSV and TSV with a header line; columns go by their usual names or by those that the caller maps."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from kg.errors import ReadError
from kg.model import Paper
from kg.read.fields import make_paper, pick
from kg.read.source import Reject, lines


def read(
    stream: BinaryIO, *, source: str, reject: Reject, columns: Mapping[str, str] | None = None
) -> Iterator[tuple[int | None, Paper]]:
    """Papers of a CSV file; its delimiter is the one of comma, semicolon, tab and bar that its header uses most.

    Raises ReadError where the header has neither a title nor an abstract, or lacks a column of `columns`.
    """
    yield from _read(stream, source, reject, columns, None)


def read_tsv(
    stream: BinaryIO, *, source: str, reject: Reject, columns: Mapping[str, str] | None = None
) -> Iterator[tuple[int | None, Paper]]:
    """Papers of a file with tabs between its columns. Raises ReadError as `read` does."""
    yield from _read(stream, source, reject, columns, "\t")


def check_columns(names: list[str], columns: Mapping[str, str] | None, source: str) -> None:
    """Raises ReadError unless `names` has what `columns` asks for, and a title or an abstract."""
    for field, name in (columns or {}).items():
        if name not in names:
            raise ReadError(f"no column {name!r} for {field}; the columns are {_listed(names)}", source=source)
    if not {"title", "abstract"} & set(pick(dict.fromkeys(names, "x"), columns)):
        raise ReadError(
            f"no column for title or abstract; the columns are {_listed(names)}; "
            "map one with columns={'title': NAME, 'abstract': NAME}",
            source=source,
        )


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:30]) or "none"


def _read(
    stream: BinaryIO, source: str, reject: Reject, columns: Mapping[str, str] | None, delimiter: str | None
) -> Iterator[tuple[int | None, Paper]]:
    numbered = _Numbered(lines(stream, reject))
    header = next(numbered, None)
    if header is None:
        return
    delimiter = delimiter or max(",;\t|", key=header.count)
    try:
        names = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error as error:
        raise ReadError(f"its header cannot be read: {error}", source=source, line=numbered.last) from error
    check_columns(names, columns, source)
    rows = csv.reader(numbered, delimiter=delimiter)
    while True:
        start = numbered.last + 1
        try:
            row = next(rows, None)
            if row is None:
                return
            if not any(row):
                continue
            if len(row) != len(names):
                raise ValueError(f"{len(row)} fields where the header has {len(names)}")
            yield start, make_paper(pick(dict(zip(names, row, strict=True)), columns))
        except (csv.Error, ValueError) as error:
            reject(start, str(error))


class _Numbered(Iterator[str]):
    """The lines as csv wants them, remembering the number of the last one."""

    def __init__(self, numbered: Iterator[tuple[int, str]]) -> None:
        self._numbered = numbered
        self.last = 0

    def __next__(self) -> str:
        self.last, line = next(self._numbered)
        return line + "\n"
