"""Which entities of different papers are one: clusters with the reason of every merge.

Names are clustered as stars: the best-supported name is the centre, and another joins only by a link to the centre
itself, so that a chain of links never glues two concepts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.link.candidates import Group, Key, Link, block_keys, build_groups, link
from kg.link.profiles import Profile, read_profiles
from kg.link.senses import Contexts, Sense, choose_sense, singular_form
from kg.model import Extraction, Merge

_EQUAL = Link(1.0, "same form")
_SAME = Link(1.0, "same form after folding case, hyphen, plural")
_DEFINED = 0.97
_BLOCK = 8  # so many of the best-supported centres of a block are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Entities of papers that are one; `canonical` is the folded name that its node key is made of."""

    type: str
    canonical: str
    members: tuple[tuple[str, str], ...]  # (paper id, entity id), sorted
    names: tuple[str, ...]  # the main name of each member as written, in the order of the members
    merges: tuple[Merge, ...]  # sorted; one for the name of each member and for its abbreviations, none for one alone
    short_forms: frozenset[str]  # abbreviations among its forms, as written
    label: str | None = None  # given by a person
    called: frozenset[tuple[str, str]] = frozenset()  # (type, folded name) of which a node could be made, see `mint`


@dataclass(slots=True)
class Star:
    """A centre and the entities that joined it, each with its reason."""

    center: Group
    joined: list[tuple[Profile, Link]] = field(default_factory=list)


def cluster_entities(extractions: Sequence[Extraction], texts: Mapping[str, str]) -> list[Cluster]:
    """Clusters of all entities, sorted by type and canonical name; `texts` by paper id, empty where there are none."""
    stars = build_stars(extractions, texts)
    return sorted(map(_cluster, stars), key=lambda c: (c.type, c.canonical, c.members))


def build_stars(extractions: Sequence[Extraction], texts: Mapping[str, str]) -> list[Star]:
    """Stars in the order in which their centres were made: named ones first, then abbreviations without a sense."""
    groups = build_groups(list(read_profiles(extractions, texts)))
    defined = {short for group in groups for short in group.shorts}
    stars: dict[Key, Star] = {}
    index: dict[str, list[Group]] = {}
    bare = [group for group in groups if group.bare and group.key[0] in defined]
    for group in groups:
        if not group.bare or group.key[0] not in defined:
            _join(group, group.profiles, stars, index)
    senses = _senses(stars)
    contexts = Contexts(profile for group in groups for profile in group.profiles)
    for group in bare:
        left = []
        papers = sorted(group.papers)
        for profile in group.profiles:
            chosen = choose_sense(profile, senses[group.key[0]], papers, contexts)
            if chosen:
                stars[chosen[0].star].joined.append((profile, chosen[1]))
            else:
                left.append(profile)
        if left:
            _join(group, left, stars, index)
    return list(stars.values())


def _join(group: Group, profiles: Iterable[Profile], stars: dict[Key, Star], index: dict[str, list[Group]]) -> None:
    """Let the profiles of a group join the centre that it has the best link to, or make it a centre."""
    best: tuple[Group, Link] | None = None
    seen: set[Key] = set()
    for block in block_keys(group):
        for center in index.get(block, ())[:_BLOCK]:
            if center.key not in seen:
                seen.add(center.key)
                found = link(group, center)
                if found and (best is None or found.score > best[1].score):
                    best = center, found
    if best is None:
        stars[group.key] = Star(group)
        for block in set(block_keys(group)):
            index.setdefault(block, []).append(group)
    center, found = best or (group, _SAME)
    stars[center.key].joined += [(profile, _reason(profile, found, center)) for profile in profiles]


def _reason(profile: Profile, found: Link, center: Group) -> Link:
    if profile.defined:
        form = profile.shorts[0][1]
        return Link(min(_DEFINED, found.score), f"paper {profile.paper} defines {form} as {profile.main.form}")
    if found.score == 1.0:
        return _EQUAL if profile.main.form == center.name.form else found
    return Link(found.score, f"{found.reason}: {center.name.form}")


def _abbreviated(profile: Profile) -> Iterable[tuple[str, Link]]:
    for _, form in () if profile.defined else profile.shorts:
        yield form, Link(_DEFINED, f"{beside_in(profile.paper)}{form} for {profile.main.form}")


def beside_in(paper: str) -> str:
    """How the reason begins of a form that is but an abbreviation within its paper."""
    return f"paper {paper} uses "


def _senses(stars: Mapping[Key, Star]) -> dict[str, list[Sense]]:
    """The senses of every abbreviation, the one that most papers define first."""
    found: dict[str, dict[Key, Sense]] = {}
    for key, star in stars.items():
        for profile, _ in star.joined:
            for short, form in profile.shorts:
                sense = found.setdefault(short, {}).setdefault(key, Sense(key, star.center.name.readable))
                sense.types.add(profile.type)
                sense.papers.append(profile.paper)
                sense.written.add(singular_form(form))
    for senses in found.values():
        for sense in senses.values():
            sense.papers = sorted(set(sense.papers))
    return {
        short: sorted(senses.values(), key=lambda sense: (-len(sense.papers), sense.star))
        for short, senses in found.items()
    }


def _cluster(star: Star) -> Cluster:
    types = Counter(profile.type for profile, _ in star.joined)
    merges = [
        Merge(paper=p.paper, entity=p.entity, form=form, reason=reason.reason, score=reason.score)
        for p, found in star.joined
        for form, reason in ((p.used, found), *_abbreviated(p))
    ]
    named = sorted((profile.member, profile.used) for profile, _ in star.joined)
    names = {name.readable for profile, _ in star.joined for name in (profile.main, *profile.others)}
    return Cluster(
        type=min(types, key=lambda name: (-types[name], name)),
        canonical=star.center.name.readable,
        members=tuple(member for member, _ in named),
        names=tuple(name for _, name in named),
        merges=tuple(sorted(merges)) if len(star.joined) > 1 else (),
        short_forms=frozenset(form for profile, _ in star.joined for _, form in profile.shorts),
        called=frozenset((kind, name) for kind in types for name in names),
    )
