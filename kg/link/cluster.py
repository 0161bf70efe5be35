"""Which entities of different papers are one: clusters with the reason of every merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.model import Extraction, Merge, PaperEntity
from kg.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Entities of papers that are one; `canonical` is the folded name that its node key is made of."""

    type: str
    canonical: str
    members: tuple[tuple[str, str], ...]  # (paper id, entity id), sorted
    merges: tuple[Merge, ...]  # sorted
    short_forms: frozenset[str]  # abbreviations among its forms, as written


def cluster_entities(extractions: Sequence[Extraction], texts: Mapping[str, str]) -> list[Cluster]:
    """Clusters of all entities, sorted by type and canonical name."""
    groups: dict[str, list[tuple[str, PaperEntity]]] = {}
    for extraction in extractions:
        for entity in extraction.entities:
            groups.setdefault(fold(_longest(entity)), []).append((extraction.id, entity))
    clusters = []
    for canonical, members in groups.items():
        types = Counter(entity.type for _, entity in members)
        clusters.append(
            Cluster(
                type=min(types, key=lambda name: (-types[name], name)),
                canonical=canonical,
                members=tuple(sorted((paper, entity.id) for paper, entity in members)),
                merges=tuple(
                    sorted(
                        Merge(
                            paper=paper,
                            entity=entity.id,
                            form=_longest(entity),
                            reason="same form after folding case, hyphen, plural",
                            score=1.0,
                        )
                        for paper, entity in members
                    )
                )
                if len(members) > 1
                else (),
                short_forms=frozenset(),
            )
        )
    return sorted(clusters, key=lambda cluster: (cluster.type, cluster.canonical))


def _longest(entity: PaperEntity) -> str:
    forms = {" ".join(mention.text.split()) for mention in entity.mentions}
    return min(forms, key=lambda form: (-len(form), form), default="")
