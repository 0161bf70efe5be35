"""Surface forms read as names: their words, generic heads, bracketed abbreviations, and word order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kg.abbreviations import is_short_form, match_long_form
from kg.link.words import lemma, stem

_ACCENT = re.compile(r"\\[\"'`^~=.uvHcdbkr]\s*\{?\s*(\w)\s*\}?")
_MARKUP = re.compile(r"[\\{}$]")
_BROKEN = re.compile(r"(?<=[a-z])- (?=[a-z])(?!- (?:and|or|to)\b)")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*")
_SPLIT = re.compile(r"[\s\-\u2010-\u2015\u2212_/]+")
_EDGES = re.compile(r"^[^\w&@#%]+|[^\w&@#%+*]+$")
_POSSESSIVE = re.compile(r"'s?$")
_PLURAL_ABBREVIATION = re.compile(r"^([A-Z0-9][A-Za-z0-9]*[A-Z0-9])s$")
_DETERMINERS = frozenset(("the", "a", "an", "our", "their", "its", "this", "these", "such", "some", "any", "all"))

# Words that repeat the type of what they stand behind and may be left off: 'the BERT model' is BERT. Those of one set
# stand for each other as well: an 'ensemble approach' is an 'ensemble method'.
HEADS: dict[str, tuple[frozenset[str], ...]] = {
    "Method": (
        frozenset(("method", "approach", "technique", "algorithm", "procedure", "strategy", "principle")),
        frozenset(("model", "architecture")),
        frozenset(("framework",)),
        frozenset(("network",)),
    ),
    "Task": (frozenset(("task", "problem")),),
    "Dataset": (
        frozenset(("dataset", "data", "set", "corpus", "collection")),
        frozenset(("benchmark", "suite", "challenge")),
    ),
    "Metric": (
        frozenset(("score", "metric", "measure", "value")),
        frozenset(("ability", "capability", "capacity", "power")),
        frozenset(("rate",)),
    ),
}
MODEL, NETWORK, LEARNING = 1, 3, 4  # of Method
ABILITY, RATE = 1, 2  # of Metric
_BEHIND_ADJECTIVES = frozenset(("ability", "power"))  # 'expressive power' is expressivity
_NETS = ("network", "net")
_ARCHITECTURE = re.compile(r"^(?:deep|\w+(?:al|ent|ed))$")  # adjectives that tell a neural network by themselves
_MODIFIER = re.compile(
    r"(?:al|ed|ive|ic|ous|ary|ful|less|able|ible|ent|ar|based|free|aware|driven|guided|wise|end|specific)$"
)
_ACTIVITY = re.compile(r"(?:ing|[ts]ion|ment)$")


@dataclass(frozen=True, slots=True)
class Name:
    """A surface form and its words as lemmas, in order."""

    form: str
    words: tuple[str, ...]

    @property
    def readable(self) -> str:
        return " ".join(self.words)

    @property
    def light(self) -> str:
        """The words without any space between, so that hyphens, spaces and glued words make no difference."""
        return "".join(self.words)


@lru_cache(maxsize=1 << 18)
def read_name(form: str) -> Name:
    """Read a surface form: markup, brackets, case, spacing, determiners, plural and British spelling are folded.

    >>> read_name("the Large Language Models (LLMs)").words
    ('large', 'language', 'model')
    >>> read_name("pre-training").light == read_name("Pretraining").light
    True
    """
    text = form if form.isascii() else unicodedata.normalize("NFKC", form).replace("\u2019", "'")
    if "\\" in text:
        text = _ACCENT.sub(r"\1", text)
    text = _BROKEN.sub("", _MARKUP.sub("", text))
    if "(" in text or "[" in text:
        text = _BRACKETS.sub(lambda match: " " if is_short_form(match[1].strip()) else f" {match[1]} ", text)
    words = [word for word in map(_word, _SPLIT.split(text)) if word]
    while len(words) > 1 and words[0] in _DETERMINERS:
        words.pop(0)
    return Name(" ".join(form.split()), tuple(words) or (form.casefold().strip() or "?",))


@lru_cache(maxsize=1 << 17)
def _word(word: str) -> str:
    word = _POSSESSIVE.sub("", _EDGES.sub("", word))
    match = _PLURAL_ABBREVIATION.match(word)
    if match:
        return match[1].casefold()
    folded = word.casefold()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return folded if word.isupper() and len(word) < 7 else lemma(folded)


def compress(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without those that add nothing.

    >>> compress(("recurrent", "neural", "net")), compress(("natural", "language", "understanding"))
    (('recurrent', 'network'), ('language', 'understanding'))
    """
    if words[:2] == ("natural", "language") and len(words) == 3 and _ACTIVITY.search(words[2]):
        return words[1:]
    if words[-1] not in _NETS or len(words) == 1:
        return words
    words = (*words[:-1], "network")
    if words[-3:-1] == ("artificial", "neural"):
        return (*words[:-3], *words[-2:])
    if len(words) > 2 and words[-2] == "neural" and _ARCHITECTURE.match(words[-3]):
        return (*words[:-2], words[-1])
    return words


def split_head(words: tuple[str, ...], type: str) -> tuple[tuple[str, ...], int]:
    """The words before a generic head of `type`, and which set of heads it is of; (words, -1) if they must stay.

    The head stays where what is before it is no name by itself: an adjective ('evolutionary algorithm') or, for a
    method, an activity ('reinforcement learning algorithm'). 'X-based model' has X before its head.

    >>> split_head(("bert", "model"), "Method"), split_head(("evolutionary", "algorithm"), "Method")
    ((('bert',), 1), (('evolutionary', 'algorithm'), -1))
    """
    if type == "Method" and words[-1] == "learning" and len(words) > 2 and words[-2].endswith("ed"):
        return words[:-1], LEARNING
    for number, heads in enumerate(HEADS.get(type, ())):
        rest = words
        while len(rest) > 1 and rest[-1] in heads:
            rest = rest[:-1]
        if rest == words:
            continue
        if len(rest) == 2 and rest[1] == "based" and number == MODEL:
            return rest[:1], number
        if words[-1] in _BEHIND_ADJECTIVES or not (
            _MODIFIER.search(rest[-1]) or (type == "Method" and _ACTIVITY.search(rest[-1]))
        ):
            return rest, number
    return words, -1


def word_orders(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The words as they stand, then in noun order: 'detecting outliers' also as 'outlier detecting'."""
    if "of" in words[1:-1]:
        place = words.index("of", 1)
        return words, (*(word for word in words[place + 1 :] if word != "the"), *words[:place])
    if len(words) > 1 and words[0].endswith("ing") and len(words[0]) > 5:
        return words, (*words[1:], words[0])
    return (words,)


@lru_cache(maxsize=1 << 17)
def stems(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(stem, words))


def is_proper(form: str) -> bool:
    """Whether the spelling marks a proper name: a digit, or a capital that is not the first letter of its word."""
    return any(c.isdigit() or (c.isupper() and n > 0 and form[n - 1].isalnum()) for n, c in enumerate(form))


def abbreviates(short: str, long: str) -> bool:
    """Whether `short` is formed like an abbreviation of all of `long`, and is none of its words."""
    if not is_short_form(short) or len(long.split()) + long.count("-") < 2 or match_long_form(short, long) != 0:
        return False
    return not set(read_name(short).words) <= set(read_name(long).words)
