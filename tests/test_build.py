"""The straight line, with an extractor that knows the golden papers by heart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import pytest
from golden_extractor import PAPERS, GoldenExtractor

import kg
from kg.build import BuildReport, build, load
from kg.errors import ExportError, ReadError, StoreError
from kg.model import Extraction, Paper
from kg.settings import Settings
from kg.store import open_store, write_store
from kg.workspace import export_path

ROOT = Path(__file__).parents[1]
FORMATS = ("ttl", "gexf")
Golden = tuple[list[Paper], list[Extraction]]


def same(a: nx.MultiDiGraph, b: nx.MultiDiGraph) -> bool:
    """Same nodes, edges and attributes in the same order, whatever was told of the reading."""
    reading = ("read", "rejections", "notices", "calibration")
    about = [{name: value for name, value in g.graph.items() if name not in reading} for g in (a, b)]
    return (
        list(a.nodes(data=True)) == list(b.nodes(data=True))
        and list(a.edges(keys=True, data=True)) == list(b.edges(keys=True, data=True))
        and list(a.in_edges(keys=True)) == list(b.in_edges(keys=True))
        and about[0] == about[1]
    )


def test_a_workspace_holds_what_was_asked_for(tmp_path: Path, golden_graph: nx.MultiDiGraph) -> None:
    report = BuildReport()
    graph = build(PAPERS, tmp_path / "out", formats=FORMATS, extractor=GoldenExtractor(), report=report)
    assert same(graph, golden_graph)
    assert (report.papers, report.extracted, report.reading.read) == (10, 10, 10)
    assert report.files == (tmp_path / "out" / "graph.gexf", tmp_path / "out" / "graph.ttl")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"kg.sqlite", "kg.lock", "store", "graph.gexf", "graph.ttl"}


def test_loading_gives_the_graph_that_was_built(tmp_path: Path) -> None:
    graph = build(PAPERS, tmp_path, formats=(), extractor=GoldenExtractor())
    assert same(load(tmp_path), graph)
    assert load(str(tmp_path)).graph == graph.graph


def test_the_facade_builds_in_memory_from_records_in_any_order(golden_records: Golden) -> None:
    papers = list(kg.read_papers(PAPERS))
    graphs = [kg.build(order, extractor=GoldenExtractor()) for order in (papers, papers[::-1])]
    assert same(*graphs)
    assert graphs[0].graph["extractor"] == "golden"


def test_a_second_build_extracts_only_what_is_new(tmp_path: Path, golden_records: Golden) -> None:
    papers, _ = golden_records
    first, second = GoldenExtractor(), GoldenExtractor()
    build(papers[:6], tmp_path, formats=(), extractor=first)
    graph = build(papers, tmp_path, formats=(), extractor=second)
    assert (sorted(first.seen), sorted(second.seen)) == ([p.id for p in papers[:6]], [p.id for p in papers[6:]])
    assert same(graph, build(papers, extractor=GoldenExtractor()))


def test_a_new_extractor_reads_everything_again(tmp_path: Path) -> None:
    build(PAPERS, tmp_path, formats=(), extractor=GoldenExtractor())
    newer = GoldenExtractor(version="2")
    assert build(None, tmp_path, formats=(), extractor=newer).graph["extractor_version"] == "2"
    assert len(newer.seen) == 10


def test_building_fewer_papers_leaves_no_trace_of_the_others(tmp_path: Path, golden_records: Golden) -> None:
    papers, _ = golden_records
    build(papers, tmp_path, formats=FORMATS, extractor=GoldenExtractor())
    build(papers[:3], tmp_path, formats=("ttl",), extractor=GoldenExtractor())
    build(papers[:3], tmp_path / "alone", formats=FORMATS, extractor=GoldenExtractor())
    for name in ("graph.ttl", "graph.gexf"):  # an export of an earlier build is not left behind outdated
        assert (tmp_path / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()


def test_a_workspace_remembers_its_settings(tmp_path: Path) -> None:
    settings = Settings(base="https://example.org/", min_score=0.5)
    graph = build(PAPERS, tmp_path, settings, formats=(), extractor=GoldenExtractor())
    assert graph.graph["base"] == "https://example.org/"
    again = GoldenExtractor()
    assert same(build(None, tmp_path, formats=(), extractor=again), graph)
    assert again.seen == []


def test_another_threshold_needs_no_new_extraction(tmp_path: Path) -> None:
    few = build(PAPERS, tmp_path, Settings(min_score=1.0), formats=(), extractor=GoldenExtractor())
    again = GoldenExtractor()
    all_ = build(None, tmp_path, Settings(), formats=(), extractor=again)
    assert few.size() < all_.size()
    assert again.seen == []


def test_one_damaged_file_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    graph = build(PAPERS, tmp_path, formats=(), extractor=GoldenExtractor())
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}\n")
    for strict, why in ((True, "bad.jsonl:1"), (False, "no papers to build from")):
        with pytest.raises(ReadError, match=why):
            build(bad, tmp_path, formats=(), extractor=GoldenExtractor(), strict=strict)
    with open_store(tmp_path) as store:
        assert store.summary()["complete"]
    assert same(load(tmp_path), graph)


def test_what_was_left_out_is_kept_for_the_report(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text(PAPERS.read_text(encoding="utf8") * 2 + "nonsense\n", encoding="utf8")
    report = BuildReport()
    build(papers, tmp_path / "out", formats=(), extractor=GoldenExtractor(), report=report)
    assert (report.papers, report.reading.read) == (10, 20)
    assert load(tmp_path / "out").graph["read"] == 20
    assert len(load(tmp_path / "out").graph["rejections"]) == 11
    with open_store(tmp_path / "out") as store:
        rejections = list(store.rejections())
    assert len(rejections) == 11
    assert [r.line for r in rejections if r.kind == "bad"] == [21]


def test_nothing_to_build_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no papers here yet"):
        build(None, tmp_path, extractor=GoldenExtractor())
    with pytest.raises(StoreError, match="no workspace here"):
        load(tmp_path)
    with write_store(tmp_path), pytest.raises(StoreError, match="no graph yet"):
        load(tmp_path)
    with pytest.raises(ReadError, match="no papers to build from"):
        build([], extractor=GoldenExtractor())
    with pytest.raises(ReadError, match="nowhere"):
        build("nowhere.jsonl", tmp_path / "out", extractor=GoldenExtractor())
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_told_before_the_work(tmp_path: Path) -> None:
    extractor = GoldenExtractor()
    with pytest.raises(ExportError, match="did you mean 'gexf'"):
        build(PAPERS, tmp_path / "out", formats=["gefx"], extractor=extractor)
    assert extractor.seen == []
    assert not (tmp_path / "out").exists()


def test_exports_have_names_of_their_own() -> None:
    assert export_path(Path("out"), "ttl") == Path("out/graph.ttl")
    assert export_path(Path("out"), "turtle") == Path("out/graph.ttl")
    assert export_path(Path("out"), "report") == Path("out/report.html")
    assert export_path(Path("out"), "neo4j") == Path("out/neo4j")


SLOW = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits that it is ignored
sys.path[:0] = [{root!r}, {tests!r}]
from golden_extractor import GoldenExtractor, PAPERS
import kg.build
kg.build._BATCH = 1
class Slow(GoldenExtractor):
    def extract(self, papers, settings=None, *, workers=1):
        for n, record in enumerate(super().extract(papers, settings)):
            if n == 4:
                print("half", flush=True)
                time.sleep(60)
            yield record
kg.build.build(PAPERS, {out!r}, formats=("ttl",), extractor=Slow())
"""


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_build_goes_on_where_it_stopped(tmp_path: Path, kill: signal.Signals) -> None:
    out = tmp_path / "out"
    program = SLOW.format(root=str(ROOT), tests=str(ROOT / "tests"), out=str(out))
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        with pytest.raises(StoreError, match=f"being written by process {process.pid}"):
            build(PAPERS, out, formats=(), extractor=GoldenExtractor())
        time.sleep(0.1)
        os.kill(process.pid, kill)
        assert process.wait(timeout=120) != 0
    with open_store(out) as store:
        assert not store.summary()["complete"]
    rest = GoldenExtractor()
    graph = build(None, out, formats=("ttl",), extractor=rest)
    assert len(rest.seen) == 6
    assert same(graph, build(PAPERS, extractor=GoldenExtractor()))
    with open_store(out) as store:
        assert store.summary()["complete"]


def test_corrections_of_the_user_are_applied_on_every_build(tmp_path: Path) -> None:
    build(PAPERS, tmp_path, formats=(), extractor=GoldenExtractor())
    (tmp_path / "curation.tsv").write_text(
        "action\tentity\tvalue\nrename\tLadder Attention Network\tLAN (Quill)\nmerge\tnobody\tno one\n"
    )
    report = BuildReport()
    graph = build(None, tmp_path, formats=(), extractor=GoldenExtractor(), report=report)
    labels = {label for _, label in graph.nodes(data="label")}
    assert "LAN (Quill)" in labels
    assert "Ladder Attention Network" not in labels
    assert [problem.line for problem in report.curation] == [3]
