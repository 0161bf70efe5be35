"""What loading over Bolt says where it cannot; tests/integration loads into Neo4j itself."""

from __future__ import annotations

import socket
import sys

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import ExportError
from kg.export.bolt import load
from kg.export.propertygraph import merges
from kg.snapshot import save_graph
from kg.store import write_store


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_not_there(golden_graph: nx.MultiDiGraph, closed_port: int) -> None:
    pytest.importorskip("neo4j", reason="the Neo4j driver (pip install neo4j) is not installed")
    with pytest.raises(ExportError, match=f"127.0.0.1:{closed_port}: no connection; is Neo4j running") as caught:
        load(golden_graph, f"bolt://127.0.0.1:{closed_port}", password="s3cret")  # noqa: S106
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_that_is_none(golden_graph: nx.MultiDiGraph) -> None:
    with pytest.raises(ExportError, match=r"^http://localhost: .*bolt://localhost:7687"):
        load(golden_graph, "http://localhost")


def test_a_password_in_the_address_is_refused_and_not_repeated(golden_graph: nx.MultiDiGraph) -> None:
    with pytest.raises(ExportError, match="NEO4J_PASSWORD") as caught:
        load(golden_graph, "bolt://neo4j:s3cret@localhost")
    assert "s3cret" not in str(caught.value)


def test_a_missing_driver(golden_graph: nx.MultiDiGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neo4j", None)
    with pytest.raises(ExportError, match=r"pip install 'abstract-kg\[neo4j\]'"):
        load(golden_graph, "bolt://localhost")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gexf", "--uri", "bolt://localhost"], "--uri goes with the one format neo4j"),
        (["neo4j", "--prune"], "--prune goes with --uri"),
        (["neo4j", "--uri", "bolt://localhost"], "set NEO4J_PASSWORD"),
    ],
)
def test_the_command_tells_what_is_missing(
    golden_graph: nx.MultiDiGraph,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    folder = tmp_path_factory.mktemp("workspace")
    with write_store(folder) as store:
        save_graph(store, golden_graph)
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    result = CliRunner().invoke(main, ["export", str(folder), *arguments])
    assert result.exit_code == 2
    assert words in result.output


def test_batches_hold_every_item_once_and_no_more_than_asked(golden_graph: nx.MultiDiGraph) -> None:
    work = list(merges(golden_graph, 7))
    assert max(len(batch.rows) for batch in work) == 7
    rows = [row for batch in work for row in batch.rows]
    assert [row["key"] for row in rows[: len(golden_graph)]] == sorted(
        golden_graph, key=lambda key: (golden_graph.nodes[key]["kind"], key)
    )
    assert len(rows) == len(golden_graph) + golden_graph.number_of_edges()
