"""The command that serves the graph over HTTP."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kg.cli.arguments import folder_argument, workspace

_MB = 1 << 20


@click.command()
@folder_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 is all there are.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--deadline", type=click.FloatRange(0.1, 3600), default=10, show_default=True, help="Seconds a query.")
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True, help="Rows of an answer.")
@click.option("--max-bytes", type=click.IntRange(1), default=64, show_default=True, help="Size of an answer, in MB.")
@click.option("--max-memory", type=click.IntRange(1), default=1024, show_default=True, help="Memory a query, in MB.")
@click.option("--workers", type=click.IntRange(1), help="Queries at the same time.  [default: two a core, at least 4]")
@click.option("--queue", type=click.IntRange(0), default=64, show_default=True, help="Queries that wait; more get 503.")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask every request for the bearer token in this file; or set KG_TOKEN.",
)
@click.option(
    "--cors",
    "origins",
    multiple=True,
    default=["*"],
    metavar="ORIGIN",
    help="Web site whose scripts may read; 'none'.  [default: all]",
)
@click.option(
    "--log", default="-", metavar="FILE", help="Log of requests as JSON lines: a file, '-' (stderr) or 'off'."
)
def serve(
    folder: Path | None,
    host: str,
    port: int,
    deadline: float,
    max_rows: int,
    max_bytes: int,
    max_memory: int,
    workers: int | None,
    queue: int,
    token_file: Path | None,
    origins: tuple[str, ...],
    log: str,
) -> None:
    """Serve the graph of DIR over HTTP, read-only: SPARQL at /sparql, pages and data of all that it holds.

    A query over a limit is ended and answered with an error that tells the limit, never with half an answer. A new
    build is taken up without a restart. Ctrl-C or SIGTERM ends the server once the running queries are answered.

    \b
    Examples:
      kg serve
      kg serve out --port 7070 --deadline 30 --log access.jsonl
      KG_TOKEN=secret kg serve out --host 0.0.0.0
      curl 'http://127.0.0.1:8000/sparql' --data-urlencode 'query=SELECT ?m { ?m a kg:Method } LIMIT 5'
    """
    from kg.serve.context import Limits
    from kg.serve.run import is_loopback, serve

    token = _token(token_file)
    limits = Limits(
        deadline=deadline,
        max_rows=max_rows,
        max_bytes=max_bytes * _MB,
        max_memory=max_memory * _MB,
        workers=workers or max(4, 2 * (os.cpu_count() or 1)),
        queue=queue,
    )
    if not is_loopback(host) and token is None:
        click.echo(
            f"kg: {host} can be reached by others, and no token is asked for; docs/serving.md tells more", err=True
        )
    sites = () if "none" in origins else origins
    serve(workspace(folder), limits, host=host, port=port, token=token, origins=sites, log=log, ready=_tell)


def _token(file: Path | None) -> str | None:
    """The token from the file, else from KG_TOKEN. Raises UsageError for an empty one."""
    given = file.read_text(encoding="utf8") if file is not None else os.environ.get("KG_TOKEN")
    if given is None:
        return None
    if not (token := given.strip()) or not token.isascii():
        raise click.UsageError(f"{file or 'KG_TOKEN'}: no token there; expected one line of ASCII")
    return token


def _tell(address: str) -> None:
    click.echo(f"kg: serving at {address} (SPARQL at {address}sparql); Ctrl-C ends it", err=True)
