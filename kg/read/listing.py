"""What a line of a copied page is: running text, a list of authors, page chrome, or a title with page words on it."""

from __future__ import annotations

import re
from collections.abc import Collection

from kg.read.page_words import CHROME_WORDS, GLUED_PHRASES, NAME_PARTICLES

_WORD = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(
    r"(?:authors?|subjects?|comments?|journal[- ]ref\w*|doi|keywords?|tags?|cite as|published(?: in| by| on)?|"
    r"submitted(?: by| on| to)?|categor(?:y|ies)|msc[- ]class\w*|acm[- ]class\w*|report[- ]no\w*|affiliations?|venue|"
    r"source|"
    r"code|github|project(?: page)?|url|link|primary area|tl;?dr|date|year|conference|journal|pages|arxiv|area|track|"
    r"supplementary\w*|area chairs?|reviewers?)\s*[:：]",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:submitted|posted|published|shared|uploaded|curated|updated) (?:by|on|in|at)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"https?://|www\.|\S+@\S+\.\w|@\w|arxiv[:.\s]|doi[:.\s]|10\.\d{4,}/|\[\d+\]|©|\S+\.(?:com|org|net)$|"
    r"[\w.-]+/[\w.-]+(?:\s*[•·|].*)?$|(?-i:(?:[a-z][a-z-]{1,8}\.[A-Za-z-]{2,8}(?:\s+|$))+$)",
    re.IGNORECASE,
)
_VENUE = re.compile(
    r"(?:[A-Z][\w&/-]*[A-Z][\w&/-]*|in proceedings.*|proceedings.*|workshop.*)[\s',]+(?:19|20)\d\d\b", re.IGNORECASE
)
_NOTE = re.compile(
    r"cookies?\b.*\b(?:accept|use|consent|site|experience)|privacy policy|terms of (?:use|service)|all rights reserved|"
    r"(?:e-?mail|your) inbox|newsletter|sign (?:up|in)\b|log in\b|enable javascript|your browser|in your e-?mail|"
    r"copyright|powered by|follow us",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…][\"'’”)\]]*(?=\s|$)|[。！？]")
_MORE_NAMES = re.compile(r"\+?\s*\d+\s+(?:more|others?|authors?)|et al\.?|others", re.IGNORECASE)
_MARKS = re.compile(r"[*∗†‡§¶#]|(?<=[^\W\d_])[\d⁰¹²³⁴-⁹]+|\([^)]*\)")
_BY = re.compile(r"\s*(?:by\b|authors?\s*[:：])\s*", re.IGNORECASE)


def is_prose(line: str) -> bool:
    """Whether a line is running text, as an abstract is: long, or of some length and closed like a sentence."""
    words = len(line.split())
    if words < 12:
        return len(line) >= 60 and len(re.findall(r"[。！？]", line)) > 0
    if _LABEL.match(line) or (words < 60 and _NOTE.search(line)) or is_authors(line, ()):
        return False
    ends = len(_SENTENCE_END.findall(line))
    return words >= 45 or (words >= 25 and ends > 0) or (line.rstrip("\"'’”)] ")[-1:] in ".…" and words >= 12)


def is_authors(line: str, common: Collection[str]) -> bool:
    """Whether a line lists people: two or more names, few of their words among `common`, lower-case words of the page.

    >>> is_authors("Jane Doe, Li Wei and Ana de la Cruz", ()), is_authors("Attention, Learn to Solve Routing!", ())
    (True, False)
    """
    names = author_names(line)
    words = [word for name in names for word in _WORD.findall(name) if len(word) > 1]
    if len(names) < 2 and not (names and (_BY.match(line) or "et al" in line)):
        return False
    full = sum(len(name.split()) > 1 for name in names)
    known = sum(word.casefold() in common for word in words)
    return bool(words) and 2 * full >= len(names) and 10 * known <= 3 * len(words)


def author_names(line: str) -> list[str]:
    """The names in a line, or nothing where a part of it can be no name."""
    text = _MARKS.sub(" ", _BY.sub("", line, count=1))
    parts = [part.strip() for part in re.split(r"[,;|·•]|\s(?:and|&)\s|\bet al\b\.?", text)]
    names = [part for part in parts if part and not _MORE_NAMES.fullmatch(part)]
    return names if all(_is_name(name) for name in names) else []


def is_chrome(line: str) -> bool:
    """Whether a short line is surely none of title and author: buttons, counts, dates, labels, links, venues."""
    line = re.sub(r"^[\W_]+(?=\w)", "", line)
    words = [word.casefold() for word in _WORD.findall(line)]
    if not words or (len(words) <= 10 and all(word in CHROME_WORDS for word in words)):
        return True
    return bool(
        _LABEL.match(line)
        or _BYLINE.match(line)
        or _PLACE.match(line)
        or _NOTE.search(line)
        or (len(words) <= 6 and _VENUE.match(line))
    )


def unglued(title: str, page_words: Collection[str], prose: str) -> str:
    """The title without page words that stand right before or after it without a space.

    Page words are those of `GLUED_PHRASES` and `page_words`, which the page itself shows to be such. A name that only
    looks like it, as running text on the page uses it (`prose`), stays whole.

    >>> unglued("SubscribeHiformer: Features", (), "Hiformer"), unglued("ShareGPT4V: Captions", (), "ShareGPT4V is ...")
    ('Hiformer: Features', 'ShareGPT4V: Captions')
    """
    for phrase in sorted({*GLUED_PHRASES, *page_words}, key=lambda p: (-len(p), p)):
        start, rest = title[: len(phrase)], title[len(phrase) :]
        if (
            start in (phrase, phrase.title(), phrase.lower(), phrase.upper())
            and len(rest) > 2
            and _opens(start[-1], rest)
        ):
            name = re.match(r"[\w-]+", title[len(phrase.rpartition(" ")[0]) :].strip())
            if name is None or name.group() not in prose:
                return unglued(rest.strip(), page_words, prose)
        start = title.removesuffix(phrase)
        if start != title and len(start) > 2 and phrase[0].isupper() and re.match(r"[a-z0-9)?!.*]", start[-1]):
            name = re.search(r"[\w-]+$", (start + phrase.partition(" ")[0]).strip())
            if name is None or name.group() not in prose:
                return unglued(start.strip(), page_words, prose)
    return title


def _opens(before: str, rest: str) -> bool:
    """Whether `rest` begins a title right after a page word that ends in `before`."""
    if rest[0].isdigit() or rest[0] in "\"'“‘(":
        return True
    return rest[0].isupper() and (before.islower() or not rest[1].isupper())


def _is_name(text: str) -> bool:
    tokens = text.replace(".", ". ").split()
    if not 1 <= len(tokens) <= 6 or re.search(r"[\d:?!/\"“]", text):
        return False
    return all(token.lower() in NAME_PARTICLES or token[0].isupper() or token[0] >= "\u2e80" for token in tokens)
