"""From the entities of single papers to the entities across papers, with the facts that join them."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

from kg.errors import KgError
from kg.link.cluster import Cluster, cluster_entities
from kg.link.correct import correct_clusters, correct_facts
from kg.link.curation import Curation
from kg.link.facts import Node, collect_facts, noisy_or
from kg.link.hierarchy import infer_subtypes, without_cycles
from kg.link.label import choose_label
from kg.link.mint import mint_keys, moved_keys
from kg.link.trust import trusted
from kg.model import Entity, Extraction, Paper, PaperEntity, Rejection, Resolved
from kg.schema import load_schema
from kg.settings import Settings


@contextmanager
def _without_collector() -> Iterator[None]:
    """The records have no cycles: the garbage collector would look through millions of them in vain."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@_without_collector()
def resolve(
    papers: Iterable[Paper],
    extractions: Iterable[Extraction],
    settings: Settings | None = None,
    *,
    curation: Curation | None = None,
    problems: list[Rejection] | None = None,
) -> Resolved:
    """Link the entities of all papers and lift facts and results to them; the order of the inputs does not matter.

    `curation` corrects what was linked; what of it could not be read or does not fit is added to `problems`, sorted by
    line. Raises KgError where an id stands twice or an extraction belongs to none of the papers.
    """
    by_id = {paper.id: paper for paper in sorted(papers, key=lambda paper: paper.id)}
    read = sorted(extractions, key=lambda extraction: extraction.id)
    _check(by_id, read)
    by_id |= {found.id: replace(by_id[found.id], language=found.language) for found in read if found.language}
    clusters = cluster_entities(read, {extraction.id: by_id[extraction.id].text for extraction in read})
    unfit: list[Rejection] = []
    if curation:
        clusters, unfit = correct_clusters(clusters, curation)
    keys = mint_keys(clusters)
    entities = _entities(clusters, keys, by_id, read)
    nodes: dict[tuple[str, str], Node] = {
        member: (entity.id, entity.type) for entity in entities for member in entity.members
    }
    schema = load_schema()
    settings = settings or Settings()
    facts, results = collect_facts(by_id, read, nodes, schema, settings)
    if settings.hierarchy:
        inferred = infer_subtypes(entities, facts)
        facts = tuple(sorted((*facts, *inferred), key=lambda fact: (fact.head, fact.relation, fact.tail)))
    if curation:
        facts, more = correct_facts(facts, clusters, by_id, curation, schema)
        if problems is not None:
            problems += sorted((*curation.problems, *unfit, *more), key=lambda item: item.line or 0)
    if settings.precision:
        entities, facts, results = trusted(entities, facts, results, settings.precision)
    if settings.hierarchy:
        facts = without_cycles(facts)
    kept = {entity.id for entity in entities}
    leads = moved_keys(clusters, keys).items()
    moved = tuple((key, tuple(found)) for key, to in leads if (found := [heir for heir in to if heir in kept]))
    return Resolved(papers=tuple(by_id.values()), entities=entities, facts=facts, results=results, moved=moved)


@_without_collector()
def link_entities(
    extractions: Iterable[Extraction], papers: Iterable[Paper] | None = None, *, curation: Curation | None = None
) -> dict[tuple[str, str], str]:
    """The node key of every (paper id, entity id), sorted; works without texts, and better with them."""
    read = sorted(extractions, key=lambda extraction: extraction.id)
    clusters = cluster_entities(read, {paper.id: paper.text for paper in papers or ()})
    if curation:
        clusters, _ = correct_clusters(clusters, curation)
    minted = zip(clusters, mint_keys(clusters), strict=True)
    return dict(sorted((member, key) for cluster, key in minted for member in cluster.members))


def _entities(
    clusters: Sequence[Cluster], keys: Sequence[str], papers: dict[str, Paper], extractions: Sequence[Extraction]
) -> tuple[Entity, ...]:
    records: dict[tuple[str, str], PaperEntity] = {(x.id, e.id): e for x in extractions for e in x.entities}
    entities = []
    for cluster, key in zip(clusters, keys, strict=True):
        members = [(papers[paper], records[paper, entity]) for paper, entity in cluster.members]
        label, aliases = choose_label(members, cluster.names, cluster.short_forms)
        if cluster.label and cluster.label != label:
            label, aliases = cluster.label, tuple(sorted({label, *aliases} - {cluster.label}))
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
