"""What 'kg evaluate' leaves beside its table, and how 'kg build' is asked for a cleaner or fuller graph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
GOLD, PAPERS = EXAMPLES / "gold.jsonl", EXAMPLES / "papers.jsonl"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_page_of_errors_and_the_table_are_written(tmp_path: Path) -> None:
    page, table = tmp_path / "errors.html", tmp_path / "reliability.json"
    command = ("evaluate", GOLD, "--papers", PAPERS, "--predictions", GOLD, "--html", page, "--calibration", table)
    result = run(*command, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["relations"]["f1"] == 100.0
    assert f"wrote {page}" in result.stderr
    measured = json.loads(table.read_text(encoding="utf8"))
    assert measured["measured_on"] == "gold.jsonl"
    assert measured["kinds"]["relation"]["right"] == 1.0
    first = page.read_bytes()
    run(*command)
    assert page.read_bytes() == first
    assert b"<script" not in first


def test_intervals_stand_beside_every_type_and_relation() -> None:
    figures = json.loads(run("evaluate", GOLD, "--papers", PAPERS, "--predictions", GOLD, "--json").stdout)
    assert {"mentions.Method", "entities.Task", "relations.usedFor"} <= set(figures)
    assert all({"low", "high"} <= set(figure) for figure in figures.values())


def test_linking_has_no_page_of_errors(tmp_path: Path) -> None:
    result = run("evaluate", GOLD, "--links", "--html", tmp_path / "errors.html")
    assert result.exit_code == 2
    assert "--links" in result.stderr


@pytest.mark.parametrize("precision", ["1.5", "-1", "much"])
def test_a_precision_that_is_none_is_refused(precision: str) -> None:
    result = run("build", PAPERS, "--precision", precision)
    assert result.exit_code == 2
    assert "--precision" in result.stderr
