"""No query outlives its deadline, no answer is cut, nothing that one client asks ends the service for others."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import networkx as nx
import pytest
from served import make_workspace

from kg.query import build_store
from kg.serve.context import Limits, Question, RequestError
from kg.serve.metrics import Metrics
from kg.serve.workers import Pool
from kg.workspace import RDF_STORE

from .conftest import DEADLINE, Server, serving

SHORT = "SELECT ?m { ?m a kg:Method } LIMIT 1"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
CLOSURE = "SELECT (COUNT(*) AS ?n) { ?a (!kg:none|^!kg:none)+ ?b . ?c (!kg:none|^!kg:none)+ ?d }"
HOARD = (
    "SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?c), STR(?e), STR(RAND()))) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
)
WIDE = "SELECT * { VALUES ?a { 1 2 3 4 5 6 7 8 9 } VALUES ?b { 1 2 3 4 5 6 7 8 9 } VALUES ?c { 1 2 3 4 5 6 7 8 9 } }"


@pytest.mark.parametrize("query", [CROSS, CLOSURE], ids=["cross product", "closure"])
def test_an_endless_query_is_ended_while_others_are_answered(query: str, hasty: Server) -> None:
    with ThreadPoolExecutor(1) as threads:
        endless = threads.submit(hasty.ask, query)
        answered = 0
        while not endless.done():
            assert hasty.ask(SHORT).status_code == 200
            answered += not endless.done()
    got = endless.result()
    assert got.status_code == 503
    assert f"longer than {DEADLINE} s" in got.json()["detail"]
    assert DEADLINE <= server_seconds(hasty, query) < DEADLINE + 5  # within one second, five for a busy machine
    assert answered > 3


def server_seconds(server: Server, query: str) -> float:
    """The server's own count of the seconds that the query took."""
    return float(max(line["ms"] for line in server.logged(lambda line: line.get("query") == query))) / 1000


@pytest.mark.parametrize(
    "accept",
    ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"],
)
def test_too_many_rows_are_an_error_that_tells_the_cap(accept: str, server: Server) -> None:
    got = server.ask(WIDE, Accept=accept)
    assert got.status_code == 422
    assert got.json()["detail"].startswith("the answer has more than 500 rows")
    assert "LIMIT and OFFSET" in got.json()["detail"]
    assert server.ask(WIDE + " LIMIT 500", Accept=accept).status_code == 200
    assert server.ask(WIDE + " LIMIT 501", Accept=accept).status_code == 422


def test_too_many_triples_are_an_error(server: Server) -> None:
    got = server.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    assert got.status_code == 422
    assert "more than 500 triples" in got.json()["detail"]
    assert server.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 500").status_code == 200


def test_too_many_bytes_are_an_error(server: Server) -> None:
    long = 'SELECT * { VALUES ?x { "%s" } VALUES ?y { 1 2 3 } }' % ("x" * 500_000)
    got = server.ask(long)
    assert got.status_code == 422
    assert "more than 1,048,576 bytes" in got.json()["detail"]


def test_a_query_is_forgotten_with_its_client(server: Server) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server.client.base_url}/sparql", data={"query": CROSS}, timeout=0.3)
    asked = time.monotonic()
    while "abandoned" not in server.client.get("/metrics").text:
        assert time.monotonic() < asked + 60
        time.sleep(0.05)


Asked = Callable[[Pool], Awaitable[None]]


def run(workspace: Path, limits: Limits, asking: Asked, metrics: Metrics | None = None) -> None:
    """Ask a pool of its own."""

    async def main() -> None:
        pool = Pool(workspace / RDF_STORE, "http://example.org/", limits, metrics or Metrics())
        await pool.start()
        try:
            await asking(pool)
        finally:
            await pool.close()

    asyncio.run(main())


async def refused(pool: Pool, query: str) -> RequestError:
    with pytest.raises(RequestError) as caught:
        await pool.ask(Question(query=query))
    return caught.value


def test_over_the_queue_it_is_503_with_a_time_to_retry(workspace: Path) -> None:
    async def asking(pool: Pool) -> None:
        errors = await asyncio.gather(*(refused(pool, CROSS) for _ in range(4)))
        outcomes = sorted(error.outcome for error in errors)
        assert outcomes == ["busy", "busy", "busy", "deadline"]  # two at once, one after waiting, one was run
        assert all(error.status == 503 for error in errors)
        assert all(error.retry_after == 1 for error in errors if error.outcome == "busy")
        assert "m" in (await pool.ask(Question(query=SHORT))).json()["head"]["vars"]

    run(workspace, Limits(workers=1, queue=1, deadline=2), asking)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits memory this way")
def test_a_query_that_hoards_is_ended(workspace: Path) -> None:
    async def asking(pool: Pool) -> None:
        error = await refused(pool, HOARD)
        assert (error.status, error.outcome) == (503, "memory")
        assert "32 MB of memory" in str(error)
        assert (await pool.ask(Question(query=SHORT))).body

    run(workspace, Limits(workers=1, deadline=300, max_memory=32 << 20), asking)


def test_a_worker_that_dies_is_replaced(workspace: Path) -> None:
    metrics = Metrics()

    async def asking(pool: Pool) -> None:
        (worker,) = pool._all
        worker.process.kill()
        await worker.process.wait()
        await pool.ask(Question(query=SHORT))
        (worker,) = pool._all
        asyncio.get_running_loop().call_later(0.3, worker.process.kill)
        error = await refused(pool, CROSS)
        assert error.status == 503
        assert error.retry_after == 1
        await pool.ask(Question(query=SHORT))

    run(workspace, Limits(workers=1, deadline=30), asking, metrics)
    assert b'kg_workers_ended_total{reason="died"} 2.0' in metrics.text()


def test_questions_by_name_and_their_mistakes(workspace: Path) -> None:
    async def asking(pool: Pool) -> None:
        named = Question(name="methods-for-task", params={"task": "Image Classifications"})
        assert len((await pool.ask(named)).json()["results"]["bindings"]) == 2
        with pytest.raises(RequestError, match="did you mean 'image classification'"):
            await pool.ask(Question(name="methods-for-task", params={"task": "image clasification"}))
        with pytest.raises(RequestError, match="has no parameter 'tsk'"):
            await pool.ask(Question(name="methods-for-task", params={"tsk": "x"}))
        bound = Question(query="SELECT ?m { ?m skos:prefLabel $x }", params={"x": "residual networks"})
        assert len((await pool.ask(bound)).json()["results"]["bindings"]) == 1

    run(workspace, Limits(workers=1), asking)


def test_a_rebuilt_store_is_taken_up_without_a_failed_request(
    question_graph: nx.MultiDiGraph, golden_graph: nx.MultiDiGraph, tmp_path: Path
) -> None:
    workspace = make_workspace(question_graph, tmp_path / "workspace")
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    with serving(workspace, tmp_path / "log", "--workers", "2") as server, ThreadPoolExecutor(3) as threads:
        before = server.client.get("/sparql", params={"query": count})
        done = False

        def ask(_: int) -> set[tuple[int, str]]:
            found = set()
            while not done:
                got = server.client.get("/sparql", params={"query": count})
                found.add((got.status_code, got.text))
            return found

        asking = [threads.submit(ask, number) for number in range(3)]
        for graph in (golden_graph, question_graph, golden_graph):
            build_store(graph, workspace / RDF_STORE)
        after = server.client.get("/sparql", params={"query": count}, headers={"If-None-Match": before.headers["etag"]})
        done = True
        answers = set().union(*(future.result() for future in asking))
    assert after.status_code == 200
    assert after.text != before.text
    assert answers == {(200, before.text), (200, after.text)}
