"""BibTeX and RIS, as reference managers write them, and with faults."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.model import Paper, ReadReport

Read = Callable[..., tuple[list[Paper], ReadReport]]
BIB = r"""
@string{wad = "Wading Letters"}
@comment{not me}
@article{stilt19,
  title = {On {Herons}: $\alpha$ \& {\"U}ber 5% of
     Fish},
  author = {Stilt, Ada and Jos{\'e} R. Reed and others},
  date = {2019-04-01}, journaltitle = wad, DOI = {https://doi.org/10.5555/ABC},
  eprint = {9903.00001v2}, eprinttype = {arXiv},
  abstract = "At 5\% we stand \emph{still}."
}
@misc{empty, year = 2000}
@article{broken, title = {Never closed
@article{twice, title = "A", year = 2001}
@article{twice, title = "B", year = 2002}
"""


def test_bibtex_entries_are_decoded(read: Read) -> None:
    papers, report = read(BIB, "x.bib")
    assert papers[0] == Paper(
        id="stilt19",
        title=r"On Herons: $\alpha$ & Über 5% of Fish",
        abstract="At 5% we stand still.",
        authors=("Stilt, Ada", "José R. Reed"),
        year=2019,
        venue="Wading Letters",
        doi="10.5555/abc",
        arxiv="9903.00001",
    )
    assert [(p.id, p.title, p.year) for p in papers[1:]] == [("twice", "A", 2001), ("twice", "B", 2002)]
    assert [(r.line, r.reason[:20]) for r in report.rejections] == [
        (12, "neither title nor ab"),
        (13, "no valid BibTeX: Une"),
    ]
    assert [line for _, line in report.places] == [4, 14, 15]


@pytest.mark.parametrize("content", ["", "@", "@article{", "no entries here", "@article{a}", "}{" * 500])
def test_odd_bibtex_is_no_traceback(content: str, read: Read) -> None:
    assert read(content, "x.bib")[0] == []


RIS = """Exported from somewhere

TY  - JOUR
A1  - Stilt, Ada
A1  - Reed, Jo
T1  - On Herons
N2  - We stand
still.
Y1  - 2019/04/01
T2  - Wading Letters
DO  - 10.5555/abc
ER  -

TY  - JOUR
TI  - Without end
TY  - CONF
TI  - Second
AB  - Text.
ZZ  - an unknown tag
ER  -
TY  - JOUR
AU  - Nobody
ER  -
"""


def test_ris_records_are_read_one_by_one(read: Read) -> None:
    papers, report = read(RIS, "x.ris")
    assert papers[0] == Paper(
        id="doi:10.5555/abc",
        title="On Herons",
        abstract="We stand still.",
        authors=("Stilt, Ada", "Reed, Jo"),
        year=2019,
        venue="Wading Letters",
        doi="10.5555/abc",
    )
    assert [p.title for p in papers[1:]] == ["Second"]
    assert [(r.line, r.reason) for r in report.rejections] == [
        (14, "no valid RIS record: it ends without ER"),
        (21, "neither title nor abstract"),
    ]


@pytest.mark.parametrize("content", ["TY  -", "ER  -", "TY  - JOUR\n\0\nER  -", "TY  - JOUR\nTI\nER  - "])
def test_odd_ris_is_no_traceback(content: str, read: Read) -> None:
    assert read(content, "x.ris")[0] == []
