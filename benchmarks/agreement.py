"""Whether Neo4j, by all three ways, Ladybug, Gephi and NetworkX hold the graph of a workspace, attribute by attribute.

    python benchmarks/agreement.py WORKSPACE [--only neo4j|gephi|networkx|ladybug] [--heap 1g]

starts a Neo4j of its own on loopback and runs Gephi's importer (Java and Maven needed; see tests/integration).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import click
import networkx as nx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "integration"), str(ROOT / "tests" / "export")]
from contents import expected  # noqa: E402
from gephi import HERE, check_gexf, read  # noqa: E402
from graphs import count_papers  # noqa: E402
from maven import classpath  # noqa: E402
from neo4j_server import PASSWORD, Neo4j  # noqa: E402
from test_gexf_graphml import assert_same  # noqa: E402
from test_ladybug import Store  # noqa: E402

from kg.export import bolt, write  # noqa: E402
from kg.snapshot import load  # noqa: E402


def timed(name: str, run: Callable[[], bool]) -> None:
    """Print whether it agrees and how long that took."""
    start = perf_counter()
    agrees = run()
    click.echo(f"{name}: {'the same' if agrees else 'DIFFERENT'}, {perf_counter() - start:.0f} s")


def by_neo4j(graph: nx.MultiDiGraph, folder: Path, heap: str) -> None:
    """Importer, Bolt, script, in one server."""
    server = Neo4j(folder, java=("java", f"-Xmx{heap}"))
    wanted = expected(graph)
    write(graph, "neo4j-gzip", server.home / "csv")
    server.bulk_import(server.home / "csv")
    server.start()
    try:
        timed("Neo4j by its importer", lambda: server.held() == wanted)
        server.wipe()

        def load_by_bolt() -> bool:
            bolt.load(graph, server.uri, password=PASSWORD)
            return server.held() == wanted

        timed("Neo4j by Bolt", load_by_bolt)
        timed("again", lambda: bolt.load(graph, server.uri, password=PASSWORD, prune=True) == bolt.Loaded())
        server.wipe()
        (script,) = write(graph, "cypher", folder / "graph.cypher")

        def run_script() -> bool:
            server.shell(script)
            return server.held() == wanted

        timed("Neo4j by script", run_script)
    finally:
        server.stop()


def by_gephi(graph: nx.MultiDiGraph, folder: Path, heap: str) -> None:
    """Gephi's importer of GEXF; says which attribute differs."""
    (path,) = write(graph, "gexf", folder / "graph.gexf")
    jars = classpath(HERE / "gephi-pom.xml", folder)
    timed("Gephi", lambda: check_gexf(read(path, jars, heap=heap), graph) is None)


def by_networkx(graph: nx.MultiDiGraph, folder: Path, heap: str) -> None:
    """NetworkX's own readers; says which attribute differs."""
    (gexf,) = write(graph, "gexf", folder / "graph.gexf")
    timed("GEXF by NetworkX", lambda: assert_same(nx.MultiDiGraph(nx.read_gexf(gexf)), graph) is None)
    (graphml,) = write(graph, "graphml", folder / "graph.graphml")
    found = nx.read_graphml(graphml, force_multigraph=True, edge_key_type=str)
    timed("GraphML by NetworkX", lambda: assert_same(found, graph) is None)


def by_ladybug(graph: nx.MultiDiGraph, folder: Path, heap: str) -> None:
    """Ladybug from Parquet."""
    write(graph, "ladybug", folder / "ladybug")
    timed("Ladybug", lambda: Store(folder / "ladybug").held() == expected(graph))


WAYS = {"networkx": by_networkx, "gephi": by_gephi, "ladybug": by_ladybug, "neo4j": by_neo4j}


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path, exists=True))
@click.option("--only", type=click.Choice(list(WAYS)), multiple=True)
@click.option("--heap", default="1g", show_default=True)
def main(workspace: Path, only: tuple[str, ...], heap: str) -> None:
    """Compare and print."""
    graph = load(workspace)
    click.echo(f"{count_papers(graph)} papers, {len(graph)} nodes, {graph.number_of_edges()} relationships")
    for name in only or WAYS:
        with tempfile.TemporaryDirectory() as folder:
            WAYS[name](graph, Path(folder), heap)


if __name__ == "__main__":
    main()
