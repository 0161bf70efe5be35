"""JSON Lines and JSON, with keys of several sources, and with faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kg.errors import ReadError
from kg.model import Paper, ReadReport

Read = Callable[..., tuple[list[Paper], ReadReport]]
CROSSREF = {
    "DOI": "10.5555/ABC",
    "title": ["On <i>Herons</i>", "second"],
    "abstract": "<jats:title>Abstract</jats:title><jats:p>Herons &amp; storks; p &lt; 0.1.</jats:p>",
    "author": [{"given": "Ada", "family": "Stilt"}, {"name": "The Marsh Group"}],
    "issued": {"date-parts": [[2019, 4]]},
    "container-title": ["Wading"],
}
SEMANTIC_SCHOLAR = {
    "paperId": "ab12",
    "externalIds": {"DOI": "10.5555/abc", "ArXiv": "9903.00001"},
    "title": "On Herons",
    "abstract": None,
    "year": 2019,
    "authors": [{"authorId": "1", "name": "Ada Stilt"}],
}


def test_keys_of_other_sources_are_understood(read: Read) -> None:
    papers, report = read(f"{json.dumps(CROSSREF)}\n{json.dumps(SEMANTIC_SCHOLAR)}\n", "x.jsonl")
    assert papers == [
        Paper(
            id="doi:10.5555/abc",
            title="On Herons",
            abstract="Herons & storks; p < 0.1.",
            authors=("Ada Stilt", "The Marsh Group"),
            year=2019,
            venue="Wading",
            doi="10.5555/abc",
        ),
        Paper(
            id="ab12",
            title="On Herons",
            abstract="",
            authors=("Ada Stilt",),
            year=2019,
            doi="10.5555/abc",
            arxiv="9903.00001",
        ),
    ]
    assert report.rejections == []


@pytest.mark.parametrize(
    "document",
    [
        json.dumps([CROSSREF, SEMANTIC_SCHOLAR]),
        json.dumps([CROSSREF, SEMANTIC_SCHOLAR], indent=2),
        json.dumps({"total": 2, "data": [CROSSREF, SEMANTIC_SCHOLAR]}),
        json.dumps({"total": 2, "data": [CROSSREF, SEMANTIC_SCHOLAR]}, indent=1),
        "\n".join(json.dumps(r, indent=2) for r in (CROSSREF, SEMANTIC_SCHOLAR)),
        f"\n\n{json.dumps(CROSSREF)}\r\n\r\n{json.dumps(SEMANTIC_SCHOLAR)}",
    ],
)
def test_json_comes_in_several_frames(document: str, read: Read) -> None:
    papers, report = read(document, "x.json")
    assert [p.id for p in papers] == ["doi:10.5555/abc", "ab12"]
    assert report.rejections == []


def test_a_single_object_over_many_lines_is_one_paper(read: Read) -> None:
    assert [p.id for p in read(json.dumps(CROSSREF, indent=4), "x.json")[0]] == ["doi:10.5555/abc"]


def test_columns_name_the_keys(read: Read) -> None:
    columns = {"title": "headline", "abstract": "body"}
    (paper,), _ = read('{"headline": "H", "body": "B", "title": "no"}', "x.jsonl", columns=columns)
    assert (paper.title, paper.abstract) == ("H", "B")


BAD: list[tuple[Any, str]] = [
    ('{"title": "A"', "no valid JSON"),
    ('["title"]', "expected an object, not list"),
    ("null", "expected an object, not NoneType"),
    ('{"id": "x"}', "neither title nor abstract"),
    ('{"title": " ", "abstract": "--"}', "neither title nor abstract"),
    ('{"title": {"a": 1}}', "title is no text but dict"),
    ('{"title": true}', "title is no text but bool"),
    ("[" * 100_000, "nested too deeply"),
    ('{"title": ' + "[" * 100_000, "nested too deeply"),
    ('{"year": ' + "9" * 5000 + "}", "no valid JSON"),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_bad_line_is_reported_and_the_rest_read(line: str, reason: str, read: Read) -> None:
    papers, report = read(f'{{"title": "One"}}\n{line}\n{{"title": "Two"}}\n', "x.jsonl")
    assert [p.title for p in papers] == ["One", "Two"]
    ((kind, number, why),) = [(r.kind, r.line, r.reason) for r in report.rejections]
    assert (kind, number) == ("bad", 2)
    assert reason in why


def test_strict_stops_at_the_first(read: Read) -> None:
    with pytest.raises(ReadError, match=r"x\.jsonl:2: no valid JSON") as caught:
        read('{"title": "One"}\n{\n{"title": "Two"}\n', "x.jsonl", strict=True)
    assert caught.value.line == 2


@pytest.mark.parametrize("document", ['[{"title": "One"}, {"title": ', '[{"title": "One"}, {]', '[{"title": "One"} 1'])
def test_a_broken_array_keeps_what_came_before(document: str, read: Read) -> None:
    papers, report = read(document, "x.json")
    assert [p.title for p in papers] == ["One"]
    assert [r.kind for r in report.rejections] == ["bad"]


def test_odd_values_do_no_harm(read: Read) -> None:
    record = {
        "id": 17,
        "title": "A\u0000B\ud800 C\n D",
        "abstract": ["One.", "Two."],
        "authors": [None, 3, {"x": 1}, " Ada  Stilt "],
        "year": float("nan"),
        "venue": {"name": "Wading"},
        "url": [],
    }
    (paper,), _ = read(json.dumps(record), "x.jsonl")
    assert paper == Paper(
        id="17", title="A\ufffdB\ufffd C D", abstract="One. Two.", authors=("Ada Stilt",), venue="Wading"
    )
