"""The commands that the documentation shows print what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_docs import matches, steps

from kg.cli import main
from kg.export import WRITERS
from kg.export.evidencenodes import RELATIONS
from kg.export.propertygraph import relationship_type
from kg.model import SLOTS
from kg.schema import load_schema

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"neo4j-gephi.md": 2, "querying.md": 10}  # page -> the least number of commands
REFRESH = "where the new output is right: python tests/docs/refresh.py"


@pytest.mark.parametrize(("page", "least"), PAGES.items())
def test_the_commands_print_what_is_shown(page: str, least: int, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample)
    found = list(steps((DOCS / page).read_text(encoding="utf8")))
    assert len(found) >= least
    for step in found:
        name, *arguments = shlex.split(step.command)
        assert name == "kg"
        result = CliRunner().invoke(main, arguments)
        place = f"{page}:{step.line}: $ {step.command}"
        assert result.exit_code == 0, f"{place}\n{result.output}"
        assert matches(step.output, result.stdout), (
            f"{place}\nshown:\n{step.output}\nprinted:\n{result.stdout}\n{REFRESH}"
        )


def test_the_page_on_exports_names_every_format_and_relationship_type() -> None:
    text = (DOCS / "neo4j-gephi.md").read_text(encoding="utf8")
    assert all(f"`{name}`" in text for name in WRITERS if name != "turtle")
    relations = {*load_schema().relations, *SLOTS, "mentions", "proposes", "addresses", "reports", *RELATIONS}
    types = {relationship_type(relation) for relation in relations}
    assert types <= set(re.findall(r"`([A-Z_]+)`", text))
    used = {name for group in re.findall(r"\[\w*:([A-Z_|]+)", text) for name in group.split("|")}
    assert used and used <= types
