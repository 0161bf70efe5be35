"""arXiv: the Atom feed of its API, and OAI-PMH answers in the arXiv, arXivRaw and oai_dc forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kg.model import Paper
from kg.read.fields import as_authors, find_arxiv, find_doi, make_paper
from kg.read.source import Reject
from kg.read.xml_records import child, children, elements, local_name, text_of


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of an Atom feed or OAI-PMH answer; ids are `arxiv:` and the id without its version.

    OAI records marked as deleted are passed over.
    """
    for line, element in elements(stream, ("entry", "record"), reject):
        header = child(element, "header")
        if header is not None and header.get("status") == "deleted":
            continue
        try:
            yield line, _atom(element) if local_name(element) == "entry" else _oai(element)
        except ValueError as error:
            reject(line, str(error))


def _atom(entry: etree._Element) -> Paper:
    link = text_of(child(entry, "id"))
    fields: dict[str, object] = {
        "title": text_of(child(entry, "title")),
        "abstract": text_of(child(entry, "summary")) or text_of(child(entry, "content")),
        "authors": [text_of(child(author, "name")) for author in children(entry, "author")],
        "year": text_of(child(entry, "published")) or text_of(child(entry, "updated")),
        "venue": text_of(child(entry, "journal_ref")),
        "doi": text_of(child(entry, "doi")),
        "arxiv": find_arxiv(link),
        "url": link,
    }
    return _named(fields, link)


def _oai(record: etree._Element) -> Paper:
    metadata = child(record, "metadata")
    form = next((inner for inner in metadata if local_name(inner)), None) if metadata is not None else None
    if form is None:
        raise ValueError("record without metadata")
    fields = _dublin_core(form) if local_name(form) == "dc" else _arxiv_form(form)
    return _named(fields, text_of(child(record, "header", "identifier")))


def _arxiv_form(form: etree._Element) -> dict[str, object]:
    authors = child(form, "authors")
    names = [
        " ".join(filter(None, (text_of(child(author, name)) for name in ("forenames", "keyname", "suffix"))))
        for author in children(authors, "author")
    ]
    version = child(form, "version")
    return {
        "title": text_of(child(form, "title")),
        "abstract": text_of(child(form, "abstract")),
        "authors": names or as_authors(text_of(authors)),
        "year": text_of(child(form, "created")) or text_of(child(version, "date") if version is not None else None),
        "venue": text_of(child(form, "journal-ref")),
        "doi": text_of(child(form, "doi")),
        "arxiv": text_of(child(form, "id")),
    }


def _dublin_core(form: etree._Element) -> dict[str, object]:
    identifiers = " ".join(text_of(item) for item in children(form, "identifier"))
    descriptions = [text_of(item) for item in children(form, "description")]
    return {
        "title": text_of(child(form, "title")),
        "abstract": next((text for text in descriptions if not text.strip().startswith("Comment:")), ""),
        "authors": [text_of(item) for item in children(form, "creator")],
        "year": text_of(child(form, "date")),
        "doi": find_doi(identifiers.replace("doi:", " ")),
        "arxiv": find_arxiv(identifiers),
        "url": next((text for text in identifiers.split() if text.startswith("http")), None),
    }


def _named(fields: dict[str, object], identifier: str) -> Paper:
    """The paper under its arXiv id where it has one, else under the identifier of its record."""
    arxiv = find_arxiv(str(fields["arxiv"] or ""), bare=True) or find_arxiv(identifier)
    return make_paper({**fields, "arxiv": arxiv, "id": f"arxiv:{arxiv}" if arxiv else identifier})
