"""Neo4j itself loads what kg writes for it, by importer, cypher-shell and Bolt, and holds the same graph."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner
from contents import Contents, expected, with_everything
from corpus import CORPUS, corpus_graph
from neo4j_server import PASSWORD, Neo4j

from kg.cli import main
from kg.errors import ExportError
from kg.export import bolt, write
from kg.export.evidencenodes import with_evidence_nodes
from kg.query import list_queries, run_named
from kg.snapshot import save_graph
from kg.store import write_store

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from graphs import repeated
from hostile import HOSTILE, build_graph

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
QUESTION = re.compile(r"^```cypher\n// kg query (\S+)\n(.*?);?\n```$", re.MULTILINE | re.DOTALL)
PAGE = (ROOT / "docs" / "cypher.md").read_text(encoding="utf8")
QUESTIONS = dict(QUESTION.findall(PAGE))
OTHER = re.findall(r"^```cypher\n((?!// kg ).*?);?\n```$", PAGE, re.MULTILINE | re.DOTALL)
PARAMETERS = {query.name: query.parameters for query in list_queries()}


@pytest.fixture(scope="module")
def graph(question_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The golden graph with the graph of hostile texts and one of all attributes beside it."""
    return nx.freeze(with_everything(nx.compose(question_graph, build_graph(list(HOSTILE.values())))))


@pytest.fixture(scope="module")
def large(question_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """A graph of 5,000 papers."""
    return nx.freeze(repeated(question_graph, 5000))


@pytest.fixture(scope="module")
def all_graphs(graph: nx.MultiDiGraph, large: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """All graphs of these tests side by side, one with its evidence as nodes, since a database is imported but once."""
    graphs = [with_evidence_nodes(graph), large]
    if CORPUS.exists():
        graphs.append(nx.relabel_nodes(corpus_graph(), {key: f"{key} of 119" for key in corpus_graph()}))
    return nx.freeze(nx.compose_all(graphs))


@pytest.fixture(scope="module")
def imported(all_graphs: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Neo4j, Contents]]:
    """A running server, and what it held when the bulk importer had made its database."""
    server = Neo4j(tmp_path_factory.mktemp("neo4j"))
    write(all_graphs, "neo4j-gzip", server.home / "csv")
    output = server.bulk_import(server.home / "csv")
    assert f"{len(all_graphs)} nodes" in output
    assert f"{all_graphs.number_of_edges()} relationships" in output
    try:
        server.start()
        yield server, server.held()
    finally:
        server.stop()


@pytest.fixture
def server(imported: tuple[Neo4j, Contents]) -> Neo4j:
    """The running server, empty but for its schema."""
    imported[0].wipe()
    return imported[0]


def load(graph: nx.MultiDiGraph, server: Neo4j, **options: Any) -> bolt.Loaded:
    return bolt.load(graph, server.uri, password=PASSWORD, **options)


def test_the_importer_gives_the_graphs(all_graphs: nx.MultiDiGraph, imported: tuple[Neo4j, Contents]) -> None:
    nodes, edges = expected(all_graphs)
    assert imported[1][0] == nodes
    assert imported[1][1] == edges


def test_the_script_gives_the_graph_and_mends_it(graph: nx.MultiDiGraph, server: Neo4j, tmp_path: Path) -> None:
    (script,) = write(graph, "cypher", tmp_path / "graph.cypher")
    server.shell(script)
    assert server.held() == expected(graph)

    server.query("MATCH (n:Method) SET n.unit = 'mine', n.label = 'changed'")
    server.shell(script)
    nodes, edges = server.held()
    assert {data.pop("unit") for label, data in nodes.values() if label == "Method"} == {"mine"}
    assert (nodes, edges) == expected(graph), "a second load mends what the graph says and leaves the user's own"

    names = {name for (name,) in server.query("SHOW INDEXES YIELD name RETURN name")}
    assert {"kg_entities", "kg_papers", "kg_method_key"} <= names
    found = server.query("CALL db.index.fulltext.queryNodes('kg_entities', 'ladder') YIELD node RETURN node.key")
    assert [key for (key,) in found if str(key).startswith("method/ladder")]


def test_bolt_gives_the_graph_and_writes_nothing_twice(graph: nx.MultiDiGraph, server: Neo4j) -> None:
    done = load(graph, server)
    assert (done.nodes_created, done.relationships_created) == (len(graph), graph.number_of_edges())
    assert server.held() == expected(graph)
    assert load(graph, server, prune=True) == bolt.Loaded()

    server.query("MATCH (n:Task {key: 'task/t'}) SET n.label = 'changed'")
    done = load(graph, server)
    assert done == bolt.Loaded(properties_set=done.properties_set)
    assert 0 < done.properties_set < 10, "one node is written again, not all"
    assert server.held() == expected(graph)


def test_pruning_removes_what_is_gone_and_nothing_else(
    graph: nx.MultiDiGraph, question_graph: nx.MultiDiGraph, server: Neo4j
) -> None:
    load(graph, server)
    server.query("CREATE (:Method {key: 'mine'})-[:OUTPERFORMS]->(:Note {text: 'mine'})")
    server.query(
        "MATCH (a:Method {key: 'method/003'}), (b:Task {key: 'task/t'}) CREATE (a)-[:USED_FOR {by: 'me'}]->(b)"
    )
    done = load(question_graph, server, prune=True)
    assert done == bolt.Loaded(
        nodes_deleted=len(graph) - len(question_graph) - 2,
        relationships_deleted=graph.number_of_edges() - question_graph.number_of_edges(),
        kept=2,
    )
    server.query("MATCH (n) WHERE n.key IN ['mine', 'method/003', 'task/t'] OR n:Note DETACH DELETE n")
    assert server.held() == expected(question_graph)


def test_a_load_that_the_server_did_not_survive_is_finished_by_the_next(graph: nx.MultiDiGraph, server: Neo4j) -> None:
    def killing(items: Iterable[Any], doing: str, total: int | None = None) -> Iterator[Any]:
        for number, item in enumerate(items):
            if number == (total or 0) // 2:
                server.kill()
            yield item

    with pytest.raises(ExportError, match="load again"):
        load(graph, server, progress=killing, patience=1)
    server.start()
    nodes, edges = server.held()
    assert nodes
    assert len(edges) < graph.number_of_edges()
    load(graph, server)
    assert server.held() == expected(graph)
    assert load(graph, server) == bolt.Loaded()


def test_the_command_loads_and_keeps_the_password_to_itself(
    question_graph: nx.MultiDiGraph, server: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_store(tmp_path) as store:
        save_graph(store, question_graph)
    arguments = ["export", str(tmp_path), "neo4j", "--uri", server.uri, "--prune"]
    monkeypatch.setenv("NEO4J_PASSWORD", "wrong-password")
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 2
    assert "does not let user 'neo4j' in; check --user and NEO4J_PASSWORD" in refused.output
    assert "wrong-password" not in refused.output
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    missing = CliRunner().invoke(main, [*arguments, "--database", "nowhere"])
    assert missing.exit_code == 2
    assert "nowhere" in missing.output
    size = f"{len(question_graph)} nodes, {question_graph.number_of_edges()} relationships"
    assert f"{size}: {len(question_graph)} and" in CliRunner().invoke(main, arguments).output
    assert CliRunner().invoke(main, arguments).output == f"{size}: all there already\n"


def text(value: Any) -> str | None:
    """A value as text that does not depend on where it comes from: 1, 1.0 and '1' are one."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return f"{float(value):g}"
    except ValueError:
        return str(value)


def test_cypher_and_sparql_give_the_same_answers(
    question_graph: nx.MultiDiGraph, golden_store: Path, server: Neo4j
) -> None:
    load(question_graph, server)
    assert len(QUESTIONS) >= 10
    for name, question in QUESTIONS.items():
        given = {p.name: p.example if p.example is not None else p.default for p in PARAMETERS[name]}
        answer = run_named(golden_store, name, params={key: str(value) for key, value in given.items()})
        asked = {p.name: int(str(given[p.name])) if p.kind == "integer" else given[p.name] for p in PARAMETERS[name]}
        rows = server.rows(question, **asked)
        assert rows, name
        assert tuple(rows[0]) == answer.columns, name
        found = [tuple(map(text, row.values())) for row in rows]
        assert sorted(map(repr, found)) == sorted(repr(tuple(map(text, row))) for row in answer.rows()), name


def test_sentences_as_nodes_come_and_go(
    graph: nx.MultiDiGraph, question_graph: nx.MultiDiGraph, server: Neo4j, tmp_path: Path
) -> None:
    smaller, larger = with_evidence_nodes(question_graph), with_evidence_nodes(graph)
    (script,) = write(smaller, "cypher", tmp_path / "graph.cypher")
    server.shell(script)
    assert server.held() == expected(smaller)
    assert load(smaller, server, prune=True) == bolt.Loaded()
    load(larger, server)
    assert server.held() == expected(larger)
    asked = (
        "MATCH (b:Method)<-[:HEAD]-(f:Fact {relation: 'OUTPERFORMS'})-[:TAIL]->(m:Method {label: 'ResNet-50'}),"
        " (f)<-[:SUPPORTS]-(e:Evidence)-[:IN_PAPER]->(p:Paper) RETURN b.key, e.quote, p.paper_id"
    )
    (tail,) = (key for key, label in graph.nodes(data="label") if label == "ResNet-50")
    wanted = {
        (head, item.quote, item.paper)
        for head, _, relation, data in graph.in_edges(tail, keys=True, data=True)
        if relation == "outperforms"
        for item in data["evidence"]
    }
    assert {tuple(row) for row in server.query(asked)} == wanted != set()
    found = server.query("CALL db.index.fulltext.queryNodes('kg_evidence', 'said') YIELD node RETURN node.paper")
    assert ["every"] in found
    assert len(OTHER) == 3
    assert server.query(OTHER[0])
    for question in OTHER[1:]:
        server.query(question)
    added = len(larger) - len(graph), larger.number_of_edges() - graph.number_of_edges()
    done = load(graph, server, prune=True)
    assert done == bolt.Loaded(nodes_deleted=added[0], relationships_deleted=added[1])
    assert server.held() == expected(graph)


def test_the_graph_of_119_papers(server: Neo4j, tmp_path: Path) -> None:
    graph = corpus_graph()
    (script,) = write(graph, "cypher", tmp_path / "graph.cypher")
    server.shell(script)
    assert server.held() == expected(graph)
    assert load(graph, server, prune=True) == bolt.Loaded(), "Bolt finds nothing to do after the script"
    server.wipe()
    load(graph, server)
    assert server.held() == expected(graph)


def test_a_graph_of_5000_papers(large: nx.MultiDiGraph, server: Neo4j) -> None:
    load(large, server)
    nodes, edges = server.held()
    wanted = expected(large)
    assert nodes == wanted[0]
    assert edges == wanted[1]
