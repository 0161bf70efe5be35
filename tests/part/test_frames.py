"""The graph in other libraries says the same, and a missing library is told."""

from __future__ import annotations

import sys
from pathlib import Path

import networkx as nx
import pytest

import kg
from kg.errors import ExportError
from kg.export import write


@pytest.fixture(scope="module")
def graph(sample: Path) -> nx.MultiDiGraph:
    return kg.load(sample / "out")


@pytest.mark.parametrize("name", ["entities", "papers", "results", "facts", "evidence"])
def test_frames_are_the_tables_of_the_export(graph: nx.MultiDiGraph, tmp_path: Path, name: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write(graph, "parquet", tmp_path)
    written = parquet.read_table(tmp_path / f"{name}.parquet")
    assert kg.to_arrow(graph, name).equals(written)


def test_pandas_and_polars_have_every_fact(graph: nx.MultiDiGraph) -> None:
    pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    pandas, frame = kg.to_pandas(graph), kg.to_polars(graph)
    assert len(pandas) == frame.height == graph.number_of_edges()
    assert list(pandas.columns) == frame.columns
    outperforms = sum(relation == "outperforms" for *_, relation in graph.edges(keys=True))
    assert (pandas.relation == "outperforms").sum() == outperforms
    assert frame.filter(polars.col("relation") == "outperforms").height == outperforms


def test_a_missing_library_and_table_are_told(graph: nx.MultiDiGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ExportError, match=r"pip install abstract-kg\[notebook\]"):
        kg.to_polars(graph)
    with pytest.raises(ExportError, match="entities"):
        kg.to_arrow(graph, "nonsense")


def test_igraph_has_the_same_nodes_edges_and_attributes(graph: nx.MultiDiGraph) -> None:
    made = kg.to_igraph(graph)
    assert made.vs["name"] == list(graph)
    assert made.vs["label"] == [label for _, label in graph.nodes(data="label")]
    edges = [(made.vs[e.source]["name"], made.vs[e.target]["name"], e["relation"]) for e in made.es]
    assert edges == list(graph.edges(keys=True))
    assert made.es["support"] == [support for *_, support in graph.edges(data="support")]


def test_the_simple_graph_adds_up_what_papers_assert(graph: nx.MultiDiGraph) -> None:
    plain = kg.to_networkx(graph)
    asserted = [
        (head, tail, data)
        for head, tail, data in graph.edges(data=True)
        if head in plain and tail in plain and "status" not in data
    ]
    assert {kind for _, kind in plain.nodes(data="kind")} == {"Method", "Task", "Dataset", "Metric"}
    assert sum(weight for *_, weight in plain.edges(data="weight")) == sum(data["support"] for *_, data in asserted)
    both = kg.to_networkx(graph, directed=False)
    assert not both.is_directed()
    assert sum(weight for *_, weight in both.edges(data="weight")) == sum(data["support"] for *_, data in asserted)


def test_an_empty_graph_has_empty_forms() -> None:
    empty = nx.MultiDiGraph()
    assert kg.to_arrow(empty, "entities").num_rows == 0
    assert kg.to_igraph(empty).vcount() == 0
    assert len(kg.to_networkx(empty)) == 0
