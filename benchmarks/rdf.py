"""How much time and memory the RDF formats of a large graph take.

    python benchmarks/rdf.py [--triples 10000000] [--format nt --format ttl.gz ...]

The graph is that of the sample corpus, repeated under changed names until it has the number of triples asked for, and
is put into a workspace piece by piece. Each format is then written by `kg export` in a process of its own, whose
largest resident memory is that which the system reports when it ends.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import networkx as nx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "exports")]
from rebuild import EXTRACTIONS, PAPERS, RecordedExtractor  # noqa: E402

from kg.build import build  # noqa: E402
from kg.keys import paper_key  # noqa: E402
from kg.rdf import triples  # noqa: E402
from kg.snapshot import save_graph  # noqa: E402
from kg.store import write_store  # noqa: E402

CHILD = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; " + (
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
)


class Repeated:
    """Copies of a graph side by side, as much of a MultiDiGraph as keeping it needs; none of them is in memory."""

    def __init__(self, graph: nx.MultiDiGraph, copies: int) -> None:
        self.graph = dict(graph.graph)
        self._one, self._copies = graph, copies

    def nodes(self, *, data: bool) -> Iterator[tuple[str, dict[str, Any]]]:
        for number in range(self._copies):
            for key, about in self._one.nodes(data=data):
                changed = {**about, "label": f"{about['label']} {number}"}
                if about["kind"] == "Paper":
                    changed["paper_id"] = f"{about['paper_id']}-{number}"
                if "merges" in about:
                    changed["merges"] = tuple(replace(m, paper=f"{m.paper}-{number}") for m in about["merges"])
                yield self._key(key, number), changed

    def edges(self, *, keys: bool, data: bool) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for number in range(self._copies):
            for head, tail, relation, about in self._one.edges(keys=keys, data=data):
                evidence = tuple(replace(e, paper=f"{e.paper}-{number}") for e in about["evidence"])
                yield self._key(head, number), self._key(tail, number), relation, {**about, "evidence": evidence}

    def _key(self, key: str, number: int) -> str:
        about = self._one.nodes[key]
        return paper_key(f"{about['paper_id']}-{number}") if about["kind"] == "Paper" else f"{key}-{number}"


def export(folder: Path, name: str) -> str:
    """Write one format and tell what it took."""
    form = name.split(".")[0]
    target = folder / f"graph.{name}"
    command = [sys.executable, "-m", "kg", "export", str(folder), form, "-o", str(target)]
    start = perf_counter()
    done = subprocess.run([sys.executable, "-c", CHILD, *command], capture_output=True, text=True, check=True)
    seconds, kilobytes = perf_counter() - start, int(done.stdout.split()[-1])
    size = target.stat().st_size
    target.unlink()
    return f"{name}: {seconds:.0f} s, {kilobytes / 1024:.0f} MiB of memory, {size / 2**20:.0f} MiB written"


@click.command()
@click.option("--triples", "wanted", default=10_000_000, show_default=True)
@click.option("--format", "formats", multiple=True, default=("nt", "nt.gz", "ttl", "trig.zst"), show_default=True)
def main(wanted: int, formats: tuple[str, ...]) -> None:
    """Measure and print."""
    graph = build(PAPERS, None, extractor=RecordedExtractor(ROOT / "exports" / EXTRACTIONS))
    each = sum(1 for _ in triples(graph))
    copies = -(-wanted // each)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = perf_counter()
        with write_store(folder) as store:
            save_graph(store, Repeated(graph, copies))
        click.echo(
            f"{copies * each:,} triples, {copies * len(graph):,} nodes, {copies * graph.number_of_edges():,} edges,"
            f" kept in {perf_counter() - start:.0f} s"
        )
        for form in formats:
            click.echo(export(folder, form))
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    click.echo(f"this program itself: {mine / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
