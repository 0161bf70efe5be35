"""Words brought to one form."""

from __future__ import annotations

import pytest

from kg.link.names import compress, read_name, split_head, word_orders
from kg.link.words import lemma, same_sense, stem


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Pre-training", "pretraining"),
        ("Bayesian optimisation", "Bayesian Optimization"),
        ("sequence modelling", "sequence modeling"),
        ("dialogue behaviours", "dialog behavior"),
        ("CNNs", "CNN"),
        ("CIFAR-10", "CIFAR10"),
        ("time-series", "timeseries"),
        ('na\\"ive Bayes', "Naïve Bayes"),
        ("bird’s-eye views", "bird's-eye view"),
        ("the Large Language Models (LLMs)", "large language model"),
        ("represen- tational capacity", "representational capacity"),
        ("policies", "policy"),
        ("matrices", "matrix"),
        ("analyses", "analysis"),
    ],
)
def test_spellings_of_one_name_are_one(a: str, b: str) -> None:
    assert read_name(a).light == read_name(b).light


@pytest.mark.parametrize(("a", "b"), [("NAS", "NA"), ("bias", "bia"), ("GANS", "GAN"), ("loss", "los"), ("SLS", "SL")])
def test_an_s_that_is_no_plural_stays(a: str, b: str) -> None:
    assert read_name(a).light != read_name(b).light


@pytest.mark.parametrize("word", ["noise", "precise", "supervise", "promise", "exercise", "likewise"])
def test_words_in_ise_that_are_not_ize(word: str) -> None:
    assert lemma(word) == word


def test_what_is_made_local_is_not_local() -> None:
    assert stem("localization") != stem("local")
    assert stem("localization") == stem("localizing")


@pytest.mark.parametrize(
    ("a", "b", "head", "same"),
    [
        ("segmenting", "segmentation", True, True),
        ("tagging", "tag", True, True),
        ("classifier", "classification", True, False),
        ("computational", "computation", False, True),
        ("recommender", "recommendation", False, True),
        ("distributed", "distribution", False, False),
        ("continual", "continuous", False, False),
        ("adaptive", "adaptation", False, False),
    ],
)
def test_derivation_keeps_the_sense_or_not(a: str, b: str, head: bool, same: bool) -> None:
    assert stem(a) == stem(b)
    assert same_sense(a, b, head=head) is same
    assert same_sense(b, a, head=head) is same


def test_generic_heads_go_where_a_name_is_left() -> None:
    assert split_head(("f1", "score"), "Metric") == (("f1",), 0)
    assert split_head(("tree", "based", "method"), "Method")[1] == -1
    assert split_head(("reinforcement", "learning", "algorithm"), "Method")[1] == -1
    assert split_head(("model",), "Method") == (("model",), -1)


def test_words_that_add_nothing_go() -> None:
    assert compress(("artificial", "neural", "network")) == ("neural", "network")
    assert compress(("recurrent", "neural", "net")) == compress(("recurrent", "network"))
    assert compress(("bayesian", "neural", "network")) != compress(("bayesian", "network"))


def test_noun_order() -> None:
    assert ("outlier", "detection") in word_orders(("detection", "of", "the", "outlier"))
    assert ("outlier", "detecting") in word_orders(("detecting", "outlier"))


@pytest.mark.parametrize(
    "form", ["", " ", "()", "-", "$", "\\", "\ud800", "\x00", "’s", "(A)", "a" * 10_000, "🙂", "( ("]
)
def test_hostile_forms_have_a_name(form: str) -> None:
    assert read_name(form).words
    assert read_name(form).words[0]
