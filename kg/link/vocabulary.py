"""Which concept of an external vocabulary each entity is, or comes near.

A vocabulary is read as a stream: what is kept of it are the concepts that some entity's name names. Names are compared
as linking folds them (case, hyphens, spaces, plural, British spelling). What the vocabulary says of its concepts beyond
their names (broader terms, definitions) is not taken over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from kg.abbreviations import is_short_form
from kg.link.concepts import LABELS, PREFERRED, Label, concept_iri, label_keys, lift
from kg.link.names import abbreviates, compress, read_name, split_head, stems
from kg.model import Entity, Match, Rejection
from kg.read.source import Reject
from kg.read.vocabulary import read_statements

_MOST_CONCEPTS = 50  # of one name that are kept; so many are ambiguous anyway
_MOST_MATCHES = 5  # of one entity in one vocabulary
_EXACT = 0.85  # a score from which an unambiguous match is exact
_CLAIMED = 0.8  # at most, where another entity has as good a claim

How = Literal["label", "alias", "abbreviation", "part", "headless", "word"]
_BASE: dict[How, float] = {
    "label": 0.98,
    "alias": 0.93,
    "abbreviation": 0.6,
    "part": 0.6,
    "headless": 0.75,
    "word": 0.7,
}
_CALLED: dict[How, str] = {
    "label": "its name",
    "alias": "its other name",
    "abbreviation": "its abbreviation",
    "part": "a shorter form of its name",
    "headless": "without the generic head word, its name",
    "word": "a paper's other word for it,",
}
_LESS = (0.0, 0.03, 0.3)  # of PREFERRED, ALTERNATIVE, RELATED
_SAID = ("the preferred label", "an alternative label", "a label of a related term")
_SPELT_ALIKE = 0.9  # an abbreviation that is the entity's label and the concept's
_VARIANT, _FOREIGN = 0.75, 0.5  # at most, where the label was changed or is not English


class _Form(NamedTuple):
    """A name of an entity, by its number, and what it is to it."""

    entity: int
    text: str
    how: How
    main: bool


class _Hit(NamedTuple):
    """A way by which an entity comes to a concept; the least of several is the best."""

    loss: float
    iri: str
    label: str
    reason: str


def match_vocabularies(
    entities: Sequence[Entity], paths: Iterable[Path], problems: list[Rejection]
) -> tuple[Entity, ...]:
    """The entities with their matches in the vocabularies at `paths`, sorted by vocabulary and IRI.

    A match is exact where the entity's label, or another full name of it, is a label of one concept alone, and no other
    entity has a better or equal claim to that concept; all others are close. What of a file cannot be read or used is
    added to `problems` with file and line. Raises ReadError where a file cannot be opened or is no vocabulary.
    """
    matches: dict[int, set[Match]] = {}
    for path in sorted(set(paths), key=lambda path: (path.name, str(path))):
        for number, found in _match(entities, path, problems).items():
            matches.setdefault(number, set()).update(found)
    return tuple(
        replace(entity, matches=tuple(sorted(matches[n], key=lambda m: (m.vocabulary, m.iri))))
        if n in matches
        else entity
        for n, entity in enumerate(entities)
    )


def _match(entities: Sequence[Entity], path: Path, problems: list[Rejection]) -> dict[int, list[Match]]:
    def reject(line: int | None, reason: str) -> None:
        problems.append(Rejection(source=str(path), line=line, reason=reason))

    wanted = _wanted(entities)
    named = _named(path, wanted, reject)
    concepts = lift(path, {node for nodes in named.values() for node in nodes})
    iris = {concept: concept_iri(concept) for concept in concepts.group}
    for concept in sorted(concept for concept, iri in iris.items() if iri is None and not concept.startswith("_:")):
        reject(None, f"{concept[:200]!r} is no IRI to link to; expected an absolute one with http, https or urn")
    hits: dict[int, dict[str, _Hit]] = {}
    for key, nodes in named.items():
        for node, label in nodes.items():
            for concept, tier in concepts.of[node].items():
                iri, group = iris[concept], concepts.group[concept]
                for form in wanted[key] if iri else ():
                    hit = _hit(form, label._replace(tier=max(tier, label.tier)), iri or "")
                    known = hits.setdefault(form.entity, {})
                    known[group] = min(hit, known.get(group, hit))
    return _settle({number: _choose(found, path.name) for number, found in hits.items()}, entities)


def _wanted(entities: Sequence[Entity]) -> dict[str, list[_Form]]:
    """The names of the entities by the folded names that a concept may have; one an entity and folded name."""
    wanted: dict[str, list[_Form]] = {}
    for number, entity in enumerate(entities):
        forms: dict[str, _Form] = {}
        for text in (entity.label, *entity.aliases):
            form = _Form(number, text, _how(text, entity), text == entity.label)
            words = read_name(text).words
            core = compress(words)
            forms.setdefault("".join(words), form)
            forms.setdefault("".join(core), form)
            rest, _ = split_head(core, entity.type)
            if form.main and rest != core:
                forms.setdefault("".join(rest), form._replace(how="headless"))
        for key, form in forms.items():
            if len(key) > 1:
                wanted.setdefault(key, []).append(form)
    return wanted


def _how(text: str, entity: Entity) -> How:
    capitals, letters = sum(map(str.isupper, text)), sum(map(str.isalpha, text))
    if " " not in text and is_short_form(text) and (2 * capitals >= letters or abbreviates(text, entity.label)):
        return "abbreviation"
    if text == entity.label:
        return "label"
    if set(stems(read_name(text).words)) < set(stems(read_name(entity.label).words)):
        return "part"
    return "alias" if any(merge.form == text for merge in entity.merges) else "word"


def _named(path: Path, wanted: Collection[str], reject: Reject) -> dict[str, dict[str, Label]]:
    """For each wanted name that the vocabulary has, the nodes called so, with the label that tells best."""
    named: dict[str, dict[str, Label]] = {}
    longest = 3 * max(map(len, wanted), default=0) + 40
    labels = 0
    for subject, predicate, text, language in read_statements(path, LABELS, reject):
        labels += language is not None
        if language is None or len(text) > longest:
            continue
        foreign = language not in ("", "mul", "en") and not language.startswith("en-")
        for key, variant in label_keys(text):
            if key in wanted and not (variant and foreign):
                nodes = named.setdefault(key, {})
                label = Label(foreign, variant, LABELS[predicate], " ".join(text.split()))
                if subject in nodes or len(nodes) < _MOST_CONCEPTS:
                    nodes[subject] = min(label, nodes.get(subject, label))
    if not labels:
        reject(None, "no labels; expected skos:prefLabel, skos:altLabel, rdfs:label or the like")
    return named


def _hit(form: _Form, label: Label, iri: str) -> _Hit:
    score = _BASE[form.how] - _LESS[label.tier]
    if form.how == "abbreviation" and form.main and label.tier == PREFERRED and label.text == form.text:
        score = _SPELT_ALIKE
    reason = f"{_CALLED[form.how]} {form.text} is {_SAID[label.tier]}"
    if label.variant:
        score, reason = min(score, _VARIANT), f"{reason} in another order or without its brackets"
    if label.foreign:
        score, reason = min(score, _FOREIGN), f"{reason} in another language"
    return _Hit(round(1 - score, 2), iri, label.text, reason)


def _choose(hits: Mapping[str, _Hit], vocabulary: str) -> list[Match]:
    """Of the hits by group of concepts, those to which the entity comes best; where they are several, all are close."""
    least = min(hit.loss for hit in hits.values())
    best = sorted(hit for hit in hits.values() if hit.loss == least)
    number = len(best)
    return [
        Match(
            iri=hit.iri,
            label=hit.label,
            kind="exact" if number == 1 and 1 - least >= _EXACT else "close",
            score=round((1 - least) / number, 2),
            vocabulary=vocabulary,
            reason=hit.reason + (f", as of {number} concepts" if number > 1 else ""),
        )
        for hit in best[:_MOST_MATCHES]
    ]


def _settle(chosen: dict[int, list[Match]], entities: Sequence[Entity]) -> dict[int, list[Match]]:
    """A concept is exactly the entity with the best claim to it, and with equal ones none."""
    claims: dict[str, list[tuple[float, int]]] = {}
    for number, found in chosen.items():
        for match in found:
            if match.kind == "exact":
                claims.setdefault(match.iri, []).append((match.score, number))
    for iri, rivals in claims.items():
        rivals.sort(key=lambda claim: (-claim[0], entities[claim[1]].id))
        clear = len(rivals) == 1 or rivals[0][0] > rivals[1][0]
        for _, number in rivals[1:] if clear else rivals:
            other = next(entities[n] for _, n in rivals if n != number)
            chosen[number] = [_yield(match, other) if match.iri == iri else match for match in chosen[number]]
    return chosen


def _yield(match: Match, other: Entity) -> Match:
    reason = f"{match.reason}; the claim of {other.id} is as good or better"
    return replace(match, kind="close", score=min(match.score, _CLAIMED), reason=reason)
