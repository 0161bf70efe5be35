"""Graphs for the tests: from golden papers whose extractions were written by hand, so that no model moves them.

And one whose every text is hostile.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import networkx as nx
import pytest

from kg.graph import assemble
from kg.keys import entity_key, paper_key
from kg.link import resolve
from kg.model import (
    Entity,
    Evidence,
    Extraction,
    ExtractorInfo,
    Fact,
    Merge,
    Paper,
    ReportedResult,
    Resolved,
)
from kg.query import build_store
from kg.records import extraction_from_json, paper_from_json
from kg.schema import load_schema

# A job in the background inherits that Ctrl-C is ignored, and so would the programs that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

GOLDEN = Path(__file__).parent / "golden"
EXPORTS = Path(__file__).parents[1] / "exports"
HOSTILE = (
    'a "quoted" \\ back\nslash\r\n\t</script><b>&amp;\x00\x07\ud800 \u202eRTL\u200b \U0001f600 '
    + "<http://x> @prefix . # {|} "
    + "`=cmd()`"
)
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOSTILE_ID = "id <>\"{}|^`\\ \n\ud800 ü/../?q#f%20:'"


@pytest.fixture(scope="session")
def golden_records() -> tuple[list[Paper], list[Extraction]]:
    """The golden papers and their extractions."""
    papers = [json.loads(line) for line in (GOLDEN / "papers.jsonl").read_text(encoding="utf8").splitlines()]
    found = [json.loads(line) for line in (GOLDEN / "extractions.jsonl").read_text(encoding="utf8").splitlines()]
    return [paper_from_json(p) for p in papers], [extraction_from_json(e) for e in found]


@pytest.fixture(scope="session")
def golden_graph(golden_records: tuple[list[Paper], list[Extraction]]) -> nx.MultiDiGraph:
    """The graph of the golden papers; tests never change it (copy it first)."""
    papers, extractions = golden_records
    extractor = ExtractorInfo(name="golden", version="1", hash="0" * 64)
    return nx.freeze(assemble(resolve(papers, extractions), load_schema(), extractor=extractor))


@pytest.fixture(scope="session")
def hostile_graph() -> nx.MultiDiGraph:
    """Two entities, one paper, a fact and a result, with texts and ids that try to break out."""
    paper = Paper(
        id=HOSTILE_ID,
        title=HOSTILE,
        abstract=HOSTILE * 20,
        authors=(HOSTILE, "Ada; Lovelace"),
        year=-5,
        venue=HOSTILE,
        doi='10.1/<">{x}',
        arxiv="cs/0 1|2",
        url='https://example.org/a b<c>"|^`{}\\é\ud800',
    )
    quote = paper.text[:900]
    evidence = Evidence(paper=paper.id, start=0, end=900, quote=quote, score=0.5)
    method, other = entity_key("Method", HOSTILE), entity_key("Method", "other")
    entities = [
        Entity(
            id=key,
            type="Method",
            label=label,
            aliases=(label + "s", "x" * 10_000),
            members=((paper.id, "e1"),),
            merges=(Merge(paper=paper.id, entity="e1", form=label, reason=HOSTILE, score=1.0),),
            score=1e-05,
        )
        for key, label in ((method, HOSTILE), (other, "other"))
    ]
    result = ReportedResult(
        id=f"result/{HOSTILE_ID}",
        paper=paper.id,
        value=HOSTILE,
        number=float("inf"),
        unit=HOSTILE,
        evidence=evidence,
        slots=(("method", method),),
    )
    facts = [
        Fact(head=method, relation="basedOn", tail=other, evidence=(evidence,), score=0.12345),
        *(
            Fact(head=paper_key(paper.id), relation="mentions", tail=k, evidence=(evidence,), score=1.0)
            for k in (method, other)
        ),
    ]
    resolved = Resolved(
        papers=(paper,),
        entities=tuple(sorted(entities, key=lambda e: e.id)),
        facts=tuple(facts),
        results=(result,),
    )
    return nx.freeze(
        assemble(resolved, load_schema(), extractor=ExtractorInfo(name=HOSTILE, version="1\n2", hash="\ud800"))
    )


@pytest.fixture(scope="session")
def question_graph(golden_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The golden graph and one more fact, so that two tasks share a method and some pair was never tried."""
    graph = nx.MultiDiGraph(golden_graph)
    keys = {data["label"]: key for key, data in graph.nodes(data=True)}
    method, task = keys["residual networks"], keys["semantic segmentation"]
    attributes = graph.edges[method, keys["image classification"], "usedFor"]
    graph.add_edge(method, task, key="usedFor", **attributes)
    return nx.freeze(graph)


@pytest.fixture(scope="session")
def golden_store(question_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SPARQL store of the question graph."""
    return build_store(question_graph, tmp_path_factory.mktemp("workspace") / "store")


@pytest.fixture(scope="session")
def hostile_store(hostile_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SPARQL store of the hostile graph."""
    return build_store(hostile_graph, tmp_path_factory.mktemp("hostile") / "store")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. It ends with each module, since its event loop would be in the way of those that other tests run."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield started
        started.close()


@pytest.fixture(scope="session")
def rebuild() -> ModuleType:
    """`exports/rebuild.py`, which is a script and no module of kg."""
    spec = importlib.util.spec_from_file_location("rebuild", EXPORTS / "rebuild.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
