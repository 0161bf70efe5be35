"""Definitions of abbreviations in text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.abbreviations import find_abbreviations


def read(text: str) -> list[tuple[str, str]]:
    return [(text[a:b], text[c:d]) for a, b, c, d in find_abbreviations(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We use convolutional neural networks (CNNs) here.", [("CNNs", "convolutional neural networks")]),
        ("A generative adversarial network (GAN, for short).", [("GAN", "generative adversarial network")]),
        ("We train a CRF (conditional random field).", [("CRF", "conditional random field")]),
        ("Support Vector Machine [SVM] wins.", [("SVM", "Support Vector Machine")]),
        ("The mean intersection over union (mIoU) rises.", [("mIoU", "mean intersection over union")]),
        (
            "Large language models (LLMs) and Neural Architecture Search (NAS).",
            [("LLMs", "Large language models"), ("NAS", "Neural Architecture Search")],
        ),
        ("It was shown (see Table 2) that it works (2019).", []),
        ("It wins. (CNN) is a network.", []),
        ("Methods such as X-A (X-B) and more (NoWag-P) differ.", []),
        ("A model (MODEL) repeats itself.", []),
        ("No brackets at all.", []),
        ("Unbalanced ((CNN and [NAS", []),
    ],
)
def test_definitions(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


def test_a_definition_never_crosses_a_sentence() -> None:
    assert read("We like convolutional neural.\nNetworks (CNN) are good.") == []


@given(st.text(alphabet="ab AB().-\n[]", max_size=80))
def test_any_text_gives_sorted_spans_inside_it(text: str) -> None:
    found = find_abbreviations(text)
    assert list(found) == sorted(set(found))
    assert all(0 <= a < b <= len(text) and 0 <= c < d <= len(text) for a, b, c, d in found)
