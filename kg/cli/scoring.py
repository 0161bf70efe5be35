"""What 'kg evaluate --links' does: linking scored against annotated clusters or a workspace's corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.printing import echo_json, echo_table, one_line
from kg.workspace import is_workspace

if TYPE_CHECKING:
    from kg.evaluate.links import LinkFigure
    from kg.link.curation import Row


def evaluate_links(gold: Path, papers_files: Iterable[Path], predictions: Path | None, as_json: bool) -> None:
    """Print the figures of linking for GOLD, a file of annotated links or a workspace with corrections."""
    if is_workspace(gold):
        if predictions or papers_files:
            raise click.UsageError(f"{gold} is a workspace: its own papers are linked, without --papers, --predictions")
        figures, rows = _against_corrections(gold)
    elif gold.is_dir():
        raise click.UsageError(f"{gold} is neither a workspace nor a file of annotated links")
    else:
        figures, rows = _against_annotations(gold, papers_files, predictions), []
    if as_json:
        told = [{"line": row.line, "action": row.action, "entity": row.entity, "value": row.value,
                 "paper": row.paper, "right": right} for row, right in rows]  # fmt: skip
        echo_json({name: asdict(figure) for name, figure in figures.items()} | ({"rows": told} if rows else {}))
        return
    header = ("figure", "P", "R", "F1", "gold", "predicted")
    echo_table(header, ((name, *asdict(figure).values()) for name, figure in figures.items()))
    for action in ("merge", "split"):
        done = [(row, right) for row, right in rows if row.action == action]
        if done:
            click.echo(f"\n{sum(right for _, right in done)} of {len(done)} {action} rows hold without the correction")
            for row, right in done:
                if not right:
                    what = " · ".join(part for part in (row.entity, row.value, row.paper) if part)
                    click.echo(one_line(f"  not line {row.line}: {what}"))


def _against_annotations(gold: Path, papers_files: Iterable[Path], predictions: Path | None) -> dict[str, LinkFigure]:
    from kg.cli.annotations import read_extractions
    from kg.evaluate.links import read_clusters, score_links
    from kg.link import link_entities
    from kg.read import read_papers

    beside = gold.with_suffix(".extractions.jsonl")
    if predictions is None and not beside.exists():
        raise click.UsageError(f"name the file of the extractions with --predictions (there is no {beside})")
    texts = {paper.id: paper for paper in read_papers(papers_files)} if papers_files else {}
    records = list(read_extractions(predictions or beside, texts))
    labels, ambiguous = read_clusters(gold)
    entities = {(record.id, entity.id) for record in records for entity in record.entities}
    if labels and not entities & labels.keys():
        raise click.UsageError(f"{gold}: none of its members is in {predictions or beside}")
    return score_links(entities - ambiguous, labels, link_entities(records, texts.values()))


def _against_corrections(folder: Path) -> tuple[dict[str, LinkFigure], list[tuple[Row, bool]]]:
    from kg.cli.curating import linked_clusters, read_corrections
    from kg.evaluate.links import score_links
    from kg.link.correct import correct_clusters
    from kg.link.mappings import obeyed, touched

    curation = read_corrections(folder)
    if not any(row.action in ("merge", "split") for row in curation.rows):
        raise click.UsageError(f"{curation.source} has no merge or split to score against; 'kg curate' writes them")
    clusters = linked_clusters(folder)
    corrected, _ = correct_clusters(clusters, curation)
    gold = touched(clusters, corrected)
    linked = {member: str(number) for number, cluster in enumerate(clusters) for member in cluster.members}
    return score_links(gold, gold, linked), obeyed(clusters, curation)
