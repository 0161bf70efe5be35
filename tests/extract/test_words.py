"""Words, sentences and windows: what the model is fed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from kg.extract.features import MAX_PIECES, MAX_WIDTH, candidate_spans, encode, group, pair_features, word_shape
from kg.extract.tokens import make_tokenizer
from kg.sentences import sentence_spans

CUT = make_tokenizer(spacy.blank("en"))


@pytest.fixture(scope="module")
def pieces() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 100, "a": 1, "##a": 2, "b": 3}, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(ASR)system", ["(", "ASR", ")", "system"]),
        ("state-of-the-art", ["state", "-", "of", "-", "the", "-", "art"]),
        ("1.2{\\%} of 3,000", ["1.2", "{", "\\", "%", "}", "of", "3,000"]),
        ("works.We", ["works", ".", "We"]),
        ("model's", ["model", "'s"]),
    ],
)
def test_words_part_at_every_symbol(text: str, words: list[str]) -> None:
    assert [token.text for token in CUT(text)] == words


@given(st.text(max_size=200))
def test_words_quote_the_text_exactly(text: str) -> None:
    assert all(text[t.idx : t.idx + len(t)] == t.text for t in CUT(text))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("We use X, e.g. Adam. It wins.", ["We use X, e.g. Adam.", "It wins."]),
        ("Smith et al. (2020) gain 3.5 points. Fig. 2 shows it.", None),
        ("A title without stop\nThe abstract.", ["A title without stop", "The abstract."]),
        ("Does it work? Yes!", ["Does it work?", "Yes!"]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str] | None) -> None:
    expected = sentences or ["Smith et al. (2020) gain 3.5 points.", "Fig. 2 shows it."]
    assert [text[s.start : s.end] for s in sentence_spans(text)] == (expected if text else [])


@given(st.text(max_size=300))
def test_sentences_cover_all_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())


@pytest.mark.parametrize(
    ("piece", "shape"),
    [("net", 1), ("Net", 2), ("CNN", 3), ("A", 4), ("mIoU", 5), ("42", 6), ("v2", 7), ("-", 8), ("–", 9), ("...", 10)],
)
def test_shapes_tell_capitals_digits_and_symbols(piece: str, shape: int) -> None:
    assert word_shape(piece) == shape


@pytest.mark.parametrize("count", [1, 100, 600, 2000])
def test_each_word_gets_its_vector_from_one_window(pieces: Tokenizer, count: int) -> None:
    encoded = encode(pieces, ["aa"] * count, np.zeros(count, dtype=np.int64), 0)
    assert sum(len(window.first) for window in encoded.windows) == count
    for window in encoded.windows:
        assert len(window.pieces) <= MAX_PIECES + 2
        assert (window.pieces[window.first] == 1).all()
        assert (window.pieces[window.last] == 2).all()


def test_words_unknown_to_the_tokenizer_still_have_a_piece(pieces: Tokenizer) -> None:
    encoded = encode(pieces, ["a", "\u200b", "b"], np.zeros(3, dtype=np.int64), 0)
    assert encoded.windows[0].pieces.tolist() == [101, 1, 100, 3, 102]


def test_no_words_no_windows(pieces: Tokenizer) -> None:
    assert encode(pieces, [], np.zeros(0, dtype=np.int64), 0).windows == ()


@given(st.lists(st.integers(min_value=1, max_value=20), max_size=5))
def test_candidate_spans_are_all_short_spans_within_sentences(lengths: list[int]) -> None:
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    expected = {
        (a, b)
        for a in range(len(sentence))
        for b in range(a, min(a + MAX_WIDTH, len(sentence)))
        if sentence[a] == sentence[b]
    }
    found = [tuple(row) for row in candidate_spans(sentence).tolist()]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_pairs_know_the_nearest_mentions_and_their_order() -> None:
    sentence = np.array([0] * 10 + [1] * 10)
    grouped = group([[(0, 0), (12, 12)], [(14, 15)], [(3, 3)]])
    pairs = pair_features(grouped, sentence, np.array([0, 1, 0]), np.array([1, 0, 2]))
    assert pairs.near.tolist() == [[1, 2], [2, 1], [0, 3]]
    assert pairs.apart.tolist() == [0, 0, 0]
    assert pairs.distance[0] != pairs.distance[1]
    assert pairs.together.tolist() == [1, 1, 1]
