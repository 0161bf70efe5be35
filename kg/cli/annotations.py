"""Files of extraction or annotation records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ReadError

if TYPE_CHECKING:
    from kg.model import Extraction, Paper


def read_extractions(path: Path, papers: Mapping[str, Paper]) -> Iterator[Extraction]:
    """The records of a JSON Lines file, mentions placed in the texts of `papers` where those are known.

    Raises ReadError with file and line.
    """
    from kg.records import extraction_from_json

    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    record = json.loads(line.decode("utf8"))
                except (ValueError, RecursionError) as error:
                    raise ReadError(f"no JSON: {error}", source=str(path), line=number) from error
                paper = papers.get(str(record.get("id"))) if isinstance(record, dict) else None
                yield extraction_from_json(record, paper.text if paper else None, source=str(path), line=number)
