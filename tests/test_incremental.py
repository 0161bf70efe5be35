"""Adding papers gives what building all at once gives, whatever the order; no key of an earlier graph is lost."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from kg.build import build, load
from kg.history import Former, history
from kg.link import resolve
from kg.model import Extraction, Paper
from kg.read import read_papers
from kg.store import open_store

sys.path.insert(0, str(Path(__file__).parent / "docs"))
from golden_extractor import PAPERS, GoldenExtractor
from sample_workspace import Annotations
from test_determinism import contents

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "examples" / "papers.jsonl"
FORMATS = ("csv", "cypher", "gexf", "graphml", "html", "jsonld", "neo4j", "nq", "parquet", "rdfxml", "trig", "ttl")
READING = ("report.html",)  # tells how many records were read, and when papers are added the old ones are read again


def exports(folder: Path) -> dict[str, str]:
    return {name: told for name, told in contents(folder).items() if not name.startswith(("kg.sqlite", *READING))}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("at-once")
    build(SAMPLE, folder, formats=FORMATS, extractor=Annotations())
    return folder


@pytest.mark.parametrize("seed", range(2))
def test_adding_papers_gives_the_bytes_of_building_all_at_once(tmp_path: Path, at_once: Path, seed: int) -> None:
    papers = list(read_papers([SAMPLE]))
    random.Random(seed).shuffle(papers)
    cuts = sorted(random.Random(seed + 10).sample(range(1, len(papers)), 1 + seed))
    for cut in cuts:
        build(papers[:cut], tmp_path, formats=(), extractor=Annotations())
    build(papers, tmp_path, formats=FORMATS, extractor=Annotations())
    found, wanted = exports(tmp_path), exports(at_once)
    assert len(found) > len(FORMATS)
    assert found == wanted


def test_every_iri_of_every_step_stands_or_is_replaced(tmp_path: Path) -> None:
    papers = list(read_papers([SAMPLE]))
    random.Random(7).shuffle(papers)
    seen: set[str] = set()
    for cut in (5, 12, 25, len(papers)):
        graph = build(papers[:cut], tmp_path, formats=("nt",), extractor=Annotations())
        seen |= {key for key, data in graph.nodes(data=True) if data["kind"] not in ("Paper", "Result")}
    text = (tmp_path / "graph.nt").read_text(encoding="utf8")
    base = graph.graph["base"]
    gone = sorted(key for key in seen if key not in graph)
    assert gone
    for key in gone:
        assert f"<{base}{key}> <http://purl.org/dc/terms/isReplacedBy> <{base}" in text
    with open_store(tmp_path) as store:
        remembered = history(store)
    assert set(gone) <= remembered.keys()
    assert all(former.now and set(former.now) <= set(graph) for key, former in remembered.items() if key in gone)


def test_a_workspace_remembers_what_removal_took_and_its_exports_do_not(
    tmp_path: Path, golden_records: tuple[list[Paper], list[Extraction]]
) -> None:
    papers, _ = golden_records
    alone = build(papers[:4], tmp_path / "alone", formats=("nt",), extractor=GoldenExtractor())
    before = build(papers, tmp_path / "ws", formats=("nt",), extractor=GoldenExtractor())
    build(papers[:4], tmp_path / "ws", formats=("nt",), extractor=GoldenExtractor())
    assert (tmp_path / "ws" / "graph.nt").read_bytes() == (tmp_path / "alone" / "graph.nt").read_bytes()
    gone = {k for k, d in before.nodes(data=True) if d["kind"] not in ("Paper", "Result") and k not in alone}
    with open_store(tmp_path / "ws") as store:
        found = history(store)
    assert gone == found.keys()
    assert found["method/schnet-" + next(k for k in gone if "schnet" in k)[-8:]] == Former(label="SchNet", now=())
    build(papers, tmp_path / "ws", formats=(), extractor=GoldenExtractor())
    with open_store(tmp_path / "ws") as store:
        assert not {key for key in history(store) if key in before}  # what is back is not remembered as gone


def test_a_fresh_workspace_remembers_nothing(tmp_path: Path) -> None:
    build(PAPERS, tmp_path, formats=(), extractor=GoldenExtractor())
    with open_store(tmp_path) as store:
        assert store.noted("history") is None
    assert load(tmp_path).graph["moved"]


def test_resolving_twice_equals_once(golden_records: tuple[list[Paper], list[Extraction]]) -> None:
    assert resolve(*golden_records) == resolve(*golden_records)
