"""The page marks what no paper asserts, and the sentences that deny what another paper says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.export.html import write
from kg.model import Evidence

pytestmark = pytest.mark.slow


def evidence(paper: str, **changes: Any) -> Evidence:
    return replace(Evidence(paper=paper, start=0, end=9, quote=f"Said by {paper}.", score=0.5), **changes)


@pytest.fixture
def marked_page(tmp_path: Path) -> Path:
    graph = nx.MultiDiGraph(extractor="test", extractor_version="1")
    for name in ("crane", "bert", "lstm"):
        graph.add_node(f"method/{name}", kind="Method", label=name.upper(), papers=2)
    for number in (1, 2):
        graph.add_node(f"paper/{number}", kind="Paper", label=f"Paper {number}", paper_id=f"p{number}")
    denied = (evidence("p2", status="negated"),)
    both = (evidence("p1"), evidence("p2", status="hedged", start=20, end=30))
    common = {"support": 1, "score": 0.5}
    graph.add_edge("method/crane", "method/bert", key="outperforms", **common, evidence=denied, status="negated")
    graph.add_edge("method/crane", "method/lstm", key="outperforms", **common, evidence=both)
    return write(graph, tmp_path / "graph.html")[0]


def test_denied_facts_and_sentences_are_marked(marked_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(marked_page, "node=method/crane")
    page = opened.page
    facts = page.locator("#pane .facts > li")
    assert facts.count() == 2
    denied = facts.filter(has_text="BERT")
    assert denied.locator("summary").inner_text().startswith("denied")
    mixed = facts.filter(has_text="LSTM")
    assert "denied" not in mixed.locator("summary").inner_text()
    mixed.locator("summary").click()
    quotes = mixed.locator(".quotes > li")
    quotes.first.wait_for()
    said = {quote.inner_text().splitlines()[0]: "put as possible" in quote.inner_text() for quote in quotes.all()}
    assert sorted(said.values()) == [False, True]
    assert opened.trouble == []
