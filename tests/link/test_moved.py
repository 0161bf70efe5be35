"""No key is lost: one that is none now leads to what took its place, whatever papers were added or corrected."""

from __future__ import annotations

import random

import networkx as nx
import pytest

from kg.iri import node_iri
from kg.keys import entity_key
from kg.link import resolve
from kg.link.cluster import Cluster, cluster_entities
from kg.link.curation import Curation, Row
from kg.link.mint import mint_keys, moved_keys
from kg.model import Extraction, Paper, Resolved
from kg.rdf import triples

from .conftest import Build

Records = tuple[list[Paper], list[Extraction]]


def keys(resolved: Resolved) -> set[str]:
    return {entity.id for entity in resolved.entities}


def test_a_name_that_more_papers_know_takes_over(corpus: Build) -> None:
    papers, extractions = corpus(
        a=("A ConvNet sees.", {"ConvNet": "Method"}),
        b=("We use convolutional networks.", {"convolutional networks": "Method"}),
        c=("Convolutional neural networks see.", {"Convolutional neural networks": "Method"}),
        d=("A convolutional neural network hears.", {"convolutional neural network": "Method"}),
    )
    all_ = resolve(papers, extractions)
    first = resolve(papers[1:2], extractions[1:2])
    (old,) = keys(first)
    assert old not in keys(all_)
    (now,) = dict(all_.moved)[old]
    assert now in keys(all_)


@pytest.mark.parametrize("seed", range(5))
def test_every_key_of_fewer_papers_is_a_key_or_leads_to_one(golden_records: Records, seed: int) -> None:
    papers, extractions = golden_records
    all_ = resolve(papers, extractions)
    moved = dict(all_.moved)
    some = sorted(random.Random(seed).sample(range(len(papers)), 2 + seed))
    fewer = resolve([papers[n] for n in some], [extractions[n] for n in some])
    lost = keys(fewer) - keys(all_)
    assert lost <= moved.keys()
    assert {heir for key in lost for heir in moved[key]} <= keys(all_)


def test_corrections_leave_a_trail(golden_records: Records) -> None:
    before = resolve(*golden_records)
    rows = (
        Row(action="merge", entity="SchNet", value="DimeNet", line=2),
        Row(action="retype", entity="Metric:latency", value="Task", line=3),
    )
    after = resolve(*golden_records, curation=Curation(rows=rows))
    lost = keys(before) - keys(after)
    assert {key.partition("-")[0] for key in lost} == {"method/dimenet", "metric/latency"}
    assert lost <= dict(after.moved).keys()


def test_no_key_leads_away_from_a_node(golden_records: Records) -> None:
    resolved = resolve(*golden_records)
    assert not keys(resolved) & dict(resolved.moved).keys()
    assert list(resolved.moved) == sorted(resolved.moved)
    assert all(list(to) == sorted(set(to)) for _, to in resolved.moved)


def test_rdf_says_so(golden_graph: nx.MultiDiGraph) -> None:
    base = golden_graph.graph["base"]
    lines = {str(triple) for triple in triples(golden_graph)}
    assert golden_graph.graph["moved"]
    for key, to in golden_graph.graph["moved"].items():
        for heir in to:
            said = f"<{node_iri(base, key)}> <http://purl.org/dc/terms/isReplacedBy> <{node_iri(base, heir)}>"
            assert said in lines
        same = f"<{node_iri(base, key)}> <http://www.w3.org/2002/07/owl#sameAs> <{node_iri(base, to[0])}>"
        assert (same in lines) == (len(to) == 1)


def test_a_key_of_several_senses_leads_to_all() -> None:
    def cluster(name: str) -> Cluster:
        called = frozenset((("Method", name), ("Method", "lan")))
        return Cluster(
            type="Method", canonical=name, members=(), names=(), merges=(), short_forms=frozenset(), called=called
        )

    clusters = [cluster("ladder attention network"), cluster("local affine normalization")]
    found = mint_keys(clusters)
    assert moved_keys(clusters, found) == {entity_key("Method", "lan"): sorted(found)}


def test_only_keys_that_collide_are_longer(golden_records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    clusters = cluster_entities(golden_records[1], {})[:4]
    plain = mint_keys(clusters)

    def colliding(type: str, canonical: str, digits: int = 8) -> str:
        key = entity_key(type, canonical, digits)
        return "method/same" if key in plain[:2] else key

    monkeypatch.setattr("kg.link.mint.entity_key", colliding)
    found = mint_keys(clusters)
    assert found[2:] == plain[2:]
    assert len(set(found)) == 4
    assert [len(key) for key in found[:2]] == [len(key) + 1 for key in plain[:2]]
