"""How fast `kg serve` answers, beside pyoxigraph and rdflib in one process, and how it stands load and hostile queries.

    python benchmarks/serve.py make FOLDER [--triples 1000000]
    python benchmarks/serve.py compare FOLDER [--no-rdflib]
    python benchmarks/serve.py load FOLDER [--seconds 60] [--connections 32]

`make` builds a workspace from the annotated sample, repeated under changed names. `compare` times every question by
name on the same store: over HTTP, on pyoxigraph, on rdflib; and a new process of `kg query` to its first row. `load`
needs wrk: the questions in turn, for so long, once alone and once beside a client that sends endless queries.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click
import httpx
import networkx as nx
import rdflib
from pyoxigraph import QueryBoolean, QueryResultsFormat, QueryTriples, Store

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
from graphs import annotated, count_papers, repeated  # noqa: E402

from kg.iri import NAMESPACES  # noqa: E402
from kg.query import build_store, list_queries  # noqa: E402
from kg.query.bind import bind  # noqa: E402
from kg.query.run import terms_of  # noqa: E402
from kg.query.store import open_store  # noqa: E402
from kg.rdf import to_rdf, triples  # noqa: E402
from kg.snapshot import load as load_graph  # noqa: E402
from kg.snapshot import save_graph  # noqa: E402
from kg.store import write_store  # noqa: E402
from kg.workspace import RDF_STORE  # noqa: E402

ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }",
    "SELECT (COUNT(*) AS ?n) { ?a (!kg:none|^!kg:none)+ ?b }",
)
NAMES = {
    "dataset": "HarborTalk",
    "entity": "TerraceNet",
    "method": "TerraceNet",
    "metric": "WER",
    "on": "ImageNet",
    "task": "image classification",
}  # things of the sample, for the parameters of this name
FIXED = 0.005  # seconds that HTTP may cost
SMALL = 1000  # rows
TIMES = 15
DEADLINE = 5
LONGEST = 60  # seconds that rdflib gets for a question


@click.group()
def main() -> None:
    """Measure the server."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--triples", "number", default=1_000_000, show_default=True)
def make(folder: Path, number: int) -> None:
    """Build the workspace."""
    sample = annotated(ROOT / "examples" / "gold.jsonl", ROOT / "examples" / "papers.jsonl")
    copies = -(-number // sum(1 for _ in triples(sample)))
    graph = repeated(sample, count_papers(sample) * copies)
    start = time.perf_counter()
    with write_store(folder) as store:
        save_graph(store, graph)
        store.note("complete", True)
    build_store(graph, folder / RDF_STORE)
    click.echo(f"{graph}; built in {time.perf_counter() - start:.0f} s")


def questions(store: Store, graph: nx.MultiDiGraph) -> dict[str, str]:
    """SPARQL of every question, about things of the copy in the middle of the graph."""
    copies = {label.rpartition(" ")[2] for _, label in graph.nodes(data="label")}
    copy = sorted(copies, key=lambda text: (len(text), text))[len(copies) // 2]
    found = {}
    for query in list_queries():
        given = {p.name: f"{NAMES[p.name]} {copy}" for p in query.parameters if p.kind == "name"}
        found[query.name] = bind(query.text, terms_of(store, query, given))
    return found


def answer(store: Store, query: str) -> bytes:
    """The answer in JSON, by pyoxigraph."""
    results = store.query(query, prefixes=NAMESPACES)
    assert not isinstance(results, QueryTriples | QueryBoolean)
    body = results.serialize(format=QueryResultsFormat.JSON)
    assert body is not None
    return body


def timed(doing: Callable[[], Any], times: int) -> float:
    """The least of seconds: what goes beyond it is other work of the machine."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        doing()
        spent.append(time.perf_counter() - start)
    return min(spent)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """A server of its own: its address and process."""
    command = [sys.executable, "-m", "kg", "serve", str(folder), "--port", "0", "--log", "off", *options]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = process.stderr.readline()
        address = re.search(r"http://\S+?/", line)
        assert address, line
        try:
            yield address[0], process.pid
        finally:
            process.terminate()


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--rdflib/--no-rdflib", "with_rdflib", default=True)
@click.option("--deadline", default=60, show_default=True, help="Seconds a query.")
def compare(folder: Path, with_rdflib: bool, deadline: int) -> None:
    """Time every question on all three."""
    store, graph = open_store(folder / RDF_STORE), load_graph(folder)
    asked = questions(store, graph)
    theirs = to_rdf(graph) if with_rdflib else None
    rows: list[_Row] = []
    click.echo("| question | rows | pyoxigraph ms | endpoint ms | its CPU | endpoint's CPU | rdflib ms |")
    click.echo("|---|---:|---:|---:|---:|---:|---:|")
    with serving(folder, "--deadline", str(deadline)) as (address, pid), httpx.Client(timeout=deadline + 5) as client:
        for name, query in asked.items():
            row = _measure(store, client, f"{address}sparql", pid, query)
            row.theirs = _rdflib_seconds(theirs, query) if theirs is not None else None
            rows.append(row)
            cells = (row.alone, row.served, row.alone_cpu, row.served_cpu, row.theirs)
            shown = " | ".join("" if cell is None else f"{1000 * cell:,.1f}" for cell in cells)
            click.echo(f"| {name} | {row.rows:,} | {shown} |")
    small = [row for row in rows if row.rows < SMALL]
    for what, ratios in (
        ("seconds", [(row.served - FIXED) / row.alone for row in small]),
        ("seconds of CPU", [(row.served_cpu - FIXED) / row.alone_cpu for row in small if row.served_cpu is not None]),
        ("seconds of rdflib", [row.theirs / row.alone for row in rows if row.theirs is not None] or [0.0]),
    ):
        click.echo(f"{what}, as multiples of pyoxigraph: median {median(ratios):.2f}, at most {max(ratios):.2f}")
    first = timed(lambda: _first_row(folder), 5)
    click.echo(f"kg query, from its start to the first row: {first:.2f} s")


@dataclass(slots=True)
class _Row:
    """What a question costs, in seconds a time: on pyoxigraph, over HTTP, on rdflib."""

    rows: int
    alone: float
    served: float
    alone_cpu: float
    served_cpu: float | None  # None where a worker was replaced meanwhile
    theirs: float | None = None


def _measure(store: Store, client: httpx.Client, address: str, pid: int, query: str) -> _Row:
    def ask() -> httpx.Response:
        return client.post(address, data={"query": query}).raise_for_status()

    direct, got = answer(store, query), ask()
    rows = len(json.loads(direct)["results"]["bindings"])
    assert len(got.json()["results"]["bindings"]) == rows
    times = TIMES if timed(lambda: answer(store, query), 1) < 1 else 3
    cpu = time.process_time()
    alone = timed(lambda: answer(store, query), times)
    alone_cpu = (time.process_time() - cpu) / times
    workers, before = _cpu(pid)
    served = timed(ask, times)
    same, after = _cpu(pid)
    return _Row(rows, alone, served, alone_cpu, (after - before) / times if workers == same else None)


def _cpu(pid: int) -> tuple[list[str], float]:
    """The children of a process, and the seconds of CPU that all have had. Linux only."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    tasks = (task for each in (pid, *children) for task in Path(f"/proc/{each}/task").iterdir())
    return children, sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def _rdflib_seconds(graph: rdflib.Graph, query: str) -> float:
    """Seconds of one run, cut at LONGEST."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    start = time.perf_counter()
    signal.alarm(LONGEST)
    try:
        list(graph.query(query, initNs=NAMESPACES))
    except TimeoutError:
        pass
    finally:
        signal.alarm(0)
    return time.perf_counter() - start


def _first_row(folder: Path) -> None:
    query = "SELECT ?label { ?m a kg:Method ; skos:prefLabel ?label } LIMIT 10"
    command = [sys.executable, "-m", "kg", "query", str(folder), query, "--format", "csv"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert process.stdout.readline()


LUA = """
local bodies = {%s}
local at = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/sparql-query"
request = function()
  at = at %% #bodies + 1
  return wrk.format(nil, "/sparql", nil, bodies[at])
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    "{\\"requests\\": %%d, \\"errors\\": %%d, \\"p50\\": %%.1f, \\"p95\\": %%.1f, \\"p99\\": %%.1f}\\n",
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
"""


@main.command("load")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--seconds", default=60, show_default=True)
@click.option("--connections", default=32, show_default=True)
@click.option("--slowest", default=0.1, show_default=True, help="Leave out questions that take longer alone, in s.")
def load_test(folder: Path, seconds: int, connections: int, slowest: float) -> None:
    """Load the server with wrk, alone and beside endless queries."""
    quick = _quick(folder, slowest)
    click.echo(f"{len(quick)} questions: {', '.join(quick)}")
    with serving(folder, "--deadline", str(DEADLINE), "--queue", str(2 * connections)) as (address, pid):
        _wrk(address, quick, connections, 5)  # warm
        before = _memory(pid)
        alone = _wrk(address, quick, connections, seconds)
        after = _memory(pid)
        click.echo(f"alone: {alone}; memory of all processes {before >> 20} MB before, {after >> 20} MB after")
        stop = threading.Event()
        slow: list[tuple[int, float]] = []
        hostile = threading.Thread(target=_endless, args=(address, stop, slow))
        hostile.start()
        beside = _wrk(address, quick, connections, seconds)
        stop.set()
        hostile.join()
        click.echo(f"beside endless queries: {beside}; memory {_memory(pid) >> 20} MB")
    took = max(seconds for _, seconds in slow)
    click.echo(
        f"{len(slow)} endless queries: {sorted({s for s, _ in slow})}, at most {took:.2f} s; deadline {DEADLINE} s"
    )
    click.echo(f"p95 beside is {beside['p95'] / alone['p95']:.2f} times p95 alone")


def _quick(folder: Path, slowest: float) -> dict[str, str]:
    store = open_store(folder / RDF_STORE)
    asked = questions(store, load_graph(folder))
    return {name: q for name, q in asked.items() if timed(lambda q=q: answer(store, q), 2) < slowest}


def _wrk(address: str, asked: dict[str, str], connections: int, seconds: int) -> dict[str, float]:
    bodies = ",\n".join(json.dumps(_declared(query)) for query in asked.values())
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf8") as script:
        script.write(LUA % bodies)
        script.flush()
        command = ["wrk", f"-c{connections}", "-t1", f"-d{seconds}s", "--timeout", "30s", "-s", script.name, address]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def _declared(query: str) -> str:
    """Without comments, on one line, so that a string of Lua takes it."""
    return " ".join(line for line in query.splitlines() if not line.startswith("#"))


def _endless(address: str, stop: threading.Event, found: list[tuple[int, float]]) -> None:
    with httpx.Client(timeout=60) as client:
        while not stop.is_set():
            start = time.perf_counter()
            got = client.post(f"{address}sparql", data={"query": ENDLESS[len(found) % len(ENDLESS)]})
            found.append((got.status_code, time.perf_counter() - start))


def _memory(pid: int) -> int:
    """Resident bytes of a process and its children."""
    out = subprocess.run(["ps", "-o", "rss=", "--pid", str(pid), "--ppid", str(pid)], capture_output=True, text=True)
    return sum(1024 * int(rss) for rss in out.stdout.split())


if __name__ == "__main__":
    main()
