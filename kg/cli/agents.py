"""The command that serves the graph to agents."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.arguments import folder_argument, workspace


@click.command()
@folder_argument
@click.option("--deadline", type=click.FloatRange(0.1, 600), default=10, show_default=True, help="Seconds a query.")
@click.option("--max-rows", type=click.IntRange(1), default=500, show_default=True, help="Rows of a SPARQL answer.")
def mcp(folder: Path | None, deadline: float, max_rows: int) -> None:
    """Serve the graph of DIR to agents by the Model Context Protocol, read-only.

    The protocol is spoken over standard input and output, so an agent's client starts this command. Every answer cites
    papers with the sentences that say so.

    \b
    Examples:
      kg mcp out
      {"mcpServers": {"papers": {"command": "kg", "args": ["mcp", "/home/me/out"]}}}
    """
    from dataclasses import replace

    from kg.mcp import LIMITS, make_server

    make_server(workspace(folder), replace(LIMITS, deadline=deadline, max_rows=max_rows)).run("stdio")
