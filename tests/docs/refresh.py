"""Rewrite the outputs that the pages of docs/ show: `python tests/docs/refresh.py`, then read the difference.

A line is cut at 116 columns, after a whole word, and an output whose last line is '...' keeps its number of lines.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "docs")]

from click.testing import CliRunner  # noqa: E402
from sample_workspace import make_sample  # noqa: E402
from test_console_pages import PAGES  # noqa: E402
from test_docs import BLOCK, Step, steps  # noqa: E402

from kg.cli import main  # noqa: E402

WIDTH = 116


def printed(step: Step) -> str:
    """The step as the page shall show it."""
    result = CliRunner().invoke(main, shlex.split(step.command)[1:])
    if result.exit_code:
        raise SystemExit(f"{step.command}: {result.output}")
    lines = [line.rstrip() for line in result.stdout.rstrip().splitlines()]
    shown = step.output.rstrip().splitlines()
    if shown[-1:] == ["..."]:
        lines = [*lines[: len(shown) - 1], "..."]
    return "\n".join([f"$ {step.command}", *map(cut, lines), ""])


def cut(line: str) -> str:
    """The line, no longer than WIDTH, ending after a whole word."""
    if len(line) <= WIDTH:
        return line
    return re.sub(r"(?<=\s)\w+$", "", line[: WIDTH - 3]).rstrip() + "..."


def refresh() -> None:
    with tempfile.TemporaryDirectory() as folder:
        make_sample(Path(folder))
        os.chdir(folder)
        for page in PAGES:
            path = ROOT / "docs" / page
            text = path.read_text(encoding="utf8")
            blocks = ("```console\n" + "".join(map(printed, steps(found[0]))) + "```" for found in BLOCK.finditer(text))
            path.write_text(BLOCK.sub(lambda _, blocks=blocks: next(blocks), text), encoding="utf8")  # type: ignore[misc]
        os.chdir(ROOT)


if __name__ == "__main__":
    refresh()
