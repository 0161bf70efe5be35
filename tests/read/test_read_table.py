"""CSV, TSV and Parquet: columns by usual names or by mapping, and rows with faults."""

from __future__ import annotations

import io
from collections.abc import Callable

import pyarrow
import pyarrow.parquet
import pytest

from kg.errors import ReadError
from kg.model import Paper, ReadReport

Read = Callable[..., tuple[list[Paper], ReadReport]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_of_the_header(delimiter: str, read: Read) -> None:
    text = 'Paper Title,Abstract,Publication Year\r\n"Herons, or ""not""","Line one\nline two",2019\r\n'
    papers, report = read(text.replace(",", delimiter), "x.csv")
    assert [(p.title, p.abstract, p.year) for p in papers] == [
        (f'Herons{delimiter.strip()} or "not"', "Line one line two", 2019)
    ]
    assert report.places[0][1] == 2


def test_columns_are_mapped_by_name(read: Read) -> None:
    columns = {"title": "Naslov", "abstract": "Povzetek", "id": "No"}
    (paper,), _ = read("No,Naslov,Povzetek,title\n7,Čaplje,Stojijo.,x\n", "x.csv", columns=columns)
    assert (paper.id, paper.title, paper.abstract) == ("7", "Čaplje", "Stojijo.")


def test_bad_rows_are_reported_with_their_first_line(read: Read) -> None:
    rows = ["title,abstract", '"A",x', "too,many,fields", '"two', 'lines",y', "few", "", ",", "B,z"]
    papers, report = read("\n".join(rows), "x.csv")
    assert [p.title for p in papers] == ["A", "two lines", "B"]
    assert [(r.line, r.reason) for r in report.rejections] == [
        (3, "3 fields where the header has 2"),
        (6, "1 fields where the header has 2"),
    ]
    assert [line for _, line in report.places] == [2, 4, 9]


def test_a_field_without_end_is_no_traceback(read: Read) -> None:
    papers, report = read('title,abstract\nA,b\n"' + "x\n" * 100_000, "x.csv")
    assert [p.title for p in papers] == ["A"]
    assert "field larger than field limit" in report.rejections[0].reason


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (None, "no column for title or abstract; the columns are 'a', 'b'; map one with"),
        ({"title": "c"}, "no column 'c' for title; the columns are 'a', 'b'"),
        ({"titel": "a"}, "unknown field 'titel'; choose from id, title"),
    ],
)
def test_missing_columns_are_an_error_that_helps(columns: dict[str, str] | None, message: str, read: Read) -> None:
    with pytest.raises(ReadError, match=message):
        read("a,b\n1,2\n", "x.csv", columns=columns)


def test_columns_are_refused_where_a_format_has_none(read: Read) -> None:
    with pytest.raises(ReadError, match="columns cannot be named for ris; only for csv, jsonl, parquet, tsv"):
        read("TY  - JOUR\nTI  - A\nER  - \n", "x.ris", columns={"title": "TI"})


def test_an_empty_table_has_no_papers(read: Read) -> None:
    for content in ("", "title,abstract\n"):
        papers, report = read(content, "x.csv")
        assert papers == []
        assert [n.reason for n in report.notices] == ["no papers in it, read as csv"]


def parquet(**columns: list[object]) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    return sink.getvalue()


def test_parquet_rows_are_numbered_and_nulls_left_out(read: Read) -> None:
    content = parquet(title=["A", None, "C"], abstract=["x", None, None], authors=[["Ada Stilt"], [], None])
    papers, report = read(content, "x.parquet")
    assert [(p.title, p.authors) for p in papers] == [("A", ("Ada Stilt",)), ("C", ())]
    assert [(r.line, r.reason) for r in report.rejections] == [(2, "neither title nor abstract")]
    assert [p.title for p in read(content, "no-extension")[0]] == ["A", "C"]


def test_parquet_takes_a_mapping(read: Read) -> None:
    (paper,), _ = read(parquet(naslov=["A"], n=[1]), "x.parquet", columns={"title": "naslov"})
    assert paper.title == "A"


def test_what_is_no_parquet_is_an_error(read: Read) -> None:
    for content in (b"PAR1 nothing", b"", parquet(title=["A"])[:-20]):
        with pytest.raises(ReadError, match="no readable Parquet file"):
            read(content, "x.parquet")


def test_damaged_parquet_pages_are_reported(read: Read) -> None:
    content = bytearray(parquet(title=[f"Title {n}" for n in range(2000)]))
    content[4:60] = b"\xff" * 56
    papers, report = read(bytes(content), "x.parquet")
    assert papers == []
    assert "damaged Parquet data" in report.rejections[0].reason
