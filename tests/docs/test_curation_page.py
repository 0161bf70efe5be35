"""The page on names and corrections shows what happens, in a workspace of its own since its commands write."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_docs import matches, steps

from kg.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "curation.md"


def test_the_commands_print_what_is_shown(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(sample / "out", tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    found = list(steps(PAGE.read_text(encoding="utf8")))
    assert len(found) >= 8
    for step in found:
        name, *arguments = shlex.split(step.command)
        assert name == "kg"
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, f"curation.md:{step.line}: $ {step.command}\n{result.output}"
        assert matches(step.output, result.stdout), f"line {step.line}: $ {step.command}\n{result.stdout}"
