"""What the documentation says is true: every command explains itself, and what the README shows is what happens."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from kg import __version__
from kg.cli import main

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
COMMANDS = ROOT / "docs" / "commands.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What the README shows and a test does not do again: it stands in the middle of what these commands set up.
STANDS_FOR = {
    "git clone": "true",
    "cd ": "true",
    ". .venv/bin/activate": "true",
    "sh setup.sh": "kg build examples/papers.jsonl --out out",
    "sh test.sh": "true",
}


def _root() -> click.Context:
    """As the command line has it: commands take the names of their help from it, and click keeps them."""
    return click.Context(main, **main.context_settings)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_explains_itself_with_examples(name: str) -> None:
    command = main.commands[name]
    text = command.get_help(click.Context(command, info_name=f"kg {name}", parent=_root()))
    assert len(command.get_short_help_str(200)) > 20
    assert f"  kg {name}" in text.partition("Examples:")[2]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"kg {name} {parameter.opts[0]} has no help"


def reference() -> str:
    """The page of all commands: what their --help prints."""
    page = "# Commands\n\nWhat `kg COMMAND --help` prints. `python tests/test_docs.py` writes this page.\n"
    for name, command in main.commands.items():
        context = click.Context(command, info_name=f"kg {name}", parent=_root(), terminal_width=100)
        page += f"\n## kg {name}\n\n```text\n{command.get_help(context)}\n```\n"
    return page


def test_the_page_of_commands_is_what_help_prints() -> None:
    # Where lines break is up to the version of click.
    assert COMMANDS.read_text(encoding="utf8").split() == reference().split(), "run: python tests/test_docs.py"


@dataclass
class Step:
    line: int
    command: str
    output: str


def steps(text: str) -> Iterator[Step]:
    """The commands of the console blocks, each with the output that is shown under it."""
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1)) + 1
        step = None
        for content in block[1].splitlines():
            if content.startswith("$ "):
                if step:
                    yield step
                step = Step(line, content[2:], "")
            elif step:
                step.output += content + "\n"
            else:
                raise AssertionError(f"line {line}: a console block starts with a command ('$ ')")
            line += 1
        if step:
            yield step


def matches(shown: str, printed: str) -> bool:
    """Whether the output is the one shown; a line '...' stands for any lines, '...' inside a line for any text."""
    pattern = "\n".join(re.sub(r"([*?[])", r"[\1]", line.rstrip()) for line in shown.strip().splitlines())
    pattern = pattern.replace("\n...\n", "\n*").replace("...", "*")
    return fnmatch.fnmatchcase("\n".join(line.rstrip() for line in printed.strip().splitlines()), pattern)


def test_the_matching_of_outputs() -> None:
    assert matches("a\n...\nb", "a\n1\n2\nb")
    assert matches("a ... [1]\n", "a x y [1]")
    assert matches("a\n...", "a\nb\nc")
    assert not matches("a\nb", "a\nb\nc")
    assert [s.command for s in steps("```console\n$ a\nx\n$ b\n```\n```console\n$ c\n```\n")] == ["a", "b", "c"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a fresh clone, with `kg` on the path."""
    for name in ("examples", "exports", "ontology", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = tmp_path / "bin" / "kg"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kg "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return tmp_path


@pytest.mark.slow
@pytest.mark.skipif(not README.exists(), reason="there is no README yet")
def test_the_readme_shows_what_happens(folder: Path) -> None:
    environment = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "COLUMNS": "100"}
    done = 0
    for step in steps(README.read_text(encoding="utf8")):
        command = next((does for start, does in STANDS_FOR.items() if step.command.startswith(start)), step.command)
        result = subprocess.run(
            ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
        )
        place = f"README.md:{step.line}: $ {step.command}"
        assert result.returncode == 0, f"{place}\n{result.stdout}{result.stderr}"
        if step.output and command == step.command:
            assert matches(step.output, result.stdout), f"{place}\nshown:\n{step.output}\nprinted:\n{result.stdout}"
        done += 1
    assert done >= 5


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf8")
    assert re.search(r"^## (\S+)", text, re.MULTILINE)[1] == __version__  # type: ignore[index]


if __name__ == "__main__":
    COMMANDS.write_text(reference(), encoding="utf8")
