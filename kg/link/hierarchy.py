"""Broader terms read off the names: a 'sparse autoencoder' is a kind of autoencoder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kg.link.facts import noisy_or
from kg.link.names import HEADS, read_name
from kg.model import Entity, Fact

_RELATION = "subtypeOf"
_TRUST = 0.9  # of ten names that end in the name of another, nine name a kind of it
_MIN_PAPERS = 2  # a broader term is one that several papers use
_TYPES = ("Method", "Metric", "Task")  # a data set's name is proper: its parts say nothing of what it is
_FUNCTION_WORDS = frozenset(
    ("and", "as", "at", "between", "by", "for", "from", "in", "of", "on", "or", "over", "the", "through", "to", "under")
)
_NO_KIND = frozenset(("anti", "fake", "no", "non", "not", "pseudo", "quasi", "without"))
_GENERIC = frozenset(word for sets in HEADS.values() for heads in sets for word in heads) | {"learning", "training"}


def infer_subtypes(entities: Iterable[Entity], facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The `subtypeOf` facts that names give and `facts` lack, sorted by triple, each marked as inferred.

    A name is set under the longest other name of its type that it ends in, behind a space. The evidence is what
    mentions the narrower entity. Together with what papers state, the hierarchy has no cycle.
    """
    known = sorted(entities, key=lambda entity: entity.id)
    stated = [fact for fact in facts if fact.relation in (_RELATION, "mentions") and fact.status == "asserted"]
    mentions: dict[str, list[Fact]] = {}
    broader: dict[str, set[str]] = {}
    for fact in stated:
        if fact.relation == _RELATION:
            broader.setdefault(fact.head, set()).add(fact.tail)
        else:
            mentions.setdefault(fact.tail, []).append(fact)
    names = _names(known)
    inferred = []
    for entity in known:
        target = _broader(entity, names)
        evidence = tuple(sorted(item for fact in mentions.get(entity.id, ()) for item in fact.evidence))
        if (
            target is None
            or not evidence
            or _reaches(broader, target, entity.id)
            or _reaches(broader, entity.id, target)
        ):
            continue
        broader.setdefault(entity.id, set()).add(target)
        items = tuple(replace(item, score=round(item.score * _TRUST, 4)) for item in evidence)
        score = min(_TRUST, noisy_or((item.paper, item.score) for item in items))
        inferred.append(
            Fact(head=entity.id, relation=_RELATION, tail=target, evidence=items, score=score, inferred=True)
        )
    return tuple(sorted(inferred, key=lambda fact: (fact.head, fact.tail)))


def _names(entities: Iterable[Entity]) -> dict[tuple[str, str], str]:
    """(type, folded name) of what can be a broader term, with its entity."""
    found: dict[tuple[str, str], str] = {}
    for entity in entities:
        if entity.type in _TYPES and len({paper for paper, _ in entity.members}) >= _MIN_PAPERS:
            name = read_name(entity.label)
            if not set(name.words) <= _GENERIC:
                found.setdefault((entity.type, name.light), entity.id)
    return found


def _broader(entity: Entity, names: Mapping[tuple[str, str], str]) -> str | None:
    words = entity.label.split()
    for cut in range(1, len(words)):
        if words[cut - 1].casefold() in _FUNCTION_WORDS | _NO_KIND:
            return None
        target = names.get((entity.type, read_name(" ".join(words[cut:])).light))
        if target is not None and target != entity.id:
            return target
    return None


def _reaches(broader: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether `goal` is `start` or above it."""
    todo, seen = [start], {start}
    while todo:
        node = todo.pop()
        if node == goal:
            return True
        for above in broader.get(node, ()):
            if above not in seen:
                seen.add(above)
                todo.append(above)
    return False
