"""The command `kg`. Each command imports what it needs when it runs, so that help comes at once."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from kg import __version__
from kg.cli.agents import mcp
from kg.cli.asking import query, show, stats
from kg.cli.building import build, extract, link
from kg.cli.changing import add, remove
from kg.cli.checking import evaluate, status, validate
from kg.cli.comparing import diff
from kg.cli.curating import curate
from kg.cli.exporting import export
from kg.cli.linking import links
from kg.cli.printing import clean
from kg.cli.serving import serve
from kg.cli.training import train
from kg.errors import KgError

FAULT, INTERRUPTED, PIPE_CLOSED = 2, 130, 141


class _Main(click.Group):
    """Turns what a command raises into the exit codes 0 fine, 1 found something, 2 bad input, 130 interrupted."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        extra["standalone_mode"] = False
        try:
            code = super().main(*args, **extra)
            sys.stdout.flush()
        except click.Abort:
            _complain("interrupted")
            code = INTERRUPTED
        except click.ClickException as error:
            error.show()
            code = FAULT
        except (BrokenPipeError, SystemExit):
            # Whoever read our output has gone (click tells by SystemExit); say no more, not even at Python's end.
            sys.stdout = None
            code = PIPE_CLOSED
        except (KgError, OSError) as error:
            _complain(clean(str(error)))
            code = FAULT
        sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str) -> None:
    click.echo(f"kg: {message}", err=True)


@click.group(
    cls=_Main,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="DIR is the folder that 'kg build' made; by default the current folder, else out/ in it.",
)
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Knowledge graphs from the titles and abstracts of scientific papers.

    \b
    Examples:
      kg build papers.jsonl          read papers, leave the graph in out/
      kg show SLAM                   all that is known about SLAM, with quotes
      kg query --list                questions that can be asked by name
      kg export gexf                 the graph for Gephi

    Exit codes: 0 fine, 1 a check found something, 2 bad input or usage, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


for _command in (
    build,
    add,
    remove,
    extract,
    link,
    links,
    curate,
    diff,
    query,
    show,
    stats,
    export,
    validate,
    evaluate,
    status,
    serve,
    mcp,
    train,
):
    main.add_command(_command)
