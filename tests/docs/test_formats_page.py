"""The files that docs/formats.md shows are read as it says, each in the format that its section is about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg import read_papers
from kg.model import ReadReport
from kg.read import READERS
from kg.read.fields import ALIASES, plain_name

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf8")
FILES = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
FORMATS = {
    "papers.jsonl": "jsonl",
    "papers.csv": "csv",
    "refs.bib": "bibtex",
    "export.ris": "ris",
    "works.json": "openalex",
    "feed.atom": "arxiv",
    "pubmed.xml": "pubmed",
    "papers.txt": "text",
    "listing.txt": "page",
}
IDS = {
    "papers.jsonl": ["weir", "shelf"],
    "refs.bib": ["weir2019"],
    "export.ris": ["weir2019"],
    "works.json": ["W9990000001"],
    "feed.atom": ["arxiv:2113.00001"],
    "pubmed.xml": ["pmid:99900001"],
}


def test_every_text_format_has_an_example() -> None:
    assert set(FILES) == set(FORMATS)
    assert {*FORMATS.values(), "tsv", "parquet"} == set(READERS)
    assert all(f"`{name}`" in TEXT for name in READERS)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_example_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FILES[name], encoding="utf8")
    report = ReadReport()
    told = list(read_papers(tmp_path / name, report=report))
    assert told == list(read_papers(tmp_path / name, format=FORMATS[name]))
    assert not report.rejections and not report.notices
    assert {p.title for p in told} <= {
        "Weir Graph Networks",
        "Shelf Factorization",
        "Shelf Factorization for Collaborative Filtering",
        "PathoTerrace for histopathology",
    }
    assert all(p.abstract for p in told)
    assert told[0].authors or name == "papers.txt"
    assert [p.id for p in told] == IDS.get(name, [p.id for p in told])
    assert len(told) == (1 if len(IDS.get(name, "12")) == 1 else 2)


def test_the_names_of_fields_are_those_of_the_readers() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", TEXT.partition("names that are understood")[2], re.MULTILINE))
    told = {field: [plain_name(name) for name in names.split(", ")] for field, names in rows.items()}
    assert told == {field: list(names) for field, names in ALIASES.items()}
