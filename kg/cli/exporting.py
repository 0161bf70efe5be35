"""The command that writes the graph in other formats."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.arguments import workspace
from kg.cli.printing import one_line
from kg.cli.progress import bar


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DIR] FORMAT...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File or folder; by default in the workspace.")
@click.option("--list", "listing", is_flag=True, help="Name the formats.")
def export(arguments: tuple[str, ...], output: Path | None, listing: bool) -> None:
    """Write the graph of DIR in each FORMAT.

    Prints the files written.

    \b
    Examples:
      kg export gexf                 out/graph.gexf, for Gephi
      kg export out neo4j csv        folders of tables
      kg export trig -o graph.trig
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
    graph = load(folder)
    for name in bar(formats, "writing", len(formats)):
        for path in write(graph, name, output or export_path(folder, name)):
            click.echo(one_line(str(path)))
