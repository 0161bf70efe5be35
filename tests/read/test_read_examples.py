"""The same three papers in every format read alike, as far as the format goes."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from kg.model import Paper, ReadReport
from kg.read import READERS, read_papers
from kg.read.sniff import detect

FORMATS = Path(__file__).parents[2] / "examples" / "formats"
ALL = ("title", "abstract", "authors", "year", "venue", "doi", "arxiv")
CASES = {
    "papers.jsonl": ("jsonl", ("id", *ALL)),
    "papers.csv": ("csv", ("id", *ALL)),
    "papers.tsv": ("tsv", ("id", *ALL)),
    "papers.parquet": ("parquet", ("id", *ALL)),
    "papers.bib": ("bibtex", ("id", *ALL)),
    "papers.ris": ("ris", ("id", *ALL)),
    "openalex.json": ("openalex", ALL),
    "arxiv-atom.xml": ("arxiv", ALL),
    "arxiv-oai.xml": ("arxiv", ALL),
    "pubmed.xml": ("pubmed", ALL[:-1]),
    "blocks.txt": ("text", ("title", "abstract")),
    "page.txt": ("page", ("title", "abstract", "year")),
}


@pytest.mark.parametrize("name", CASES)
def test_every_format_gives_the_same_papers(name: str, invented: list[Paper]) -> None:
    path = FORMATS / name
    expected, fields = CASES[name]
    head = path.read_bytes()[: 1 << 16]
    assert detect(name, head, head.decode("utf8", "replace")) == expected
    report = ReadReport()
    papers = list(read_papers(path, report=report))
    assert [[getattr(p, f) for f in fields] for p in papers] == [[getattr(p, f) for f in fields] for p in invented]
    assert (report.read, report.rejections, report.notices) == (3, [], [])
    assert papers == list(read_papers(path, format=expected))


def test_every_example_and_every_reader_is_covered() -> None:
    assert {path.name for path in FORMATS.iterdir()} == set(CASES)
    assert {expected for expected, _ in CASES.values()} == set(READERS)


@pytest.mark.parametrize("target", READERS.values())
def test_registered_readers_exist(target: str) -> None:
    module, _, function = target.partition(":")
    assert callable(getattr(import_module(module), function))


def test_ids_say_where_they_come_from(invented: list[Paper]) -> None:
    ids = {name: next(read_papers(FORMATS / name)).id for name in CASES}
    assert ids["papers.jsonl"] == ids["papers.bib"] == ids["papers.ris"] == "lantern"
    assert ids["openalex.json"] == "W9000000001"
    assert ids["arxiv-atom.xml"] == ids["arxiv-oai.xml"] == "arxiv:9903.00001"
    assert ids["pubmed.xml"] == "pmid:99000001"
    assert ids["blocks.txt"] == ids["page.txt"]
    assert re.fullmatch(r"p-[0-9a-f]{12}", ids["page.txt"])
