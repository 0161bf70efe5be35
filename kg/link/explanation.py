"""Why two names are one entity, or why they are not, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from kg.errors import KgError
from kg.link.candidates import Group, build_groups, link
from kg.link.names import read_name, stems
from kg.link.profiles import Profile
from kg.model import Entity, Merge, Resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether two names are `one` entity; `lines` say why, the most telling first."""

    one: bool
    lines: tuple[str, ...]


def explain(resolved: Resolved, a: str, b: str) -> Explanation:
    """Why the names `a` and `b` (labels, aliases or node keys) are one entity, or why they are not.

    Raises KgError where no entity is called so.
    """
    left, right = _called(resolved, a), _called(resolved, b)
    shared = [entity for entity in left if entity in right]
    if shared:
        lines = [line for entity in shared for line in _merged(entity, a, b)]
        others = [entity for entity in (*left, *right) if entity not in shared]
        lines += [f"{_named(entity)} is another sense" for entity in dict.fromkeys(others)]
        return Explanation(one=True, lines=tuple(lines))
    return Explanation(one=False, lines=tuple(_apart(left, right, a, b)))


def _called(resolved: Resolved, name: str) -> list[Entity]:
    """The entities called `name`, by key or label, else by alias; the best known first."""
    light = read_name(name).light
    exact = [e for e in resolved.entities if name == e.id or read_name(e.label).light == light]
    found = exact or [e for e in resolved.entities if any(read_name(alias).light == light for alias in e.aliases)]
    if not found:
        labels = {form: e.label for e in resolved.entities for form in (e.label, *e.aliases)}
        near = [labels[form] for form in get_close_matches(name, sorted(labels), n=3)]
        hint = f"; did you mean {' or '.join(dict.fromkeys(near))}?" if near else ""
        raise KgError(f"no entity is called {name!r}{hint}")
    return sorted(found, key=lambda e: (-len({paper for paper, _ in e.members}), e.id))


def _named(entity: Entity) -> str:
    papers = len({paper for paper, _ in entity.members})
    return f"{entity.label} ({entity.id}, {papers} {'paper' if papers == 1 else 'papers'})"


def _merged(entity: Entity, a: str, b: str) -> Iterator[str]:
    """The reasons of the merges that bring the two forms in, else what else speaks for it."""
    yield f"both are {_named(entity)}"
    wanted = {read_name(a).light, read_name(b).light}
    told: dict[tuple[str, str], Merge] = {}
    for merge in entity.merges:
        if read_name(merge.form).light in wanted:
            told.setdefault((read_name(merge.form).light, merge.reason), merge)
    for merge in sorted(told.values(), key=lambda m: (-m.score, m)):
        yield f"{merge.form}: {merge.reason} ({merge.score:.2f})"
    for form in sorted(wanted - {light for light, _ in told}):
        papers = sorted({paper for paper, _ in entity.members})
        written = [alias for alias in (entity.label, *entity.aliases) if read_name(alias).light == form]
        if written:
            yield f"{written[0]}: a paper uses it beside another name of the entity (one of {', '.join(papers[:5])})"


def _apart(left: Sequence[Entity], right: Sequence[Entity], a: str, b: str) -> Iterator[str]:
    for name, entities in ((a, left), (b, right)):
        if len(entities) > 1:
            yield f"{name} has {len(entities)} senses: {'; '.join(map(_named, entities))}"
        else:
            yield f"{name} is {_named(entities[0])}"
    one, other = _group(left[0]), _group(right[0])
    found = link(one, other)
    if found:
        yield f"near: {found.reason} ({found.score:.2f}), but the one joined a name that fits better or holds apart"
        return
    if left[0].type != right[0].type:
        yield f"their types differ: {left[0].type} and {right[0].type}"
    mine, theirs = set(stems(one.core)), set(stems(other.core))
    if mine == theirs:
        yield "the words are alike, but their endings change the meaning, or one acts and the other is the act"
    elif mine & theirs:
        own = sorted(set(one.core) - set(other.core)) + sorted(set(other.core) - set(one.core))
        yield f"no rule leaves out the words in which they differ: {', '.join(own)}"
    else:
        yield "they share no word, and no paper gives one as the abbreviation of the other"


def _group(entity: Entity) -> Group:
    """The entity as a group of one profile, called by its label."""
    profile = Profile(
        paper=entity.members[0][0],
        entity=entity.members[0][1],
        type=entity.type,
        main=read_name(entity.label),
        bare=False,
        shorts=(),
        others=(),
    )
    return build_groups([profile])[0]
