"""The graph in the forms of other libraries: data frames, igraph, and a plain weighted graph of NetworkX.

The tables are those of `kg export csv`: entities, papers, results, facts, evidence.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import networkx as nx

from kg.errors import ExportError
from kg.export.tables import SCHEMAS, table
from kg.schema import load_schema

if TYPE_CHECKING:
    import igraph
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def to_arrow(graph: nx.MultiDiGraph, name: str = "facts") -> pa.Table:
    """One table of the graph as an Arrow table. Raises ExportError for a table that there is not."""
    if name not in SCHEMAS:
        raise ExportError(f"no table is called {name!r}; there are {', '.join(sorted(SCHEMAS))}")
    return table(graph, name)


def to_pandas(graph: nx.MultiDiGraph, name: str = "facts") -> pd.DataFrame:
    """One table of the graph as a data frame of pandas. Raises ExportError where pandas is missing."""
    _library("pandas")
    return to_arrow(graph, name).to_pandas()


def to_polars(graph: nx.MultiDiGraph, name: str = "facts") -> pl.DataFrame:
    """One table of the graph as a data frame of polars. Raises ExportError where polars is missing."""
    frame: pl.DataFrame = _library("polars").from_arrow(to_arrow(graph, name))
    return frame


def to_igraph(graph: nx.MultiDiGraph) -> igraph.Graph:
    """The graph as a directed one of igraph, parallel edges and all.

    Vertices have `name` (the key) and the attributes of nodes, edges `relation` and those of edges; what a node or edge
    lacks is None. Vertices and edges are in the order of the graph.
    """
    import igraph

    number = {key: i for i, key in enumerate(graph)}
    made = igraph.Graph(n=len(number), directed=True)
    made.vs["name"] = list(number)
    for name in sorted({name for _, data in graph.nodes(data=True) for name in data}):
        made.vs[name] = [data.get(name) for _, data in graph.nodes(data=True)]
    edges = list(graph.edges(keys=True, data=True))
    made.add_edges([(number[head], number[tail]) for head, tail, _, _ in edges])
    made.es["relation"] = [relation for _, _, relation, _ in edges]
    for name in sorted({name for *_, data in edges for name in data}):
        made.es[name] = [data.get(name) for *_, data in edges]
    return made


def to_networkx(graph: nx.MultiDiGraph, *, directed: bool = True) -> nx.DiGraph:
    """The entities as a simple graph, for algorithms that take no parallel edges: one edge a pair.

    `weight` is the number of papers that state its facts, added up, and `relations` their sorted names. Without
    `directed` the result is a `networkx.Graph`. Papers, results and what no paper asserts are left out.
    """
    plain: nx.DiGraph = nx.DiGraph() if directed else nx.Graph()
    kinds = load_schema().types
    wanted = ("kind", "label", "papers", "first_year", "last_year", "score")
    for key, data in graph.nodes(data=True):
        if data.get("kind") in kinds:
            plain.add_node(key, **{name: data[name] for name in wanted if name in data})
    for head, tail, relation, data in graph.edges(keys=True, data=True):
        if head in plain and tail in plain and "status" not in data:
            if not plain.has_edge(head, tail):
                plain.add_edge(head, tail, weight=0, relations=())
            pair = plain.edges[head, tail]
            pair["weight"] += int(data.get("support", 1))
            pair["relations"] = tuple(sorted({*pair["relations"], relation}))
    return plain


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ExportError(f"{name} is not installed; 'pip install abstract-kg[notebook]' brings it") from error
