"""Files of papers to records: one reader a format, registered by name and loaded on first use.

A reader is `read(stream, *, source, reject)`: it takes a binary stream (UTF-8 for the formats made of text), yields
`(line, paper)` with the 1-based line, or record number, that the paper starts at, and calls `reject(line, reason)` for
each record that it cannot use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import cast

from kg.errors import ReadError
from kg.model import Notice, Paper, ReadReport, Rejection
from kg.read.fields import ALIASES
from kg.read.sniff import BINARY, detect
from kg.read.source import as_stream, in_utf8, opened, text_encoding

READERS: dict[str, str] = {
    "arxiv": "kg.read.arxiv:read",
    "bibtex": "kg.read.bibtex:read",
    "csv": "kg.read.table:read",
    "jsonl": "kg.read.jsonl:read",
    "openalex": "kg.read.openalex:read",
    "page": "kg.read.page:read",
    "parquet": "kg.read.parquet:read",
    "pubmed": "kg.read.pubmed:read",
    "ris": "kg.read.ris:read",
    "text": "kg.read.blocks:read",
    "tsv": "kg.read.table:read_tsv",
}
WITH_COLUMNS = frozenset({"csv", "jsonl", "parquet", "tsv"})

PathLike = str | os.PathLike[str]
Reader = Callable[..., Iterator[tuple[int | None, Paper]]]


def read_papers(
    paths: PathLike | Iterable[PathLike],
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    report: ReadReport | None = None,
) -> Iterator[Paper]:
    """Read papers from files, one at a time, in the order in which they stand there.

    `paths` is one path or several; '-' is standard input. Files may be compressed with gzip or zstd. The `format` is
    told by a file's name and content unless named. `columns` maps fields of Paper to the names of columns or keys
    (`{"title": "Paper Title"}`) for csv, tsv, parquet and jsonl. Records that cannot be used are added to `report`,
    with file, line and reason, and the rest is read; with `strict` the first one raises. Papers that occur twice
    come twice: see `kg.read.duplicates.deduplicate`.

    Raises ReadError for a file that cannot be opened, an unknown format or field, and, with `strict`, for a bad record.

    >>> list(read_papers([]))
    []
    """
    if format is not None and format not in READERS:
        raise ReadError(f"unknown format {format!r}; choose from {', '.join(READERS)}", source="format")
    if columns and (unknown := sorted(set(columns) - set(ALIASES))):
        raise ReadError(f"unknown field {unknown[0]!r}; choose from {', '.join(ALIASES)}", source="columns")
    files = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    return _read_files(
        [os.fspath(f) for f in files], format, columns, strict, ReadReport() if report is None else report
    )


def _read_files(
    paths: list[str], format: str | None, columns: Mapping[str, str] | None, strict: bool, report: ReadReport
) -> Iterator[Paper]:
    for path in paths:
        source = "standard input" if path == "-" else path
        for line, paper in _read_file(path, source, format, columns, strict, report):
            report.read += 1
            report.places.append((source, line))
            yield paper


def _read_file(
    path: str, source: str, format: str | None, columns: Mapping[str, str] | None, strict: bool, report: ReadReport
) -> Iterator[tuple[int | None, Paper]]:
    def reject(line: int | None, reason: str) -> None:
        if strict:
            raise ReadError(reason, source=source, line=line)
        report.rejections.append(Rejection(source=source, line=line, reason=reason))

    def notice(line: int | None, reason: str) -> None:
        report.notices.append(Notice(source=source, line=line, reason=reason))

    with opened(path, reject) as (head, chunks):
        encoding, mark = text_encoding(head)
        name = format or detect(source, head, head[mark:].decode(encoding, "replace"))
        if columns and name not in WITH_COLUMNS:
            raise ReadError(
                f"columns cannot be named for {name}; only for {', '.join(sorted(WITH_COLUMNS))}", source=source
            )
        stream = as_stream(chunks if name in BINARY else in_utf8(chunks, head, notice))
        options = {"columns": columns} if columns else {}
        found = False
        for item in _reader(name)(stream, source=source, reject=reject, **options):
            found = True
            yield item
        if not found:
            notice(None, f"no papers in it, read as {name}")


def _reader(name: str) -> Reader:
    module, _, function = READERS[name].partition(":")
    return cast(Reader, getattr(import_module(module), function))
