"""Entities under correction: found by what a person calls them, joined, taken apart, and whole again at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.keys import entity_key
from kg.link.cluster import Cluster
from kg.link.curation import Curation, Row
from kg.link.mint import mint_keys, moved_keys
from kg.link.names import read_name
from kg.model import Merge
from kg.schema import load_schema


class UnfitError(Exception):
    """A row that does not fit what was linked; `conflict` where another row is in its way."""

    def __init__(self, reason: str, *, conflict: bool = False) -> None:
        super().__init__(reason)
        self.conflict = conflict


@dataclass(slots=True, eq=False)
class Draft:
    """A cluster under correction, None once all of it has left; of an entity of several, the first says what it is."""

    key: str
    cluster: Cluster | None
    type: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class _Join:
    """A row that merged: the entity of `other` joined that of `one`."""

    one: Draft
    other: Draft
    reason: str


class Drafts:
    """All entities under correction."""

    def __init__(self, clusters: Sequence[Cluster], curation: Curation | None = None) -> None:
        keys = mint_keys(clusters)
        self._drafts = {key: Draft(key, cluster) for key, cluster in zip(keys, clusters, strict=True)}
        self._joins: list[_Join] = []
        self._reasons: dict[str, list[str]] = {}  # key of a draft -> why it joined others
        self._heads: dict[str, Draft] = {}  # key -> the draft that the entity is called by, where it is another
        self._parts: dict[str, list[Draft]] = {}  # key of such a head -> all drafts of its entity, in order
        self._moved = moved_keys(clusters, keys)
        self._rejected: dict[str, Row] = {}  # key, or folded name that is nobody's -> row
        self._labels: dict[str, str] = {}  # folded new name -> what the row that gives it calls the entity
        for row in (curation or Curation()).rows:
            if row.action == "rename":
                self._labels[read_name(row.value).light] = row.entity
            elif row.action == "reject" and not row.relation and not row.paper:
                self._rejected[row.entity] = row
        self._names: dict[str, list[str]] = {}  # folded name -> keys; of the canonical name and the forms
        self._canonical: dict[str, list[str]] = {}
        for draft in self._drafts.values():
            self._index(draft.key, draft.cluster)

    def _index(self, key: str, cluster: Cluster | None) -> None:
        if cluster is None:
            return
        own = {read_name(name).light for name in (_called(cluster), cluster.label or "") if name}
        for light in own:
            self._canonical.setdefault(light, []).append(key)
        for light in own | {read_name(form).light for form in (*cluster.names, *cluster.short_forms)}:
            self._names.setdefault(light, []).append(key)
        for kind in load_schema().types:  # its key where a correction changes its type
            other = entity_key(kind, cluster.canonical)
            if other not in self._drafts and key not in self._moved.setdefault(other, []):
                self._moved[other].append(key)

    def find(self, name: str) -> tuple[Draft, Draft]:
        """The draft called `name` and the one that its entity is called by.

        Raises UnfitError where none is called so, or several entities are.
        """
        found = self._known(name)
        if not found and (light := read_name(name).light) in self._labels:
            found = self._known(self._labels[light])
        heads = {self._head(key).key: key for key in reversed(found) if self._whole(self._head(key))}
        if not heads:
            if row := self._rejected.get(name):
                raise UnfitError(f"{name!r} is rejected by line {row.line}", conflict=True)
            raise UnfitError(f"no entity is called {name!r}")
        if len(heads) > 1:
            raise UnfitError(
                f"{name!r} is the name of several entities; use one of the keys {', '.join(sorted(heads))}"
            )
        ((head, key),) = heads.items()
        return self._drafts[key], self._drafts[head]

    def _known(self, name: str) -> list[str]:
        """The keys of what is called `name`, canonical names before others."""
        if name in self._drafts:
            return [name]
        if name in self._moved:
            return self._moved[name]
        kind, colon, rest = name.partition(":")
        light = read_name(rest if colon and rest else name).light
        found = self._canonical.get(light) or self._names.get(light) or []
        if colon:
            found = [key for key in found if key.startswith(f"{kind.casefold()}/")] or found
        return found

    def _head(self, key: str) -> Draft:
        return self._heads.get(key, self._drafts[key])

    def _whole(self, head: Draft) -> list[Draft]:
        """The drafts of an entity that have members."""
        return [part for part in self._parts.get(head.key, [head]) if part.cluster]

    def apply(self, row: Row, source: str) -> None:
        """Do what the row says. Raises UnfitError where it does not fit."""
        draft, head = self.find(row.entity)
        if row.action == "merge":
            other, other_head = self.find(row.value)
            if other_head is not head:  # else it is so already
                self._joins.append(_Join(draft, other, f"merged in {source}:{row.line}"))
                self._settle()
        elif row.action == "split":
            self._split(draft, head, row)
        elif row.action == "retype":
            if head.type not in (None, row.value):
                raise UnfitError(f"{row.entity} is retyped to {head.type} already", conflict=True)
            head.type = row.value
        elif row.action == "rename":
            if head.label not in (None, row.value):
                raise UnfitError(f"{row.entity} is renamed to {head.label!r} already", conflict=True)
            head.label = row.value
        elif row.paper:
            self._take(head, row)
        elif draft is not head:
            raise UnfitError(f"{row.entity} is merged into {head.key}; undo that, or reject {head.key}", conflict=True)
        else:
            for part in self._whole(head):
                part.cluster = None

    def finished(self) -> list[Cluster]:
        """The corrected clusters, sorted by type, canonical name and members."""
        heads = [draft for draft in self._drafts.values() if self._head(draft.key) is draft and self._whole(draft)]
        return sorted(map(self.whole, heads), key=lambda c: (c.type, c.canonical, c.members))

    def whole(self, head: Draft) -> Cluster:
        """The cluster of an entity with all that joined it."""
        parts = self._whole(head)
        united = _union([part.cluster for part in parts if part.cluster])
        reasons = {
            Merge(paper=member[0], entity=member[1], form=name, reason=reason, score=1.0)
            for part in parts
            for reason in self._reasons.get(part.key, ())
            if part.cluster
            for member, name in zip(part.cluster.members, part.cluster.names, strict=True)
        }
        merges = tuple(sorted(reasons.union(united.merges)))
        return replace(united, type=head.type or united.type, label=head.label or united.label, merges=merges)

    def _settle(self) -> None:
        """Join what the rows join, anew and in their order, so that a join that was taken back leaves no trace."""
        self._heads, self._parts, self._reasons = {}, {}, {}
        for join in self._joins:
            head, other = self._head(join.one.key), self._head(join.other.key)
            joining = self._parts.pop(other.key, [other]) if other is not head else []
            self._parts.setdefault(head.key, [head]).extend(joining)
            self._heads.update((part.key, head) for part in joining)
            self._reasons.setdefault(join.other.key, []).append(join.reason)

    def _split(self, draft: Draft, head: Draft, row: Row) -> None:
        """What a row merged leaves as it came; else the members with that name, or of that paper, leave."""
        other = None if row.paper else self._part_called(row.value, head)
        if other is not None and other is not draft:
            both = {draft.key, other.key}
            kept = [join for join in self._joins if {join.one.key, join.other.key} != both]
            if len(kept) == len(self._joins):  # joined by way of others: it leaves them all
                leaving = draft if other is head else other
                kept = [join for join in self._joins if leaving not in (join.one, join.other)]
            self._joins = kept
            self._settle()
            return
        taken = self._take(head, row)
        first = replace(_union(taken), canonical=_name_apart(row, taken[0], head))
        split = Draft(entity_key(first.type, first.canonical), first)
        if split.key in self._drafts:
            split.key += f"-{len(self._drafts)}"
        self._drafts[split.key] = split
        self._index(split.key, first)

    def _part_called(self, name: str, head: Draft) -> Draft | None:
        """The part of a merged entity with this key or canonical name, the last that joined first."""
        light = read_name(name).light
        keys = {name, *self._moved.get(name, ())}
        for part in reversed(self._parts.get(head.key, [])):
            if part.key in keys or (part.cluster and read_name(_called(part.cluster)).light == light):
                return part
        return None

    def _take(self, head: Draft, row: Row) -> list[Cluster]:
        """Take the members of the row's paper and name out of the entity; what they are of each of its parts."""
        light = read_name(row.value).light if row.value else None
        taken = []
        for part in self._whole(head):
            cluster = part.cluster
            leaving = {
                member
                for member, name in (zip(cluster.members, cluster.names, strict=True) if cluster else ())
                if (not row.paper or member[0] == row.paper) and (light is None or read_name(name).light == light)
            }
            if cluster and leaving:
                taken.append(_only(cluster, sorted(leaving)))
                rest = [member for member in cluster.members if member not in leaving]
                part.cluster = _only(cluster, rest) if rest else None
        if not taken:
            what = " of paper ".join(value for value in (row.value, row.paper) if value)
            raise UnfitError(f"{row.entity} has no member {what}")
        return taken


def _called(cluster: Cluster) -> str:
    return cluster.canonical.partition("\n")[0]


def _union(clusters: Sequence[Cluster]) -> Cluster:
    """The clusters as one, which is called as the first."""
    named = sorted((m, n) for c in clusters for m, n in zip(c.members, c.names, strict=True))
    return replace(
        clusters[0],
        members=tuple(member for member, _ in named),
        names=tuple(name for _, name in named),
        merges=tuple(sorted({merge for c in clusters for merge in c.merges})),
        called=frozenset().union(*(c.called for c in clusters)),
        short_forms=frozenset().union(*(c.short_forms for c in clusters)),
    )


def _only(cluster: Cluster, members: Sequence[tuple[str, str]]) -> Cluster:
    """The part of a cluster with these members."""
    kept = set(members)
    names = dict(zip(cluster.members, cluster.names, strict=True))
    merges = tuple(m for m in cluster.merges if (m.paper, m.entity) in kept) if len(kept) > 1 else ()
    return replace(cluster, members=tuple(members), names=tuple(names[member] for member in members), merges=merges)


def _name_apart(row: Row, taken: Cluster, left: Draft) -> str:
    """The canonical name of what leaves; what stays is called by its commonest other name where that is its own."""
    name = read_name(row.value).readable if row.value else taken.canonical
    cluster = left.cluster
    if cluster is None or cluster.canonical != name:
        return name
    others = Counter(read_name(form).readable for form in cluster.names)
    if row.value and not row.paper and others:
        left.cluster = replace(cluster, canonical=min(others, key=lambda other: (-others[other], other)))
        return name
    return f"{name}\nof {row.paper}"  # no name has a line break, so this is nobody else's
