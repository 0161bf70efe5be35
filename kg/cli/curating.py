"""The command that corrects: curate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from kg.cli.arguments import workspace
from kg.cli.printing import clean, echo_json, echo_table, one_line
from kg.workspace import CURATION, is_workspace

if TYPE_CHECKING:
    from kg.link.cluster import Cluster
    from kg.link.curation import Curation, Row

_ACTIONS = ("merge", "split", "rename", "retype", "reject", "assert")
_USAGE = {
    "merge": "merge NAME OTHER...",
    "split": "split NAME OTHER, or split NAME --paper ID",
    "rename": "rename NAME LABEL",
    "retype": "retype NAME TYPE",
    "reject": "reject NAME, or reject NAME RELATION OTHER",
    "assert": "assert NAME RELATION OTHER --paper ID",
}


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DIR] [ACTION NAME...]")
@click.option("--paper", default="", metavar="ID", help="Only of this paper; for assert, the paper that states it.")
@click.option("--quote", default="", help="For assert, the words that state it; else a remark of your own.")
@click.option("--force", is_flag=True, help="Add the row although it fits nothing in the graph.")
@click.option("--list", "listing", is_flag=True, help="List the rows.")
@click.option("--check", is_flag=True, help="Link anew and tell which rows apply; exit code 1 where one does not.")
@click.option("--undo", is_flag=True, help="Take the last row back.")
@click.option("--sssom", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows as SSSOM mappings.")
@click.option("--json", "as_json", is_flag=True, help="Print --list and --check as JSON.")
def curate(
    arguments: tuple[str, ...],
    paper: str,
    quote: str,
    force: bool,
    listing: bool,
    check: bool,
    undo: bool,
    sssom: Path | None,
    as_json: bool,
) -> None:
    """Correct the graph: write a row into the workspace's curation.tsv.

    \b
    ACTION is one of
      merge NAME OTHER...            OTHER is the same as NAME, which stays
      split NAME OTHER               what is called OTHER is not NAME
      split NAME --paper ID          what this paper calls so is another
      rename NAME LABEL
      retype NAME TYPE               Method, Task, Dataset or Metric
      reject NAME [--paper ID]       is no entity (in this paper)
      reject NAME RELATION OTHER     the fact is wrong
      assert NAME RELATION OTHER --paper ID [--quote TEXT]

    An entity is called by its label, an alias, its key, or Type:name. 'kg build --out DIR' applies the rows.

    \b
    Examples:
      kg curate merge "convolutional neural network" ConvNet
      kg curate out split ImageNet --paper g10
      kg curate assert SLAM usedFor "image generation" --paper g01
      kg curate --check
      kg curate --sssom mappings.sssom.tsv
    """
    folder, words = _read(arguments)
    chosen = [flag for flag in (bool(words), listing, check, undo, sssom is not None) if flag]
    if len(chosen) != 1:
        raise click.UsageError("give an action, or one of --list, --check, --undo and --sssom")
    if undo:
        _undo(folder)
    elif listing:
        _list(folder, as_json)
    elif check:
        _check(folder, as_json)
    elif sssom is not None:
        _export(folder, sssom)
    else:
        _add(folder, words, paper, quote, force)


def _read(arguments: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """The workspace, and the action with its names."""
    if not arguments or arguments[0] in _ACTIONS:
        return workspace(None), arguments
    if len(arguments) > 1 and arguments[1] not in _ACTIONS:
        wrong = arguments[is_workspace(Path(arguments[0]))]
        raise click.UsageError(f"unknown action {one_line(wrong)!r}; choose from {', '.join(_ACTIONS)}")
    return workspace(Path(arguments[0])), arguments[1:]


def _text(folder: Path) -> str:
    from kg.errors import ReadError

    path = folder / CURATION
    try:
        return path.read_bytes().decode("utf8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(str(error), source=str(path)) from error


def _rows(words: tuple[str, ...], paper: str, quote: str) -> list[Row]:
    from kg.link.curation import Action, Row

    action, names = cast(Action, words[0]), words[1:]
    fact = action == "assert" or (action == "reject" and len(names) > 1)
    alone = action == "reject" or (action == "split" and paper)
    if fact:
        fits = len(names) == 3
    elif action == "merge":
        fits = len(names) > 1
    else:
        fits = len(names) == 2 or (len(names) == 1 and bool(alone))
    if not fits:
        raise click.UsageError(f"expected: kg curate {_USAGE[action]}")
    if fact:
        return [Row(action=action, entity=names[0], relation=names[1], value=names[2], paper=paper, quote=quote)]
    values = names[1:] or ("",)
    return [Row(action=action, entity=names[0], value=value, paper=paper, quote=quote) for value in values]


def _add(folder: Path, words: tuple[str, ...], paper: str, quote: str, force: bool) -> None:
    from kg.cli.fitting import misfit
    from kg.export.atomic import write_text
    from kg.link.curation import add_rows, read_curation
    from kg.snapshot import load

    text = _text(folder)
    path = folder / CURATION
    known = {_told(row) for row in read_curation(text, source=str(path)).rows} if text.strip() else set()
    rows = _rows(words, paper, quote)
    new = [row for row in rows if _told(row) not in known]
    changed = add_rows(text, new)
    read = read_curation(changed, source=str(path))
    before = changed.count("\n") - len(new)
    if wrong := [problem.reason for problem in read.problems if (problem.line or 0) > before]:
        raise click.UsageError(wrong[0])
    graph = load(folder)
    if not force and (reasons := [reason for row in new if (reason := misfit(folder, graph, row))]):
        raise click.UsageError("\n".join(map(clean, reasons)) + "\nnothing was written; --force writes it all the same")
    for row in rows:
        if _told(row) in known:
            click.echo(f"there already: {_told(row)}")
    if not new:
        return
    write_text(path, changed)
    for number, row in enumerate(new, before + 1):
        click.echo(f"{one_line(str(path))}:{number}: {_told(row)}")
    click.echo(f"Next: kg build --out {one_line(str(folder))}")


def _told(row: Row) -> str:
    return one_line(
        " · ".join(value for value in (row.action, row.entity, row.relation, row.value, row.paper) if value)
    )


def read_corrections(folder: Path) -> Curation:
    """The rows of the workspace, none where it has no file of corrections."""
    from kg.link.curation import Curation, read_curation

    text = _text(folder)
    source = str(folder / CURATION)
    return read_curation(text, source=source) if text.strip() else Curation(source=source)


def _undo(folder: Path) -> None:
    from kg.export.atomic import write_text
    from kg.link.curation import read_curation, without_last_row

    text = _text(folder)
    changed = without_last_row(text)
    rows = read_curation(text).rows
    kept = {row.line for row in read_curation(changed).rows}
    write_text(folder / CURATION, changed)
    gone = [row for row in rows if row.line not in kept]
    click.echo(f"taken back: {_told(gone[-1]) if gone else 'a row that was malformed'}")
    click.echo(f"Next: kg build --out {one_line(str(folder))}")


def _list(folder: Path, as_json: bool) -> None:
    curation = read_corrections(folder)
    rows = [asdict(row) for row in curation.rows]
    if as_json:
        echo_json({"rows": rows, "malformed": [asdict(problem) for problem in curation.problems]})
        return
    for problem in curation.problems:
        click.echo(one_line(f"{problem.source}:{problem.line}: {problem.reason}"), err=True)
    columns = ("line", "action", "entity", "relation", "value", "paper", "quote")
    echo_table(columns, ((row[column] for column in columns) for row in rows))


def _check(folder: Path, as_json: bool) -> None:
    from kg.link import resolve
    from kg.model import Rejection

    curation = read_corrections(folder)
    problems: list[Rejection] = []
    _linked(
        folder, lambda papers, found, settings: resolve(papers, found, settings, curation=curation, problems=problems)
    )
    malformed = {problem.line for problem in curation.problems}
    told: dict[int, dict[str, Any]] = {
        row.line: {**asdict(row), "status": "applies", "reason": ""} for row in curation.rows
    }
    for problem in problems:
        status = "malformed" if problem.line in malformed else "conflict" if problem.kind == "conflict" else "no match"
        told.setdefault(problem.line or 0, {"line": problem.line}).update(status=status, reason=problem.reason)
    rows = [told[line] for line in sorted(told)]
    if as_json:
        echo_json(rows)
    else:
        columns = ("line", "status", "action", "entity", "relation", "value", "paper", "reason")
        echo_table(columns, ((row.get(column) for column in columns) for row in rows))
    if any(row["status"] != "applies" for row in rows):
        raise click.exceptions.Exit(1)


def _linked(folder: Path, work: Callable[..., Any]) -> Any:
    """What `work` makes of the papers, extractions and settings of the workspace."""
    from kg.graph import extractor_of
    from kg.settings import settings_from
    from kg.store import open_store

    with open_store(folder) as store:
        found = list(store.extractions(extractor_of(store.noted("graph") or {})))
        return work(list(store.papers()), found, settings_from(store.noted("settings") or {}))


def linked_clusters(folder: Path) -> list[Cluster]:
    """The workspace's entities as they are linked without corrections."""
    from kg.link.cluster import cluster_entities

    found: list[Cluster] = _linked(
        folder,
        lambda papers, records, _: cluster_entities(
            sorted(records, key=lambda record: record.id), {paper.id: paper.text for paper in papers}
        ),
    )
    return found


def _export(folder: Path, target: Path) -> None:
    from kg.export.atomic import write_text
    from kg.export.sssom import sssom
    from kg.link.mappings import statements
    from kg.settings import Settings
    from kg.store import open_store

    with open_store(folder) as store:
        base = (store.noted("graph") or {}).get("base") or Settings().base
    said, rest = statements(linked_clusters(folder), read_corrections(folder))
    text = sssom(said, base)
    if str(target) == "-":
        click.echo(text, nl=False)
    else:
        write_text(target, text)
        click.echo(one_line(str(target)))
    for row in rest:
        click.echo(one_line(f"{CURATION}:{row.line}: no mapping: {_told(row)}"), err=True)
