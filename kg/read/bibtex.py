"""BibTeX and BibLaTeX, by bibtexparser."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import BinaryIO, cast

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock

from kg.errors import ReadError
from kg.model import Paper
from kg.read.fields import make_paper
from kg.read.source import Reject

_LIMIT = 512 << 20  # bytes; the parser holds the whole file


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of entries in file order; ids are the citation keys, LaTeX accents and commands become Unicode.

    A key that occurs twice is no fault here. Raises ReadError for a file beyond 512 MiB.
    """
    data = stream.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise ReadError(f"is larger than {_LIMIT >> 20} MiB; split it", source=source)
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    library = parse_string(
        data.decode("utf8", "replace"), append_middleware=[LatexDecodingMiddleware(allow_inplace_modification=True)]
    )
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        twice = isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock)
        entry = cast(ParsingFailedBlock, block).ignore_error_block if twice else block
        if isinstance(entry, Entry):
            try:
                yield line, _paper(entry)
            except ValueError as error:
                reject(line, str(error))
    for failed in library.failed_blocks:
        if not isinstance(failed, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
            reject((failed.start_line or 0) + 1, f"no valid BibTeX: {' '.join(str(failed.error).split())}")


def _paper(entry: Entry) -> Paper:
    values = {name.lower(): str(field.value) for name, field in entry.fields_dict.items()}
    is_arxiv = "arxiv" in values.get("archiveprefix", values.get("eprinttype", "")).lower()
    names = values.get("author", "").replace("\n", " ").split(" and ")
    fields = {
        "id": entry.key,
        "title": values.get("title"),
        "abstract": values.get("abstract"),
        "authors": [name for name in names if name.strip().lower() != "others"],
        "year": values.get("year") or values.get("date"),
        "venue": values.get("journal") or values.get("journaltitle") or values.get("booktitle"),
        "doi": values.get("doi"),
        "arxiv": values.get("eprint") if is_arxiv else None,
        "url": values.get("url"),
    }
    return make_paper(fields)
