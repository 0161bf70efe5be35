"""What of one paper was found, missed, or found wrongly, in the words of its text: what the page of errors shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.evaluate.scores import match_entities, states, triple
from kg.model import SLOTS, Extraction, Mention, PaperEntity, Result

Kind = Literal["right", "missed", "spurious", "type", "boundary", "slots", "direction"]
KINDS: tuple[Kind, ...] = ("right", "missed", "spurious", "type", "boundary", "slots", "direction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A mention at code points [start, end) of the text; `other` is the type or string that the other side has."""

    start: int
    end: int
    type: str
    kind: Kind
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A flag, relation or result as one line: its parts, and what the other side has in its place."""

    kind: Kind
    parts: tuple[str, ...]
    other: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperErrors:
    """One paper: its mentions by side, sorted by start, and the lines of both sides together, what is right first."""

    id: str
    text: str
    gold: tuple[Marked, ...]
    predicted: tuple[Marked, ...]
    flags: tuple[Said, ...]
    relations: tuple[Said, ...]
    results: tuple[Said, ...]

    @property
    def counts(self) -> Counter[Kind]:
        """How many there are of each kind; a mention with a counterpart on the other side counts once."""
        both = [m.kind for m in self.gold] + [m.kind for m in self.predicted if m.kind == "spurious"]
        return Counter([*both, *(said.kind for group in (self.flags, self.relations, self.results) for said in group)])


def compare(gold: Extraction, predicted: Extraction, text: str) -> PaperErrors:
    """Set `predicted` against `gold`, as `evaluate` does, with the wrong ones paired with what they were meant to be.

    A mention with the right place is wrong in its type; else one that overlaps is wrong in its boundary.
    """
    wanted, given = _mentions(gold.entities, predicted.entities)
    match = match_entities(gold.entities, predicted.entities)
    return PaperErrors(
        id=gold.id,
        text=text,
        gold=wanted,
        predicted=given,
        flags=_sorted(_flags(gold.entities, predicted.entities, match)),
        relations=_sorted(_relations(gold, predicted, match)),
        results=_sorted(_results(gold, predicted, match)),
    )


def _sorted(said: Iterable[Said]) -> tuple[Said, ...]:
    return tuple(sorted(said, key=lambda s: (KINDS.index(s.kind), s.parts, s.other)))


def _mentions(
    gold: Sequence[PaperEntity], predicted: Sequence[PaperEntity]
) -> tuple[tuple[Marked, ...], tuple[Marked, ...]]:
    sides = [{(m.start, m.end, e.type, m.text) for e in found for m in e.mentions if m.start < m.end}
             for found in (gold, predicted)]  # fmt: skip
    right = sides[0] & sides[1]
    left = [sorted(side - right) for side in sides]
    marks: tuple[list[Marked], list[Marked]] = ([], [])
    for side in marks:
        side += [Marked(start=s, end=e, type=t, kind="right") for s, e, t, _ in right]
    for place in sorted({m[:2] for m in left[0]} & {m[:2] for m in left[1]}):
        pair = [next(m for m in side if m[:2] == place) for side in left]
        for n, (own, other) in enumerate((pair, pair[::-1])):
            marks[n].append(Marked(start=own[0], end=own[1], type=own[2], kind="type", other=other[2]))
            left[n].remove(own)
    overlaps = sorted(
        (max(a[0], b[0]) - min(a[1], b[1]), a, b) for a in left[0] for b in left[1] if a[0] < b[1] and b[0] < a[1]
    )
    for _, a, b in overlaps:
        if a in left[0] and b in left[1]:
            for n, (own, other) in enumerate(((a, b), (b, a))):
                note = other[3] if own[2] == other[2] else f"{other[3]} ({other[2]})"
                marks[n].append(Marked(start=own[0], end=own[1], type=own[2], kind="boundary", other=note))
                left[n].remove(own)
    marks[0].extend(Marked(start=s, end=e, type=t, kind="missed") for s, e, t, _ in left[0])
    marks[1].extend(Marked(start=s, end=e, type=t, kind="spurious") for s, e, t, _ in left[1])
    first, second = (tuple(sorted(side, key=lambda m: (m.start, -m.end, m.type))) for side in marks)
    return first, second


def _name(entity: PaperEntity) -> str:
    """The first form that is written out, else the first there is."""
    forms: list[Mention] = sorted(entity.mentions, key=lambda m: (m.start, m.end))
    return next((m.text for m in forms if len(m.text) > 5), forms[0].text if forms else entity.id)


def _flags(gold: Sequence[PaperEntity], predicted: Sequence[PaperEntity], match: Mapping[str, str]) -> Iterable[Said]:
    for flag in ("proposed", "focus"):
        wanted = {e.id: e for e in gold if getattr(e, flag)}
        for entity in (e for e in predicted if getattr(e, flag)):
            right = wanted.pop(match.get(entity.id, ""), None) is not None
            yield Said(kind="right" if right else "spurious", parts=(_name(entity), flag))
        for entity in wanted.values():
            yield Said(kind="missed", parts=(_name(entity), flag))


def _relations(gold: Extraction, predicted: Extraction, match: Mapping[str, str]) -> Iterable[Said]:
    names = {e.id: _name(e) for e in gold.entities}
    own = {e.id: _name(e) for e in predicted.entities}
    wanted = {triple(r.head, r.type, r.tail): r for r in gold.relations}
    rest = []
    for relation in predicted.relations:
        key = triple(match.get(relation.head, ""), relation.type, match.get(relation.tail, ""))
        if wanted.pop(key, None) is None:
            rest.append(relation)
        else:
            parts = (own[relation.head], relation.type, own[relation.tail])
            yield Said(kind="right", parts=parts, score=relation.score)
    for relation in rest:
        ends = match.get(relation.head, ""), match.get(relation.tail, "")
        meant = next((key for key in wanted if {key[0], key[2]} == set(ends) and all(ends)), None)
        kind: Kind = "spurious"
        other = ""
        if meant is not None:
            kind = "direction" if meant[1] == relation.type else "type"
            other = f"{names[meant[0]]} {meant[1]} {names[meant[2]]}"
            del wanted[meant]
        parts = (own[relation.head], relation.type, own[relation.tail])
        yield Said(kind=kind, parts=parts, other=other, score=relation.score)
    for head, name, tail in wanted:
        yield Said(kind="missed", parts=(names[head], name, names[tail]))


def _results(gold: Extraction, predicted: Extraction, match: Mapping[str, str]) -> Iterable[Said]:
    names = {e.id: _name(e) for e in gold.entities}
    own = {e.id: _name(e) for e in predicted.entities}
    left, rest = list(gold.results), []
    for result in predicted.results:
        same = next((want for want in left if states(want, result, match)), None)
        if same is None:
            rest.append(result)
        else:
            left.remove(same)
            yield Said(kind="right", parts=_parts(result, own), score=result.score)
    for result in rest:
        meant = next((want for want in left if want.value.strip() == result.value.strip()), None)
        if meant is not None:
            left.remove(meant)
        other = "" if meant is None else " · ".join(_parts(meant, names)[1:])
        yield Said(
            kind="spurious" if meant is None else "slots", parts=_parts(result, own), other=other, score=result.score
        )
    for want in left:
        yield Said(kind="missed", parts=_parts(want, names))


def _parts(result: Result, names: Mapping[str, str]) -> tuple[str, ...]:
    slots = [(slot, getattr(result, slot)) for slot in SLOTS]
    return (result.value, *(f"{slot}: {names[entity]}" for slot, entity in slots if entity is not None))
