"""CSV by the csv module, Parquet by pyarrow: what they hold, and what spreadsheets make of it."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
from hostile import graphs
from hypothesis import given, settings

from kg.export import write
from kg.export.flat import split
from kg.export.tables import SCHEMAS
from kg.text import storable


def read_csv(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf8", newline="") as stream:
        return list(csv.DictReader(stream))


def unquoted(cell: str) -> str:
    """The text of a cell, as the documentation says: one leading apostrophe taken off."""
    return cell.removeprefix("'")


def test_every_table_has_its_columns_and_rows(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    write(golden_graph, "csv", tmp_path / "c")
    write(golden_graph, "parquet", tmp_path / "p")
    kinds = [kind for _, kind in golden_graph.nodes(data="kind")]
    edges = golden_graph.number_of_edges()
    expected = {
        "papers": kinds.count("Paper"),
        "results": kinds.count("Result"),
        "entities": len(kinds) - kinds.count("Paper") - kinds.count("Result"),
        "facts": edges,
        "edges": edges,
        "nodes": len(kinds),
        "evidence": sum(len(e) for *_, e in golden_graph.edges(data="evidence")),
    }
    for name, schema in SCHEMAS.items():
        table = pq.read_table(tmp_path / "p" / f"{name}.parquet")
        assert table.schema.equals(schema)
        assert table.num_rows == len(read_csv(tmp_path / "c", name)) == expected[name]


def test_facts_say_what_the_graph_says(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    write(golden_graph, "csv", tmp_path)
    facts = {(row["head"], row["tail"], row["relation"]): row for row in read_csv(tmp_path, "facts")}
    assert set(facts) == set(golden_graph.edges(keys=True))
    quotes: dict[str, list[str]] = {}
    for row in read_csv(tmp_path, "evidence"):
        quotes.setdefault(row["fact"], []).append(row["quote"])
    for head, tail, relation, data in golden_graph.edges(keys=True, data=True):
        row = facts[head, tail, relation]
        assert (int(row["support"]), float(row["score"])) == (data["support"], data["score"])
        assert row["inferred"] == ("true" if data.get("inferred") else "")
        assert list(map(unquoted, quotes[row["id"]])) == [e.quote for e in data["evidence"]]


def test_results_name_their_slots(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    write(golden_graph, "csv", tmp_path)
    for row in read_csv(tmp_path, "results"):
        slots = {relation: tail for _, tail, relation in golden_graph.out_edges(row["key"], keys=True)}
        assert {slot: row[slot] for slot in ("method", "task", "dataset", "metric", "baseline") if row[slot]} == slots
        assert golden_graph.has_edge(row["paper"], row["key"], "reports")


def test_no_cell_is_a_formula(hostile_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    for path in write(hostile_graph, "csv", tmp_path):
        with path.open(encoding="utf8", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r＝＋－＠")]


@settings(max_examples=30, deadline=None)
@given(graph=graphs)
def test_any_text_survives(graph: nx.MultiDiGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(graph, "csv", Path(folder))
        write(graph, "parquet", Path(folder))
        from_csv = {row["key"]: row for row in read_csv(Path(folder), "entities")}
        rows: list[dict[str, Any]] = pq.read_table(Path(folder) / "entities.parquet").to_pylist()
    from_parquet = {row["key"]: row for row in rows}
    for key, data in graph.nodes(data=True):
        if data["kind"] in ("Method", "Task"):
            label, aliases = storable(data["label"]), [storable(alias) for alias in data["aliases"]]
            assert from_parquet[key]["label"] == unquoted(from_csv[key]["label"]) == label
            assert from_parquet[key]["aliases"] == aliases
            assert aliases in ([""], split(unquoted(from_csv[key]["aliases"])))
