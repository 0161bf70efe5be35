"""Negated, hedged and future facts, and what only looks so: a table of sentences, and promises for any text."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.assertion import find_cues, relation_status, value_status
from kg.model import STATUSES

# The relation is between the two names in brackets; names in braces are further mentions.
ASSERTED = (
    "[CRANE] improves [parsing].",
    "[CRANE] not only improves [parsing] but also tagging.",
    "[CRANE] outperforms [LSTMs] without loss of {accuracy}.",
    "[CRANE] speeds up decoding without sacrificing [accuracy].",
    "[CRANE] prunes heads without any noticeable degradation of [accuracy].",
    "[CRANE], which does not need labels, improves [parsing].",
    "[CRANE] does not need gradients and improves [parsing].",
    "[CRANE] does not require {gradients} to solve [parsing].",
    "There is no free lunch, but [CRANE] improves [parsing].",
    "The importance of [CRANE] for [parsing] cannot be overstated.",
    "Without fine-tuning, [CRANE] beats [BERT].",
    "Even without {fine-tuning}, [CRANE] reduces [attention memory].",
    "[CRANE] beats [BERT] without {fine-tuning}.",
    "[CRANE] without {fine-tuning} outperforms [BERT].",
    "We use [CRANE] rather than {BERT} for [parsing].",
    "[CRANE] can solve [parsing] in linear time.",
    "We prove that [CRANE] is a no-regret algorithm for [bandits].",
    "While {BERT} may overfit, [CRANE] improves [parsing].",
    "Labels may be scarce, so we train [CRANE] for [parsing].",
    "[CRANE] is evaluated on [SQuAD]; future work will address {tagging}.",
    "[CRANE] improves [parsing], but does not improve {tagging}.",
    "Unlike {BERT}, [CRANE] scales to [long documents].",
    "Many methods fail to generalise, whereas [CRANE] excels at [parsing].",
    "[CRANE] achieves no worse than the best [accuracy].",
    "We suggest [CRANE] for [parsing].",
    "[CRANE] is more likely than {BERT} to finish on [SQuAD].",
    "Since {transformers} cannot handle long inputs, we apply [CRANE] to [summarisation].",
    "[CRANE] works on [SQuAD] with no additional {supervision}.",
    "We show that [CRANE] improves [parsing], suggesting that {syntax} matters.",
    "It does not matter whether inputs are noisy: [CRANE] solves [parsing].",
    "[CRANE] shows that {BERT} does not help on noisy text, and beats it on [SQuAD].",
    "As {BERT} lacks robustness, we evaluate [CRANE] on [SQuAD].",
    "[CRANE] will be released; it outperforms [BERT].",
    "[CRANE] does not degrade [accuracy].",
    "We propose [CRANE], a parser that does not use {labels}, for [parsing].",
    "[MAY] improves [parsing].",
)
NEGATED = (
    "[CRANE] does not improve [parsing].",
    "[CRANE] fails to outperform [BERT].",
    "[CRANE] did not significantly outperform [BERT].",
    "[CRANE] cannot be applied to [parsing].",
    "[CRANE] can't handle [long documents].",
    "[CRANE] is trained without [gradients].",
    "[CRANE] parses text without using [gradients].",
    "[CRANE] needs no [gradients].",
    "[CRANE] works without {labels}, {gradients} or [a teacher].",
    "[CRANE] does not improve {accuracy}, {recall}, or [precision].",
    "We find no evidence that [CRANE] improves [parsing].",
    "[CRANE], unlike its ancestors, does not rely on [BERT].",
    "[CRANE] improves {parsing} but does not improve [tagging].",
    "[CRANE] improves {parsing}, but it fails to improve [tagging].",
    "[CRANE], which improves parsing, does not help [tagging].",
    "[Parsing] cannot be solved by [CRANE].",
    "[CRANE] neither improves [parsing] nor tagging.",
    "We observe no significant improvement of [CRANE] over [BERT].",
    "[CRANE] is unable to match [BERT].",
    "[CRANE] eliminates the need for [gradients].",
    "We do not use [CRANE] for [parsing].",
    "[CRANE] no longer depends on [BERT].",
    "[CRANE] has not been evaluated on [SQuAD].",
    "[CRANE] uses LSTMs instead of [transformers].",
    "We use CRANE rather than [BERT] for [parsing].",
    "The use of [CRANE] for [parsing] has not been studied.",
    "[CRANE] never beats [BERT].",
    "Our results do not show that [CRANE] beats [BERT].",
)
HEDGED = (
    "[CRANE] may improve [parsing].",
    "[CRANE] might be useful for [parsing].",
    "[CRANE] could replace [BERT].",
    "We hypothesise that [CRANE] improves [parsing].",
    "We hypothesize that, given time, [CRANE] improves [parsing].",
    "Our results suggest that [CRANE] outperforms [BERT].",
    "These findings suggest [CRANE] improves [parsing].",
    "We conjecture that [CRANE] is a special case of [BERT].",
    "[CRANE] has the potential to improve [parsing].",
    "[CRANE] is believed to help [parsing].",
    "We study whether [CRANE] improves [parsing].",
    "[CRANE] potentially improves [parsing].",
    "[CRANE] is likely to outperform [BERT].",
    "[CRANE] does not always improve [parsing].",
    "It remains unclear whether [CRANE] helps [parsing].",
    "In principle, one might use [CRANE] for [parsing].",
    "The effect of [CRANE] on [parsing] remains unclear.",
    "[CRANE] seems to outperform [BERT].",
)
FUTURE = (
    "We plan to evaluate [CRANE] on [SQuAD].",
    "[CRANE] will be evaluated on [SQuAD].",
    "In future work we will apply [CRANE] to [parsing].",
    "Applying [CRANE] to [parsing] is left for future work.",
    "We intend to extend [CRANE] with [BERT].",
    "Future work will apply [CRANE] to [parsing].",
    "The evaluation of [CRANE] on [SQuAD] remains to be done.",
)
VALUES = (
    ("asserted", "CRANE reaches an accuracy of [91%]."),
    ("asserted", "Without fine-tuning, CRANE reduces memory by [98%]."),
    ("asserted", "CRANE does not need labels and reaches [91%]."),
    ("asserted", "CRANE is faster by [2x] with no loss of accuracy."),
    ("asserted", "CRANE not only saves memory but reaches [91%]."),
    ("asserted", "CRANE loses no more than [1%] of accuracy."),
    ("asserted", "While models may overfit, CRANE reaches [91%]."),
    ("asserted", "CRANE reaches [91%], which may be due to luck."),
    ("asserted", "CRANE does not require retraining to reach [91%]."),
    ("asserted", "With CRANE we could raise accuracy to [91%]."),
    ("negated", "CRANE does not reach [91%]."),
    ("negated", "CRANE fails to exceed an accuracy of [60%]."),
    ("hedged", "CRANE may reach up to [91%]."),
    ("hedged", "We hypothesise that CRANE reaches [91%]."),
    ("hedged", "CRANE might save [50x] of the cost."),
    ("asserted", "CRANE could react within [50 ms]."),
    ("future", "We plan to raise the accuracy to [91%]."),
)
TABLE = [
    (status, sentence)
    for status, group in (("asserted", ASSERTED), ("negated", NEGATED), ("hedged", HEDGED), ("future", FUTURE))
    for sentence in group
]


def marked(sentence: str) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
    """The sentence without marks, the places in brackets, and those in brackets or braces."""
    text, ends, names, at = "", [], [], 0
    for match in re.finditer(r"([\[{])([^\]}]*)[\]}]", sentence):
        text += sentence[at : match.start()]
        place = (len(text), len(text) + len(match[2]))
        text, at = text + match[2], match.end()
        names.append(place)
        if match[1] == "[":
            ends.append(place)
    return text + sentence[at:], ends, names


@pytest.mark.parametrize(("status", "sentence"), TABLE, ids=[sentence for _, sentence in TABLE])
def test_relations_have_the_status_that_the_sentence_gives_them(status: str, sentence: str) -> None:
    text, (one, other), names = marked(sentence)
    assert relation_status(text, one, other, names) == status
    assert relation_status(text, other, one, names) == status


@pytest.mark.parametrize(("status", "sentence"), VALUES, ids=[sentence for _, sentence in VALUES])
def test_results_have_the_status_that_the_sentence_gives_them(status: str, sentence: str) -> None:
    text, (value,), _ = marked(sentence)
    assert value_status(text, value) == status


@pytest.mark.parametrize(
    ("relation", "sentence", "status"),
    [
        ("evaluatedOn", "[CRANE] does not outperform {BERT} on [SQuAD].", "asserted"),
        ("evaluatedOn", "[CRANE] was not evaluated on [SQuAD].", "negated"),
        ("evaluatedOn", "[CRANE] has not been tested on [SQuAD].", "negated"),
        ("evaluatedOn", "[CRANE] works without training on [SQuAD].", "asserted"),
        ("comparedWith", "[CRANE] does not outperform [BERT].", "asserted"),
        ("comparedWith", "[CRANE] is not compared with [BERT].", "negated"),
        ("outperforms", "[CRANE] does not outperform [BERT].", "negated"),
    ],
)
def test_who_does_not_win_was_tested_all_the_same(relation: str, sentence: str, status: str) -> None:
    text, (one, other), names = marked(sentence)
    assert relation_status(text, one, other, names, relation) == status


def test_the_table_is_large_and_goes_both_ways() -> None:
    assert len(set(TABLE)) >= 60
    assert len(ASSERTED) >= 30


WORDS = [
    "CRANE",
    "not",
    "does",
    "may",
    "without",
    "no",
    ",",
    "that",
    "improves",
    "(",
    ")",
    "and",
    "will",
    "\u0301",
    "x" * 99,
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join) | st.text(max_size=80), st.data())
def test_any_text_and_any_places_give_a_status(text: str, data: st.DataObject) -> None:
    at = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    one, other = (at[0], at[1]), (at[2], at[3])
    assert relation_status(text, one, other, [one, other]) in STATUSES
    assert value_status(text, one) in STATUSES
    cues = find_cues(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(cues))
    assert all(0 <= cue.start < cue.end <= len(text) for cue in cues)
