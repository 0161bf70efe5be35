"""Graphs for the tests: from golden papers whose extractions were written by hand, so that no model moves them."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest

from kg.graph import assemble
from kg.link import resolve
from kg.model import Extraction, ExtractorInfo, Paper
from kg.records import extraction_from_json, paper_from_json
from kg.schema import load_schema

GOLDEN = Path(__file__).parent / "golden"


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
