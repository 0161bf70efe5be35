"""Which entity of a new graph is which of an old one: by key, else by the papers that call both the same."""

from __future__ import annotations

from dataclasses import dataclass

from kg.diff.sides import EntityInfo, Side

Place = tuple[str, str]  # paper id, folded name


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What became of the entities of the old graph.

    `heirs` has, for every old key, the new keys that its papers' names are of now, sorted: itself alone where nothing
    changed, none where it is gone.
    """

    heirs: dict[str, tuple[str, ...]]

    def merged(self) -> dict[str, list[str]]:
        """New key -> the old keys, two or more, of which it was made; sorted."""
        found: dict[str, list[str]] = {}
        for old in sorted(self.heirs):
            for new in self.heirs[old]:
                found.setdefault(new, []).append(old)
        return {new: found[new] for new in sorted(found) if len(found[new]) > 1}

    def split(self) -> dict[str, tuple[str, ...]]:
        """Old key -> the new keys, two or more, that were made of it; sorted."""
        return {old: self.heirs[old] for old in sorted(self.heirs) if len(self.heirs[old]) > 1}

    def rekeyed(self) -> dict[str, str]:
        """Old key -> the other key that the same entity has now; sorted."""
        merged = self.merged()
        return {
            old: heirs[0]
            for old, heirs in sorted(self.heirs.items())
            if len(heirs) == 1 and heirs[0] != old and heirs[0] not in merged
        }


def trace(old: Side, new: Side) -> Lineage:
    """The lineage from one side to another, of papers that both have."""
    both = old.papers.keys() & new.papers.keys()
    gone = {key: old.entities[key] for key in sorted(old.entities.keys() - new.entities.keys())}
    born = {key: new.entities[key] for key in sorted(new.entities.keys() - old.entities.keys())}
    heirs = {key: {key} for key in old.entities if key in new.entities}
    heirs |= {key: set() for key in gone}
    wanted = {place for entity in (*gone.values(), *born.values()) for place in _places(entity, both)}
    here = _index(new, wanted)
    there = _index(old, wanted)
    for key, entity in gone.items():
        found = {other for place in _places(entity, both) for other in here.get(place, ())}
        named = found.intersection(new.moved.get(key, ()))
        heirs[key] |= named or found
    for key, entity in born.items():
        for place in _places(entity, both):
            for other in there.get(place, ()):
                if other in new.entities and other not in here.get(place, ()):  # what `other` had there has left it
                    heirs[other].add(key)
    return Lineage(heirs={key: tuple(sorted(heirs[key])) for key in sorted(heirs)})


def _places(entity: EntityInfo, papers: set[str]) -> set[Place]:
    return {place for place in entity.places if place[0] in papers}


def _index(side: Side, wanted: set[Place]) -> dict[Place, list[str]]:
    """The keys of the entities that have each of the places."""
    found: dict[Place, list[str]] = {}
    for key, entity in side.entities.items():
        for place in entity.places & wanted:
            found.setdefault(place, []).append(key)
    return found
