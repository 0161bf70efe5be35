"""The graph of hostile texts as a fixture."""

from __future__ import annotations

import networkx as nx
import pytest
from hostile import HOSTILE, build_graph


@pytest.fixture
def hostile_graph() -> nx.MultiDiGraph:
    return nx.freeze(build_graph(list(HOSTILE.values())))
