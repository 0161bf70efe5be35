"""Corrections as statements about two entities: which are the same, which are not, and which fact joins them or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.keys import entity_key
from kg.link.cluster import Cluster
from kg.link.curation import Curation, Row
from kg.link.drafts import Draft, Drafts, UnfitError
from kg.link.names import read_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a row says of two entities, named by the keys that they have without corrections.

    `relation` is None where it says that they are one, or with `negated` that they are not.
    """

    subject: str
    subject_name: str
    subject_type: str
    relation: str | None
    negated: bool
    object: str
    object_name: str
    object_type: str
    comment: str


def statements(clusters: Sequence[Cluster], curation: Curation) -> tuple[list[Statement], list[Row]]:
    """What the rows state, in the order of the file, and the rows that state nothing of two entities.

    A row that fits nothing is among the latter, and so is a merge that a split takes back.
    """
    drafts = Drafts(clusters, curation)
    found: dict[Row, Statement] = {}
    for row in curation.rows:
        statement = _statement(drafts, row)
        if statement:
            found[row] = statement
    apart = {frozenset((s.subject, s.object)) for s in found.values() if s.negated and not s.relation}
    stated = {
        row: s for row, s in found.items() if s.negated or s.relation or frozenset((s.subject, s.object)) not in apart
    }
    return [*stated.values()], [row for row in curation.rows if row not in stated]


def _statement(drafts: Drafts, row: Row) -> Statement | None:
    """None for a row about one entity, or that does not fit."""
    if not row.value or not (row.relation or row.action in ("merge", "split")):
        return None
    try:
        subject, _ = drafts.find(row.entity)
        other = _named(drafts.find(row.value)[0]) if row.action != "split" else _leaving(drafts, subject, row)
    except UnfitError:
        return None
    key, name, kind = _named(subject)
    if other[0] == key:
        return None
    return Statement(
        subject=key,
        subject_name=name,
        subject_type=kind,
        relation=row.relation or None,
        negated=row.action in ("split", "reject"),
        object=other[0],
        object_name=other[1],
        object_type=other[2],
        comment=row.quote,
    )


def _named(draft: Draft) -> tuple[str, str, str]:
    cluster = draft.cluster
    assert cluster is not None  # noqa: S101  nothing has been taken away
    names = [name for name in cluster.names if read_name(name).readable == cluster.canonical]
    return draft.key, cluster.label or min(names, default=cluster.canonical), cluster.type


def _leaving(drafts: Drafts, subject: Draft, row: Row) -> tuple[str, str, str]:
    """What leaves: an entity of its own, else the key that the name makes."""
    try:
        other, _ = drafts.find(row.value)
    except UnfitError:
        other = subject
    if other is not subject:
        return _named(other)
    _, _, kind = _named(subject)
    return entity_key(kind, read_name(row.value).readable), row.value, kind


def obeyed(clusters: Sequence[Cluster], curation: Curation) -> list[tuple[Row, bool]]:
    """Each merge and split that fits, and whether linking by itself does what it says."""
    drafts = Drafts(clusters, curation)
    found = []
    for row in curation.rows:
        if row.action not in ("merge", "split"):
            continue
        try:
            part, head = drafts.find(row.entity)
            one = drafts.find(row.value)[1] is head if row.value else _has(part, row.paper)
        except UnfitError:
            if row.action == "split" and row.value:
                found.append((row, True))
            continue
        found.append((row, one == (row.action == "merge")))
    return found


def _has(draft: Draft, paper: str) -> bool:
    return draft.cluster is not None and any(member[0] == paper for member in draft.cluster.members)


def touched(clusters: Iterable[Cluster], corrected: Iterable[Cluster]) -> Mapping[tuple[str, str], str]:
    """The members of the corrected clusters that are not as they were linked, each with a name of its cluster."""
    before = {cluster.members for cluster in clusters}
    changed = [cluster for cluster in corrected if cluster.members not in before]
    return {member: str(number) for number, cluster in enumerate(changed) for member in cluster.members}
