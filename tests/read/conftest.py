"""Three invented papers, as `examples/formats/papers.jsonl` has them, and a way to read a file made of text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.model import Paper, ReadReport
from kg.read import read_papers
from kg.records import paper_from_json

FORMATS = Path(__file__).parents[2] / "examples" / "formats"
Read = Callable[..., tuple[list[Paper], ReadReport]]


@pytest.fixture(scope="session")
def invented() -> list[Paper]:
    """Lantern, drift and tidal."""
    lines = (FORMATS / "papers.jsonl").read_text(encoding="utf8").splitlines()
    return [paper_from_json(json.loads(line)) for line in lines]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a file and read it: the papers and the report."""

    def read_file(content: str | bytes, name: str, **options: object) -> tuple[list[Paper], ReadReport]:
        path = tmp_path / name
        path.write_bytes(content.encode("utf8") if isinstance(content, str) else content)
        report = ReadReport()
        return list(read_papers(path, report=report, **options)), report  # type: ignore[arg-type]

    return read_file
