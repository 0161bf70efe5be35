"""A page of papers copied from a web listing: a title line, then its abstract, between lines of page chrome.

Nothing is known of the site. Abstracts are told by their being running text; the title of each is looked for in the
short lines before it, by what it shares with the abstract; chrome by its words and by its coming again and again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kg.model import Paper
from kg.read.clean import clean
from kg.read.fields import find_arxiv, find_doi, find_year, make_paper
from kg.read.listing import author_names, is_authors, is_chrome, is_prose, unglued
from kg.read.source import Reject, lines

_ABSTRACT_LABEL = re.compile(r"(?:abstract|summary)(?:\s*[:.—–-]+\s*|(?=[A-Z]))", re.IGNORECASE)
_TITLE_LABEL = re.compile(r"title\s*[:：]\s*", re.IGNORECASE)
_MORE = re.compile(
    r"\s*(?:[▽△]\s*(?:More|Less)|(?:Read|Show|See) (?:more|less|More|Less)|(?<=[.!?…])\s*(?:More|Less))$"
)
_NUMBER = re.compile(r"(?:[\[(#]?\d{1,4}[\]).:]+\s+|\d{1,4}(?=[A-Z][a-z]|A |[A-Z]{2}))")
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class _Group:
    """An abstract with the short lines before it; each line comes with its number."""

    before: list[tuple[int, str]]
    abstract: list[str]
    line: int


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of a copied page, each placed at the line of its title.

    Authors, dates, DOI and arXiv id are taken from the lines between title and abstract. A line that could be a title
    but has no abstract is rejected.
    """
    groups = list(_groups(lines(stream, reject)))
    prose = "\n".join(text for group in groups for text in group.abstract)
    common = set(re.findall(r"\b[a-z]{2,}\b", prose))
    counts = Counter(_shape(text) for group in groups for _, text in group.before)
    page_words = _page_words(groups, counts)
    candidates_of = [[item for item in g.before if not _is_page_text(item[1], counts, common)] for g in groups]
    titles = [_title(*pair) for pair in zip(groups, candidates_of, strict=True)]
    numbered = sum(bool(title and _NUMBER.match(title[1])) for title in titles)
    for number, (group, candidates, chosen) in enumerate(zip(groups, candidates_of, titles, strict=True)):
        if chosen is None and len(group.abstract) > 1 and len(group.abstract[0]) < 300:
            chosen = (group.line, group.abstract.pop(0))  # a title that reads like a sentence
        if chosen is None:
            chosen = next(((line, text) for line, text in reversed(group.before) if not is_chrome(text)), None)
        line = chosen[0] if chosen else group.line
        for other, text in candidates:
            if number and other < line and len(text.split()) > 3:
                reject(other, f"no abstract follows {text[:80]!r}; taken for text of the page")
        details = [text for other, text in group.before if chosen and other > line]
        title = _TITLE_LABEL.sub("", chosen[1], count=1) if chosen else ""
        if numbered > 2 and numbered * 5 > len(groups) * 4:
            title = _NUMBER.sub("", title, count=1)
        try:
            yield line, _paper(unglued(title, page_words, prose), " ".join(group.abstract), details, common)
        except ValueError as error:
            reject(line, str(error))


def _groups(numbered: Iterator[tuple[int, str]]) -> Iterator[_Group]:
    before: list[tuple[int, str]] = []
    current: _Group | None = None
    for number, line in numbered:
        text = clean(line)
        if not text:
            continue
        bare = _MORE.sub("", _ABSTRACT_LABEL.sub("", text, count=1) if _ABSTRACT_LABEL.match(text) else text)
        if not is_prose(bare):
            if current:
                yield current
                current = None
            before.append((number, text))
        elif current:
            current.abstract.append(bare)
        else:
            current, before = _Group(before, [bare], number), []
    if current:
        yield current


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text.casefold())


def _is_page_text(text: str, counts: Counter[str], common: Collection[str]) -> bool:
    """Whether a short line is chrome or authors; lines that come again are chrome, the sooner the shorter they are."""
    if _TITLE_LABEL.match(text):
        return False
    again, words = counts[_shape(text)], len(text.split())
    return is_chrome(text) or (again > 1 and words <= 3) or (again > 2 and words <= 8) or is_authors(text, common)


def _title(group: _Group, candidates: list[tuple[int, str]]) -> tuple[int, str] | None:
    """The candidate labelled as title, else the nearest that shares words with the abstract, else the nearest."""
    if labelled := [item for item in candidates if _TITLE_LABEL.match(item[1])]:
        return labelled[-1]
    abstract = {word[:5] for word in _WORD.findall(" ".join(group.abstract).casefold())}

    def likeness(text: str) -> float:
        words = [word[:5] for word in _WORD.findall(text.casefold())]
        return sum(word in abstract for word in words) / len(words) if words else 0.0

    long = [item for item in candidates if len(item[1].split()) > 2]
    fitting = [item for item in candidates if likeness(item[1]) >= 0.25]
    both = [item for item in fitting if item in long]
    return next((found[-1] for found in (both, fitting, long, candidates) if found), None)


def _page_words(groups: list[_Group], counts: Counter[str]) -> frozenset[str]:
    """Words that the page shows to be its own: single words that come again, and those glued to several titles."""
    found = {shape.title() for shape, again in counts.items() if again > 1 and re.fullmatch(r"[a-z]{3,15}", shape)}
    glued = Counter(
        match.group(1)
        for group in groups
        for _, text in group.before[-6:]
        if (match := re.match(r"([A-Z][a-z]{2,14})[A-Z][a-z]+[\s:,-]", text))
    )
    return frozenset(found | {word for word, again in glued.items() if again > 2 and again * 2 > len(groups)})


def _paper(title: str, abstract: str, details: list[str], common: Collection[str]) -> Paper:
    people = next((text for text in details if is_authors(text, common)), "")
    rest = [text for text in details if text != people]
    found = {
        name: [x for text in rest if (x := find(text))] for name, find in (("doi", find_doi), ("arxiv", find_arxiv))
    }
    years = [year for text in rest if not (find_doi(text) or find_arxiv(text)) and (year := find_year(text))]
    fields: dict[str, object] = {
        "title": title,
        "abstract": abstract,
        "authors": author_names(people),
        "year": years[0] if years else None,
    }
    return make_paper(fields | {name: values[:1] for name, values in found.items()})
