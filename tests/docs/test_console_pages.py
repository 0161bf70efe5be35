"""The commands that the documentation shows print what it shows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_docs import matches, steps

from kg.cli import main

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["querying.md"])
def test_the_commands_print_what_is_shown(page: str, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample)
    found = list(steps((DOCS / page).read_text(encoding="utf8")))
    assert len(found) >= 10
    for step in found:
        name, *arguments = shlex.split(step.command)
        assert name == "kg"
        result = CliRunner().invoke(main, arguments)
        place = f"{page}:{step.line}: $ {step.command}"
        assert result.exit_code == 0, f"{place}\n{result.output}"
        assert matches(step.output, result.stdout), f"{place}\nshown:\n{step.output}\nprinted:\n{result.stdout}"
