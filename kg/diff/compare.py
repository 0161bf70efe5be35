"""Two sides compared: everything added, removed and changed, as sorted records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from kg.diff.lineage import Lineage, trace
from kg.diff.sides import EntityInfo, FactInfo, PaperInfo, ResultInfo, Side, Triple
from kg.schema import load_schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is new and what is gone. Lists are sorted by key or triple; facts count as the same through merges."""

    old: Side
    new: Side
    papers_added: tuple[PaperInfo, ...]
    papers_removed: tuple[PaperInfo, ...]
    papers_changed: tuple[PaperInfo, ...]
    added: tuple[EntityInfo, ...]
    removed: tuple[EntityInfo, ...]
    renamed: tuple[tuple[EntityInfo, EntityInfo], ...]  # before, after: another label, type or key
    grown: tuple[tuple[EntityInfo, EntityInfo], ...]  # before, after: other papers or names
    merged: tuple[tuple[tuple[EntityInfo, ...], EntityInfo], ...]  # what was several, what it is now
    split: tuple[tuple[EntityInfo, tuple[EntityInfo, ...]], ...]
    facts_added: tuple[Triple, ...]
    facts_removed: tuple[Triple, ...]
    facts_changed: tuple[tuple[Triple, Triple], ...]  # before, after: other papers, sentences or score
    results_added: tuple[str, ...]
    results_removed: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """The number of changes of each kind, in the order of the fields."""
        return {name: len(getattr(self, name)) for name in _LISTS}

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any(self.counts().values())


_LISTS = (
    "papers_added", "papers_removed", "papers_changed", "added", "removed", "renamed", "grown", "merged", "split",
    "facts_added", "facts_removed", "facts_changed", "results_added", "results_removed",
)  # fmt: skip


def compare(old: Side, new: Side) -> Difference:
    """What changed from `old` to `new`."""
    lineage = trace(old, new)
    merged, split, rekeyed = lineage.merged(), lineage.split(), lineage.rekeyed()
    heirs = {key for found in lineage.heirs.values() for key in found}
    same = {key: found[0] for key, found in lineage.heirs.items() if found == (key,) or key in rekeyed}
    pairs = [(old.entities[key], new.entities[other]) for key, other in sorted(same.items())]
    involved = {*merged, *(key for found in split.values() for key in found)}
    facts = _facts(old, new, lineage)
    before, after = _results(old, lineage.heirs), _results(new, {})
    stated = set(before.values()), set(after.values())
    both = old.papers.keys() & new.papers.keys()
    return Difference(
        old=old,
        new=new,
        papers_added=tuple(new.papers[key] for key in sorted(new.papers.keys() - both)),
        papers_removed=tuple(old.papers[key] for key in sorted(old.papers.keys() - both)),
        papers_changed=tuple(new.papers[key] for key in sorted(both) if _differ(old.papers[key], new.papers[key])),
        added=tuple(new.entities[key] for key in sorted(new.entities.keys() - old.entities.keys() - heirs)),
        removed=tuple(old.entities[key] for key, found in lineage.heirs.items() if not found),
        renamed=tuple((a, b) for a, b in pairs if (a.key, a.kind, a.label) != (b.key, b.kind, b.label)),
        grown=tuple((a, b) for a, b in pairs if b.key not in involved and (a.papers, a.names) != (b.papers, b.names)),
        merged=tuple((tuple(old.entities[k] for k in keys), new.entities[key]) for key, keys in merged.items()),
        split=tuple((old.entities[key], tuple(new.entities[k] for k in keys)) for key, keys in split.items()),
        facts_added=facts[0],
        facts_removed=facts[1],
        facts_changed=facts[2],
        results_added=tuple(key for key in sorted(new.results) if after[key] not in stated[0]),
        results_removed=tuple(key for key in sorted(old.results) if before[key] not in stated[1]),
    )


def _differ(a: PaperInfo, b: PaperInfo) -> bool:
    return (a.title, a.year) != (b.title, b.year)


def _facts(
    old: Side, new: Side, lineage: Lineage
) -> tuple[tuple[Triple, ...], tuple[Triple, ...], tuple[tuple[Triple, Triple], ...]]:
    """Added, removed and changed."""
    seen: set[Triple] = set()
    removed, changed = [], []
    for triple in sorted(old.facts):
        images = [image for image in _images(triple, lineage) if image in new.facts]
        seen.update(images)
        if not images:
            removed.append(triple)
        changed += [(triple, image) for image in images if _other(old.facts[triple], new.facts[image])]
    return tuple(key for key in sorted(new.facts) if key not in seen), tuple(removed), tuple(changed)


def _images(triple: Triple, lineage: Lineage) -> list[Triple]:
    """What the fact may be now: its ends may have other keys, or be several."""
    head, relation, tail = triple
    kind = load_schema().relations.get(relation)
    symmetric = kind is not None and kind.symmetric
    found = []
    for a, b in product(lineage.heirs.get(head, (head,)), lineage.heirs.get(tail, (tail,))):
        if symmetric and b < a:
            a, b = b, a
        found.append((a, relation, b))
    return found


def _other(a: FactInfo, b: FactInfo) -> bool:
    return (a.support, round(a.score, 4), a.quotes) != (b.support, round(b.score, 4), b.quotes)


def _results(side: Side, heirs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Any, ...]]:
    """What each result says, with its ends as they are called now: the key of a result depends on them."""
    return {key: _content(result, heirs) for key, result in side.results.items()}


def _content(result: ResultInfo, heirs: Mapping[str, tuple[str, ...]]) -> tuple[Any, ...]:
    slots = tuple((slot, heirs.get(key, (key,))) for slot, key in result.slots)
    return (result.value, slots, result.quotes)
