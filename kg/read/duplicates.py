"""Fold the records of one paper into one, whatever order they come in."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.model import Notice, Paper, ReadReport, Rejection
from kg.read.fields import letters, title_key


def deduplicate(papers: Iterable[Paper], report: ReadReport | None = None) -> list[Paper]:
    """The papers without duplicates, sorted by id; ids are unique among them.

    Records are one paper if they share the DOI, the arXiv id, or the folded title along with the first author's last
    name, the abstract or the id; sharing is transitive. The fullest record survives: the one with an abstract, then
    with the most fields, then the longest abstract, then the smallest id and fields; what it lacks comes from the next
    fullest. Each other record is added to `report` as a duplicate of it. A DOI or arXiv id that stands on three or more
    papers that differ in title and first author is that of a volume: it counts for nothing, and there is a notice.
    Different papers with one id are all kept: all but the first by their content get the id with a hash of it, and
    there is a notice.

    The last papers of the iterable are taken to stand at `report.places`, which `read_papers` fills.
    """
    records = list(papers)
    report = ReadReport() if report is None else report
    places: list[tuple[str, int | None]] = [("papers", None)] * (len(records) - len(report.places))
    places += report.places[max(0, len(report.places) - len(records)) :]
    groups = _groups(records, report)
    kept = _with_unique_ids([(_merged([records[index] for index in group]), group[0]) for group in groups])
    names = {index: paper.id for paper, index in kept}
    for group in groups:
        for index in sorted(group):
            _tell(report, records[index], names[group[0]], index == group[0], *places[index])
    return sorted((paper for paper, _ in kept), key=lambda paper: paper.id)


def keys_of(paper: Paper) -> Iterator[tuple[str, ...]]:
    """What identifies a paper: two records with a key in common are the same paper."""
    if paper.doi:
        yield "doi", paper.doi
    if paper.arxiv:
        yield "arxiv", paper.arxiv
    title, abstract = title_key(paper.title), letters(paper.abstract)
    if title:
        yield "id", paper.id, title
        if paper.authors:
            yield "author", title, last_name(paper.authors[0])
    if abstract or (title and not paper.authors):
        yield "text", title, abstract


def last_name(author: str) -> str:
    """The last name, without case and accents, of 'First Last' or 'Last, First'.

    >>> last_name("José García"), last_name("García, J.")
    ('garcia', 'garcia')
    """
    family = author.partition(",")[0] if "," in author else author.rpartition(" ")[2]
    plain = unicodedata.normalize("NFKD", family)
    return letters("".join(c for c in plain if not unicodedata.combining(c)))


def _groups(records: list[Paper], report: ReadReport) -> list[list[int]]:
    """The numbers of the records that are one paper, fullest record first; groups in order of their first record."""
    parent = list(range(len(records)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = index = parent[parent[index]]
        return index

    shared = _shared_identifiers(records, report)
    owner: dict[bytes, int] = {}
    for index, paper in enumerate(records):
        for key in keys_of(paper):
            if key not in shared:
                digest = hashlib.blake2b("\0".join(key).encode("utf8", "replace"), digest_size=12).digest()
                parent[root(index)] = root(owner.setdefault(digest, index))
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(records)):
        groups[root(index)].append(index)
    return [sorted(group, key=lambda index: _rank(records[index])) for group in groups.values()]


def _shared_identifiers(records: list[Paper], report: ReadReport) -> set[tuple[str, ...]]:
    """DOIs and arXiv ids of three or more papers that differ in title and first author: those of a whole volume."""
    carriers: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, paper in enumerate(records):
        for kind, value in (("doi", paper.doi), ("arxiv", paper.arxiv)):
            if value:
                carriers[kind, value].append(index)
    shared = set()
    for key, indexes in sorted(carriers.items()):
        if len(indexes) > 2:
            titles = {letters(records[index].title) for index in indexes}
            authors = {last_name(records[index].authors[0]) for index in indexes if records[index].authors}
            if min(len(titles), len(authors)) > 2:
                shared.add(key)
                reason = f"{' '.join(key)} stands on {len(indexes)} different papers; not taken for the id of one"
                report.notices.append(Notice(source="papers", line=None, reason=reason))
    return shared


def _rank(paper: Paper) -> tuple[bool, int, int, tuple[str, ...]]:
    fields = (paper.title, paper.authors, paper.year, paper.venue, paper.doi, paper.arxiv, paper.url)
    return not paper.abstract, -sum(bool(f) for f in fields), -len(paper.abstract), _content(paper)


def _content(paper: Paper) -> tuple[str, ...]:
    optional = (str(paper.year or ""), paper.venue or "", paper.doi or "", paper.arxiv or "", paper.url or "")
    return (paper.id, paper.title, paper.abstract, *optional, *paper.authors)


def _merged(group: list[Paper]) -> Paper:
    best, *others = group
    for other in others:
        best = replace(
            best,
            title=best.title or other.title,
            abstract=best.abstract or other.abstract,
            authors=best.authors or other.authors,
            year=best.year if best.year is not None else other.year,
            venue=best.venue or other.venue,
            doi=best.doi or other.doi,
            arxiv=best.arxiv or other.arxiv,
            url=best.url or other.url,
        )
    return best


def _with_unique_ids(papers: list[tuple[Paper, int]]) -> list[tuple[Paper, int]]:
    by_id: dict[str, list[tuple[Paper, int]]] = defaultdict(list)
    for item in papers:
        by_id[item[0].id].append(item)
    taken = set(by_id)
    kept: list[tuple[Paper, int]] = []
    for _, (first, *others) in sorted((i, sorted(g, key=lambda item: _content(item[0]))) for i, g in by_id.items()):
        kept.append(first)
        for paper, index in others:
            digest = hashlib.sha256("\0".join(_content(paper)).encode("utf8", "replace")).hexdigest()
            new = next(name for size in range(8, 65) if (name := f"{paper.id}~{digest[:size]}") not in taken)
            taken.add(new)
            kept.append((replace(paper, id=new), index))
    return kept


def _tell(report: ReadReport, paper: Paper, name: str, survived: bool, source: str, line: int | None) -> None:
    if not survived:
        reason = f"the same paper as {name}" + (f", which it calls {paper.id}" if paper.id != name else "")
        report.rejections.append(Rejection(source=source, line=line, reason=reason, kind="duplicate", of=name))
    elif paper.id != name:
        reason = f"another paper has the id {paper.id} too; this one is kept as {name}"
        report.notices.append(Notice(source=source, line=line, reason=reason))
