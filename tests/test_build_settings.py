"""What a build is asked for beyond its papers, and what it says of papers that it could not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.build import BuildReport, build, load
from kg.errors import ConfigError
from kg.model import Extraction, ExtractorInfo, Paper
from kg.records import extraction_from_json
from kg.settings import Settings, load_settings
from kg.snapshot import load as load_graph

PAPERS = [
    Paper(id="en", title="", abstract="CRANE does not beat BERT. CRANE beats LSTMs."),
    Paper(id="de", title="", abstract="Wir stellen ein neuronales Netz zur Bildklassifikation vor."),
]


class Reader:
    """Reads the English paper: a fact denied and a fact asserted."""

    def extractor_info(self) -> ExtractorInfo:
        return ExtractorInfo(name="reader", version="1", hash="0" * 64)

    def calibration_measured(self) -> dict[str, Any]:
        return {"measured_on": "a test", "papers": 1, "kinds": {}}

    def extract(
        self, papers: Iterable[Paper], settings: Settings | None = None, *, workers: int = 1
    ) -> Iterator[Extraction]:
        for paper in papers:
            if paper.id == "de":
                yield Extraction(id="de", language="de")
                continue
            names = {"e1": "CRANE", "e2": "BERT", "e3": "LSTMs"}
            yield extraction_from_json(
                {
                    "id": paper.id,
                    "entities": [{"id": i, "type": "Method", "mentions": [n], "score": 0.8} for i, n in names.items()],
                    "relations": [
                        {"head": "e1", "type": "outperforms", "tail": "e2", "score": 0.9, "status": "negated"},
                        {"head": "e1", "type": "outperforms", "tail": "e3", "score": 0.6},
                    ],
                },
                paper.text,
            )


def beaten(graph: Any) -> set[str]:
    return {graph.nodes[tail]["label"] for _, tail, relation in graph.edges(keys=True) if relation == "outperforms"}


def test_changes_are_remembered_and_can_be_taken_back(tmp_path: Path) -> None:
    assert beaten(build(PAPERS, tmp_path, formats=(), extractor=Reader())) == {"LSTMs"}
    marked = build(None, tmp_path, formats=("csv", "ttl", "gexf"), changes={"unasserted": True}, extractor=Reader())
    assert beaten(marked) == {"BERT", "LSTMs"}
    assert "negated" in (tmp_path / "csv" / "facts.csv").read_text(encoding="utf8")
    assert "negated" in (tmp_path / "graph.gexf").read_text(encoding="utf8")
    assert beaten(build(None, tmp_path, formats=(), extractor=Reader())) == {"BERT", "LSTMs"}
    assert beaten(build(None, tmp_path, changes={"unasserted": False}, formats=(), extractor=Reader())) == {"LSTMs"}
    clean = build(None, tmp_path, changes={"precision": 0.7}, formats=(), extractor=Reader())
    assert beaten(clean) == set()
    assert load(tmp_path).graph == clean.graph


def test_settings_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text("[kg]\nunasserted = true\nprecision = 0.9\n", encoding="utf8")
    assert load_settings(tmp_path / "kg.toml") == Settings(unasserted=True, precision=0.9)


def test_papers_in_other_languages_are_kept_and_told(tmp_path: Path) -> None:
    report = BuildReport()
    graph = build(PAPERS, tmp_path, formats=("report",), extractor=Reader(), report=report)
    assert [data.get("language") for _, data in graph.nodes(data=True) if data["kind"] == "Paper"] == ["de", None]
    (notice,) = report.reading.notices
    assert notice.source == "paper de"
    assert "another language than English (de)" in notice.reason
    page = (tmp_path / "report.html").read_text(encoding="utf8")
    assert "Not in English, kept but not read (1)" in page
    assert load_graph(tmp_path).graph["calibration"]["measured_on"] == "a test"


@pytest.mark.parametrize("changes", [{"precision": 2.0}, {"precision": -0.1}])
def test_a_change_that_is_no_setting_is_refused(tmp_path: Path, changes: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="is no probability"):
        build(PAPERS, tmp_path, formats=(), changes=changes, extractor=Reader())
