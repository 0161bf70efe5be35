"""What 'kg evaluate' leaves beside its table: the page of errors and the table of calibration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.printing import one_line

if TYPE_CHECKING:
    from kg.evaluate import Figure
    from kg.model import Extraction, Paper


def leave(
    source: Path,
    gold: Sequence[Extraction],
    predicted: Mapping[str, Extraction],
    papers: Mapping[str, Paper],
    figures: Mapping[str, Figure],
    html_file: Path | None,
    table: Path | None,
) -> None:
    """Write the files asked for, and name them on standard error; `source` is what was measured on."""
    from kg.evaluate import calibration, compare, judge
    from kg.export.atomic import write_text
    from kg.model import Extraction

    if html_file:
        from kg.evaluate.page import write

        rows = [compare(want, predicted.get(want.id, Extraction(id=want.id)), papers[want.id].text) for want in gold]
        write(rows, figures, html_file)
    if table:
        measured = calibration(judge(gold, predicted), measured_on=source.name, papers=len(gold))
        write_text(table, json.dumps(measured, indent=1) + "\n")
    for path in (html_file, table):
        if path:
            click.echo(one_line(f"wrote {path}"), err=True)
