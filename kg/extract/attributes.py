"""The only place that knows where annotations live on a spaCy Doc.

`doc.spans["kg"]` holds the mentions and `doc.spans["kg_values"]` the reported numbers; the `attrs` of each group carry
`scores` (probabilities) and, from our own component, `odds` (log-odds of every label of the model). Extensions hold
plain values, which serialize; accessors rebuild the records, since spaCy's msgpack turns tuples into lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from spacy.tokens import Doc

from kg.model import Status

SPANS = "kg"
VALUES = "kg_values"


@dataclass(frozen=True, slots=True)
class DocEntity:
    """An entity of a Doc; `mentions` index `doc.spans["kg"]`, in text order."""

    type: str
    mentions: tuple[int, ...]
    score: float
    proposed: bool = False
    focus: bool = False


@dataclass(frozen=True, slots=True)
class DocRelation:
    """A relation between entities (indices); `start` and `end` are the code points of its evidence."""

    head: int
    type: str
    tail: int
    score: float
    start: int
    end: int
    status: Status = "asserted"


@dataclass(frozen=True, slots=True)
class DocResult:
    """A result; `value` indexes `doc.spans["kg_values"]`, `slots` map slot names to entities."""

    value: int
    slots: tuple[tuple[str, int], ...]
    score: float
    start: int
    end: int
    status: Status = "asserted"


for _name in ("kg_entities", "kg_relations", "kg_results"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=[])


def set_entities(doc: Doc, entities: Sequence[DocEntity]) -> None:
    """Replace the entities of `doc`."""
    doc._.kg_entities = [list(astuple(entity)) for entity in entities]


def get_entities(doc: Doc) -> tuple[DocEntity, ...]:
    """The entities of `doc`, in order of first mention."""
    return tuple(DocEntity(row[0], tuple(row[1]), *row[2:]) for row in doc._.kg_entities)


def set_relations(doc: Doc, relations: Sequence[DocRelation]) -> None:
    """Replace the relations of `doc`."""
    doc._.kg_relations = [list(astuple(relation)) for relation in relations]


def get_relations(doc: Doc) -> tuple[DocRelation, ...]:
    """The relations of `doc`, by head, tail and type."""
    return tuple(DocRelation(*row) for row in doc._.kg_relations)


def set_results(doc: Doc, results: Sequence[DocResult]) -> None:
    """Replace the results of `doc`."""
    doc._.kg_results = [list(astuple(result)) for result in results]


def get_results(doc: Doc) -> tuple[DocResult, ...]:
    """The results of `doc`, in text order of their values."""
    rows = doc._.kg_results
    return tuple(DocResult(row[0], tuple((name, index) for name, index in row[1]), *row[2:]) for row in rows)
