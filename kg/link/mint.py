"""The keys of entities: made of type and canonical name alone, so that they stay when papers are added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kg.keys import entity_key
from kg.link.cluster import Cluster

_DIGITS = 8


def mint_keys(clusters: Sequence[Cluster]) -> list[str]:
    """The key of each cluster, in order; those that would be the same are longer.

    Clusters of one type and canonical name (homonyms) are told apart by their number in the order given.
    """
    names: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for cluster in clusters:
        number = seen[cluster.type, cluster.canonical] = seen.get((cluster.type, cluster.canonical), 0) + 1
        names.append(cluster.canonical if number == 1 else f"{cluster.canonical}\n{number}")  # no name has a line break
    digits = [_DIGITS] * len(names)
    while True:
        named = zip(clusters, names, digits, strict=True)
        keys = [entity_key(cluster.type, name, length) for cluster, name, length in named]
        counts = Counter(keys)
        if len(counts) == len(keys):
            return keys
        digits = [length + (counts[key] > 1) for key, length in zip(keys, digits, strict=True)]


def moved_keys(clusters: Sequence[Cluster], keys: Sequence[str]) -> dict[str, list[str]]:
    """Where the keys lead that are none now: from each, sorted, to the sorted keys of what took its place.

    These are the keys that a part of an entity has, or had, while fewer papers are known or nothing is corrected: of
    each type and each name that one of its papers has for it. So whatever was a key stays known when papers are added,
    and the answer depends on the papers and corrections alone, not on the order in which they came. A key leads to
    several where the name has several senses now.
    """
    present = set(keys)
    moved: dict[str, set[str]] = {}
    for cluster, key in zip(clusters, keys, strict=True):
        for kind, name in cluster.called:
            former = entity_key(kind, name, _DIGITS)
            if former not in present:
                moved.setdefault(former, set()).add(key)
    return {former: sorted(moved[former]) for former in sorted(moved)}
