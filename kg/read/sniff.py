"""Tell the format of a file by its name and, where the name leaves it open, by its first bytes."""

from __future__ import annotations

import itertools
import re

from kg.errors import ReadError
from kg.read.fields import ALIASES, plain_name
from kg.read.listing import is_chrome, is_prose, unglued

BINARY = frozenset({"parquet"})  # readers that take the bytes as they are, not as UTF-8

_BY_EXTENSION = {
    "csv": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "parquet": "parquet",
    "pq": "parquet",
    "bib": "bibtex",
    "bibtex": "bibtex",
    "ris": "ris",
    "atom": "arxiv",
}
_BIBTEX = re.compile(r"^\s*@[A-Za-z]+\s*[{(]", re.MULTILINE)
_RIS = re.compile(r"^\s*TY {1,2}-", re.MULTILINE)
_PUBMED = re.compile(r"<(?:PubmedArticle|PubmedArticleSet|MedlineCitation)\b")
_ARXIV = re.compile(r"<(?:\w+:)?(?:feed|OAI-PMH|ListRecords|record|entry)\b")
_OPENALEX = re.compile(r'"abstract_inverted_index"|"https?:\\?/\\?/(?:api\.)?openalex\.org\\?/W?\d')


def detect(source: str, head: bytes, text: str) -> str:
    """The format of a file: by the extension of its name (before .gz or .zst), else by its first bytes.

    `head` is the first bytes, decompressed; `text` is the same, decoded. Raises ReadError where it cannot be told.
    """
    name = re.sub(r"\.(?:gz|zst|zstd)$", "", source.lower())
    if (known := _BY_EXTENSION.get(name.rpartition(".")[2])) is not None:
        return known
    found = _by_content(head, text)
    if found is None:
        raise ReadError("its format cannot be told; name it (jsonl, csv, pubmed, ...)", source=source)
    return found


def _by_content(head: bytes, text: str) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _xml(start)
    if start.startswith(("{", "[")):
        return "openalex" if _OPENALEX.search(start) else "jsonl"
    if start.count("\0") > len(start) // 50:
        return None
    if _BIBTEX.match(start) or (start.startswith("%") and _BIBTEX.search(start)):
        return "bibtex"
    if _RIS.match(start):
        return "ris"
    return _table(start) or _prose(start)


def _xml(text: str) -> str | None:
    if _PUBMED.search(text):
        return "pubmed"
    return "arxiv" if _ARXIV.search(text) else None


def _table(text: str) -> str | None:
    """A table has a header line with a column called title or abstract and one other known name."""
    header = text.partition("\n")[0]
    for name, delimiter in (("tsv", "\t"), ("csv", ","), ("csv", ";")):
        cells = {plain_name(cell) for cell in header.split(delimiter)}
        known = [field for field, names in ALIASES.items() if cells & set(names)]
        if len(cells) > 1 and len(known) > 1 and {"title", "abstract"} & set(known):
            return name
    return None


def _prose(text: str) -> str:
    """Blocks have a title line and then the abstract, with blank lines between; anything else is a copied page."""
    blocks = [[line for line in block.splitlines() if line.strip()] for block in re.split(r"\n\s*\n", text.strip())]
    if not blocks[0] or unglued(blocks[0][0], (), text) != blocks[0][0]:
        return "page" if blocks[0] else "text"
    titles_in_a_row = 0
    for block in blocks:
        prose = [is_prose(line) for line in block]
        if any(before and not after for before, after in itertools.pairwise(prose)):
            return "page"
        wrapped = not any(len(line) > 200 for line in block) and any(len(line) > 60 for line in block)
        if not wrapped and any(is_chrome(line) for line in block if not is_prose(line)):
            return "page"
        titles_in_a_row = titles_in_a_row + 1 if len(block) == 1 and not prose[0] else 0
        if titles_in_a_row > 1 and len(blocks) > 2:
            return "page"
    return "text"
