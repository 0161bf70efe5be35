"""How long linking takes and what memory it needs, by number of papers; and the largest clusters, to be read.

    python benchmarks/linking.py WORKSPACE [--papers 10000 --papers 80000] [--top 100] [-o clusters.tsv]

WORKSPACE holds papers that have been extracted ('kg build' leaves one). Every size is measured in a process of its own,
on the first papers by id; without --papers all are linked. Seconds are of the processor, since the machine may have
other work. The table of clusters has a line for each of the largest: its key, type and label, the number of papers, and
the names that were taken for one with the number of papers that use each.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from time import process_time

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.link import resolve
from kg.model import Entity, Extraction, ExtractorInfo, Paper, Resolved
from kg.store import open_store
from kg.workspace import DATABASE

COLUMNS = ("papers", "mentions", "nodes", "facts", "reading, s", "linking, s", "peak memory, MB")
FORMS = 40  # names of a cluster that the table of clusters shows


def extractor_of(workspace: Path) -> ExtractorInfo:
    """The extractor that read most of the papers."""
    with sqlite3.connect(f"file:{workspace / DATABASE}?mode=ro", uri=True) as store:
        found = store.execute("SELECT extractor FROM extractions GROUP BY extractor ORDER BY count(*) DESC LIMIT 1")
        name, version, digest = next(found)[0].rsplit(" ", 2)
    return ExtractorInfo(name=name, version=version, hash=digest)


def read(workspace: Path, limit: int | None) -> tuple[list[Paper], list[Extraction]]:
    """The first papers by id that have been extracted, with their extractions."""
    info = extractor_of(workspace)
    with open_store(workspace) as store:
        found = list(islice(store.extractions(info), limit))
        known = {extraction.id for extraction in found}
        papers = (paper for paper in store.papers() if paper.id in known)
        return list(islice(papers, len(found))), found


def measure(workspace: Path, limit: int | None) -> tuple[list[object], Resolved, list[Extraction]]:
    """The row of the table, and what was linked."""
    start = process_time()
    papers, found = read(workspace, limit)
    between = process_time()
    resolved = resolve(papers, found)
    end = process_time()
    mentions = sum(len(extraction.entities) for extraction in found)
    size = [len(papers), mentions, len(resolved.entities), len(resolved.facts)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [*size, round(between - start, 1), round(end - between, 1), memory], resolved, found


def clusters(entities: Iterable[Entity], found: Iterable[Extraction], top: int) -> str:
    """The largest clusters as tab-separated lines."""
    forms = {
        (extraction.id, entity.id): {" ".join(mention.text.split()) for mention in entity.mentions}
        for extraction in found
        for entity in extraction.entities
    }
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
    writer.writerow(("rank", "key", "type", "label", "papers", "names"))
    ranked = sorted(entities, key=lambda entity: (-len({paper for paper, _ in entity.members}), entity.id))
    for rank, entity in enumerate(ranked[:top], 1):
        counts = Counter(form for member in entity.members for form in sorted(forms[member]))
        names = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown = "; ".join(f"{name} ({number})" for name, number in names[:FORMS])
        more = f"; and {len(names) - FORMS} more" if len(names) > FORMS else ""
        papers = len({paper for paper, _ in entity.members})
        writer.writerow((rank, entity.id, entity.type, entity.label, papers, shown + more))
    return stream.getvalue()


def table(rows: Sequence[Sequence[object]]) -> str:
    cells = [[f"{cell:,}" if isinstance(cell, int | float) else str(cell) for cell in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in (COLUMNS, ["---:"] * len(COLUMNS), *cells)]
    return "\n".join(lines)


@click.command()
@click.argument("workspace", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--papers", multiple=True, type=click.IntRange(1), help="Link so many; may be given several times.")
@click.option("--top", type=click.IntRange(0), default=0, help="Write so many of the largest clusters.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("clusters.tsv"))
@click.option("--once", is_flag=True, hidden=True)
def main(workspace: Path, papers: tuple[int, ...], top: int, output: Path, once: bool) -> None:
    """Measure linking and write the largest clusters."""
    if once or not papers:
        row, resolved, found = measure(workspace, papers[0] if papers else None)
        if top:
            output.write_text(clusters(resolved.entities, found, top), encoding="utf8", errors="replace")
        click.echo(json.dumps(row) if once else table([row]))
        return
    rows = []
    for number in papers:
        more = ["--top", str(top), "-o", str(output)] if number == max(papers) else []
        command = [sys.executable, __file__, str(workspace), "--once", "--papers", str(number), *more]
        rows.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    click.echo(table(rows))


if __name__ == "__main__":
    main()
