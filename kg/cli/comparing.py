"""The command that compares: diff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kg.cli.printing import echo_json, echo_table, one_line


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page of what is new, with quotes."
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows of each list.")
@click.option("--json", "as_json", is_flag=True, help="Print everything that changed as JSON.")
def diff(old: Path, new: Path, html: Path | None, limit: int, as_json: bool) -> None:
    """Tell what changed from the graph OLD to the graph NEW.

    Each is a workspace, or a graph that 'kg export' wrote as nt, ttl, nq, trig, rdfxml or jsonld.
    An entity that was merged or renamed is the same entity, and so are its facts.

    Exit code 0 where they say the same, 1 where they differ.

    \b
    Examples:
      kg diff last-month out
      kg diff last-month out --html new.html
      kg diff old/graph.nt out --json | jq .entities.merged
    """
    from kg.diff import compare, read_side
    from kg.diff.tell import as_json as told

    found = compare(read_side(old), read_side(new))
    if html is not None:
        from kg.diff.page import write

        write(found, html)
    if as_json:
        echo_json(told(found))
    else:
        _tell(told(found), limit)
        if html is not None:
            click.echo(one_line(str(html)))
    if not found.same:
        raise click.exceptions.Exit(1)


def _tell(told: dict[str, Any], limit: int) -> None:
    if told["same"]:
        click.echo("no difference")
        return
    rows = [(name.replace("_", " "), number) for name, number in told["counts"].items() if number]
    names = {"added": "entities added", "removed": "entities removed"}
    echo_table(("what", "count"), ((names.get(name, name), number) for name, number in rows))
    for title, lines in _lists(told):
        if lines and limit:
            click.echo(f"\n{title}")
            click.echo("\n".join(f"  {one_line(line)}" for line in lines[:limit]))
            if len(lines) > limit:
                click.echo(f"  ... and {len(lines) - limit} more (--limit {len(lines)} shows all)")


def _lists(told: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    papers, entities, facts, results = told["papers"], told["entities"], told["facts"], told["results"]
    for name in ("added", "removed", "changed"):
        yield f"papers {name}", [_paper(paper) for paper in papers[name]]
    for name in ("added", "removed"):
        yield f"entities {name}", [_entity(entity) for entity in entities[name]]
    yield (
        "entities merged",
        [
            f"{_entity(row['into'])} ← {', '.join(entity['label'] for entity in row['from'])}"
            for row in entities["merged"]
        ],
    )
    yield (
        "entities split",
        [
            f"{_entity(row['from'])} → {', '.join(_entity(entity) for entity in row['into'])}"
            for row in entities["split"]
        ],
    )
    yield "entities renamed", [f"{_keyed(row['before'])} → {_keyed(row['after'])}" for row in entities["renamed"]]
    for name in ("added", "removed"):
        yield f"facts {name}", [_fact(fact) for fact in facts[name]]
    stronger = [fact for fact in facts["changed"] if fact["support"] != fact["support_before"]]
    yield (
        "facts stated by more or fewer papers",
        [f"{_fact(fact)}: {fact['support_before']} → {fact['support']} papers" for fact in stronger],
    )
    for name in ("added", "removed"):
        yield f"results {name}", [result["label"] for result in results[name]]


def _paper(paper: dict[str, Any]) -> str:
    year = f", {paper['year']}" if paper["year"] is not None else ""
    return f"{paper['title']} ({paper['id']}{year})"


def _entity(entity: dict[str, Any]) -> str:
    return f"{entity['label']} ({entity['kind']})"


def _keyed(entity: dict[str, Any]) -> str:
    return f"{entity['label']} ({entity['key']})"


def _fact(fact: dict[str, Any]) -> str:
    return f"{fact['head']['label']} {fact['relation']} {fact['tail']['label']}"
