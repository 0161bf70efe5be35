"""Commands that make: build, extract, link."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.arguments import DEFAULT, key_values, with_options
from kg.cli.printing import one_line
from kg.cli.progress import bar
from kg.workspace import is_workspace

if TYPE_CHECKING:
    from kg.build import BuildReport

_SHOWN = 20  # rejected records named on standard error

papers_type = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


# The options of every command that reads papers.
reading_options = with_options(
    click.option(
        "--format",
        "--input-format",
        "input_format",
        help="Format of the papers; by default told by the file's name and content.",
    ),
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="FIELD=NAME",
        help="Column of a table that holds a field, e.g. --column abstract=Summary.",
    ),
    click.option("--strict", is_flag=True, help="Stop at the first bad record instead of leaving it out."),
)


def tell(report: BuildReport) -> None:
    """Name on standard error what was left out or not applied, and what else a reader should know."""
    remarks = [(r.source, r.line, f"not applied: {r.reason}") for r in report.curation]
    remarks += [(r.source, r.line, r.reason) for r in report.vocabularies]
    remarks += [(r.source, r.line, f"left out: {r.reason}") for r in report.reading.rejections]
    remarks += [(n.source, n.line, n.reason) for n in report.reading.notices]
    for source, line, reason in remarks[:_SHOWN]:
        place = source if line is None else f"{source}:{line}"
        click.echo(one_line(f"{place}: {reason}"), err=True)
    if (more := len(remarks) - _SHOWN) > 0:
        click.echo(f"... and {more} more; 'kg status --rejected' lists what a build left out", err=True)


# The options that say what is made of the papers, and how; settings and vocabularies are remembered.
making_options = with_options(
    click.option(
        "-e", "--export", "formats", multiple=True, help="Further export, e.g. gexf; may be given several times."
    ),
    click.option(
        "--settings",
        "settings_file",
        type=papers_type,
        help="TOML file with a [kg] table: base, min_score, hierarchy, vocabularies ...",
    ),
    click.option("--workers", type=click.IntRange(1), help="Processes that extract; by default as the work needs."),
    click.option(
        "--vocabulary",
        "vocabularies",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="SKOS or OWL file with whose concepts entities are matched; may be given several times.",
    ),
    click.option("--no-vocabulary", is_flag=True, help="Match entities with no vocabulary any more."),
    click.option(
        "--precision",
        type=click.FloatRange(0, 1),
        help="Keep of each relation the best facts, of which at least this share is expected to be right.",
    ),
    click.option(
        "--unasserted/--asserted",
        "unasserted",
        default=None,
        help="Take in what papers deny, doubt or leave to the future, marked so; or leave it out again.",
    ),
)


def _wanted_vocabularies(vocabularies: tuple[Path, ...], no_vocabulary: bool) -> tuple[Path, ...] | None:
    """Those given; none where that is wanted; None for those that the workspace has."""
    if vocabularies and no_vocabulary:
        raise click.UsageError("--vocabulary and --no-vocabulary contradict each other; give one of them")
    return vocabularies or (() if no_vocabulary else None)


@click.command()
@click.argument("papers", nargs=-1, type=papers_type)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Workspace; by default the current one, else out/.")
@making_options
@reading_options
def build(papers: tuple[Path, ...], out: Path | None, **options: Any) -> None:
    """Build the graph of PAPERS into a workspace.

    What was extracted before is not extracted again. Without PAPERS, the workspace's own papers are built anew.
    Corrections in the workspace's curation.tsv are applied. Settings and vocabularies are kept with the workspace.

    \b
    Examples:
      kg build papers.jsonl
      kg build refs.bib export.ris --out out --export gexf --export neo4j
      kg build table.csv --column abstract=Summary --column title=Name
      kg build listing.txt --format page
      kg build papers.jsonl --vocabulary CSO.ttl --vocabulary acm_ccs.xml
      kg build papers.jsonl --precision 0.9
      kg build --out out             finish or refresh a workspace
    """
    from kg.build import DEFAULT_FORMATS, BuildReport
    from kg.build import build as build_graph
    from kg.settings import load_settings

    wanted = _wanted_vocabularies(options["vocabularies"], options["no_vocabulary"])
    out = out or (Path() if is_workspace(Path()) else DEFAULT)
    report = BuildReport()
    try:
        graph = build_graph(
            papers or None,
            out,
            load_settings(options["settings_file"]) if options["settings_file"] else None,
            formats=(*DEFAULT_FORMATS, *options["formats"]),
            workers=options["workers"],
            format=options["input_format"],
            columns=key_values("--column", options["columns"]),
            strict=options["strict"],
            vocabularies=wanted,
            changes={name: options[name] for name in ("unasserted", "precision") if options[name] is not None},
            progress=bar,
            report=report,
        )
    finally:
        tell(report)
    click.echo(
        f"{report.papers} papers ({report.extracted} extracted now): {len(graph)} nodes, {graph.size()} edges\n"
        + "".join(f"  {one_line(str(path))}\n" for path in report.files)
        + f"Next: open {one_line(str(out / 'graph.html'))} · kg show NAME · kg query --list"
    )


@click.command()
@click.argument("papers", nargs=-1, required=True, type=papers_type)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File; by default the output.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that extract.")
@reading_options
def extract(papers: tuple[Path, ...], output: Path | None, workers: int, **reading: Any) -> None:
    """Extract what each paper of PAPERS says, without linking.

    Writes one JSON object a line: entities with their mentions, relations, results.

    \b
    Examples:
      kg extract papers.jsonl -o extractions.jsonl
      kg extract papers.jsonl | head -1
    """
    from kg.build import BuildReport
    from kg.extract import extract as extract_papers
    from kg.read import read_papers
    from kg.records import extraction_to_json

    report = BuildReport()
    found = read_papers(
        papers,
        format=reading["input_format"],
        columns=key_values("--column", reading["columns"]),
        strict=reading["strict"],
        report=report.reading,
    )
    records = bar(extract_papers(found, workers=workers), "extracting")
    _write_lines((json.dumps(extraction_to_json(record)) for record in records), output)
    tell(report)


@click.command()
@click.argument("extractions", type=papers_type)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File; by default the output.")
@click.option(
    "--papers", type=papers_type, multiple=True, help="The papers themselves; linking is better with their texts."
)
def link(extractions: Path, output: Path | None, papers: tuple[Path, ...]) -> None:
    """Link the entities of EXTRACTIONS across papers.

    Writes a JSON object from "PAPER ENTITY" to the key of the node.

    \b
    Examples:
      kg link extractions.jsonl -o links.json
      kg link extractions.jsonl --papers papers.jsonl
    """
    from kg.cli.annotations import read_extractions
    from kg.link import link_entities
    from kg.read import read_papers

    texts = {paper.id: paper for paper in read_papers(papers)} if papers else {}
    records = read_extractions(extractions, texts)
    links = link_entities(records, texts.values())
    named = {f"{paper} {entity}": node for (paper, entity), node in links.items()}
    _write_lines([json.dumps(named, indent=2)], output)


def _write_lines(lines: Iterable[str], output: Path | None) -> None:
    if output is None or str(output) == "-":
        for line in lines:
            click.echo(line)
        return
    from kg.export.atomic import replacing

    with replacing(output) as stream:
        for line in lines:
            stream.write(f"{line}\n".encode())
