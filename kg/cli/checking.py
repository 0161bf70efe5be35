"""Commands that check: validate, evaluate, status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.arguments import folder_argument, model_type, workspace
from kg.cli.printing import clean, echo_json, echo_table
from kg.cli.progress import bar

if TYPE_CHECKING:
    from kg.model import Extraction, Paper

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_new_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@folder_argument
def validate(folder: Path | None) -> None:
    """Check the graph of DIR against the ontology's SHACL shapes.

    Exit code 1 where it does not conform.

    \b
    Examples:
      kg validate
      kg validate out && echo fine
    """
    from kg.snapshot import load
    from kg.validate import validate as check

    report = check(load(workspace(folder)))
    click.echo(clean(report.text))
    if not report.conforms:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("gold", type=click.Path(exists=True, path_type=Path))
@click.option("--links", is_flag=True, help="Score linking: GOLD is annotated links, or a workspace with corrections.")
@click.option(
    "--papers", "papers_files", type=_file, multiple=True, help="The papers; by default GOLD's .papers.jsonl."
)
@click.option("--predictions", type=_file, help="Extractions to score; by default the papers are extracted now.")
@click.option("--model", type=model_type, help="Extract with the model of this folder, as 'kg train' leaves it.")
@click.option("--html", "html_file", type=_new_file, help="Write the errors as a page: gold and predicted in the text.")
@click.option("--calibration", "table", type=_new_file, help="Write how far the scores were right as a JSON table.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(
    gold: Path,
    links: bool,
    papers_files: tuple[Path, ...],
    predictions: Path | None,
    model: Path | None,
    html_file: Path | None,
    table: Path | None,
    as_json: bool,
) -> None:
    """Score extractions against the annotations of GOLD.

    Prints precision, recall and F1 with its 95% interval, over all papers and by type and relation.

    \b
    Examples:
      kg evaluate gold.jsonl --papers papers.jsonl
      kg evaluate gold.jsonl --papers papers.jsonl --predictions extractions.jsonl --json
      kg evaluate gold.jsonl --papers papers.jsonl --html errors.html --model mine
      kg evaluate gold.jsonl --papers papers.jsonl --calibration reliability.json
      kg evaluate --links out
      kg evaluate --links links.jsonl --predictions extractions.jsonl
    """
    if links:
        if html_file or table:
            raise click.UsageError("--html and --calibration are for extractions; leave them out with --links")
        from kg.cli.scoring import evaluate_links

        evaluate_links(gold, papers_files, predictions, as_json)
        return
    if gold.is_dir():
        raise click.UsageError(f"{gold} is a folder; name a file of annotations, or give --links for a workspace")
    from kg.cli.evaluating import leave
    from kg.evaluate import evaluate as score

    texts, wanted = _annotated(gold, papers_files)
    papers = [texts[record.id] for record in wanted]
    found = _records(predictions, texts) if predictions else _extracted(papers, model)
    by_id = {record.id: record for record in found}
    scored = score(wanted, by_id)
    leave(gold, wanted, by_id, texts, scored, html_file, table)
    figures = {name: asdict(figure) for name, figure in scored.items()}
    if as_json:
        echo_json(figures)
        return
    header = ("figure", "P", "R", "F1", "from", "to", "gold", "predicted")
    columns = ("p", "r", "f1", "low", "high", "gold", "pred")
    echo_table(header, ((name, *(row[column] for column in columns)) for name, row in figures.items()))


def _annotated(gold: Path, papers_files: Sequence[Path]) -> tuple[dict[str, Paper], list[Extraction]]:
    """The papers by id, and the annotations of GOLD."""
    from kg.read import read_papers

    beside = gold.with_suffix(".papers.jsonl")
    if not papers_files and not beside.exists():
        raise click.UsageError(f"name the file of the papers with --papers (there is no {beside})")
    texts = {paper.id: paper for paper in read_papers(papers_files or (beside,))}
    wanted = list(_records(gold, texts))
    if missing := [record.id for record in wanted if record.id not in texts]:
        raise click.UsageError(f"{gold}: {len(missing)} papers are not among the papers, the first is {missing[0]!r}")
    return texts, wanted


def _records(path: Path, texts: Mapping[str, Paper]) -> Iterator[Extraction]:
    from kg.cli.annotations import read_extractions

    return read_extractions(path, texts)


def _extracted(papers: Sequence[Paper], model: Path | None) -> Iterator[Extraction]:
    from kg.extract import extract
    from kg.settings import Settings

    return extract(bar(papers, "extracting", len(papers)), Settings(model=str(model or "")))


@click.command()
@folder_argument
@click.option("--check", is_flag=True, help="Read the whole store and verify it.")
@click.option("--rejected", is_flag=True, help="List the records that were left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(folder: Path | None, check: bool, rejected: bool, as_json: bool) -> None:
    """Tell what the workspace DIR holds and who writes to it.

    Exit code 1 where papers wait for extraction or the graph is missing: 'kg build --out DIR' finishes it.

    \b
    Examples:
      kg status
      kg status out --check
      kg status --rejected --json
    """
    from kg.store import open_store

    with open_store(workspace(folder)) as store:
        if check:
            store.check()
        facts = store.summary()
        left_out = [asdict(rejection) for rejection in store.rejections()]
    if as_json:
        echo_json({**facts, "rejected": left_out} if rejected else facts)
    elif rejected:
        echo_table(("source", "line", "reason", "kind", "of"), (r.values() for r in left_out))
    else:
        echo_table(("what", "value"), ((name, _told(value)) for name, value in facts.items()))
    if not facts["complete"]:
        raise click.exceptions.Exit(1)


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        value = [f"{name} = {item}" for name, item in value.items()]
    if isinstance(value, list):
        value = ", ".join(value) or None
    return "-" if value is None else str(value)
