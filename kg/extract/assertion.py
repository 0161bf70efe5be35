"""Whether a text asserts a fact, denies it, puts it as possible or leaves it to the future.

After NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009): a trigger reaches over the words beside it until
its clause or phrase ends, and what looks like a trigger and is none is set aside first. Theirs ask of one concept; here
a trigger bears on a relation where it stands in the clause that joins the two ends, and on a result where it reaches
the number. In doubt a fact stays asserted. Nothing is asked across sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.attributes import (
    SPANS,
    VALUES,
    DocRelation,
    DocResult,
    get_entities,
    get_relations,
    get_results,
    set_relations,
    set_results,
)
from kg.extract.cues import PSEUDO, TERMINATORS, TRIGGERS, Reach
from kg.model import STATUSES, Status
from kg.sentences import sentence_spans

Place = tuple[int, int]  # code points [start, end)

_LIGHT = frozenset(
    re.findall(
        r"\w+",
        """a an the its their our his this these those any all both either other such as and or nor on in for of with to
        from by over across at under into than better worse more less most least well existing previous various several
        many numerous diverse continuous standard new large small further significantly substantially directly be being
        been used applied extended adapted compared combined""",
    )
)
_PREPOSITION = frozenset(
    re.findall(
        r"\w+",
        "on in for with by to at from over via through under during across against into using while that which",
    )
)
_RELATIVE = re.compile(r"^[\s)\]\"'\u2019\u201d]*,?\s*(?:which|that|who)\b")
_ASIDE = re.compile(
    r"\([^()]*\)|,\s*(?:which|who|where|a|an|the|our|such as|including|like|unlike|e\.g\.|i\.e\.)\b[^,]*,"
)
_OPENING = re.compile(r"(?:^|[,\s])(?:and|but|or|yet|while)\s+(?:(?:it|they|also|then|still|thus|however)\s+)*$")
_LIST = re.compile(r"\s*(?:,|\b(?:and|or|nor)\b)")
_INFINITIVE = re.compile(r"\bto\s+(?!be\b)")
# Who is denied success on a data set was tested there all the same, and who does not win was compared: only a denial of
# the test itself counts.
_TESTED = re.compile(
    r"\b(?:test|evaluat|train|validat|benchmark|appl|us|tr[iy]|examine|run|stud|compar|pretrain|fine-tun|measur|conduct)"
    r"(?:s|e|y|ed|ied|d|ing|es)?\b",
    re.IGNORECASE,
)
_BEING = re.compile(r"\b(?:be|is|are|been|instance|case|kind|type|form|variant|considered|regarded)\b")
# What is done without is what one compares with; an effect that does not come is an effect that was measured.
_CONTRASTS = frozenset(("comparedWith", "outperforms", "measuredBy"))
_OUTCOME = frozenset(("evaluatedOn", "comparedWith"))
_REPORT = re.compile(
    r"\b(?:show|demonstrate|demonstrating|illustrat|verif|confirm|propos|present)\w*\b[^,;]*$", re.IGNORECASE
)
_NEAR, _FAR, _SAID = 6, 14, 30  # words that a trigger reaches over: to what it opens; within its clause; after 'that'


@dataclass(frozen=True, slots=True)
class Cue:
    """A trigger found in a sentence at [start, end)."""

    start: int
    end: int
    status: Status
    reach: Reach


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Status, Reach], ...]]:
    def whole(pattern: str) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w-])(?:{pattern.replace(' ', chr(92) + 's+')})(?![\w-])", re.IGNORECASE)

    return whole("|".join(PSEUDO)), tuple((whole(pattern), status, reach) for pattern, status, reach in TRIGGERS)


@lru_cache(maxsize=64)  # the facts of one sentence ask one after the other
def find_cues(sentence: str) -> tuple[Cue, ...]:
    """The triggers of a sentence, in order; of two that overlap the longer, and none that a pseudo-trigger touches."""
    pseudo, triggers = _patterns()
    taken = [match.span() for match in pseudo.finditer(sentence)]
    found = [
        Cue(match.start(), match.start() + len(match.group().rstrip()), status, reach)
        for pattern, status, reach in triggers
        for match in pattern.finditer(sentence)
    ]
    kept: list[Cue] = []
    for cue in sorted(found, key=lambda c: (c.start - c.end, c.start)):
        if not any(cue.start < end and start < cue.end for start, end in taken):
            taken.append((cue.start, cue.end))
            kept.append(cue)
    return tuple(sorted((c for c in kept if not _reported(sentence, c)), key=lambda c: c.start))


def _reported(sentence: str, cue: Cue) -> bool:
    """Whether 'could' tells what was shown to be able, not what may be."""
    return sentence[cue.start : cue.end].lower() == "could" and bool(_REPORT.search(sentence[: cue.start]))


def relation_status(
    sentence: str, head: Place, tail: Place, mentions: Iterable[Place] = (), relation: str = "usedFor"
) -> Status:
    """How `sentence` speaks of a `relation` between what it names at `head` and `tail`; `mentions` are all it names.

    >>> relation_status("CRANE does not improve parsing.", (0, 5), (23, 30))
    'negated'
    >>> relation_status("CRANE not only improves parsing.", (0, 5), (24, 31))
    'asserted'
    """
    first, second = sorted((head, tail))
    if first[1] > second[0]:
        return "asserted"
    others = [place for place in mentions if place not in (head, tail)]
    return _strongest(
        cue.status
        for cue in find_cues(sentence)
        if not any(cue.start < end and start < cue.end for start, end in (first, second))
        and _denies(sentence, cue, second, relation)
        and _bears(sentence, cue, first, second, others)
    )


def value_status(sentence: str, value: Place) -> Status:
    """How `sentence` speaks of the number that it reports at `value`.

    >>> value_status("CRANE may reach 91%.", (16, 19))
    'hedged'
    """
    cues = [cue for cue in find_cues(sentence) if _bears_on_value(sentence, cue, value)]
    # Of numbers, 'could' tells what was measured more often than what may be.
    return _strongest(cue.status for cue in cues if sentence[cue.start : cue.end].lower() != "could")


def _strongest(found: Iterable[Status]) -> Status:
    return min(found, key=STATUSES[1:].index, default="asserted")


def _bears(sentence: str, cue: Cue, first: Place, second: Place, others: Sequence[Place]) -> bool:
    between = sentence[first[1] : second[0]]
    if cue.start >= second[1]:
        if cue.reach != "back" or "," in between or not _joins(between):
            return False
        return _reaches(sentence[second[1] : cue.start], cue, _NEAR)
    if cue.end <= first[0]:
        gap = sentence[cue.end : first[0]]
        if cue.reach == "phrase":
            return "," not in gap + between and _covers(sentence, cue, first, others) and _joins(between)
        if cue.reach != "saying" and "," in gap:
            return False
        near = _SAID if cue.reach == "saying" else _NEAR
        return _reaches(gap, cue, near) and _reaches(between, replace(cue, status="hedged"), near + _FAR)
    if cue.start < first[1] or cue.end > second[0] or cue.reach == "saying":
        return False  # what is said to be possible is said after 'that'
    before, after = sentence[first[1] : cue.start], sentence[cue.end : second[0]]
    if cue.reach == "phrase":
        return _joins(before) and _covers(sentence, cue, second, others)
    return _governs(before) and _reaches(after, cue, _FAR, sentence[second[1] :])


def _denies(sentence: str, cue: Cue, second: Place, relation: str) -> bool:
    """Whether a denial is of the relation itself, not of an outcome that tells that it holds."""
    if cue.reach == "phrase":
        return relation not in _CONTRASTS
    if relation == "subtypeOf" and cue.reach == "clause":
        return bool(_BEING.search(sentence[cue.start : max(cue.end, second[0])]))
    if cue.status != "negated" or relation not in _OUTCOME:
        return True
    return bool(_TESTED.search(sentence[cue.start : max(cue.end, second[0])]))


def _bears_on_value(sentence: str, cue: Cue, value: Place) -> bool:
    if cue.start >= value[1]:
        return cue.reach == "back" and _reaches(sentence[value[1] : cue.start], cue, _NEAR)
    if cue.end > value[0] or cue.reach == "phrase":
        return False
    return _reaches(sentence[cue.end : value[0]], cue, _SAID if cue.reach == "saying" else _FAR)


def _joins(text: str) -> bool:
    """Whether what stands before and after `text` can be in one clause."""
    return not TERMINATORS.search(_ASIDE.sub(" ", _RELATIVE.sub(" ", text)))


def _governs(before: str) -> bool:
    """Whether the name before `before` is the subject (or what is passive) of the trigger after it."""
    text = _ASIDE.sub(" ", _RELATIVE.sub(" ", before.lstrip(")]\"'\u2019\u201d ")))
    text = _OPENING.sub(" ", text + " ").rstrip().removesuffix(",")
    if TERMINATORS.search(text) or "," in text or re.search(r"\b(?:that|how|why|what)\b", text):
        return False
    return len(text.split()) <= _FAR


def _reaches(gap: str, cue: Cue, limit: int, rest: str = "") -> bool:
    """Whether a trigger's clause goes on over `gap`, up to the name or number after (or before) it.

    `rest` is what follows the name: a name right after a comma is one of a list only where the list goes on.
    """
    text = re.sub(r"\([^()]*\)", " ", gap)
    if len(text.split()) > limit or ")" in text or TERMINATORS.search(text):
        return False
    if cue.reach != "saying" and re.search(r"\b(?:is|was|are|were)\b", text):
        return False
    pieces = text.split(",")
    if len(pieces) > 1 and (_heavy(pieces[-1]) or any(len(piece.split()) > 4 for piece in pieces[1:-1])):
        return False
    if len(pieces) > 1 and not pieces[-1].strip() and rest and not _LIST.match(rest):
        return False
    _, joint, last = text.rpartition(" and ")
    if joint and any(_verb(word) for word in last.split()[:1]):
        return False
    if cue.status == "negated" and cue.reach == "clause":
        purpose = [m for m in _INFINITIVE.finditer(text) if len(text[: m.start()].split()) >= 2]
        return not any(_heavy(text[m.end() :]) for m in purpose)
    return True


def _heavy(piece: str) -> list[str]:
    """The words of `piece` that can be more than the beginning of a noun phrase."""
    return [word for word in piece.lower().split() if word not in _LIGHT]


def _verb(word: str) -> bool:
    word = word.lower()
    return word not in _LIGHT and word.endswith(("s", "ed")) and not word.endswith(("ss", "ous", "us"))


def _covers(sentence: str, cue: Cue, place: Place, others: Sequence[Place]) -> bool:
    """Whether `place` is in the noun phrase, or the list of such, right after the trigger."""
    gap = sentence[cue.end : place[0]]
    for start, end in sorted(others, reverse=True):
        if cue.end <= start and end <= place[0]:  # a name before in the list
            gap = gap[: start - cue.end] + " \x00 " + gap[end - cue.end :]
    words = [word for word in re.split(r"[\s,]+", gap.lower()) if word]
    if TERMINATORS.search(gap) or ")" in gap or set(words) & _PREPOSITION:
        return False
    if "\x00" in words:
        rest = words[len(words) - words[::-1].index("\x00") :]
        return bool(rest or "," in gap) and set(rest) <= {"and", "or", "nor", "any", "the", "a", "an"}
    return "," not in gap and len(words) <= 4 and not (len(words) > 1 and _verb(words[-1]))


@Language.factory(
    "kg_assertion_v1",
    requires=["doc._.kg_entities", "doc._.kg_relations", "doc._.kg_results"],
    assigns=["doc._.kg_relations", "doc._.kg_results"],
)
def make_assertion(nlp: Language, name: str) -> Assertion:
    return Assertion()


class Assertion:
    """Sets the status of the relations and results of a Doc."""

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        sentences = [(span.start, span.end) for span in sentence_spans(text)]
        mentions = [(span.start_char, span.end_char) for span in doc.spans.get(SPANS, [])]
        ends = [[mentions[number] for number in entity.mentions] for entity in get_entities(doc)]
        set_relations(doc, [self._relation(text, r, sentences, mentions, ends) for r in get_relations(doc)])
        set_results(doc, [self._result(doc, r, sentences) for r in get_results(doc)])
        return doc

    def _relation(
        self, text: str, found: DocRelation, sentences: list[Place], mentions: list[Place], ends: list[list[Place]]
    ) -> DocRelation:
        """Judged in the sentence of the evidence that names both ends, by the two mentions that stand nearest."""
        pairs = [
            (max(head[0], tail[0]) - min(head[1], tail[1]), head, tail, sentence)
            for sentence in sentences
            if found.start <= sentence[0] and sentence[1] <= found.end
            for head in _within(ends[found.head], sentence)
            for tail in _within(ends[found.tail], sentence)
        ]
        if not pairs:
            return found
        _, head, tail, sentence = min(pairs)
        start, end = sentence
        near = [_shifted(place, start) for place in _within(mentions, sentence)]
        status = relation_status(text[start:end], _shifted(head, start), _shifted(tail, start), near, found.type)
        return replace(found, status=status)

    def _result(self, doc: Doc, found: DocResult, sentences: list[Place]) -> DocResult:
        span = doc.spans[VALUES][found.value]
        value = span.start_char, span.end_char
        for start, end in sentences:
            if start <= value[0] and value[1] <= end:
                return replace(found, status=value_status(doc.text[start:end], _shifted(value, start)))
        return found


def _within(places: Iterable[Place], sentence: Place) -> list[Place]:
    return [place for place in places if sentence[0] <= place[0] and place[1] <= sentence[1]]


def _shifted(place: Place, by: int) -> Place:
    return place[0] - by, place[1] - by
