"""Plain text: a title line, then its abstract, blank lines between."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from kg.model import Paper, ReadReport

Read = Callable[..., tuple[list[Paper], ReadReport]]


def test_wrapped_abstracts_are_joined_and_authors_known(invented: list[Paper], read: Read) -> None:
    text = "\n\n\n".join(f"{p.title}\n{', '.join(p.authors)}\n{textwrap.fill(p.abstract, 80)}" for p in invented[:2])
    papers, report = read(text, "notes.txt")
    assert [(p.title, p.abstract, p.authors) for p in papers] == [
        (p.title, p.abstract, p.authors) for p in invented[:2]
    ]
    assert [line for _, line in report.places] == [1, text[: text.index("Measuring")].count("\n") + 1]


def test_a_blank_line_may_part_title_and_abstract(invented: list[Paper], read: Read) -> None:
    for width in (80, 10_000):
        text = "\n\n".join(f"# {p.title}\n\n{textwrap.fill(p.abstract, width)}" for p in invented)
        papers, _ = read(text, "notes.md", format="text")
        assert [(p.title, p.abstract) for p in papers] == [(p.title, p.abstract) for p in invented]


def test_a_title_alone_and_an_abstract_alone_are_papers(invented: list[Paper], read: Read) -> None:
    lantern, drift, tidal = invented
    text = f"{lantern.title}\n\n{drift.title}\n{drift.abstract}\n\n{tidal.abstract}\n"
    papers, _ = read(text, "notes.txt", format="text")
    assert [(p.title, p.abstract) for p in papers] == [
        (lantern.title, ""),
        (drift.title, drift.abstract),
        ("", tidal.abstract),
    ]


def test_an_abstract_label_goes(read: Read) -> None:
    (paper,), _ = read("Title: On Herons\nAbstract: Herons stand still.\nThey wait.\n", "notes.txt", format="text")
    assert (paper.title, paper.abstract) == ("On Herons", "Herons stand still. They wait.")
