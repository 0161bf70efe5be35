"""OpenAlex works: the inverted index, snapshots, and faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kg.model import Paper, ReadReport
from kg.read.openalex import abstract_of

Read = Callable[..., tuple[list[Paper], ReadReport]]


def work(**fields: Any) -> str:
    return json.dumps({"id": "https://openalex.org/W1", "abstract_inverted_index": None, **fields})


def test_words_go_back_to_their_places() -> None:
    index = {"still": [2, 5], "We": [0], "stand": [1], "and": [3], "stay": [4], ".": [10**12]}
    assert abstract_of(index) == "We stand still and stay still ."
    assert abstract_of(None) == ""


@pytest.mark.parametrize("index", ["text", ["We"], {"We": 0}, {"We": ["a"]}])
def test_what_is_no_index_is_reported(index: object, read: Read) -> None:
    papers, report = read(f"{work(abstract_inverted_index=index)}\n{work(title='Fine')}\n", "x.jsonl")
    assert [p.title for p in papers] == ["Fine"]
    assert [r.line for r in report.rejections] == [1]
    assert "abstract_inverted_index" in report.rejections[0].reason


def test_a_snapshot_work_with_markup_and_nulls(read: Read) -> None:
    line = work(
        title="On <i>Herons</i> &amp;amp; Storks",
        abstract_inverted_index={"<jats:p>We": [0], "stand.</jats:p>": [1]},
        primary_location=None,
        locations=[None, {"landing_page_url": "https://arxiv.org/abs/9903.00001", "source": None}],
        authorships=[{"author": {"display_name": "Ada Stilt"}}, {"author": None}, None],
        publication_year=2019,
        doi=None,
    )
    (paper,), _ = read(line, "works.jsonl")
    assert paper == Paper(
        id="W1",
        title="On Herons & Storks",
        abstract="We stand.",
        authors=("Ada Stilt",),
        year=2019,
        arxiv="9903.00001",
        url="https://openalex.org/W1",
    )
