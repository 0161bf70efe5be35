"""The command that tells why names are one: links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.arguments import suggestion, workspace
from kg.cli.printing import echo_json, echo_table, one_line
from kg.workspace import is_workspace

if TYPE_CHECKING:
    import networkx as nx


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DIR] [NAME]")
@click.option("--why", nargs=2, metavar="A B", help="Why the names or keys A and B are one node, or why they are not.")
@click.option("--moved", is_flag=True, help="List the keys that are none now, and what took their place.")
@click.option("--limit", type=click.IntRange(1), default=40, show_default=True, help="Rows of a list.")
@click.option("--json", "as_json", is_flag=True, help="Print all as JSON.")
def links(arguments: tuple[str, ...], why: tuple[str, str] | None, moved: bool, limit: int, as_json: bool) -> None:
    """Tell which names were linked into one node, and why.

    With NAME, lists the merges of that node: every form, in how many papers, the reason and its score.
    Without, lists the nodes with the most names.

    \b
    Examples:
      kg links CNN
      kg links --why CNN "convolutional neural networks"
      kg links out --why SAM "segment anything" --json
      kg links --moved
    """
    from kg.snapshot import load

    folder, name = _read(arguments, alone=bool(why) or moved)
    graph = load(folder)
    if why:
        _explain(graph, *why, as_json)
    elif moved:
        _tell_moved(folder, graph, limit, as_json)
    elif name is None:
        _tell_most(graph, limit, as_json)
    else:
        _tell(folder, graph, name, limit, as_json)


def _read(arguments: tuple[str, ...], *, alone: bool) -> tuple[Path, str | None]:
    """The workspace and NAME; one argument is the workspace where it is one, or where no name is expected."""
    if len(arguments) > 2 - alone:
        what = "--why and --moved take no NAME" if alone else "put quotes around NAME where it holds spaces"
        raise click.UsageError(f"too many arguments; {what}")
    if arguments and (alone or len(arguments) == 2 or is_workspace(Path(arguments[0]))):
        return workspace(Path(arguments[0])), arguments[1] if len(arguments) == 2 else None
    return workspace(None), arguments[0] if arguments else None


def _explain(graph: nx.MultiDiGraph, a: str, b: str, as_json: bool) -> None:
    from kg.graph import entities
    from kg.link import explain
    from kg.model import Resolved

    names = (_key(graph, a), _key(graph, b))
    found = explain(Resolved(papers=(), entities=entities(graph), facts=(), results=()), *names)
    if as_json:
        echo_json({"a": a, "b": b, "one": found.one, "why": list(found.lines)})
    else:
        click.echo("one node" if found.one else "not one node")
        click.echo("\n".join(f"  {one_line(line)}" for line in found.lines))


def _key(graph: nx.MultiDiGraph, name: str) -> str:
    """The key that an IRI or a former key means, where it is one; else the name itself."""
    key = name.removeprefix(graph.graph["base"])
    moved = graph.graph.get("moved", {}).get(key, ())
    return moved[0] if len(moved) == 1 else key


def _tell(folder: Path, graph: nx.MultiDiGraph, name: str, limit: int, as_json: bool) -> None:
    from kg.describe import find

    keys = [key for key in find(graph, name) if "papers" in graph.nodes[key]]
    keys = keys or _once(folder, name.removeprefix(graph.graph["base"]))
    if not keys:
        hint = suggestion(graph, name)
        raise click.UsageError(f"no entity is called {one_line(name)!r}" + (f"; {hint}" if hint else ""))
    if as_json:
        echo_json([_node(graph, key) for key in keys])
        return
    for number, key in enumerate(keys):
        data = graph.nodes[key]
        papers = f"{data['papers']} paper{'s' * (data['papers'] != 1)}"
        click.echo("\n" * bool(number) + f"{one_line(data['label'])} ({data['kind']}, {papers})\n  {one_line(key)}")
        rows = list(_merges(graph, key))
        if rows:
            echo_table(("form", "papers", "score", "reason"), rows[:limit])
        else:
            click.echo("  one name in one paper; nothing was merged")
        if len(rows) > limit:
            click.echo(f"... and {len(rows) - limit} more (--limit {len(rows)} shows all)")


def _once(folder: Path, key: str) -> list[str]:
    """What took the place of a key that the workspace once had."""
    from kg.history import history
    from kg.store import open_store

    with open_store(folder) as store:
        former = history(store).get(key)
    return list(former.now) if former else []


def _node(graph: nx.MultiDiGraph, key: str) -> dict[str, Any]:
    data = graph.nodes[key]
    merges = [
        {"form": m.form, "paper": m.paper, "entity": m.entity, "reason": m.reason, "score": m.score}
        for m in data["merges"]
    ]
    about = {"key": key, "label": data["label"], "kind": data["kind"], "papers": data["papers"]}
    return {**about, "aliases": list(data["aliases"]), "merges": merges}


def _merges(graph: nx.MultiDiGraph, key: str) -> Iterator[tuple[str, int, str, str]]:
    """Form, number of papers, score and reason; what most papers say first."""
    papers: dict[tuple[str, str, str], set[str]] = {}
    for merge in graph.nodes[key]["merges"]:
        reason = merge.reason.replace(f"paper {merge.paper} ", "its paper ")
        papers.setdefault((merge.form, f"{merge.score:.2f}", reason), set()).add(merge.paper)
    for (form, score, reason), found in sorted(papers.items(), key=lambda row: (-len(row[1]), row[0])):
        yield form, len(found), score, reason


def _tell_most(graph: nx.MultiDiGraph, limit: int, as_json: bool) -> None:
    named = [(key, data) for key, data in graph.nodes(data=True) if data.get("merges")]
    named.sort(key=lambda item: (-len(item[1]["aliases"]), -item[1]["papers"], item[0]))
    if as_json:
        echo_json([_node(graph, key) for key, _ in named])
        return
    rows = ((data["label"], data["kind"], data["papers"], len(data["aliases"]) + 1, key) for key, data in named[:limit])
    echo_table(("name", "kind", "papers", "names", "key"), rows)


def _tell_moved(folder: Path, graph: nx.MultiDiGraph, limit: int, as_json: bool) -> None:
    """What the graph tells, and what else the workspace remembers."""
    from kg.history import history
    from kg.store import open_store

    with open_store(folder) as store:
        remembered = {key: list(former.now) for key, former in history(store).items()}
    found: dict[str, list[str]] = remembered | graph.graph.get("moved", {})
    moved = {key: found[key] for key in sorted(found)}
    if as_json:
        echo_json(moved)
        return
    echo_table(("key", "now"), ((key, " ".join(to) or "-") for key, to in [*moved.items()][:limit]))
    if len(moved) > limit:
        click.echo(f"... and {len(moved) - limit} more (--limit {len(moved)} shows all)")
