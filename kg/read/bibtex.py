"""BibTeX and BibLaTeX, by bibtexparser."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from bibtexparser.library import Library
from bibtexparser.middlewares.parsestack import default_parse_stack
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock
from bibtexparser.splitter import Splitter
from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

from kg.errors import ReadError
from kg.model import Paper
from kg.read.fields import make_paper
from kg.read.source import Reject

_LIMIT = 512 << 20  # bytes; the parser holds the whole file
_READ = frozenset(
    {"title", "abstract", "author", "year", "date", "journal", "journaltitle", "booktitle", "doi", "url", "eprint"}
    | {"eprinttype", "archiveprefix"}
)
_LATEX = re.compile(r"[\\{}$~]|``|''|--")
_ESCAPED = re.compile(r"\\([%&_#])")
_PERCENT = re.compile(r"(?<!\\)%")
_DECODER = LatexNodes2Text(math_mode="verbatim", keep_braced_groups=False)


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of entries in file order; ids are the citation keys, LaTeX accents and commands become Unicode.

    A key that occurs twice is no fault here. Raises ReadError for a file beyond 512 MiB.
    """
    data = stream.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise ReadError(f"is larger than {_LIMIT >> 20} MiB; split it", source=source)
    blocks, keys = _split(data.decode("utf8", "replace"))
    for block in _decoded(blocks):
        line = (block.start_line or 0) + 1
        if isinstance(block, Entry):
            try:
                yield line, _paper(block, keys[block.key])
            except ValueError as error:
                reject(line, str(error))
        elif isinstance(block, ParsingFailedBlock) and not isinstance(block, DuplicateBlockKeyBlock):
            reason = getattr(block.error, "abort_reason", None) or block.error
            reject(line, f"no valid BibTeX: {' '.join(str(reason).split())}")


def _split(text: str) -> tuple[list[Block], dict[str, str]]:
    """The raw blocks, each entry under its number as its key, and the keys that they had: keys may come twice."""
    logging.getLogger("bibtexparser").setLevel(logging.ERROR)  # what it warns of is reported by block
    blocks: list[Block] = []
    keys: dict[str, str] = {}
    for number, found in enumerate(Splitter(text).split().blocks):
        twice = isinstance(found, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock)
        block = cast(ParsingFailedBlock, found).ignore_error_block if twice else found
        if isinstance(block, Entry):
            keys[str(number)], block.key = block.key, str(number)
        blocks.append(found if block is None else block)
    return blocks, keys


def _decoded(blocks: list[Block]) -> list[Block]:
    library = Library(blocks, fail_on_duplicate_key=False)
    for step in default_parse_stack(True):
        library = step.transform(library)
    return list(library.blocks)


def _plain(value: str) -> str:
    """LaTeX as Unicode, formulas as they are; a percent sign is text, as in BibTeX, and begins no comment."""
    simple = _ESCAPED.sub(r"\1", value)
    if not _LATEX.search(simple):
        return simple
    return str(_DECODER.latex_to_text(_PERCENT.sub(r"\%", value)))


def _paper(entry: Entry, key: str) -> Paper:
    try:
        values = {n.lower(): _plain(str(field.value)) for n, field in entry.fields_dict.items() if n.lower() in _READ}
    except RecursionError:
        raise ValueError("braces are nested too deeply") from None
    is_arxiv = "arxiv" in values.get("archiveprefix", values.get("eprinttype", "")).lower()
    names = values.get("author", "").replace("\n", " ").split(" and ")
    fields = {
        "id": key,
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
