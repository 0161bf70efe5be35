"""Commands that change what a workspace holds: add, remove."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli.arguments import key_values, workspace
from kg.cli.building import papers_type, reading_options, tell
from kg.cli.progress import bar

_out = click.option("-o", "--out", type=click.Path(path_type=Path), help="Workspace; by default as for DIR.")


@click.command()
@click.argument("papers", nargs=-1, required=True, type=papers_type)
@_out
@reading_options
def add(papers: tuple[Path, ...], out: Path | None, **reading: Any) -> None:
    """Add PAPERS to a workspace and build its graph anew.

    Only what is new is extracted; exports are written again.

    \b
    Examples:
      kg add new.jsonl
      kg add new.bib --out out
    """
    from kg.build import BuildReport, build
    from kg.store import open_store

    folder = workspace(out)
    with open_store(folder) as store:
        kept = list(store.papers())
    report = BuildReport()
    try:
        build(
            (*kept, *papers),
            folder,
            formats=(),
            format=reading["input_format"],
            columns=key_values("--column", reading["columns"]),
            strict=reading["strict"],
            progress=bar,
            report=report,
        )
    finally:
        tell(report)
    click.echo(f"{report.papers} papers ({report.papers - len(kept)} more, {report.extracted} extracted now)")


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_out
def remove(ids: tuple[str, ...], out: Path | None) -> None:
    """Remove papers by their ids and build the graph anew.

    Exports are written again. The ids of papers stand in 'kg show' and in the exports.

    \b
    Examples:
      kg remove p-1aa7746f6f1c
      kg remove g01 g02 --out out
    """
    from kg.build import BuildReport, build
    from kg.store import open_store

    folder = workspace(out)
    with open_store(folder) as store:
        papers = list(store.papers())
    if unknown := set(ids) - {paper.id for paper in papers}:
        raise click.UsageError(f"no paper has the id {min(unknown)!r}; 'kg show TITLE' tells a paper's id")
    report = BuildReport()
    build((paper for paper in papers if paper.id not in ids), folder, formats=(), progress=bar, report=report)
    tell(report)
    click.echo(f"{report.papers} papers ({len(set(ids))} fewer)")
