"""JSON Lines or JSON with one object a paper, its keys named in any usual way (Semantic Scholar, Crossref, ...)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from kg.model import Paper
from kg.read.fields import make_paper, pick
from kg.read.json_values import objects
from kg.read.source import Reject


def read(
    stream: BinaryIO, *, source: str, reject: Reject, columns: Mapping[str, str] | None = None
) -> Iterator[tuple[int | None, Paper]]:
    """Papers of JSON Lines, of an array, or of an envelope with an array; see `objects` for what lines count."""
    for number, record in objects(stream, reject):
        fields = pick(_with_external_ids(record), columns)
        abstract = fields.get("abstract")
        try:
            yield number, make_paper(fields, markup=isinstance(abstract, str) and "<jats:" in abstract)
        except ValueError as error:
            reject(number, str(error))


def _with_external_ids(record: dict[str, Any]) -> dict[str, Any]:
    """Semantic Scholar keeps DOI and arXiv id one level down."""
    nested = record.get("externalIds")
    return {**nested, **record} if isinstance(nested, dict) else record
