"""Files as bytes: compression, encodings, bounds, standard input, and how the format is told."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from kg.errors import ReadError
from kg.model import Paper, ReadReport
from kg.read import read_papers
from kg.read.source import as_stream, in_utf8, lines

Read = Callable[..., tuple[list[Paper], ReadReport]]
LINES = "".join(json.dumps({"title": f"Größe {n}"}, ensure_ascii=False) + "\n" for n in range(3000))
TITLES = [f"Größe {n}" for n in range(3000)]


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.JSONL.zst", "x"])
def test_compression_is_told_by_content(pack: Callable[[bytes], bytes], name: str, read: Read) -> None:
    data = LINES.encode()
    papers, report = read(pack(data[:5000]) + pack(data[5000:]) + b"\0" * 100, name)
    assert [p.title for p in papers] == TITLES
    assert (report.rejections, report.notices) == ([], [])


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_a_compressed_file_cut_off_or_damaged_keeps_what_came_before(
    pack: Callable[[bytes], bytes], read: Read
) -> None:
    titles = [hashlib.sha256(str(n).encode()).hexdigest()[:20] for n in range(30_000)]
    noise = "".join(json.dumps({"title": title}) + "\n" for title in titles).encode()
    packed = pack(noise)
    papers, report = read(packed[: len(packed) // 2], "x.jsonl.gz")
    assert 10_000 < len(papers) < 20_000
    assert any("cut off" in r.reason for r in report.rejections)
    damaged = packed[: len(packed) // 2] + b"\xff" * 50 + packed[len(packed) // 2 + 50 :]
    papers, report = read(damaged, "x.jsonl.gz")
    assert 10_000 < len(papers) < 30_000
    assert [p.title for p in papers[:10_000]] == titles[:10_000]
    assert report.rejections  # what the noise turned into: no stream, no line of JSON, or no object
    with pytest.raises(ReadError, match="cut off"):
        read(packed[:-1000], "x.jsonl.gz", strict=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, end: str, read: Read) -> None:
    papers, report = read(LINES.replace("\n", end).encode(encoding), "x")
    assert [p.title for p in papers] == TITLES
    assert (report.rejections, report.notices) == ([], [])
    assert report.places[-1][1] == 3000


def test_latin_1_is_read_and_said(read: Read) -> None:
    text = '{"title": "plain"}\n{"title": "Gr\xf6\xdfe \x93x\x94"}\n{"title": "\xe9"}\n'
    papers, report = read(text.encode("latin-1"), "x.jsonl")
    assert [p.title for p in papers] == ["plain", "Größe “x”", "é"]
    ((line, reason),) = [(n.line, n.reason) for n in report.notices]
    assert (line, reason) == (2, "5 bytes, the first here, are not UTF-8 and were read as Windows-1252")


def test_characters_across_chunks_survive() -> None:
    data = "aä€😀\r\n".encode() * 50
    chunks = [data[n : n + 1] for n in range(len(data))]
    said: list[tuple[int | None, str]] = []
    out = b"".join(in_utf8(iter(chunks), data, lambda line, reason: said.append((line, reason))))
    assert out.decode() == "aä€😀\n" * 50
    assert said == []


def test_a_line_beyond_the_limit_is_skipped() -> None:
    said: list[tuple[int | None, str]] = []
    stream = as_stream(iter([b"one\n", b"x" * 200_000, b"\n", b"three\n", b"12345678\n", b"y" * 20]))
    found = list(lines(stream, lambda line, reason: said.append((line, reason)), limit=8))
    assert found == [(1, "one"), (3, "three"), (4, "12345678")]
    assert said == [(2, "line is longer than 8 bytes"), (5, "line is longer than 8 bytes")]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LINES.encode()))))
    report = ReadReport()
    assert [p.title for p in read_papers("-", report=report)] == TITLES
    assert report.places[0] == ("standard input", 1)


def test_several_files_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"title": "B"}')
    (tmp_path / "a.csv").write_text("title,abstract\nA,\n")
    assert [p.title for p in read_papers([tmp_path / "b.jsonl", str(tmp_path / "a.csv")])] == ["B", "A"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, message in [
        (tmp_path / "none.jsonl", "No such file"),
        (tmp_path, "is a folder; name the files in it"),
        ("a\0b", "null"),
    ]:
        with pytest.raises(ReadError, match=message):
            list(read_papers(path))
    with pytest.raises(ReadError, match="unknown format 'docx'; choose from arxiv, bibtex, csv"):
        read_papers(tmp_path, format="docx")


def test_bytes_without_sense_are_refused(read: Read) -> None:
    with pytest.raises(ReadError, match="its format cannot be told; name it"):
        read(bytes(range(256)) * 10 + b"\0" * 5000, "x.bin")


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("title\tabstract\nA\tb\n", "A"),
        ("Title;Abstract\nA;b\n", "A"),
        ("% my references\n@book{a, title={A}}", "A"),
        ("\n\nTY  - JOUR\nTI  - A\nER  - \n", "A"),
        ('\ufeff  [{"title": "A"}]', "A"),
        ("On Herons", "On Herons"),
    ],
)
def test_a_file_without_a_telling_name(content: str, title: str, read: Read) -> None:
    assert [p.title for p in read(content, "download")[0]] == [title]


def test_an_empty_file_is_said(read: Read) -> None:
    papers, report = read("", "x.txt")
    assert papers == []
    assert [n.reason for n in report.notices] == ["no papers in it, read as text"]
