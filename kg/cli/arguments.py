"""What the words of a command line mean: the workspace, and pairs of key and value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.printing import one_line
from kg.workspace import is_workspace

if TYPE_CHECKING:
    import networkx as nx

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT = Path("out")
model_type = click.Path(exists=True, file_okay=False, path_type=Path)

folder_argument = click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False)
)


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """The decorator that gives a command these options, listed in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def workspace(folder: Path | None) -> Path:
    """The folder given, else the current one, else out/ in it, whichever is a workspace."""
    if folder is not None:
        if not is_workspace(folder):
            raise click.UsageError(f"{folder} is no workspace; make one with 'kg build PAPERS --out {folder}'")
        return folder
    for candidate in (Path(), DEFAULT):
        if is_workspace(candidate):
            return candidate
    raise click.UsageError("no workspace here or in out/; name its folder, or make one with 'kg build PAPERS'")


def split(arguments: tuple[str, ...], what: str) -> tuple[Path, str]:
    """Read `[DIR] WHAT`: the folder of the workspace and the one further argument."""
    if len(arguments) > 2:
        raise click.UsageError(f"too many arguments; put quotes around {what} where it holds spaces")
    return workspace(Path(arguments[0]) if len(arguments) == 2 else None), arguments[-1]


def suggestion(graph: nx.MultiDiGraph, name: str) -> str:
    """What a name that nothing has may have meant, as a question; '' where nothing comes near it."""
    from kg.describe import suggest

    near = ", ".join(repr(one_line(label)) for label in suggest(graph, name))
    return f"did you mean {near}?" if near else ""


def key_values(option: str, pairs: Iterable[str]) -> dict[str, str]:
    """Read each `KEY=VALUE` of an option that may be given several times."""
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise click.UsageError(f"{option} {pair}: expected KEY=VALUE")
        found[key] = value
    return found
