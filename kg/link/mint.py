"""The keys of entities: made of type and canonical name alone, so that they stay when papers are added."""

from __future__ import annotations

from collections.abc import Sequence

from kg.keys import entity_key
from kg.link.cluster import Cluster

_DIGITS = 8


def mint_keys(clusters: Sequence[Cluster]) -> list[str]:
    """The key of each cluster, in order; longer where two would be the same.

    Clusters of one type and canonical name (homonyms) are told apart by their number in the order given.
    """
    names: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for cluster in clusters:
        number = seen[cluster.type, cluster.canonical] = seen.get((cluster.type, cluster.canonical), 0) + 1
        names.append(cluster.canonical if number == 1 else f"{cluster.canonical}\n{number}")  # no name has a line break
    digits = _DIGITS
    while True:
        keys = [entity_key(cluster.type, name, digits) for cluster, name in zip(clusters, names, strict=True)]
        if len(set(keys)) == len(keys):
            return keys
        digits += 1
