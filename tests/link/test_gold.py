"""Linking against annotated links, where they are at hand beside the project."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest

from kg.link import link_entities
from kg.records import extraction_from_json

GOLD = Path(__file__).parents[3] / "shared" / "gold"
Member = tuple[str, str]

pytestmark = pytest.mark.skipif(not (GOLD / "links.jsonl").exists(), reason="the annotated links are not at hand")


def pairs(links: Mapping[Member, str]) -> set[tuple[Member, Member]]:
    """Pairs of one node, of different papers."""
    nodes = defaultdict(list)
    for member in sorted(links):
        nodes[links[member]].append(member)
    return {(a, b) for members in nodes.values() for a, b in combinations(members, 2) if a[0] != b[0]}


def test_links_agree_with_the_annotation() -> None:
    gold: dict[Member, str] = {}
    left_out: set[Member] = set()
    for number, line in enumerate((GOLD / "links.jsonl").read_text(encoding="utf8").splitlines()):
        row = json.loads(line)
        left_out.update(tuple(member) for member in row.get("ambiguous", ()))
        gold.update({tuple(member): str(number) for member in row.get("members", ())})
    lines = (GOLD / "links.extractions.jsonl").read_text(encoding="utf8").splitlines()
    found = link_entities([extraction_from_json(json.loads(line)) for line in lines])
    predicted = pairs({member: node for member, node in found.items() if member not in left_out})
    annotated = pairs({member: node for member, node in gold.items() if member not in left_out})
    both = len(predicted & annotated)
    precision, recall = both / len(predicted), both / len(annotated)
    assert precision >= 0.97
    assert 2 * precision * recall / (precision + recall) >= 0.94
