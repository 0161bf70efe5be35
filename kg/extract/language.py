"""The language of a paper's text, so that what is not English is left alone and said to be so.

Frequent words of English settle most texts at no cost. Only where they are few is py3langid asked, a naive Bayes
classifier over byte n-grams (Lui and Baldwin 2011): offline, and with the same answer on every machine.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Those in which papers are written; without the rest short titles are not taken for Latin or a creole.
LANGUAGES = tuple(
    re.findall(
        r"\w+",
        "ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sr sv th tr uk vi"
        " zh",
    )
)
# Frequent in English and words of no other language that papers are written in.
_ENGLISH = frozenset(
    re.findall(r"\w+", "the and with this which that are from our these to by its have been their both")
)
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 0.1  # share of frequent words from which on a text is English
_SURE = 0.9  # confidence below which a text counts as English
_LETTERS = 20  # a text with fewer letters does not tell its language
_READ = 4000  # characters that are looked at


def foreign_language(text: str) -> str | None:
    """The BCP 47 tag of the language of `text`, or None where it is English or does not tell.

    >>> foreign_language("Wir stellen ein neuronales Netz zur Bildklassifikation vor und vergleichen es.")
    'de'
    >>> foreign_language("We compare BERT with LSTMs on the task of parsing") is None
    True
    """
    sample = text[:_READ]
    words = [word.lower() for word in _WORD.findall(sample)]
    if sum(map(len, words)) < _LETTERS and not any(ord(c) > 0x2E80 for word in words for c in word):
        return None
    if sum(word in _ENGLISH for word in words) >= _ENOUGH * len(words):
        return None
    # Case, digits and symbols tell nothing of a language, and capitals less than small letters.
    found, confidence = _identifier().classify(" ".join(words))
    return str(found) if found != "en" and confidence >= _SURE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
