"""Why names are one, or are not."""

from __future__ import annotations

import pytest

from kg.errors import KgError
from kg.link import explain, resolve
from kg.model import Extraction, Paper, Resolved

from .conftest import Build


@pytest.fixture
def resolved(golden_records: tuple[list[Paper], list[Extraction]]) -> Resolved:
    return resolve(*golden_records)


def test_a_definition_is_the_reason(resolved: Resolved) -> None:
    found = explain(resolved, "GNN", "graph neural networks")
    assert found.one
    assert any("paper g08 defines GNN as graph neural network" in line for line in found.lines)


def test_folding_is_the_reason(resolved: Resolved) -> None:
    found = explain(resolved, "Top-1 accuracy", "top-1 accuracy")
    assert found.one
    assert found.lines[0].startswith("both are top-1 accuracy (metric/top-1-accuracy-")


def test_senses_are_told_apart(resolved: Resolved) -> None:
    found = explain(resolved, "ladder attention network", "local affine normalization")
    assert not found.one
    assert "share no word" in found.lines[-1]
    both = explain(resolved, "LAN", "Ladder Attention Network")
    assert both.one
    assert any("Local Affine Normalization" in line and "another sense" in line for line in both.lines)


def test_words_that_differ_are_named(resolved: Resolved) -> None:
    found = explain(resolved, "LadderFormer", "Sparse LadderFormer")
    assert not found.one
    assert found.lines[-1] == "no rule leaves out the words in which they differ: sparse"


def test_types_and_endings_are_named(corpus: Build) -> None:
    papers, extractions = corpus(
        a=("An image classifier sees.", {"image classifier": "Method"}),
        b=("We do image classification.", {"image classification": "Task"}),
    )
    lines = explain(resolve(papers, extractions), "image classifier", "image classification").lines
    assert "their types differ: Method and Task" in lines
    assert "endings change the meaning" in lines[-1]


def test_an_unknown_name_is_an_error_with_a_hint(resolved: Resolved) -> None:
    with pytest.raises(
        KgError, match=r"no entity is called 'LadderFormr'; did you mean LadderFormer or Sparse LadderFormer\?"
    ):
        explain(resolved, "LadderFormr", "GNN")
