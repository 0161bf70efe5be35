"""From the entities of single papers to the entities across papers, with the facts that join them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from kg.errors import KgError
from kg.keys import entity_key
from kg.link.cluster import Cluster, cluster_entities
from kg.link.facts import Node, collect_facts, noisy_or
from kg.link.label import choose_label
from kg.model import Entity, Extraction, Paper, PaperEntity, Resolved
from kg.schema import load_schema
from kg.settings import Settings

_DIGITS = 8


def resolve(papers: Iterable[Paper], extractions: Iterable[Extraction], settings: Settings | None = None) -> Resolved:
    """Link the entities of all papers and lift facts and results to them; the order of the inputs does not matter.

    Raises KgError where an id stands twice or an extraction belongs to none of the papers.
    """
    by_id = {paper.id: paper for paper in sorted(papers, key=lambda paper: paper.id)}
    read = sorted(extractions, key=lambda extraction: extraction.id)
    _check(by_id, read)
    clusters = cluster_entities(read, {extraction.id: by_id[extraction.id].text for extraction in read})
    entities = _entities(clusters, by_id, read)
    nodes: dict[tuple[str, str], Node] = {
        member: (entity.id, entity.type) for entity in entities for member in entity.members
    }
    facts, results = collect_facts(by_id, read, nodes, load_schema(), settings or Settings())
    return Resolved(papers=tuple(by_id.values()), entities=entities, facts=facts, results=results)


def link_entities(
    extractions: Iterable[Extraction], papers: Iterable[Paper] | None = None
) -> dict[tuple[str, str], str]:
    """The node key of every (paper id, entity id), sorted; works without texts, and better with them."""
    read = sorted(extractions, key=lambda extraction: extraction.id)
    texts = {paper.id: paper.text for paper in papers or ()}
    clusters = cluster_entities(read, texts)
    keys = mint_keys(clusters)
    return dict(
        sorted((member, key) for cluster, key in zip(clusters, keys, strict=True) for member in cluster.members)
    )


def mint_keys(clusters: Sequence[Cluster]) -> list[str]:
    """The node key of each cluster, from its type and canonical name alone; longer where two would be the same.

    Two clusters of one type and canonical name (homonyms) are told apart by their number in sorted order.
    """
    names: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for cluster in clusters:
        number = seen[cluster.type, cluster.canonical] = seen.get((cluster.type, cluster.canonical), 0) + 1
        names.append(cluster.canonical if number == 1 else f"{cluster.canonical} {number}")
    digits = _DIGITS
    while True:
        keys = [entity_key(cluster.type, name, digits) for cluster, name in zip(clusters, names, strict=True)]
        if len(set(keys)) == len(keys):
            return keys
        digits += 1


def _entities(
    clusters: Sequence[Cluster], papers: dict[str, Paper], extractions: Sequence[Extraction]
) -> tuple[Entity, ...]:
    records: dict[tuple[str, str], PaperEntity] = {(x.id, e.id): e for x in extractions for e in x.entities}
    entities = []
    for cluster, key in zip(clusters, mint_keys(clusters), strict=True):
        members = [(papers[paper], records[paper, entity]) for paper, entity in cluster.members]
        label, aliases = choose_label(members, cluster.short_forms)
        entities.append(
            Entity(
                id=key,
                type=cluster.type,
                label=label,
                aliases=aliases,
                members=cluster.members,
                merges=cluster.merges,
                score=noisy_or((paper.id, entity.score) for paper, entity in members),
            )
        )
    return tuple(sorted(entities, key=lambda entity: entity.id))


def _check(papers: dict[str, Paper], extractions: Sequence[Extraction]) -> None:
    ids = [extraction.id for extraction in extractions]
    for identifier, following in pairwise(ids):
        if identifier == following:
            raise KgError(f"two extractions have the id {identifier!r}; ids are unique within a corpus")
    for identifier in ids:
        if identifier not in papers:
            raise KgError(f"the extraction {identifier!r} belongs to none of the papers; give its paper as well")
