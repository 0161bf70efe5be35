"""PubMed XML (https://dtd.nlm.nih.gov): PubmedArticleSet as downloaded, or MedlineCitationSet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kg.model import Paper
from kg.read.fields import make_paper
from kg.read.source import Reject
from kg.read.xml_records import child, children, elements, local_name, text_of


def read(stream: BinaryIO, *, source: str, reject: Reject) -> Iterator[tuple[int | None, Paper]]:
    """Papers of PubMed articles; ids are `pmid:` and the number.

    The sections of a structured abstract are joined without their headings; brackets of a translated title go.
    """
    for line, element in elements(stream, ("PubmedArticle", "MedlineCitation", "PubmedBookArticle"), reject):
        try:
            yield line, _paper(element)
        except ValueError as error:
            reject(line, str(error))


def _paper(element: etree._Element) -> Paper:
    citation = element if local_name(element) == "MedlineCitation" else child(element, "MedlineCitation")
    article = child(citation, "Article") if citation is not None else None
    if citation is None or article is None:
        raise ValueError("no article in it (books are not read)")
    title = text_of(child(article, "ArticleTitle")).strip()
    if title.startswith("[") and title.rstrip(".").endswith("]"):
        title = title.rstrip(".")[1:-1]
    pmid = text_of(child(citation, "PMID")).strip()
    date = child(article, "Journal", "JournalIssue", "PubDate")
    fields = {
        "id": f"pmid:{pmid}" if pmid else None,
        "title": title,
        "abstract": [text_of(part) for part in children(child(article, "Abstract"), "AbstractText")],
        "authors": [_name(author) for author in children(child(article, "AuthorList"), "Author")],
        "year": text_of(date) or text_of(child(article, "ArticleDate", "Year")),
        "venue": text_of(child(article, "Journal", "Title")),
        "doi": _doi(element, article),
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else None,
    }
    return make_paper(fields, markup=True)


def _doi(element: etree._Element, article: etree._Element) -> str:
    places = [
        *((item, "EIdType") for item in children(article, "ELocationID")),
        *((item, "IdType") for item in children(child(element, "PubmedData", "ArticleIdList"), "ArticleId")),
    ]
    return next((text_of(item) for item, kind in places if item.get(kind) == "doi"), "")


def _name(author: etree._Element) -> str:
    given = text_of(child(author, "ForeName")) or text_of(child(author, "Initials"))
    return f"{given} {text_of(child(author, 'LastName'))}".strip() or text_of(child(author, "CollectiveName"))
