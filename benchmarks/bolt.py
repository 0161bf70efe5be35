"""How fast Bolt loads a graph of thousands of papers, beside LOAD CSV of the same rows, and whether all arrives.

    python benchmarks/bolt.py ANNOTATIONS.jsonl PAPERS.jsonl [--papers 5000] [--heap 1g]

starts a Neo4j of its own on loopback (Java and Maven needed; see tests/integration). The graph is that of the annotated
papers, repeated under changed names until it has the number of papers asked for. Both ways run the same statements over
the same rows, twice from an empty database with its indexes: the second time counts, when the server is warm.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import neo4j
import networkx as nx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "integration")]
from contents import expected  # noqa: E402
from graphs import annotated, repeated  # noqa: E402
from neo4j_server import PASSWORD, Neo4j  # noqa: E402

from kg.export import bolt  # noqa: E402
from kg.export.propertygraph import Batch, merges  # noqa: E402

DELIMITER = "\x1f"
Seconds = dict[str, float]


def by_bolt(server: Neo4j, graph: nx.MultiDiGraph) -> Seconds:
    """Seconds that nodes and relationships take."""
    spent = {"nodes": 0.0, "relationships": 0.0}

    def timed(items: Iterable[Any], doing: str, total: int | None = None) -> Iterator[Any]:
        for item in items:
            start = perf_counter()
            yield item
            spent[_what(item)] += perf_counter() - start

    bolt.load(graph, server.uri, password=PASSWORD, progress=timed)
    return spent


def by_csv(server: Neo4j, tables: list[tuple[Batch, Path]]) -> Seconds:
    """The same by LOAD CSV."""
    spent = {"nodes": 0.0, "relationships": 0.0}
    with neo4j.GraphDatabase.driver(server.uri, auth=("neo4j", PASSWORD)) as driver, driver.session() as session:
        for batch, path in tables:
            start = perf_counter()
            session.run(_load_csv(batch, path.name)).consume()
            spent[_what(batch)] += perf_counter() - start
    return spent


def write_tables(graph: nx.MultiDiGraph, folder: Path) -> list[tuple[Batch, Path]]:
    """Each kind of node and relationship as a file for LOAD CSV."""
    tables = [(batch, folder / f"{i}.csv") for i, batch in enumerate(merges(graph, sys.maxsize))]
    for batch, path in tables:
        with path.open("w", encoding="utf8", newline="") as stream:
            lines = csv.writer(stream)
            ends = [name for name in batch.rows[0] if name != "set"]
            lines.writerow([*ends, *batch.rows[0]["set"]])
            for row in batch.rows:
                lines.writerow([*(row[name] for name in ends), *map(_cell, row["set"].values())])
    return tables


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return DELIMITER.join(map(str, value))
    return "" if value is None else str(value)


def _load_csv(batch: Batch, file: str) -> str:
    samples = {
        name: next((r["set"][name] for r in batch.rows if r["set"][name] is not None), "")
        for name in batch.rows[0]["set"]
    }
    ends = "".join(f"{name}: line.{name}, " for name in batch.rows[0] if name != "set")
    values = ", ".join(f"{name}: {_converted(f'line.{name}', sample)}" for name, sample in samples.items())
    merge = batch.merge.replace("\n", "\n  ")
    return (
        f"LOAD CSV WITH HEADERS FROM 'file:///{file}' AS line\nWITH {{{ends}set: {{{values}}}}} AS row\n"
        f"CALL (row) {{\n  {merge}\n}} IN TRANSACTIONS OF 2000 ROWS"
    )


def _converted(text: str, sample: Any) -> str:
    """The Cypher that makes a value like `sample` of a text."""
    if isinstance(sample, list):
        return f"[item IN split({text}, '{DELIMITER}') | {_converted('item', sample[0])}]"
    function = {bool: "toBoolean", int: "toInteger", float: "toFloat"}.get(type(sample))
    return f"{function}({text})" if function else text


def _what(batch: Batch) -> str:
    return "relationships" if "head" in batch.rows[0] else "nodes"


@click.command()
@click.argument("annotations", type=click.Path(path_type=Path, exists=True))
@click.argument("papers", type=click.Path(path_type=Path, exists=True))
@click.option("--papers", "number", default=5000, show_default=True)
@click.option("--heap", default="1g", show_default=True)
def main(annotations: Path, papers: Path, number: int, heap: str) -> None:
    """Measure, compare, print."""
    graph = repeated(annotated(annotations, papers), number)
    count = {"nodes": len(graph), "relationships": graph.number_of_edges()}
    click.echo(f"{count['nodes']} nodes, {count['relationships']} relationships")
    with tempfile.TemporaryDirectory() as folder:
        server = Neo4j(Path(folder), java=("java", f"-Xmx{heap}"))
        tables = write_tables(graph, server.home / "import")
        server.start()
        try:
            for name, run in (
                ("LOAD CSV", lambda: by_csv(server, tables)),
                ("Bolt", lambda: by_bolt(server, graph)),
            ) * 2:
                bolt.load(nx.create_empty_copy(graph), server.uri, password=PASSWORD)  # indexes
                server.wipe()
                for what, seconds in run().items():
                    click.echo(
                        f"{name}: {count[what]} {what} in {seconds:.1f} s, {count[what] / seconds:,.0f} a second"
                    )
            click.echo(f"the same graph: {server.held() == expected(graph)}")
            for prune in (False, True):
                start = perf_counter()
                again = bolt.load(graph, server.uri, password=PASSWORD, prune=prune)
                name = "once more, with --prune" if prune else "once more"
                click.echo(f"{name}: {again if again.changed else 'nothing written'}, {perf_counter() - start:.1f} s")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
