"""The examples of docs/graph.md, run on a graph of the sample corpus that no model moves."""

from __future__ import annotations

import doctest
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.build import build
from kg.model import Extraction, ExtractorInfo, Paper, Relation
from kg.records import extraction_from_json
from kg.sentences import sentence_spans
from kg.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "graph.md"


class Annotations:
    """Knows what stands in examples/gold.jsonl; the evidence is the first sentence that names both ends."""

    def extractor_info(self) -> ExtractorInfo:
        return ExtractorInfo(name="annotations", version="1", hash="0" * 64)

    def extract(
        self, papers: Iterable[Paper], settings: Settings | None = None, *, workers: int = 1
    ) -> Iterator[Extraction]:
        lines = (ROOT / "examples" / "gold.jsonl").read_text(encoding="utf8").splitlines()
        known = {record["id"]: record for record in map(json.loads, lines)}
        for paper in papers:
            found = extraction_from_json(known.get(paper.id, {"id": paper.id}), paper.text)
            number = {"results": tuple(replace(r, number=first_number(r.value)) for r in found.results)}
            yield replace(found, relations=tuple(at_sentence(r, found, paper) for r in found.relations), **number)


def at_sentence(relation: Relation, found: Extraction, paper: Paper) -> Relation:
    places = {e.id: [m.start for m in e.mentions] for e in found.entities}
    for span in sentence_spans(paper.text):
        if all(any(span.start <= at < span.end for at in places[end]) for end in (relation.head, relation.tail)):
            return replace(relation, evidence=span)
    return relation


def first_number(value: str) -> float | None:
    match = re.search(r"\d+(?:\.\d+)?", value.replace(",", ""))
    return float(match.group()) if match else None


def test_the_examples_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(ROOT / "examples" / "papers.jsonl", tmp_path / "out", extractor=Annotations(), formats=())
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```pycon\n(.*?)^```$", PAGE.read_text(encoding="utf8"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "graph.md", str(PAGE), 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert outcome.attempted > 20
    assert not outcome.failed, "".join(said)
