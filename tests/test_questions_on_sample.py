"""Every named question has an answer in what the shipped model reads in the sample corpus."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from kg.build import build
from kg.query import list_queries, run_named

ROOT = Path(__file__).parents[1]
EXPORTS = ROOT / "exports"

ASKED = {
    "contradictions": {},
    "datasets-of-task": {"task": "node classification"},
    "descendants-of-method": {"method": "WGN"},
    "evaluated-on": {"method": "WGN"},
    "evidence-for": {"entity": "TerraceNet"},
    "ingredients-of-method": {"method": "TerraceFormer"},
    "leaderboard": {"on": "ImageNet"},
    "methods-for-task": {"task": "image classification"},
    "metrics-of-task": {"task": "node classification"},
    "names-of": {"entity": "Weir Graph Network"},
    "never-tried": {},
    "outperforms": {"method": "WGN"},
    "papers-about": {"entity": "ImageNet"},
    "papers-reporting": {"metric": "accuracy", "dataset": "Cora"},
    "proposed-by": {"entity": "TerraceNet"},
    "rising-methods": {},
    "tasks-sharing-methods": {},
}


@pytest.fixture(scope="module")
def store(rebuild: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample") / "out"
    build(rebuild.PAPERS, out, formats=(), extractor=rebuild.RecordedExtractor(EXPORTS / rebuild.EXTRACTIONS))
    return out / "store"


def test_no_question_is_left_out() -> None:
    assert sorted(ASKED) == sorted(query.name for query in list_queries())


@pytest.mark.parametrize("name", sorted(ASKED))
def test_the_question_has_an_answer(store: Path, name: str) -> None:
    rows = list(run_named(store, name, params=ASKED[name]).rows())
    assert rows
    assert all(any(cell is not None for cell in row) for row in rows)
