"""Rebuild this folder from the sample corpus: `python exports/rebuild.py`, then read the difference.

First the shipped model reads the papers (`extractions.jsonl`), then every format is written from what it read.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.build import build
from kg.extract import extract, extractor_info
from kg.model import Extraction, ExtractorInfo, Paper
from kg.read import read_papers
from kg.records import extraction_from_json, extraction_to_json
from kg.settings import Settings

HERE = Path(__file__).parent
PAPERS = HERE.parent / "examples" / "papers.jsonl"
EXTRACTIONS = "extractions.jsonl"
FORMATS = ("ttl", "trig", "jsonld", "gexf", "graphml", "neo4j", "cypher", "csv", "html", "report")
WORKSPACE_ONLY = ("kg.sqlite", "kg.sqlite-wal", "kg.sqlite-shm", "kg.lock", "store")


class RecordedExtractor:
    """Gives the extractions of a file, so that the exports can be rebuilt without running the model."""

    def __init__(self, path: Path) -> None:
        records = (extraction_from_json(json.loads(line)) for line in path.read_text(encoding="utf8").splitlines())
        self._known = {record.id: record for record in records}

    def extractor_info(self) -> ExtractorInfo:
        return extractor_info()

    def extract(
        self, papers: Iterable[Paper], settings: Settings | None = None, *, workers: int = 1
    ) -> Iterator[Extraction]:
        return (self._known[paper.id] for paper in papers)


def record(target: Path) -> None:
    """Read the sample corpus with the shipped model into `target`, one record a line, by paper id."""
    papers = sorted(read_papers([PAPERS]), key=lambda paper: paper.id)
    lines = [json.dumps(extraction_to_json(found), ensure_ascii=False) + "\n" for found in extract(papers)]
    target.write_text("".join(lines), encoding="utf8")


def rebuild(extractions: Path, target: Path) -> list[Path]:
    """Write all formats into `target` from recorded extractions; returns the files, relative to it and sorted."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        build(PAPERS, out, formats=FORMATS, extractor=RecordedExtractor(extractions))
        made = [
            path for path in out.rglob("*") if path.is_file() and path.relative_to(out).parts[0] not in WORKSPACE_ONLY
        ]
        for path in made:
            place = target / path.relative_to(out)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        return sorted(path.relative_to(out) for path in made)


if __name__ == "__main__":
    record(HERE / EXTRACTIONS)
    for name in rebuild(HERE / EXTRACTIONS, HERE):
        print(name)
