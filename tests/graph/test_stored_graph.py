"""A graph read piece by piece from the store is written as the same RDF as the one in memory."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

import kg.sorting
from kg.errors import StoreError
from kg.rdf import quads
from kg.snapshot import opened, save_graph
from kg.store import write_store


@pytest.fixture
def folder(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> Path:
    with write_store(tmp_path) as store:
        save_graph(store, golden_graph)
    return tmp_path


def test_its_quads_are_those_of_the_graph(
    golden_graph: nx.MultiDiGraph, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = list(quads(golden_graph))
    for most in (kg.sorting.MOST_IN_MEMORY, 50):  # sorted in memory, and on disk
        monkeypatch.setattr("kg.sorting.MOST_IN_MEMORY", most)
        assert list(quads(golden_graph)) == expected
        with opened(folder) as graph:
            assert list(quads(graph)) == expected


def test_it_is_read_as_a_graph_in_memory_is(golden_graph: nx.MultiDiGraph, folder: Path) -> None:
    key = max(golden_graph, key=golden_graph.degree)
    with opened(folder) as graph:
        assert list(graph) == list(golden_graph)
        assert list(graph.nodes(data=True)) == list(golden_graph.nodes(data=True))
        assert key in graph
        assert "method/none" not in graph
        for keys in (True, False):
            for data in (True, False, "support", "nothing"):
                wanted = {"keys": keys, "data": data, "default": 7}
                assert list(graph.edges(**wanted)) == list(golden_graph.edges(**wanted))
                assert list(graph.out_edges(key, **wanted)) == list(golden_graph.out_edges(key, **wanted))
                found = sorted(map(str, graph.in_edges(key, **wanted)))
                assert found == sorted(map(str, golden_graph.in_edges(key, **wanted)))
        with pytest.raises(KeyError):
            graph.nodes["method/none"]
        with pytest.raises(KeyError):
            graph.edges[key, key, "usedFor"]


def test_a_workspace_without_a_graph_says_so(tmp_path: Path) -> None:
    with write_store(tmp_path):
        pass
    with pytest.raises(StoreError, match="no graph yet"), opened(tmp_path):
        pass
