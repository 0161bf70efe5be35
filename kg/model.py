"""The records that flow through kg, stdlib only.

Offsets everywhere are Unicode code points into `Paper.text`, start inclusive, end exclusive. Scores are
probabilities in [0, 1]. Tuples keep the order that their field's comment gives, so equal inputs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Slot = Literal["method", "task", "dataset", "metric", "baseline"]
SLOT_TYPES: dict[Slot, str] = {  # the type of entity that fills each slot of a result
    "method": "Method",
    "task": "Task",
    "dataset": "Dataset",
    "metric": "Metric",
    "baseline": "Method",
}
SLOTS: tuple[Slot, ...] = tuple(SLOT_TYPES)

Status = Literal["asserted", "negated", "hedged", "future"]  # how a text speaks of a fact
STATUSES: tuple[Status, ...] = ("asserted", "negated", "future", "hedged")  # of several the first holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper as it was read. `id` is unique within a corpus; `year` is the year of publication.

    `language` is the BCP 47 tag of a text that is not English.
    """

    id: str
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None
    language: str | None = None

    @property
    def text(self) -> str:
        """Title + newline + abstract, or the abstract alone where the title is empty: what offsets count in."""
        return f"{self.title}\n{self.abstract}" if self.title else self.abstract


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of `Paper.text`: [start, end)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One occurrence of an entity in a paper; `text` is exactly `paper.text[start:end]`."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEntity:
    """An entity of one paper. `id` is unique in its paper (e1, e2, ...); `mentions` are sorted by start."""

    id: str
    type: str
    mentions: tuple[Mention, ...]
    proposed: bool = False
    focus: bool = False
    score: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """`head` type `tail` between entity ids of one paper; `evidence` is the sentence (or stretch) that states it."""

    head: str
    type: str
    tail: str
    score: float
    evidence: Span
    status: Status = "asserted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A reported number. Slots are entity ids of the paper; `value` is the exact string, `number` its reading.

    `unit` is 'percent', 'times', 'points' or a unit as written ('ms', 'GB'), None for a bare number. `number` is None
    where the string has no single reading (a range).
    """

    value: str
    number: float | None
    unit: str | None
    score: float
    evidence: Span
    method: str | None = None
    task: str | None = None
    dataset: str | None = None
    metric: str | None = None
    baseline: str | None = None
    status: Status = "asserted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was read from one paper. Entities are in order of first mention; relations and results in text order.

    `language` is the BCP 47 tag of a text that is not English and was therefore not read.
    """

    id: str
    entities: tuple[PaperEntity, ...] = ()
    relations: tuple[Relation, ...] = ()
    results: tuple[Result, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Evidence:
    """The sentence a fact was read from: `quote` is exactly `paper.text[start:end]`; `paper` is the paper's id.

    `status` says whether it asserts the fact.
    """

    paper: str
    start: int
    end: int
    quote: str
    score: float
    status: Status = "asserted"


def told(status: Status) -> Status | None:
    """The status where it is worth telling: None for what is asserted."""
    return None if status == "asserted" else status


def status_of(evidence: Iterable[Evidence]) -> Status:
    """The status of what the evidence speaks of: asserted where some of it asserts, else the first of STATUSES."""
    return min((item.status for item in evidence), key=STATUSES.index, default="asserted")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Merge:
    """Why a surface form of a paper belongs to an entity, for a person to read."""

    paper: str
    entity: str  # the id within the paper
    form: str
    reason: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Match:
    """A concept of an external vocabulary that an entity is (exact) or comes near (close), and why."""

    iri: str  # absolute: http, https or urn
    label: str  # of the concept, as the vocabulary writes it
    kind: Literal["exact", "close"]
    score: float
    vocabulary: str  # the name of its file
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entity across papers. `id` is its node key (`method/slam-3f2a`); `aliases` exclude `label`, sorted."""

    id: str
    type: str
    label: str
    aliases: tuple[str, ...]
    members: tuple[tuple[str, str], ...]  # (paper id, entity id in the paper), sorted
    merges: tuple[Merge, ...]  # sorted
    score: float
    matches: tuple[Match, ...] = ()  # sorted by vocabulary and IRI


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`head` relation `tail`. Ends are node keys of entities or papers; `evidence` is sorted and never empty.

    `inferred` marks what no paper states, but the names say. A fact that one paper asserts and another denies is
    asserted; `score` and `support` count what bears its status.
    """

    head: str
    relation: str
    tail: str
    evidence: tuple[Evidence, ...]
    score: float
    inferred: bool = False

    @property
    def status(self) -> Status:
        """The status of the evidence; of several the first of STATUSES."""
        return status_of(self.evidence)

    @property
    def support(self) -> int:
        """Number of distinct papers that state the fact with its status."""
        return len({e.paper for e in self.evidence if e.status == self.status})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedResult:
    """A result whose slots are entities across papers; `id` is its node key (`result/...`)."""

    id: str
    paper: str  # paper id
    value: str
    number: float | None
    unit: str | None
    evidence: Evidence
    slots: tuple[tuple[Slot, str], ...]  # (slot, node key), in the order of SLOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Papers, entities, facts and results ready to be a graph; each tuple is sorted by id (facts by their triple).

    `moved` leads from each key that is none now to the keys of the entities that took its place, all sorted.
    """

    papers: tuple[Paper, ...]
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]
    results: tuple[ReportedResult, ...]
    moved: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractorInfo:
    """Which extractor made an extraction; stands in every export. `hash` is the SHA-256 of its weights and rules."""

    name: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A record that was not used: where it stood and why. `line` is 1-based, None where a format has no lines."""

    source: str
    line: int | None
    reason: str
    kind: Literal["bad", "duplicate", "conflict"] = "bad"  # a conflict is with another row of corrections
    of: str | None = None  # the id of the paper that a duplicate was folded into


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that reading mended, for a person to know; the record was used. `line` as in Rejection."""

    source: str
    line: int | None
    reason: str


@dataclass(slots=True, kw_only=True)
class ReadReport:
    """What reading found; filled while papers stream by.

    `read` counts the papers as read, duplicates included; `places` has the source and line of each of them, in order.
    """

    read: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    places: list[tuple[str, int | None]] = field(default_factory=list)
