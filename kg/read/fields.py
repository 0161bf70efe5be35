"""From the fields of a record, whatever its columns are called, to a Paper."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg.model import Paper
from kg.read.clean import clean, strip_markup
from kg.text import fold

# Names that columns and keys go by, best first; compared without case, spaces and punctuation.
ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "paperid", "key", "uid", "identifier", "corpusid"),
    "title": ("title", "papertitle", "articletitle", "documenttitle", "displayname", "ti", "t1"),
    "abstract": ("abstract", "abstracttext", "abstractnote", "summary", "ab", "description", "text"),
    "authors": ("authors", "author", "authornames", "authorfullnames", "creators", "creator", "au"),
    "year": (
        *("year", "publicationyear", "pubyear", "py", "publicationdate", "published", "publisheddate", "issued"),
        *("date", "coverdate", "updatedate"),
    ),
    "venue": (
        *("venue", "journal", "booktitle", "containertitle", "publicationtitle", "sourcetitle", "journalname"),
        *("conference", "publicationvenue", "journalref"),
    ),
    "doi": ("doi",),
    "arxiv": ("arxiv", "arxivid"),
    "url": ("url", "link", "paperurl", "urlabs", "pdfurl"),
}
_NOT_WORD = re.compile(r"[\W_]+")
_SAYS = re.compile(r"[^\W_]")
_ASCII_NOT_WORD = bytes(code for code in range(128) if not chr(code).isalnum())
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+")
_ARXIV = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Za-z]{2})?/\d{7})(?:v\d+)?(?![\d.]*\d)")
_ARXIV_PLACE = re.compile(r"arxiv(?:\.org/(?:abs|pdf|html)/|[.:]\s*)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A column's name as `ALIASES` has it.

    >>> plain_name("Article Title")
    'articletitle'
    """
    return _NOT_WORD.sub("", name.casefold())


def letters(text: str) -> str:
    """The letters and digits of a text, case folded: what two printings of one text have in common.

    >>> letters("Graph-Networks: a Survey.")
    'graphnetworksasurvey'
    """
    if text.isascii():
        return text.lower().encode().translate(None, _ASCII_NOT_WORD).decode()
    return _NOT_WORD.sub("", text.casefold())


def title_key(title: str) -> str:
    """What two printings of one title have in common, plural 's' or not.

    >>> title_key("On Herons.") == title_key("on-heron")
    True
    """
    return letters(fold(_NOT_WORD.sub(" ", title)))


def pick(record: Mapping[str, object], columns: Mapping[str, str] | None = None) -> dict[str, object]:
    """The fields of a Paper in a record: those that `columns` (field -> name) names, else those with a usual name."""
    by_name: dict[str, object] = {}
    for name, value in record.items():
        if value not in (None, "", []):
            by_name.setdefault(plain_name(str(name)), value)
    found: dict[str, object] = {}
    for field, names in ALIASES.items():
        if columns and field in columns:
            found[field] = record.get(columns[field])
        elif usual := [name for name in names if name in by_name]:
            found[field] = by_name[usual[0]]
    return found


def make_paper(fields: Mapping[str, object], *, markup: bool = False) -> Paper:
    """The paper of fields named as in Paper, cleaned; its id is the one given or else derived from what it says.

    A derived id is `doi:...`, `arxiv:...` or `p-` and a hash of title and abstract, so the order of papers plays no
    part. `markup` says that title and abstract carry HTML or JATS tags and entities.

    Raises ValueError with the reason where neither title nor abstract says anything.
    """
    prepare = strip_markup if markup else clean
    title = prepare(as_text(fields.get("title"), "title"))
    abstract = prepare(as_text(fields.get("abstract"), "abstract"))
    if not (_SAYS.search(title) or _SAYS.search(abstract)):
        raise ValueError("neither title nor abstract")
    url = clean(as_text(fields.get("url"), "url")) or None
    doi = find_doi(as_text(fields.get("doi"), "doi"))
    arxiv = find_arxiv(as_text(fields.get("arxiv"), "arxiv"), bare=True) or find_arxiv(f"{doi or ''} {url or ''}")
    return Paper(
        id=clean(as_text(fields.get("id"), "id")) or derived_id(title, abstract, doi, arxiv),
        title=title,
        abstract=abstract,
        authors=as_authors(fields.get("authors")),
        year=find_year(fields.get("year")),
        venue=prepare(as_text(fields.get("venue"), "venue")) or None,
        doi=doi,
        arxiv=arxiv,
        url=url,
    )


def derived_id(title: str, abstract: str, doi: str | None, arxiv: str | None) -> str:
    """An id from what identifies a paper, best first."""
    if doi:
        return f"doi:{doi}"
    if arxiv:
        return f"arxiv:{arxiv}"
    content = f"{title_key(title)}\n{letters(abstract)}"
    return f"p-{hashlib.sha256(content.encode('utf8')).hexdigest()[:12]}"


def as_text(value: object, field: str) -> str:
    """A value as text: a number by its digits, the first of several titles, several paragraphs joined.

    Raises ValueError where the value is no text (an object, true or false).
    """
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if value == value // 1 and abs(value) < 10**18 else str(value)[:100]
    if isinstance(value, list | tuple):
        parts = [text for item in value if (text := as_text(item, field))]
        return " ".join(parts) if field == "abstract" else "".join(parts[:1])
    if isinstance(value, Mapping) and field in ("venue", "url"):
        return as_text(value.get("name") or value.get("displayName") or value.get("url"), field)
    raise ValueError(f"{field} is no text but {type(value).__name__}")


def as_authors(value: object) -> tuple[str, ...]:
    """Names from a list (of names, or of objects with a name) or from one string.

    A string is split at semicolons or bars, else at ' and ', else at commas where each part is a full name.

    >>> as_authors("Jane Doe, Li Wei and X. Y. Zhao"), as_authors("Doe, Jane")
    (('Jane Doe', 'Li Wei', 'X. Y. Zhao'), ('Doe, Jane',))
    """
    if isinstance(value, str):
        return tuple(name for part in _split_names(value) if (name := clean(part)))
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list | tuple):
        return ()
    return tuple(name for item in value if (name := clean(_author_name(item))))


def find_year(value: object) -> int | None:
    """The year of a number, a date in any writing, or Crossref's {"date-parts": [[2020, 1, 1]]}."""
    if isinstance(value, Mapping):
        value = value.get("date-parts") or value.get("year")
    while isinstance(value, list | tuple) and value:
        value = value[0]
    if value is None or isinstance(value, list | tuple | Mapping):
        return None
    match = _YEAR.search(str(value)[:100])
    return int(match.group()) if match else None


def find_doi(text: str) -> str | None:
    """The DOI in a text or link, in lower case (DOIs ignore case), without trailing punctuation."""
    match = _DOI.search(text)
    return clean(match.group()).rstrip(".,;:)]}").lower() or None if match else None


def find_arxiv(text: str, *, bare: bool = False) -> str | None:
    """The arXiv id in a text, without its version; unless `bare`, only after 'arXiv:', 'arxiv.' or 'arxiv.org/abs/'.

    >>> find_arxiv("https://arxiv.org/abs/2401.00001v2"), find_arxiv("hep-th/9901001", bare=True)
    ('2401.00001', 'hep-th/9901001')
    """
    place = _ARXIV_PLACE.search(text)
    if place is None and not bare:
        return None
    match = _ARXIV.match(text, place.end()) if place else _ARXIV.search(text)
    return match.group(1) if match else None


def _split_names(text: str) -> Iterable[str]:
    if ";" in text or "|" in text:
        return re.split(r"[;|]", text)
    parts = re.split(r",?\s+(?:and|&)\s+", text)
    pieces = [piece for part in parts for piece in part.split(",")]
    if all(len(piece.split()) > 1 for piece in pieces):
        return pieces
    return parts


def _author_name(item: object) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, Mapping):
        return ""
    nested = item.get("author")
    if isinstance(nested, Mapping):
        return _author_name(nested)
    name = item.get("name") or item.get("display_name") or item.get("displayName") or item.get("literal")
    if isinstance(name, str):
        return name
    parts = [item.get("given") or item.get("first") or item.get("firstName"), item.get("family") or item.get("last")]
    return " ".join(part for part in parts if isinstance(part, str))
