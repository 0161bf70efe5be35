"""Broader terms read off the names: a 'sparse autoencoder' is a kind of autoencoder."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import networkx as nx

from kg.link.facts import noisy_or
from kg.link.names import HEADS, read_name
from kg.model import Entity, Evidence, Fact

_RELATION = "subtypeOf"
_TRUST = 0.9  # of ten names that end in the name of another, nine name a kind of it
_COMPOUND = 3  # words of a name that must not be cut
_BRACKETED = re.compile(r"\([^()]*\)")
_MOST_QUOTED = 3  # papers that are quoted for what names say: no more sentences make it any surer
_MIN_PAPERS = 2  # a broader term is one that several papers use
_TYPES = ("Method", "Metric", "Task")  # a data set's name is proper: its parts say nothing of what it is
_FUNCTION_WORDS = frozenset(
    (
        *("and", "as", "at", "between", "by", "for", "from", "in", "into", "of", "on", "or", "over", "the", "through"),
        *("to", "toward", "towards", "under", "using", "versus", "via", "vs", "with", "within"),
    )
)
_NO_KIND = frozenset(("anti", "fake", "no", "non", "not", "pseudo", "quasi", "without"))
_GENERIC = frozenset(word for sets in HEADS.values() for heads in sets for word in heads) | {"learning", "training"}


def infer_subtypes(entities: Iterable[Entity], facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The `subtypeOf` facts that names give and `facts` lack, sorted by triple, each marked as inferred.

    A name is set under the longest other name of its type that it ends in, behind a space and not within a name that
    is known ('knowledge graph embedding' is no 'graph embedding'). The evidence are sentences of three papers at
    most that mention the narrower entity. No inferred fact closes a cycle with those that papers state.
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
    compounds = {name for _, name in names}
    inferred = []
    for entity in known:
        target = _broader(entity, names, compounds)
        evidence = _best(item for fact in mentions.get(entity.id, ()) for item in fact.evidence)
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


def _best(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The best sentence of each of the _MOST_QUOTED papers that have the best, sorted."""
    papers: dict[str, Evidence] = {}
    for item in sorted(items, key=lambda item: (-item.score, item)):
        if item.paper not in papers and len(papers) < _MOST_QUOTED:
            papers[item.paper] = item
    return tuple(sorted(papers.values()))


def _names(entities: Iterable[Entity]) -> dict[tuple[str, str], str]:
    """(type, folded name) of what can be a broader term, with its entity."""
    found: dict[tuple[str, str], str] = {}
    for entity in entities:
        if entity.type in _TYPES and len({paper for paper, _ in entity.members}) >= _MIN_PAPERS:
            name = read_name(entity.label)
            if not set(name.words) <= _GENERIC:
                found.setdefault((entity.type, name.light), entity.id)
    return found


def _broader(entity: Entity, names: Mapping[tuple[str, str], str], compounds: Collection[str]) -> str | None:
    words = [word for word in entity.label.split() if not _BRACKETED.fullmatch(word)]
    for cut in range(1, len(words)):
        if words[cut - 1].casefold() in _FUNCTION_WORDS | _NO_KIND:
            return None
        target = names.get((entity.type, read_name(" ".join(words[cut:])).light))
        if target is not None and target != entity.id and not _cuts(words, cut, compounds):
            return target
    return None


def _cuts(words: Sequence[str], cut: int, compounds: Collection[str]) -> bool:
    """Whether a known name begins before the place and ends behind it, before the last word."""
    return any(
        read_name(" ".join(words[start:end])).light in compounds
        for start in range(max(0, cut - _COMPOUND + 1), cut)
        for end in range(cut + 1, min(len(words), start + _COMPOUND + 1))
    )


def without_cycles(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts in their order without those that make something a kind of itself.

    Of the facts of a cycle those stay that most papers state: they are taken one by one, stated before inferred, then
    by support, score and triple, and one that would close a cycle is left out.
    """
    given = tuple(facts)
    steps = [fact for fact in given if fact.relation == _RELATION and fact.status == "asserted"]
    parts = nx.strongly_connected_components(nx.DiGraph((fact.head, fact.tail) for fact in steps))
    part = {node: number for number, nodes in enumerate(parts) for node in nodes}
    tied = [fact for fact in steps if part[fact.head] == part[fact.tail]]
    broader: dict[str, set[str]] = {}
    left_out: set[tuple[str, str]] = set()
    for fact in sorted(tied, key=lambda f: (f.inferred, -f.support, -f.score, f.head, f.tail)):
        if _reaches(broader, fact.tail, fact.head):
            left_out.add((fact.head, fact.tail))
        else:
            broader.setdefault(fact.head, set()).add(fact.tail)
    return tuple(fact for fact in given if fact.relation != _RELATION or (fact.head, fact.tail) not in left_out)


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
