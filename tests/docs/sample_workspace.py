"""A workspace of the sample corpus that no model moves: examples/gold.jsonl with the sentence of each fact."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.build import build
from kg.model import Extraction, ExtractorInfo, Paper
from kg.records import extraction_from_json
from kg.settings import Settings

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "tests" / "golden" / "sample.jsonl"


class Annotations:
    """Knows the papers of the sample by heart."""

    def extractor_info(self) -> ExtractorInfo:
        return ExtractorInfo(name="annotations", version="1", hash="0" * 64)

    def extract(
        self, papers: Iterable[Paper], settings: Settings | None = None, *, workers: int = 1
    ) -> Iterator[Extraction]:
        known = {record["id"]: record for record in map(json.loads, RECORDS.read_text(encoding="utf8").splitlines())}
        for paper in papers:
            yield extraction_from_json(known[paper.id], paper.text)


def make_sample(folder: Path) -> Path:
    """Build the workspace in out/ of `folder`; returns `folder`."""
    formats = ("graphml", "parquet")
    build(ROOT / "examples" / "papers.jsonl", folder / "out", extractor=Annotations(), formats=formats)
    return folder
