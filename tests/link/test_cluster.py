"""Which names become one entity, and which stay apart."""

from __future__ import annotations

import pytest

from kg.link import link_entities
from kg.model import Extraction, Mention, PaperEntity


def apart_or_one(a: tuple[str, str], b: tuple[str, str], context: tuple[tuple[str, str], ...] = ()) -> bool:
    """Whether two papers that mention (form, type) each mention one entity."""
    papers = {"a": a, "b": b} | {f"c{n}": item for n, item in enumerate(context)}
    extractions = [
        Extraction(
            id=name,
            entities=(
                PaperEntity(
                    id="e1",
                    type=kind,
                    mentions=tuple(Mention(start=0, end=0, text=part, score=1.0) for part in form.split("|")),
                ),
            ),
        )
        for name, (form, kind) in papers.items()
    ]
    links = link_entities(extractions)
    return links["a", "e1"] == links["b", "e1"]


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("convolutional neural networks", "Convolutional Neural Network", "Method"),
        ("convolutional neural networks|CNNs", "CNN", "Method"),
        ("recurrent neural networks", "recurrent nets", "Method"),
        ("BERT model", "BERT", "Method"),
        ("F1 score", "F1", "Metric"),
        ("BLEU scores", "BLEU", "Metric"),
        ("CIFAR-10 dataset", "CIFAR10", "Dataset"),
        ("reasoning tasks", "reasoning", "Task"),
        ("detecting outliers", "outlier detection", "Task"),
        ("quantification of uncertainty", "uncertainty quantification", "Task"),
        ("computation cost", "computational costs", "Metric"),
        ("rate of convergence", "convergence rate", "Metric"),
        ("generalizability", "generalization ability", "Metric"),
        ("self-supervised learning", "self-supervision", "Method"),
        ("cross-entropy (CE) loss", "cross-entropy loss", "Method"),
        ("conditional GANs", "conditional GAN", "Method"),
    ],
)
def test_variants_are_one(a: str, b: str, kind: str) -> None:
    assert apart_or_one((a, kind), (b, kind))
    assert apart_or_one((b, kind), (a, kind))


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("image classifier", "image classification", "Method"),
        ("distributed learning", "distribution learning", "Task"),
        ("continual learning", "continuous learning", "Task"),
        ("Bayesian networks", "Bayesian neural networks", "Method"),
        ("reinforcement learning algorithms", "reinforcement learning", "Method"),
        ("ReLU network", "ReLU", "Method"),
        ("deep reinforcement learning|RL", "reinforcement learning|RL", "Method"),
        ("generalized linear model", "general linear model", "Method"),
        ("GPT-3", "GPT-4", "Method"),
        ("UCI", "UCY", "Dataset"),
        ("SAM|Segment Anything Model", "SAM|sharpness-aware minimization", "Method"),
        ("time", "timeliness", "Metric"),
    ],
)
def test_other_things_stay_apart(a: str, b: str, kind: str) -> None:
    assert not apart_or_one((a, kind), (b, kind))


def test_an_abbreviation_inside_a_name_is_written_out() -> None:
    context = (("large language models|LLMs", "Method"), ("Large Language Model|LLM", "Method"))
    assert apart_or_one(("LLM agents", "Method"), ("large language model agents", "Method"), context)


def test_an_activity_is_one_node_as_method_and_as_task() -> None:
    assert apart_or_one(("pruning", "Method"), ("Pruning", "Task"))


def test_a_proper_name_is_not_the_common_word_of_another_type() -> None:
    assert not apart_or_one(("MATH", "Dataset"), ("math", "Task"))
    assert apart_or_one(("Lasso", "Method"), ("LASSO", "Method"))


def test_a_shared_short_name_does_not_chain() -> None:
    """'language models' of one paper is no reason to join 'large' with 'pre-trained language models'."""
    assert not apart_or_one(
        ("large language models|language models", "Method"),
        ("pre-trained language models|language models", "Method"),
        (("language models", "Method"),) * 3,
    )


def test_an_abbreviation_that_stands_in_one_paper_of_many_joins_no_names() -> None:
    often = (("convolutional neural networks|CNNs", "Method"),) * 6
    graph = (("graph convolutional networks|GCNs", "Method"),) * 3
    stray = (("convolutional neural networks|convolutional networks|GCN", "Method"),)
    network, other = ("convolutional neural networks", "Method"), ("graph convolutional network", "Method")
    assert not apart_or_one(network, other, often + graph + stray)
    plain = (("supervised learning", "Task"),) * 25 + (("supervised learning|SSL", "Task"),)
    half = (("semi-supervised learning|SSL", "Task"),) * 3
    assert not apart_or_one(("supervised learning", "Task"), ("semi-supervised learning", "Task"), plain + half)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("deep reinforcement learning|DRL", "distributional reinforcement learning|DRL"),
        ("neural machine translation|NMT", "nested machine translation|NMT"),
        ("Bayesian networks", "Bayesian models"),
        ("Transformer|Transformers", "Transformer-based text classifiers|Transformers"),
    ],
)
def test_like_names_of_two_things_stay_apart(a: str, b: str) -> None:
    assert not apart_or_one((a, "Method"), (b, "Method"))


def test_what_abbreviates_part_of_a_description_is_not_its_name() -> None:
    planning = (("motion planning|MP", "Task"),) * 2
    assert not apart_or_one(("learned movement primitives|MPs|MPs", "Task"), ("motion planning", "Task"), planning)
    assert apart_or_one(("encoder-decoder network", "Method"), ("encoder-decoder architecture", "Method"))
