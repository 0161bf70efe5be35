"""The command that writes the graph in other formats."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.arguments import workspace
from kg.cli.printing import one_line
from kg.cli.progress import bar

if TYPE_CHECKING:
    import networkx as nx


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DIR] FORMAT...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File or folder; by default in the workspace.")
@click.option("--uri", metavar="bolt://...", help="Load into the Neo4j that runs there (format neo4j).")
@click.option("--user", default="neo4j", show_default=True, help="User of that Neo4j.")
@click.option("--database", help="Database of that Neo4j; by default its own default.")
@click.option("--prune", is_flag=True, help="Remove from it what the graph no longer has.")
@click.option("--list", "listing", is_flag=True, help="Name the formats.")
def export(
    arguments: tuple[str, ...],
    output: Path | None,
    uri: str | None,
    user: str,
    database: str | None,
    prune: bool,
    listing: bool,
) -> None:
    """Write the graph of DIR in each FORMAT.

    Prints the files written. A running Neo4j is loaded with --uri, its password taken from
    NEO4J_PASSWORD or asked for (empty for a server that asks for none).

    \b
    Examples:
      kg export gexf                 out/graph.gexf, for Gephi
      kg export out neo4j csv        folders of tables
      kg export trig -o graph.trig
      kg export neo4j --uri bolt://localhost:7687 --prune
      kg export --list
    """
    from kg.export import WRITERS, write, writer
    from kg.snapshot import load
    from kg.workspace import export_path

    if listing:
        click.echo("\n".join(WRITERS))
        return
    given = arguments[0] if arguments and arguments[0] not in WRITERS and len(arguments) > 1 else None
    folder = workspace(Path(given) if given else None)
    formats = arguments[1:] if given else arguments
    if not formats or (output and len(formats) > 1):
        raise click.UsageError(f"name {'one format' if output else 'a format'} of: {', '.join(WRITERS)}")
    for name in formats:
        writer(name)  # an unknown format is told before the work
    if uri is not None and (formats != ("neo4j",) or output):
        raise click.UsageError("--uri goes with the one format neo4j, without -o")
    if uri is None and prune:
        raise click.UsageError("--prune goes with --uri")
    graph = load(folder)
    if uri is not None:
        _load(graph, uri, user, database, prune)
        return
    for name in bar(formats, "writing", len(formats)):
        for path in write(graph, name, output or export_path(folder, name)):
            click.echo(one_line(str(path)))


def _load(graph: nx.MultiDiGraph, uri: str, user: str, database: str | None, prune: bool) -> None:
    from kg.export.bolt import load

    password = os.environ.get("NEO4J_PASSWORD")
    if password is None:
        if not sys.stdin.isatty():
            raise click.UsageError("there is no terminal to ask on; set NEO4J_PASSWORD")
        password = click.prompt(f"Password of {user}", hide_input=True, default="", show_default=False, err=True)
    done = load(graph, uri, user=user, password=password, database=database, prune=prune, progress=bar)
    click.echo(
        f"{len(graph)} nodes, {graph.number_of_edges()} relationships: "
        + (
            f"{done.nodes_created} and {done.relationships_created} new, {done.properties_set} properties set, "
            f"{done.nodes_deleted} and {done.relationships_deleted} removed"
            if done.changed
            else "all there already"
        )
    )
    if done.kept:
        click.echo(
            f"kg: kept {done.kept} nodes that the graph no longer has: other relationships hang on them", err=True
        )
