"""One paper, one record: whatever the order, and nothing lost on the way."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Paper, ReadReport, Rejection
from kg.read.duplicates import deduplicate, keys_of

A = Paper(id="a", title="On Herons", abstract="We stand still.", authors=("Ada Stilt",), doi="10.5555/abc")


def test_each_way_of_being_the_same() -> None:
    for other in (
        Paper(id="b", title="Another title", abstract="Other.", doi="10.5555/abc"),
        Paper(id="b", title="ON HERON", abstract="Other.", authors=("Stilt, A.",)),
        Paper(id="b", title="On herons.", abstract="We stand still"),
        Paper(id="a", title="On Herons", abstract=""),
    ):
        (paper,) = deduplicate([A, other])
        assert paper == A
    arxiv = Paper(id="x", title="T", abstract="U", arxiv="9903.00001")
    assert len(deduplicate([arxiv, Paper(id="y", title="V", abstract="W", arxiv="9903.00001")])) == 1


def test_what_is_not_the_same() -> None:
    for other in (
        Paper(id="b", title="On Herons", abstract="Other.", authors=("Jo Reed",)),
        Paper(id="b", title="On Storks", abstract="We stand still.", authors=("Ada Stilt",)),
        Paper(id="b", title="", abstract="Other.", authors=("Ada Stilt",)),
    ):
        assert len(deduplicate([A, other])) == 2
    untitled = [Paper(id=i, title="", abstract=a, authors=("Ada Stilt",)) for i, a in (("x", "One."), ("y", "Two."))]
    assert deduplicate(untitled) == untitled


def test_the_fullest_survives_and_takes_what_it_lacks() -> None:
    short = Paper(id="0", title="On Herons", abstract="", authors=("Ada Stilt",), year=2019, venue="Wading", url="u")
    report = ReadReport(places=[("x.bib", 3), ("y.jsonl", 9)])
    assert deduplicate([short, A], report) == [replace(A, year=2019, venue="Wading", url="u")]
    assert report.rejections == [
        Rejection(source="x.bib", line=3, reason="the same paper as a, which it calls 0", kind="duplicate", of="a")
    ]


def test_papers_that_come_before_those_read_have_no_place() -> None:
    report = ReadReport(places=[("y.jsonl", 9)])
    deduplicate([A, replace(A, id="b")], report)
    assert [(r.source, r.line) for r in report.rejections] == [("y.jsonl", 9)]


def test_different_papers_with_one_id_are_both_kept_and_said() -> None:
    other = Paper(id="a", title="On Storks", abstract="They stand.")
    taken = Paper(id="a~1", title="On Cranes", abstract="They fly.")
    report = ReadReport()
    kept = deduplicate([other, taken, A], report)
    assert len({p.id for p in kept}) == 3
    assert {p.title for p in kept} == {"On Herons", "On Storks", "On Cranes"}
    assert kept[0] == A
    ((source, reason),) = [(n.source, n.reason) for n in report.notices]
    assert source == "papers"
    assert reason.startswith("another paper has the id a too; this one is kept as a~")
    assert deduplicate([A, other, taken]) == kept


def test_the_doi_of_a_volume_makes_no_paper_of_all_its_papers() -> None:
    volume = [
        Paper(id=str(n), title=f"Title number {n}", abstract=f"Text {n}.", authors=(f"Ada Name{n}",), doi="10.5555/v")
        for n in range(5)
    ]
    report = ReadReport()
    assert deduplicate(volume, report) == volume
    assert [n.reason for n in report.notices] == [
        "doi 10.5555/v stands on 5 different papers; not taken for the id of one"
    ]


texts = st.sampled_from(["", "On Herons", "on heron", "On Storks", "A\0B"])
papers = st.builds(
    Paper,
    id=st.sampled_from(["a", "b", "a~1"]),
    title=texts,
    abstract=texts,
    authors=st.sampled_from([(), ("Ada Stilt",), ("Stilt, A.", "Jo Reed"), ("José",), ("",)]),
    year=st.none() | st.integers(2000, 2003),
    doi=st.none() | st.sampled_from(["10.5555/a", "10.5555/b"]),
    arxiv=st.none() | st.sampled_from(["9903.00001", "9903.00002"]),
)


@given(st.lists(papers, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_changes_nothing(found: list[Paper], dice: random.Random) -> None:
    report = ReadReport()
    kept = deduplicate(found, report)
    shuffled = list(found)
    dice.shuffle(shuffled)
    assert deduplicate(shuffled) == kept
    assert len(kept) + len(report.rejections) == len(found)
    assert [p.id for p in kept] == sorted({p.id for p in kept})
    assert {r.of for r in report.rejections} <= {p.id for p in kept}
    keys = [set(keys_of(p)) for p in found]
    for paper, own in zip(found, keys, strict=True):
        assert any(own & set(keys_of(k)) for k in kept) or paper not in kept or not own
