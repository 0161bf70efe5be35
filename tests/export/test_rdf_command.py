"""`kg export` for RDF: compressed, RDF 1.2, into a triple store; and what it refuses."""

from __future__ import annotations

import gzip
import socket
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import ExportError
from kg.export import sparql, write
from kg.export.sparql import KINDS, Loaded, Login, iri
from kg.snapshot import save_graph
from kg.store import write_store


@pytest.fixture(scope="module")
def folder(golden_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    with write_store(folder) as store:
        save_graph(store, golden_graph)
    return folder


def run(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def test_names_and_options_compress(folder: Path, golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    plain = write(golden_graph, "nt", tmp_path / "graph.nt")[0].read_bytes()
    assert run("export", folder, "nt", "--compress", "gzip") == (0, f"{folder / 'graph.nt.gz'}\n")
    assert gzip.decompress((folder / "graph.nt.gz").read_bytes()) == plain
    assert run("export", folder, "nt", "-o", tmp_path / "x.nt.gz")[0] == 0
    assert (tmp_path / "x.nt.gz").read_bytes() == (folder / "graph.nt.gz").read_bytes()
    code, said = run("export", folder, "ttl", "trig", "--compress", "zstd")
    assert (code, said.split()) == (0, [str(folder / "graph.ttl.zst"), str(folder / "graph.trig.zst")])


def test_rdf12_is_asked_for(folder: Path) -> None:
    assert run("export", folder, "nt", "--rdf12") == (0, f"{folder / 'graph-rdf12.nt'}\n")
    assert b"<<(" in (folder / "graph-rdf12.nt").read_bytes()
    assert run("export", folder, "turtle", "--rdf12")[1] == f"{folder / 'graph-rdf12.ttl'}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["jsonld", "--rdf12"], "jsonld has no form of RDF 1.2"),
        (["gexf", "--compress", "gzip"], "--compress goes with RDF"),
        (["sparql"], "say where with --endpoint URL"),
        (["nt", "--endpoint", "http://127.0.0.1:1/kg"], "--endpoint goes with the one format sparql"),
        (["nt", "--graph", "urn:x"], "--graph goes with --endpoint"),
        (["nt", "--prune"], "--prune goes with --uri"),
        (["sparql", "--endpoint", "localhost:3030"], "no address of a store"),
        (["sparql", "--endpoint", "http://me:secret@127.0.0.1:1/kg"], "the password in SPARQL_PASSWORD"),
        (["sparql", "--endpoint", "http://127.0.0.1:1/kg", "--graph", "no iri"], "no IRI for a named graph"),
        (["sparql", "--endpoint", "http://127.0.0.1:1/kg", "--user", "me"], "set SPARQL_PASSWORD"),
    ],
)
def test_what_does_not_go_together_is_told(
    folder: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARQL_PASSWORD", raising=False)
    code, said = run("export", folder, *arguments)
    assert code == 2
    assert message in " ".join(said.split())
    assert "secret" not in said


def test_a_store_that_is_not_there_is_told(golden_graph: nx.MultiDiGraph) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        with pytest.raises(ExportError, match="no connection"):
            sparql.load(golden_graph, f"http://127.0.0.1:{port}/kg", name="urn:x", patience=0)


def test_each_store_has_its_addresses() -> None:
    for kind in KINDS:
        with sparql._Remote("http://127.0.0.1:1/kg/", kind, Login(), 0) as remote:
            assert remote._query.startswith("http://127.0.0.1:1/kg")
            assert len({remote._query, remote._update, remote._store}) >= 2


def test_names_of_graphs_are_iris() -> None:
    assert str(iri("https://example.org/a b".replace(" ", "%20"))) == "<https://example.org/a%20b>"
    for name in ("", "relative", "https://example.org/> } ; DROP ALL #", "https://example.org/a b"):
        with pytest.raises(ExportError, match="no IRI for a named graph"):
            iri(name)


def test_what_was_there_is_no_change() -> None:
    assert not Loaded(triples=7, sent=0, resumed=0).changed
    assert Loaded(triples=7, sent=1, resumed=0).changed
