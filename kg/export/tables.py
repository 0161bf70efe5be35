"""Tables for data frames and spreadsheets: a folder of CSV or of Parquet files.

entities, papers, results, facts (one row an edge between entities, papers and results), evidence (one row a quoted
sentence of a fact), and nodes and edges in the form that Gephi's spreadsheet import and Cytoscape expect.

Parquet holds every text as it is, lists as lists. CSV (UTF-8, commas, line feeds, text in double quotes, nothing for
nothing) joins lists as `kg.export.flat.join` does, and is safe to open in a spreadsheet program: text that begins with
one of = + - @ (or their full-width forms), a tab, a carriage return or an apostrophe gets an apostrophe before it, so
that it is no formula; who takes one leading apostrophe off has the text again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import networkx as nx
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from kg.export.atomic import replacing
from kg.export.flat import fact_id, join, match_texts, merge_texts
from kg.model import SLOTS, told
from kg.text import storable

_TEXT, _TEXTS, _INT, _FLOAT = pa.string(), pa.list_(pa.string()), pa.int64(), pa.float64()
_FORMULA = "=+-@\t\r'＝＋－＠"
_BATCH = 20_000

SCHEMAS: dict[str, pa.Schema] = {
    "entities": pa.schema(
        {
            "key": _TEXT,
            "kind": _TEXT,
            "label": _TEXT,
            "aliases": _TEXTS,
            "papers": _INT,
            "first_year": _INT,
            "last_year": _INT,
            "score": _FLOAT,
            "merges": _TEXTS,
            "matches": _TEXTS,
        }
    ),
    "papers": pa.schema(
        {
            "key": _TEXT,
            "paper_id": _TEXT,
            "label": _TEXT,
            "year": _INT,
            "venue": _TEXT,
            "authors": _TEXT,
            "doi": _TEXT,
            "arxiv": _TEXT,
            "url": _TEXT,
            "language": _TEXT,
        }
    ),
    "results": pa.schema(
        {"key": _TEXT, "label": _TEXT, "value": _TEXT, "number": _FLOAT, "unit": _TEXT, "score": _FLOAT, "paper": _TEXT}
        | dict.fromkeys((*SLOTS, "status"), _TEXT)
    ),
    "facts": pa.schema(
        {
            "id": _TEXT,
            "head": _TEXT,
            "relation": _TEXT,
            "tail": _TEXT,
            "head_label": _TEXT,
            "tail_label": _TEXT,
            "support": _INT,
            "score": _FLOAT,
            "first_year": _INT,
            "last_year": _INT,
            "status": _TEXT,
            "inferred": pa.bool_(),
        }
    ),
    "evidence": pa.schema(
        {"fact": _TEXT, "paper_id": _TEXT, "start": _INT, "end": _INT, "quote": _TEXT, "score": _FLOAT, "status": _TEXT}
    ),
    "nodes": pa.schema({"Id": _TEXT, "Label": _TEXT, "kind": _TEXT, "papers": _INT, "score": _FLOAT}),
    "edges": pa.schema(
        {"Source": _TEXT, "Target": _TEXT, "Type": _TEXT, "Kind": _TEXT, "Id": _TEXT, "Label": _TEXT, "Weight": _FLOAT}
    ),
}

Rows = Iterator[dict[str, Any]]


def write_csv(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the tables as CSV into the folder `path`; returns the files, sorted."""
    options = pa.csv.WriteOptions(quoting_style="needed")
    return _write(graph, path, "csv", lambda stream, schema: pa.csv.CSVWriter(stream, schema, write_options=options))


def write_parquet(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the tables as Parquet (zstd) into the folder `path`; returns the files, sorted."""
    return _write(graph, path, "parquet", partial(pa.parquet.ParquetWriter, compression="zstd"))


def table(graph: nx.MultiDiGraph, name: str) -> pa.Table:
    """One of the tables in memory, lists as lists."""
    rows = [row for batch in _batches(_ROWS[name](graph)) for row in batch]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name])


def _write(
    graph: nx.MultiDiGraph, folder: Path, form: str, open_writer: Callable[[BinaryIO, pa.Schema], Any]
) -> tuple[Path, ...]:
    files = []
    for name, schema in sorted(SCHEMAS.items()):
        flat = _without_lists(schema) if form == "csv" else schema
        path = folder / f"{name}.{form}"
        with replacing(path) as stream, open_writer(stream, flat) as writer:
            for rows in _batches(_ROWS[name](graph)):
                if form == "csv":
                    rows = [_spreadsheet_safe(row) for row in rows]
                writer.write_table(pa.Table.from_pylist(rows, schema=flat))
        files.append(path)
    return tuple(files)


def _without_lists(schema: pa.Schema) -> pa.Schema:
    return pa.schema([(field.name, _TEXT if field.type == _TEXTS else field.type) for field in schema])


def _spreadsheet_safe(row: Mapping[str, Any]) -> dict[str, Any]:
    safe = {}
    for name, value in row.items():
        text = join(value) or None if isinstance(value, list) else value
        safe[name] = f"'{text}" if isinstance(text, str) and text.startswith(tuple(_FORMULA)) else text
    return safe


def _batches(rows: Rows) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append({name: _stored(value) for name, value in row.items()})
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _stored(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    return [storable(item) for item in value] if isinstance(value, list) else value


def _pick(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: data.get(name) for name in names}


def _sorted_nodes(graph: nx.MultiDiGraph) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key in sorted(graph):
        yield key, graph.nodes[key]


def _sorted_edges(graph: nx.MultiDiGraph) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for head, tail, relation, data in sorted(graph.edges(keys=True, data=True), key=lambda e: (e[0], e[2], e[1])):
        yield head, str(relation), tail, data


def _entities(graph: nx.MultiDiGraph) -> Rows:
    plain = ("kind", "label", "papers", "first_year", "last_year", "score")
    for key, data in _sorted_nodes(graph):
        if data.get("kind") not in ("Paper", "Result"):
            lists = {
                "aliases": list(data.get("aliases", ())),
                "merges": merge_texts(data.get("merges", ())),
                "matches": match_texts(data.get("matches", ())),
            }
            yield {"key": key, **_pick(data, plain), **lists}


def _papers(graph: nx.MultiDiGraph) -> Rows:
    for key, data in _sorted_nodes(graph):
        if data.get("kind") == "Paper":
            yield _pick(data, SCHEMAS["papers"].names) | {"key": key}


def _results(graph: nx.MultiDiGraph) -> Rows:
    for key, data in _sorted_nodes(graph):
        if data.get("kind") == "Result":
            papers = sorted(head for head, _, relation in graph.in_edges(key, keys=True) if relation == "reports")
            slots = {relation: tail for _, tail, relation in sorted(graph.out_edges(key, keys=True), reverse=True)}
            about = _pick(data, ("label", "value", "number", "unit", "score", "status"))
            yield {"key": key, **about, "paper": papers[0] if papers else None, **_pick(slots, SLOTS)}


def _facts(graph: nx.MultiDiGraph) -> Rows:
    for head, relation, tail, data in _sorted_edges(graph):
        yield {
            "id": fact_id(head, relation, tail),
            "head": head,
            "relation": relation,
            "tail": tail,
            "head_label": graph.nodes[head].get("label"),
            "tail_label": graph.nodes[tail].get("label"),
            **_pick(data, ("support", "score", "first_year", "last_year", "status", "inferred")),
        }


def _evidence(graph: nx.MultiDiGraph) -> Rows:
    for head, relation, tail, data in _sorted_edges(graph):
        fact = fact_id(head, relation, tail)
        for item in data.get("evidence", ()):
            about = {
                "start": item.start,
                "end": item.end,
                "quote": item.quote,
                "score": item.score,
                "status": told(item.status),
            }
            yield {"fact": fact, "paper_id": item.paper, **about}


def _nodes(graph: nx.MultiDiGraph) -> Rows:
    for key, data in _sorted_nodes(graph):
        yield {"Id": key, "Label": data.get("label", key), **_pick(data, ("kind", "papers", "score"))}


def _edges(graph: nx.MultiDiGraph) -> Rows:
    for head, relation, tail, data in _sorted_edges(graph):
        about = {"Type": "Directed", "Kind": relation, "Id": fact_id(head, relation, tail), "Label": relation}
        yield {"Source": head, "Target": tail, **about, "Weight": float(data.get("support", 1))}


_ROWS: dict[str, Callable[[nx.MultiDiGraph], Rows]] = {
    "entities": _entities,
    "papers": _papers,
    "results": _results,
    "facts": _facts,
    "evidence": _evidence,
    "nodes": _nodes,
    "edges": _edges,
}
