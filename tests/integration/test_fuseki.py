"""A real Apache Jena Fuseki holds the graph after a load, whatever happened on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import networkx as nx
import pytest
from click.testing import CliRunner
from jena import PASSWORD, USER, Fuseki, jena_classpath
from pyoxigraph import Literal, RdfFormat, Triple, parse

from kg.cli import main
from kg.errors import ExportError
from kg.export import sparql
from kg.export.sparql import Loaded, Login
from kg.rdf import triples
from kg.snapshot import save_graph
from kg.store import write_store

pytestmark = pytest.mark.slow
NAME = "https://example.org/graphs/kg"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuseki]:
    server = Fuseki(tmp_path_factory.mktemp("fuseki"), jena_classpath(tmp_path_factory.mktemp("jars")))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(running: Fuseki, monkeypatch: pytest.MonkeyPatch) -> Fuseki:
    """The running server, empty; a load takes a dozen batches."""
    monkeypatch.setattr(sparql, "BATCH", 700)
    update(running, "DROP ALL")
    return running


def update(server: Fuseki, text: str) -> None:
    auth = (USER, PASSWORD)
    httpx.post(f"{server.endpoint}/update", data={"update": text}, auth=auth, timeout=60).raise_for_status()


def load(graph: nx.MultiDiGraph, server: Fuseki, **options: Any) -> Loaded:
    login = Login(user=USER, password=PASSWORD)
    return sparql.load(graph, server.endpoint, **{"name": NAME, "login": login, "patience": 120} | options)


def held(server: Fuseki, name: str = NAME) -> set[tuple[str, ...]]:
    """The triples of a named graph, as Fuseki has them."""
    got = httpx.get(
        f"{server.endpoint}/data",
        params={"graph": name},
        headers={"Accept": "application/n-triples"},
        auth=(USER, PASSWORD),
        timeout=60,
    )
    if got.status_code == 404:
        return set()
    return {comparable(q.triple) for q in parse(got.raise_for_status().content, format=RdfFormat.N_TRIPLES)}


def lines(graph: nx.MultiDiGraph) -> set[tuple[str, ...]]:
    return {comparable(triple) for triple in triples(graph)}


def comparable(triple: Triple) -> tuple[str, ...]:
    """The parts of a triple; numbers by their value, since TDB2 keeps that and spells it in its own way."""
    value = triple.object
    if isinstance(value, Literal) and value.datatype.value.endswith(("#double", "#decimal")):
        return str(triple.subject), str(triple.predicate), str(float(value.value)), str(value.datatype)
    return str(triple.subject), str(triple.predicate), str(value)


def without_mark(found: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    marks = {line for line in found if "#loadedDigest>" in line[1]}
    assert len(marks) == 1
    return found - marks


def stopping_after(number: int, act: Any) -> Any:
    """A progress that does something when so many batches were sent."""

    def progress(items: Iterable[Any], doing: str, total: int | None = None) -> Iterator[Any]:
        for i, item in enumerate(items):
            if doing == "loading" and i == number:
                act()
            yield item

    return progress


def test_the_store_holds_the_graph_and_is_not_written_twice(golden_graph: nx.MultiDiGraph, server: Fuseki) -> None:
    update(server, "INSERT DATA { GRAPH <https://example.org/other> { <urn:a> <urn:b> <urn:c> } }")
    first = load(golden_graph, server)
    assert first.sent > 5
    assert first.triples == len(lines(golden_graph))
    assert without_mark(held(server)) == lines(golden_graph)
    assert not held(server, f"{NAME}.loading")
    assert load(golden_graph, server) == Loaded(triples=first.triples, sent=0, resumed=0)
    assert held(server, "https://example.org/other") == {("<urn:a>", "<urn:b>", "<urn:c>")}


def test_hostile_texts_arrive(hostile_graph: nx.MultiDiGraph, server: Fuseki) -> None:
    assert load(hostile_graph, server).changed
    assert without_mark(held(server)) == lines(hostile_graph)


def test_the_named_graph_is_replaced_as_a_whole(
    golden_graph: nx.MultiDiGraph, hostile_graph: nx.MultiDiGraph, server: Fuseki
) -> None:
    load(golden_graph, server)
    load(hostile_graph, server)
    assert without_mark(held(server)) == lines(hostile_graph)


def test_what_others_changed_is_mended(hostile_graph: nx.MultiDiGraph, server: Fuseki) -> None:
    load(hostile_graph, server)
    update(server, f"INSERT DATA {{ GRAPH <{NAME}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    assert load(hostile_graph, server).changed
    assert without_mark(held(server)) == lines(hostile_graph)


def test_a_load_that_broke_off_goes_on(
    golden_graph: nx.MultiDiGraph, hostile_graph: nx.MultiDiGraph, server: Fuseki
) -> None:
    load(hostile_graph, server)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(golden_graph, server, progress=stopping_after(4, interrupt))
    assert without_mark(held(server)) == lines(hostile_graph), "readers see the old graph until the new one is whole"
    done = load(golden_graph, server)
    assert done.resumed == 4
    assert without_mark(held(server)) == lines(golden_graph)


def test_what_another_graph_left_is_not_mixed_in(
    golden_graph: nx.MultiDiGraph, question_graph: nx.MultiDiGraph, server: Fuseki
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(question_graph, server, progress=stopping_after(5, interrupt))
    assert load(golden_graph, server).resumed == 0
    assert without_mark(held(server)) == lines(golden_graph)


def test_a_server_that_was_killed_half_way(golden_graph: nx.MultiDiGraph, server: Fuseki) -> None:
    with pytest.raises(ExportError, match="no connection"):
        load(golden_graph, server, progress=stopping_after(3, server.kill), patience=0.5)
    server.start()
    done = load(golden_graph, server)
    assert done.resumed == 3
    assert without_mark(held(server)) == lines(golden_graph)


def test_an_answer_that_was_lost_does_no_harm(
    golden_graph: nx.MultiDiGraph, server: Fuseki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each update and one batch are done, but their answers do not come: the next try finds all there."""
    send, lost = sparql._Remote._send, set()

    def losing(self: Any, place: str, **request: Any) -> httpx.Response:
        answer = send(self, place, **request)
        if place not in lost and ("MOVE" in str(request.get("data")) or "content" in request):
            lost.add(place)
            raise sparql._TransientError("the answer was lost")
        return answer

    monkeypatch.setattr(sparql._Remote, "_send", losing)
    assert load(golden_graph, server).changed
    assert len(lost) == 2
    assert without_mark(held(server)) == lines(golden_graph)


def test_faults_are_told(hostile_graph: nx.MultiDiGraph, server: Fuseki) -> None:
    with pytest.raises(ExportError, match="does not let user 'nobody' in; check --user and SPARQL_PASSWORD"):
        load(hostile_graph, server, login=Login(user="nobody", password="secret-word"))  # noqa: S106
    with pytest.raises(ExportError, match=r"404 .*check the address and --store"):
        sparql.load(
            hostile_graph, server.endpoint + "x", name=NAME, login=Login(user=USER, password=PASSWORD), patience=0
        )


def test_the_command_loads_a_workspace(
    golden_graph: nx.MultiDiGraph, server: Fuseki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_store(tmp_path) as store:
        save_graph(store, golden_graph)
    monkeypatch.setenv("SPARQL_PASSWORD", PASSWORD)
    arguments = ["export", str(tmp_path), "sparql", "--endpoint", server.endpoint, "--graph", NAME, "--user", USER]
    answers = [CliRunner().invoke(main, arguments) for _ in range(2)]
    assert [answer.exit_code for answer in answers] == [0, 0], answers
    assert "batches sent" in answers[0].output
    assert "all there already" in answers[1].output
    assert without_mark(held(server)) == lines(golden_graph)
