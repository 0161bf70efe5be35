"""Pages copied from listings: invented ones of several shapes, and the one whose papers are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.model import Paper, ReadReport
from kg.read import read_papers

Read = Callable[..., tuple[list[Paper], ReadReport]]
Entry = Callable[[int, Paper], str]
COOKIES = (
    "We use cookies to give you the best experience on this site, and by continuing to browse it you accept our use "
    "of them as our policy describes. You can change this at any time."
)
CODE = "The code is here, and it comes with the data that we used throughout the work."
PAGES: dict[str, tuple[str, Entry]] = {
    "a page word glued to the first title": (
        "Get new papers in your inbox!\nSubscribe",
        lambda n, p: f"{p.title}\n{p.abstract}",
    ),
    "two words glued, blank lines": (
        "My library\n\nSign InRegister",
        lambda n, p: f"{p.title}\n\n{p.abstract}\n",
    ),
    "a page word glued to every title and abstract": (
        "",
        lambda n, p: f"Save{p.title}\n{p.abstract}Read more",
    ),
    "vote counts, dates and submitters": (
        f"Daily Papers\nby the community\n{COOKIES}\n\n",
        lambda n, p: (
            f"{n * 17}\n\n{p.title}\nPublished on Mar {n + 1}, {p.year}\n·Submitted by reader{n}\n\n{p.abstract}\n\n"
            f"Upvote\n{n + 40}\n+{n}\n"
        ),
    ),
    "votes glued to titles": ("Trending\n", lambda n, p: f"{n * 7 + 3}{p.title}\n{p.abstract}"),
    "numbered titles": ("Reading list\n", lambda n, p: f"{n + 1}. {p.title}\n{p.abstract}\nShare\nBookmark"),
    "labels": (
        "Showing new listings for Friday\n",
        lambda n, p: (
            f"[{n + 1}] arXiv:{p.arxiv} [pdf, html, other]\nTitle: {p.title}\nAuthors: {', '.join(p.authors)}\n"
            f"Comments: 12 pages, 3 figures\nSubjects: Machine Learning (cs.LG)\nAbstract: {p.abstract}\n"
        ),
    ),
    "categories, and marks of folded abstracts": (
        "Showing 1–3 of 3 results\n",
        lambda n, p: (
            f"cs.CL cs.LG\n{p.title}\nAuthors: {', '.join(p.authors)}\nAbstract: {p.abstract} △ Less\n"
            f"Submitted 3 January, {p.year}; originally announced January {p.year}.\n"
        ),
    ),
    "repositories and stars": (
        "Top\nNew\nJoin",
        lambda n, p: (
            f"{p.title}\norg{n}/some-repo • {n + 1} Mar {p.year}\n{p.abstract}\nForecasting\n{n},412\n"
            "0.9 stars / hour\nPaper\nCode"
        ),
    ),
    "authors, venue and decision": (
        "Login\nHome\n",
        lambda n, p: (
            f"{p.title}\nPDF\n{', '.join(p.authors)}\n20 Sept {p.year} (modified: 12 Mar 2025)\nXCLR {p.year} poster\n"
            f"Readers: Everyone\n{p.abstract}\nShow more"
        ),
    ),
    "two paragraphs": ("", lambda n, p: f"{p.title}\n{p.abstract}\n{CODE}"),
}


@pytest.mark.parametrize("name", PAGES)
def test_an_invented_page_gives_its_papers(name: str, invented: list[Paper], read: Read) -> None:
    chrome, entry = PAGES[name]
    page = chrome + "\n".join(entry(n, paper) for n, paper in enumerate(invented)) + "\n© 2025 Nobody\n"
    wanted = [(p.title, p.abstract + (f" {CODE}" if name == "two paragraphs" else "")) for p in invented]
    papers, report = read(page, "page.txt", format="page")
    assert [(p.title, p.abstract) for p in papers] == wanted
    assert report.rejections == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "two paragraphs"])
def test_a_page_is_told_from_blocks(name: str, invented: list[Paper], read: Read) -> None:
    chrome, entry = PAGES[name]
    papers, _ = read(chrome + "\n".join(entry(n, paper) for n, paper in enumerate(invented)), "page")
    assert [p.title for p in papers] == [p.title for p in invented]


def test_authors_year_and_ids_between_title_and_abstract_are_kept(invented: list[Paper], read: Read) -> None:
    lantern = invented[0]
    page = (
        f"{lantern.title}\n{', '.join(lantern.authors)}\nPublished on Jul 3, 2023\nhttps://arxiv.org/abs/9903.00001v3\n"
        f"https://doi.org/10.5555/INV.2023.001\n{lantern.abstract}\n"
    )
    (paper,), _ = read(page, "page.txt", format="page")
    assert (paper.authors, paper.year) == (lantern.authors, 2023)
    assert (paper.arxiv, paper.doi, paper.id) == (lantern.arxiv, lantern.doi, f"doi:{lantern.doi}")


def test_names_that_look_glued_stay_whole(invented: list[Paper], read: Read) -> None:
    abstract = f"SearchBird is a retriever. {invented[0].abstract}"
    title = f"ShareNest: {invented[1].title}"
    page = f"SubscribeSearchBird: Retrieval on the Wing\n{abstract}\n{title}\n{invented[1].abstract} So ShareNest is.\n"
    papers, _ = read(page, "page.txt", format="page")
    assert [p.title for p in papers] == ["SearchBird: Retrieval on the Wing", title]


def test_a_title_made_of_listed_names_of_things_is_no_author_line(invented: list[Paper], read: Read) -> None:
    title = "Sparse Routers, Dense Attention and Long Documents"
    abstract = f"{invented[0].abstract} We compare sparse routers with dense attention on long documents."
    (paper,), _ = read(f"Menu\n{title}\n{abstract}\n", "page.txt", format="page")
    assert (paper.title, paper.authors) == (title, ())


def test_a_title_without_abstract_is_reported(invented: list[Paper], read: Read) -> None:
    lantern, drift, _ = invented
    page = f"{lantern.title}\n{lantern.abstract}\nOne Title Whose Abstract Was Lost\n{drift.title}\n{drift.abstract}\n"
    papers, report = read(page, "page.txt", format="page")
    assert [p.title for p in papers] == [lantern.title, drift.title]
    ((line, reason),) = [(r.line, r.reason) for r in report.rejections]
    assert line == 3
    assert "One Title Whose Abstract Was Lost" in reason


def test_the_known_page_gives_exactly_its_papers() -> None:
    corpus = Path(__file__).parents[3] / "shared" / "corpus"
    if not corpus.is_dir():
        pytest.skip("the corpus is not beside the project")
    known = [json.loads(line) for line in (corpus / "papers.jsonl").read_text(encoding="utf8").splitlines()]
    papers = list(read_papers(corpus / "papers-page.txt"))
    assert [(p.title, p.abstract) for p in papers] == [(k["title"], k["abstract"]) for k in known]
    assert len({p.id for p in papers}) == 119
