"""Which of its senses an abbreviation has in a paper that does not define it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

from kg.link.candidates import Key, Link, types_agree
from kg.link.profiles import Profile
from kg.link.words import stem

_CONTEXT_PAPERS = 40  # so many of the papers that define a sense make its context
_RARE = 0.1  # a sense that fewer of the papers define must fit the context
_FITS = 0.05  # a similarity from which a context speaks for a sense
_MANY_FIT = 0.25  # of the papers that use an abbreviation so many must fit its only sense
_CLEAR = 2.0  # the best sense must be so much better than the next


@dataclass(slots=True)
class Sense:
    """One long form of an abbreviation: the star that it belongs to, and the papers that define it so, sorted."""

    star: Key
    name: str
    types: set[str] = field(default_factory=set)
    papers: list[str] = field(default_factory=list)
    written: set[str] = field(default_factory=set)


class Contexts:
    """What else the papers speak of: the stems of their entities' names, weighted by rarity."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._stems: dict[str, set[str]] = {}
        for profile in profiles:
            words = {stem(word) for word in profile.main.words}
            self._stems.setdefault(profile.paper, set()).update(words)
        self._frequency = Counter(word for words in self._stems.values() for word in words)
        self._of_senses: dict[tuple[str, Key], _Context] = {}
        self._fitting: dict[tuple[str, Key], bool] = {}

    def similarity(self, paper: str, short: str, sense: Sense) -> float:
        """The cosine between a paper and the papers that define `short` so, in [0, 1]; the names themselves aside."""
        known = self._of_senses.get((short, sense.star))
        if known is None:
            known = self._of_senses[short, sense.star] = self._context(short, sense)
        mine = self._stems.get(paper, set()) - known.ignored
        shared = sum(known.weights[word] * self._weight(word) for word in sorted(mine & known.weights.keys()))
        if not shared:
            return 0.0
        return shared / sqrt(sum(self._weight(word) ** 2 for word in sorted(mine)) * known.square)

    def fits(self, papers: Sequence[str], short: str, sense: Sense) -> bool:
        """Whether enough of all the papers that use `short` speak for the sense; asked once for all of them."""
        known = self._fitting.get((short, sense.star))
        if known is None:
            fitting = sum(self.similarity(paper, short, sense) >= _FITS for paper in papers)
            known = self._fitting[short, sense.star] = fitting >= _MANY_FIT * len(papers)
        return known

    def _context(self, short: str, sense: Sense) -> _Context:
        ignored = frozenset((short, *map(stem, sense.name.split())))
        counts = Counter(
            word
            for paper in sense.papers[:_CONTEXT_PAPERS]
            for word in self._stems.get(paper, ())
            if word not in ignored
        )
        weights = {word: self._weight(word) * counts[word] for word in sorted(counts)}
        return _Context(ignored, weights, sum(weight**2 for weight in weights.values()))

    def _weight(self, word: str) -> float:
        return log(1 + len(self._stems) / self._frequency[word])


@dataclass(frozen=True, slots=True)
class _Context:
    """The stems of the papers of a sense by weight, and the square of the vector's length."""

    ignored: frozenset[str]
    weights: dict[str, float]
    square: float


def choose_sense(
    profile: Profile, senses: Sequence[Sense], papers: Sequence[str], contexts: Contexts
) -> tuple[Sense, Link] | None:
    """The sense of a bare abbreviation, or None where none fits clearly; `papers` are all that use it so.

    A sense must agree in type and in how the abbreviation is written. An only sense is taken, unless few papers define
    it and those that use it do not fit: by all of them, or by none. Of several, the one is taken that is clearly best
    by context and frequency.
    """
    written = singular_form(profile.main.form)
    fitting = [s for s in senses if written in s.written and types_agree(s.types, (profile.type,))]
    if not fitting:
        return None
    short = profile.main.light
    if len(fitting) == 1:
        return _only(fitting[0], papers, short, written, contexts)
    similar = [contexts.similarity(profile.paper, short, s) for s in fitting]
    total = sum(len(s.papers) for s in fitting)
    weights = [(0.02 + like) * len(s.papers) / total for s, like in zip(fitting, similar, strict=True)]
    order = sorted(range(len(fitting)), key=lambda n: (-weights[n], fitting[n].star))
    best = fitting[order[0]]
    if weights[order[0]] < _CLEAR * weights[order[1]]:
        return None
    return best, Link(0.85, f"{_example(best, written)}, the sense that fits this paper best")


def _only(
    sense: Sense, papers: Sequence[str], short: str, written: str, contexts: Contexts
) -> tuple[Sense, Link] | None:
    if len(sense.papers) < _RARE * len(papers) and not contexts.fits(papers, short, sense):
        return None
    score = 0.95 if len(sense.papers) > 1 else 0.85
    return sense, Link(score, f"{_example(sense, written)}; no paper defines it otherwise")


def _example(sense: Sense, written: str) -> str:
    return f"paper {sense.papers[0]} defines {written} as {sense.name}"


def singular_form(form: str) -> str:
    """An abbreviation as written, without the plural s.

    >>> singular_form("CNNs"), singular_form("GANS")
    ('CNN', 'GANS')
    """
    return form[:-1] if len(form) > 2 and form.endswith("s") and (form[-2].isupper() or form[-2].isdigit()) else form
