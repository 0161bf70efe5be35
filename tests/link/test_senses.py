"""Homonyms: an abbreviation follows its own paper, then its context, or stays apart."""

from __future__ import annotations

from kg.link import link_entities, resolve

from .conftest import Build

SEGMENT = "The segment anything model (SAM) cuts images for image segmentation with a mask decoder."
SHARP = "Sharpness-aware minimization (SAM) finds flat minima of the loss landscape by gradient ascent."


def test_each_paper_follows_its_own_definition(corpus: Build) -> None:
    papers, extractions = corpus(a=(SEGMENT, {"SAM": "Method"}), b=(SHARP, {"SAM": "Method"}))
    links = link_entities(extractions, papers)
    assert links["a", "e1"] != links["b", "e1"]
    labels = {entity.id: entity for entity in resolve(papers, extractions).entities}
    assert links["a", "e1"].startswith("method/segment-anything-model-")
    assert labels[links["b", "e1"]].label == "SAM"


def test_an_undefined_use_follows_the_context(corpus: Build) -> None:
    papers, extractions = corpus(
        a=(
            SEGMENT,
            {("segment anything model", "SAM"): "Method", "image segmentation": "Task", "mask decoder": "Method"},
        ),
        b=(SHARP, {"SAM": "Method", "flat minima": "Task", "loss landscape": "Method", "gradient ascent": "Method"}),
        c=(
            "We prompt SAM and train its mask decoder for image segmentation.",
            {"SAM": "Method", "mask decoder": "Method", "image segmentation": "Task"},
        ),
        d=("With SAM the loss landscape has flat minima.", {"SAM": "Method", "loss landscape": "Method"}),
    )
    links = link_entities(extractions, papers)
    assert links["c", "e1"] == links["a", "e1"]
    assert links["d", "e1"] == links["b", "e1"]


def test_without_context_it_stays_apart(corpus: Build) -> None:
    papers, extractions = corpus(
        a=(SEGMENT, {("segment anything model", "SAM"): "Method"}),
        b=(SHARP, {"SAM": "Method"}),
        c=("We study SAM.", {"SAM": "Method"}),
    )
    links = link_entities(extractions, papers)
    assert len({links["a", "e1"], links["b", "e1"], links["c", "e1"]}) == 3


def test_the_reason_names_the_paper_that_defines(corpus: Build) -> None:
    papers, extractions = corpus(
        a=("Convolutional neural networks (CNNs) see.", {("Convolutional neural networks", "CNNs"): "Method"}),
        b=("A CNN sees.", {"CNN": "Method"}),
    )
    (entity,) = resolve(papers, extractions).entities
    reasons = {(merge.paper, merge.form): merge.reason for merge in entity.merges}
    assert reasons["b", "CNN"].startswith("paper a defines CNN as convolutional neural network")
    assert reasons["a", "CNNs"] == "paper a uses CNNs for Convolutional neural networks"


def test_another_spelling_in_another_case_is_another_abbreviation(corpus: Build) -> None:
    papers, extractions = corpus(
        a=(
            "Relation aware semantic alignment (RaSA) helps.",
            {("Relation aware semantic alignment", "RaSA"): "Method"},
        ),
        b=("We use Rasa.", {"Rasa": "Method"}),
    )
    links = link_entities(extractions, papers)
    assert links["a", "e1"] != links["b", "e1"]


def test_an_only_sense_is_taken_by_all_that_use_the_abbreviation_or_by_none(corpus: Build) -> None:
    known = {("segment anything model", "SAM"): "Method", "image segmentation": "Task", "mask decoder": "Method"}
    fits = ("SAM and a mask decoder for image segmentation.", {"SAM": "Method", "image segmentation": "Task"})
    other = ("SAM against flat minima.", {"SAM": "Method", "flat minima": "Task"})
    for fitting, nodes in ((4, 1), (1, 2)):
        uses = {f"u{n:02}": fits if n < fitting else other for n in range(12)}
        papers, extractions = corpus(a=(SEGMENT, known), **uses)
        links = link_entities(extractions, papers)
        assert len({links[paper, "e1"] for paper in ("a", *uses)}) == nodes
        assert len({links[paper, "e1"] for paper in uses}) == 1


def test_what_hardly_any_paper_writes_out_is_called_by_its_abbreviation(corpus: Build) -> None:
    full = "Bilingual evaluation understudy (BLEU) scores translation."
    define = (full, {("Bilingual evaluation understudy", "BLEU"): "Metric", "translation": "Task"})
    use = ("We score translation by BLEU.", {"BLEU": "Metric", "translation": "Task"})
    for uses, label in ((19, "Bilingual evaluation understudy"), (21, "BLEU")):
        papers, extractions = corpus(a=define, **{f"u{n:02}": use for n in range(uses)})
        assert label in {entity.label for entity in resolve(papers, extractions).entities}
        assert len({node for (_, entity), node in link_entities(extractions, papers).items() if entity == "e1"}) == 1
