"""The graph of 119 real papers, made once in a run; skipped where they are not at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import networkx as nx
import pytest

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "papers-page.txt"


@cache
def corpus_graph() -> nx.MultiDiGraph:
    """The frozen graph; no test changes it."""
    if not CORPUS.exists():
        pytest.skip("the papers are not at hand")
    from kg.build import build

    return nx.freeze(build(CORPUS))
