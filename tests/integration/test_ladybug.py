"""Ladybug loads the folder that kg writes for it, and holds the same graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner
from contents import Contents, expected, with_everything

from kg.cli import main
from kg.errors import ExportError
from kg.export import write
from kg.export.evidencenodes import with_evidence_nodes
from kg.query import run_named
from kg.snapshot import save_graph
from kg.store import write_store

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
from hostile import HOSTILE, build_graph

ladybug = pytest.importorskip("ladybug", reason="Ladybug (pip install ladybug) is not installed")
NAMES = {f"HAS_{slot}": slot for slot in ("METHOD", "TASK", "DATASET", "METRIC")}


class Store:
    """A new database, in memory, with what the script of a folder loads into it."""

    def __init__(self, folder: Path) -> None:
        self._connection = ladybug.Connection(ladybug.Database(":memory:"))
        self._connection.execute(f"CALL file_search_path='{folder}'")
        self._connection.execute((folder / "load.cypher").read_text(encoding="utf8"))

    def rows(self, query: str, **parameters: Any) -> list[list[Any]]:
        return list(self._connection.execute(query, parameters).get_all())

    def held(self) -> Contents:
        """All nodes and relationships, without what they lack."""
        nodes = self.rows("MATCH (n) RETURN n")
        edges = self.rows("MATCH (a)-[r]->(b) RETURN a.key, r, b.key")
        found = {n["key"]: (n["_LABEL"], present(n, "key")) for (n,) in nodes}
        facts = {(head, NAMES.get(r["_LABEL"], r["_LABEL"]), tail): present(r) for head, r, tail in edges}
        assert (len(found), len(facts)) == (len(nodes), len(edges))
        return found, facts


def present(item: dict[str, Any], *but: str) -> dict[str, Any]:
    return {name: v for name, v in item.items() if not name.startswith("_") and name not in but and v is not None}


@pytest.fixture(scope="module")
def graph(question_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    return nx.freeze(with_everything(nx.compose(question_graph, build_graph(list(HOSTILE.values())))))


@pytest.mark.parametrize("evidence", [False, True])
def test_it_holds_the_graph(graph: nx.MultiDiGraph, tmp_path: Path, evidence: bool) -> None:
    larger = with_evidence_nodes(graph) if evidence else graph
    files = write(larger, "ladybug", tmp_path / "out")
    assert sorted((tmp_path / "out").iterdir()) == list(files)
    nodes, edges = Store(tmp_path / "out").held()
    wanted = expected(larger)
    assert nodes == wanted[0]
    assert edges == wanted[1]


def test_its_answers_are_those_of_the_named_queries(
    question_graph: nx.MultiDiGraph, golden_store: Path, tmp_path: Path
) -> None:
    with write_store(tmp_path) as store:
        save_graph(store, question_graph)
    done = CliRunner().invoke(main, ["export", str(tmp_path), "ladybug"])
    assert done.exit_code == 0, done.output
    held = Store(tmp_path / "ladybug")
    used = held.rows(
        "MATCH (m:Method)-[f:USED_FOR]->(t:Task) WHERE lower(t.label) = $task RETURN m.label, f.support",
        task="image classification",
    )
    assert pairs(used) == named(
        golden_store, "methods-for-task", {"task": "image classification"}, ("method", "papers")
    )
    beaten = held.rows(
        "MATCH (b:Method)-[f:OUTPERFORMS]->(m:Method) WHERE lower(m.label) = $method UNWIND f.quotes AS quote"
        " RETURN b.label, quote",
        method="resnet-50",
    )
    assert pairs(beaten) == named(golden_store, "outperforms", {"method": "resnet-50"}, ("better", "quote"))
    about = held.rows(
        "MATCH (p:Paper)-[:MENTIONS]->(e:Method) WHERE lower(e.label) = $entity RETURN p.label, p.year",
        entity="resnet-50",
    )
    assert pairs(about) == named(golden_store, "papers-about", {"entity": "resnet-50"}, ("paper", "year"))


def pairs(rows: list[list[Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, row)) for row in rows)


def named(store: Path, query: str, parameters: dict[str, str], columns: tuple[str, str]) -> list[tuple[str, ...]]:
    """Two columns of a named query's answer, sorted."""
    answer = run_named(store, query, params=parameters)
    places = [answer.columns.index(column) for column in columns]
    found = sorted(tuple(str(row[place]) for place in places) for row in answer.rows())
    assert found
    return found


def test_hostile_names_of_types_and_attributes(tmp_path: Path) -> None:
    graph = nx.MultiDiGraph()
    for i, kind in enumerate(["A b", "A-b", "x`); DROP TABLE y; //", "it's \\"]):
        graph.add_node(str(i), kind=kind, **{"no te": kind, "end": i})
        graph.add_edge(str(i), "0", kind, support=1)
    write(graph, "ladybug", tmp_path / "out")
    nodes, edges = Store(tmp_path / "out").held()
    assert {key: label for key, (label, _) in nodes.items()} == {
        "0": "A b",
        "1": "A-b",
        "2": "x\ufffd); DROP TABLE y; //",
        "3": "it's \\",
    }
    assert [data["no te"] for _, (_, data) in sorted(nodes.items())] == [kind for _, kind in graph.nodes(data="kind")]
    assert len(edges) == 4


@pytest.mark.parametrize("two", [{"kind": "METHOD"}, {"kind": "Task", "Label": "x"}])
def test_names_that_differ_in_case_alone_are_refused(tmp_path: Path, two: dict[str, str]) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("a", kind="Method", label="a")
    graph.add_node("b", **{"label": "b"} | two)
    with pytest.raises(ExportError, match="folds case"):
        write(graph, "ladybug", tmp_path / "out")
