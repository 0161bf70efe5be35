"""Words as the model counts them: a spaCy tokenizer that parts at every hyphen, bracket and symbol."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokenizer import Tokenizer

# Abstracts glue things ('(ASR)system', '$T$-regret', '1.2{\%}'): a mention may begin or end at any symbol, so every
# symbol is a word of its own. Stops and commas inside numbers and the possessive stay whole.
_INFIX = re.compile(r"[^\w\s.,']|(?<=[A-Za-z])[.,](?=[A-Za-z])|'(?!s\b)")
_PREFIX = re.compile(r"^[^\w\s]")
_SUFFIX = re.compile(r"(?:[^\w\s]|'s|\u2019s)$")


def make_tokenizer(nlp: Language) -> Tokenizer:
    """The tokenizer that the shipped model was trained with; token offsets are exact code points of the text."""
    return Tokenizer(
        nlp.vocab, prefix_search=_PREFIX.search, suffix_search=_SUFFIX.search, infix_finditer=_INFIX.finditer
    )
