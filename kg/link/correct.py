"""Corrections of a person applied to what was linked: entities first, in the order of ACTIONS, then facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.link.cluster import Cluster
from kg.link.curation import ACTIONS, Curation, Row
from kg.link.facts import noisy_or
from kg.link.mint import mint_keys
from kg.link.names import read_name
from kg.model import Evidence, Fact, Merge, Paper, Rejection
from kg.schema import Schema
from kg.sentences import sentence_spans


@dataclass(slots=True, eq=False)
class _Draft:
    """An entity while it is corrected: the clusters that it is made of, by the key that each had."""

    parts: dict[str, Cluster]
    type: str | None = None
    label: str | None = None
    reasons: list[Merge] = field(default_factory=list)


class _UnfitError(Exception):
    """A row that does not fit what was linked."""


def correct_clusters(clusters: Sequence[Cluster], curation: Curation) -> tuple[list[Cluster], list[Rejection]]:
    """The corrected clusters, and the rows that do not fit: unknown or ambiguous names, conflicts, no effect.

    Rows are applied action by action (merge, split, retype, rename, reject), each action in the order of the file.
    """
    drafts = _Drafts(clusters)
    problems: list[Rejection] = []
    for row in sorted(curation.rows, key=lambda row: ACTIONS.index(row.action)):
        if row.action == "assert" or row.relation:
            continue
        try:
            drafts.apply(row, curation.source)
        except _UnfitError as error:
            problems.append(Rejection(source=curation.source, line=row.line, reason=str(error)))
    return drafts.finished(), problems


def correct_facts(
    facts: Sequence[Fact],
    clusters: Sequence[Cluster],
    papers: Mapping[str, Paper],
    curation: Curation,
    schema: Schema,
) -> tuple[tuple[Fact, ...], list[Rejection]]:
    """The facts without those rejected and with those asserted, sorted by triple, and the rows that do not fit."""
    drafts = _Drafts(clusters)
    known = {(fact.head, fact.relation, fact.tail): fact for fact in facts}
    problems: list[Rejection] = []
    for row in sorted(curation.rows, key=lambda row: ACTIONS.index(row.action)):
        if not row.relation:
            continue
        try:
            triple, names = drafts.triple(row, schema)
            if row.action == "assert":
                item = _asserted(row, names, papers)
                before = known[triple].evidence if triple in known else ()
                evidence = tuple(sorted({*before, item}))
                score = noisy_or((e.paper, e.score) for e in evidence)
                known[triple] = Fact(head=triple[0], relation=triple[1], tail=triple[2], evidence=evidence, score=score)
            elif triple in known:
                _take_away(known, triple, row.paper)
            else:
                raise _UnfitError(f"no such fact: {row.entity} {row.relation} {row.value}")
        except _UnfitError as error:
            problems.append(Rejection(source=curation.source, line=row.line, reason=str(error)))
    return tuple(known[triple] for triple in sorted(known)), problems


class _Drafts:
    """Entities under correction, found by key or name."""

    def __init__(self, clusters: Sequence[Cluster]) -> None:
        self._keys = mint_keys(clusters)
        self._drafts = [_Draft({key: cluster}) for key, cluster in zip(self._keys, clusters, strict=True)]
        self._by_key = dict(zip(self._keys, self._drafts, strict=True))
        self._names: dict[str, list[str]] = {}  # folded name -> keys; of the canonical name and the forms
        self._canonical: dict[str, list[str]] = {}
        for key, cluster in zip(self._keys, clusters, strict=True):
            own = {read_name(cluster.canonical).light, *([read_name(cluster.label).light] if cluster.label else [])}
            for light in own:
                self._canonical.setdefault(light, []).append(key)
            for light in own | {read_name(form).light for form in (*cluster.names, *cluster.short_forms)}:
                self._names.setdefault(light, []).append(key)

    def apply(self, row: Row, source: str) -> None:
        draft = self.find(row.entity)
        if row.action == "merge":
            self._merge(draft, row, source)
        elif row.action == "split":
            self._split(draft, row)
        elif row.action == "retype":
            if draft.type not in (None, row.value):
                raise _UnfitError(f"{row.entity} is retyped to {draft.type} already")
            draft.type = row.value
        elif row.action == "rename":
            if draft.label not in (None, row.value):
                raise _UnfitError(f"{row.entity} is renamed to {draft.label!r} already")
            draft.label = row.value
        elif row.paper:
            self._take(draft, row)
        else:
            draft.parts = {}

    def find(self, name: str) -> _Draft:
        """The entity called `name`. Raises _UnfitError where none is, or several are."""
        if name in self._by_key:
            found = [name]
        else:
            kind, colon, rest = name.partition(":")
            light = read_name(rest if colon and rest else name).light
            found = self._canonical.get(light) or self._names.get(light) or []
            if colon:
                found = [key for key in found if key.startswith(f"{kind.casefold()}/")] or found
        drafts = list(dict.fromkeys(id(self._by_key[key]) for key in found if self._by_key[key].parts))
        if not drafts:
            raise _UnfitError(f"no entity is called {name!r}")
        if len(drafts) > 1:
            raise _UnfitError(
                f"{name!r} is the name of several entities; use one of the keys {', '.join(sorted(found))}"
            )
        return next(self._by_key[key] for key in found if id(self._by_key[key]) == drafts[0])

    def triple(self, row: Row, schema: Schema) -> tuple[tuple[str, str, str], tuple[list[str], list[str]]]:
        """The keys of a fact, ordered where the relation is symmetric, and the forms of its ends."""
        ends = []
        for name in (row.entity, row.value):
            ((key, cluster),) = self.find(name).parts.items()
            ends.append((key, cluster))
        if not schema.permits(ends[0][1].type, row.relation, ends[1][1].type):
            raise _UnfitError(f"{row.relation} may not join {ends[0][1].type} and {ends[1][1].type}")
        if schema.relations[row.relation].symmetric:
            ends.sort(key=lambda end: end[0])
        forms = ([*end[1].names, *sorted(end[1].short_forms)] for end in ends)
        return (ends[0][0], row.relation, ends[1][0]), (next(forms), next(forms))

    def finished(self) -> list[Cluster]:
        done = [_whole(draft) for draft in self._drafts if draft.parts]
        return sorted(done, key=lambda c: (c.type, c.canonical, c.members))

    def _merge(self, draft: _Draft, row: Row, source: str) -> None:
        other = self.find(row.value)
        if other is draft:
            raise _UnfitError(f"{row.entity} and {row.value} are one entity already")
        for key, cluster in other.parts.items():
            draft.parts[key] = cluster
            draft.reasons += [
                Merge(paper=member[0], entity=member[1], form=name, reason=f"merged in {source}:{row.line}", score=1.0)
                for member, name in zip(cluster.members, cluster.names, strict=True)
            ]
        draft.reasons += other.reasons
        for key in [key for key, found in self._by_key.items() if found is other]:
            self._by_key[key] = draft
        other.parts = {}

    def _split(self, draft: _Draft, row: Row) -> None:
        """What a merge joined leaves as it came; else the members with that name, or of that paper, leave."""
        light = read_name(row.value).light if row.value else None
        parts = [
            key
            for key, cluster in list(draft.parts.items())[1:]
            if row.value == key or (light == read_name(cluster.canonical).light and not row.paper)
        ]
        if parts:
            cluster = draft.parts.pop(parts[0])
            draft.reasons = [r for r in draft.reasons if (r.paper, r.entity) not in cluster.members]
            self._add(cluster, parts[0])
            return
        left = self._take(draft, row)
        self._add(replace(left, canonical=read_name(row.value).readable if row.value else left.canonical))

    def _add(self, cluster: Cluster, key: str | None = None) -> None:
        draft = _Draft({key or f"split {len(self._drafts)}": cluster})
        self._drafts.append(draft)
        if key:
            self._by_key[key] = draft

    def _take(self, draft: _Draft, row: Row) -> Cluster:
        """Take the members of the row's paper and name out of the draft."""
        light = read_name(row.value).light if row.value else None
        for key, cluster in draft.parts.items():
            leaving = {
                member
                for member, name in zip(cluster.members, cluster.names, strict=True)
                if (not row.paper or member[0] == row.paper) and (light is None or read_name(name).light == light)
            }
            if leaving:
                draft.parts[key] = _only(cluster, [m for m in cluster.members if m not in leaving])
                if not draft.parts[key].members:
                    del draft.parts[key]
                return _only(cluster, sorted(leaving))
        raise _UnfitError(
            f"{row.entity} has no member {' of paper '.join(part for part in (row.value, row.paper) if part)}"
        )


def _only(cluster: Cluster, members: Sequence[tuple[str, str]]) -> Cluster:
    """The part of a cluster with these members."""
    kept = set(members)
    names = dict(zip(cluster.members, cluster.names, strict=True))
    merges = tuple(m for m in cluster.merges if (m.paper, m.entity) in kept) if len(kept) > 1 else ()
    return replace(cluster, members=tuple(members), names=tuple(names[member] for member in members), merges=merges)


def _whole(draft: _Draft) -> Cluster:
    first = next(iter(draft.parts.values()))
    named = sorted((m, n) for c in draft.parts.values() for m, n in zip(c.members, c.names, strict=True))
    return replace(
        first,
        type=draft.type or first.type,
        label=draft.label or first.label,
        members=tuple(member for member, _ in named),
        names=tuple(name for _, name in named),
        merges=tuple(sorted({*draft.reasons, *(merge for c in draft.parts.values() for merge in c.merges)})),
        called=frozenset().union(*(c.called for c in draft.parts.values())),
        short_forms=frozenset().union(*(c.short_forms for c in draft.parts.values())),
    )


def _asserted(row: Row, names: Iterable[Sequence[str]], papers: Mapping[str, Paper]) -> Evidence:
    """Where the paper states the fact: the quote of the row, or the first sentence that names both ends."""
    paper = papers.get(row.paper)
    if paper is None:
        raise _UnfitError(f"no paper has the id {row.paper!r}")
    text = paper.text
    if row.quote:
        start = text.find(row.quote)
        if start < 0:
            raise _UnfitError(f"the quote does not stand in paper {row.paper}")
        return Evidence(paper=paper.id, start=start, end=start + len(row.quote), quote=row.quote, score=1.0)
    heads, tails = names
    for span in sentence_spans(text):
        quote = text[span.start : span.end]
        if any(name in quote for name in heads) and any(name in quote for name in tails):
            return Evidence(paper=paper.id, start=span.start, end=span.end, quote=quote, score=1.0)
    raise _UnfitError(f"no sentence of paper {row.paper} names both {row.entity} and {row.value}; give the quote")


def _take_away(known: dict[tuple[str, str, str], Fact], triple: tuple[str, str, str], paper: str) -> None:
    fact = known[triple]
    kept = tuple(item for item in fact.evidence if paper and item.paper != paper)
    if len(kept) == len(fact.evidence):
        raise _UnfitError(f"paper {paper} does not state that fact")
    if kept:
        known[triple] = replace(fact, evidence=kept, score=noisy_or((e.paper, e.score) for e in kept))
    else:
        del known[triple]
