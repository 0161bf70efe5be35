"""Works of OpenAlex (https://docs.openalex.org), as JSON Lines (snapshot) or as answers of its API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from kg.model import Paper
from kg.read.fields import find_arxiv, make_paper
from kg.read.json_values import objects
from kg.read.source import Reject


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of OpenAlex works; ids are the short form (W2741809807)."""
    for number, work in objects(stream, reject):
        try:
            yield number, _paper(work)
        except ValueError as error:
            reject(number, str(error))


def abstract_of(index: object) -> str:
    """The text of an inverted index {word: [positions]}. Raises ValueError where it is none."""
    if index is None:
        return ""
    if not isinstance(index, dict):
        raise ValueError("abstract_inverted_index is no object")
    words: list[tuple[int, str]] = []
    for word, positions in index.items():
        if not isinstance(positions, list) or not all(isinstance(p, int) for p in positions):
            raise ValueError("abstract_inverted_index has a word without a list of positions")
        words.extend((position, word) for position in positions)
    return " ".join(word for _, word in sorted(words))


def _paper(work: dict[str, Any]) -> Paper:
    locations = [_inner(work, "primary_location"), *_objects(work.get("locations"))]
    links = " ".join(str(place.get("landing_page_url")) for place in locations)
    venues = [_inner(place, "source").get("display_name") for place in locations[:1]]
    identifier = work.get("id")
    fields = {
        "id": identifier.rstrip("/").rpartition("/")[2] if isinstance(identifier, str) else None,
        "title": work.get("display_name") or work.get("title"),
        "abstract": abstract_of(work.get("abstract_inverted_index")) or work.get("abstract"),
        "authors": work.get("authorships"),
        "year": work.get("publication_year") or work.get("publication_date"),
        "venue": venues[0] or _inner(work, "host_venue").get("display_name"),
        "doi": work.get("doi"),
        "arxiv": find_arxiv(links),
        "url": locations[0].get("landing_page_url") or identifier,
    }
    return make_paper(fields, markup=True)


def _inner(record: dict[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
