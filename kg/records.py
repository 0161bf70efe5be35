"""Papers and extractions as JSON objects: the extraction record format of docs/architecture.md, both ways.

Loading also takes annotation records, in which a mention is a plain string (every occurrence of it in the paper's
text counts, longest string first) and a relation is a triple `[head, type, tail]`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, cast

from kg.errors import ReadError
from kg.model import SLOTS, STATUSES, Extraction, Mention, Paper, PaperEntity, Relation, Result, Span, Status, told

_PAPER_TEXTS = ("venue", "doi", "arxiv", "url", "language")


def paper_to_json(paper: Paper) -> dict[str, Any]:
    """The paper as a JSON object; fields with nothing in them are left out, `id`, `title` and `abstract` never."""
    record: dict[str, Any] = {"id": paper.id, "title": paper.title, "abstract": paper.abstract}
    if paper.authors:
        record["authors"] = list(paper.authors)
    if paper.year is not None:
        record["year"] = paper.year
    return record | {name: value for name in _PAPER_TEXTS if (value := getattr(paper, name)) is not None}


def paper_from_json(record: object, *, source: str = "record", line: int | None = None) -> Paper:
    """The paper that `paper_to_json` wrote. Unknown keys are ignored; nothing is cleaned, cut or guessed.

    Raises ReadError, placed at `source` and `line`, where a field is missing or of the wrong type.
    """
    fields = _Fields(record, "paper", source, line)
    return Paper(
        id=fields.text("id"),
        title=fields.text("title", ""),
        abstract=fields.text("abstract", ""),
        authors=tuple(fields.strings("authors")),
        year=fields.integer("year"),
        **{name: fields.optional_text(name) for name in _PAPER_TEXTS},
    )


def extraction_to_json(extraction: Extraction) -> dict[str, Any]:
    """The extraction as a JSON object, keys in the order of the format and lists in the order of the record.

    `status` of what is asserted and `language` of an English text are left out.
    """
    record: dict[str, Any] = {
        "id": extraction.id,
        "entities": [
            {
                "id": e.id,
                "type": e.type,
                "mentions": [{"start": m.start, "end": m.end, "text": m.text, "score": m.score} for m in e.mentions],
                "proposed": e.proposed,
                "focus": e.focus,
                "score": e.score,
            }
            for e in extraction.entities
        ],
        "relations": [
            {"head": r.head, "type": r.type, "tail": r.tail, "score": r.score, "evidence": _span_to_json(r.evidence)}
            | _status_to_json(r.status)
            for r in extraction.relations
        ],
        "results": [
            {
                "method": r.method,
                "task": r.task,
                "dataset": r.dataset,
                "metric": r.metric,
                "value": r.value,
                "number": r.number,
                "unit": r.unit,
                "baseline": r.baseline,
                "score": r.score,
                "evidence": _span_to_json(r.evidence),
            }
            | _status_to_json(r.status)
            for r in extraction.results
        ],
    }
    return record if extraction.language is None else record | {"language": extraction.language}


def extraction_from_json(
    record: object, text: str | None = None, *, source: str = "record", line: int | None = None
) -> Extraction:
    """The extraction of a record in the extraction or the annotation format.

    `text` is the paper's `Paper.text`. With it, a mention given as a string stands for each of its occurrences, and
    mentions given by offsets must fit it. A string that finds no place (no `text`, not in it, or all its occurrences
    lie in longer mentions) is kept as one unplaced mention with `start == end == 0`, so its form is not lost.
    Missing scores are 1.0; missing evidence is all of `text`, or the empty span at 0 without it; what has no status is
    asserted.

    Raises ReadError, placed at `source` and `line`, where the record is malformed or an id in it leads nowhere.
    """
    fields = _Fields(record, "extraction", source, line)
    raw = [(item, item.text("id"), item.text("type"), item.items("mentions")) for item in fields.objects("entities")]
    mentions = _place([forms for *_, forms in raw], text, fields)
    entities = tuple(
        PaperEntity(
            id=identifier,
            type=kind,
            mentions=mentions[n],
            proposed=item.flag("proposed"),
            focus=item.flag("focus"),
            score=item.score(),
        )
        for n, (item, identifier, kind, _) in enumerate(raw)
    )
    known = {entity.id for entity in entities}
    if len(known) < len(entities):
        fields.fail("two entities have the same id")
    relations = tuple(_relation(item, n, known, text, fields) for n, item in enumerate(fields.items("relations")))
    results = tuple(_result(item, known, text) for item in fields.objects("results"))
    return Extraction(
        id=fields.text("id"),
        entities=entities,
        relations=relations,
        results=results,
        language=fields.optional_text("language"),
    )


def place_strings(text: str, strings: Iterable[tuple[str, int]]) -> list[tuple[int, int, int]]:
    """Where the strings stand in `text` as whole words: (start, end, owner), sorted; the longest string goes first.

    Each pair is a string and the number of its owner. No two places overlap.

    >>> place_strings("SLAM and visual SLAM", [("SLAM", 0), ("visual SLAM", 1)])
    [(0, 4, 0), (9, 20, 1)]
    """
    places: list[tuple[int, int, int]] = []
    taken = bytearray(len(text))
    for surface, owner in sorted(strings, key=lambda pair: (-len(pair[0]), pair)):
        left = r"(?<!\w)" if surface[:1].isalnum() else ""
        right = r"(?!\w)" if surface[-1:].isalnum() else ""
        for match in re.finditer(left + re.escape(surface) + right, text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                places.append((start, end, owner))
    return sorted(places)


def _span_to_json(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _status_to_json(status: Status) -> dict[str, str]:
    return {"status": status} if told(status) else {}


def _place(groups: list[list[object]], text: str | None, fields: _Fields) -> list[tuple[Mention, ...]]:
    """The mentions of each entity, sorted by start; `groups` are their raw mentions, entity by entity."""
    found: list[set[Mention]] = [set() for _ in groups]
    strings: list[tuple[str, int]] = []
    for number, group in enumerate(groups):
        for n, item in enumerate(group):
            if isinstance(item, str) and item:
                strings.append((item, number))
            else:
                found[number].add(_mention(fields.inner(item, f"entities[{number}].mentions[{n}]"), text))
    for start, end, number in place_strings(text or "", strings):
        found[number].add(Mention(start=start, end=end, text=(text or "")[start:end], score=1.0))
    for surface, number in strings:
        if all(mention.text != surface for mention in found[number]):
            found[number].add(Mention(start=0, end=0, text=surface, score=1.0))
    return [tuple(sorted(group, key=lambda m: (m.start, m.end, m.text, m.score))) for group in found]


def _mention(item: _Fields, text: str | None) -> Mention:
    span = item.span(text)
    surface = item.text("text", "" if text is None else text[span.start : span.end])
    if text is not None and span.start < span.end and surface != text[span.start : span.end]:
        item.fail(f"{surface!r} does not stand at {span.start} to {span.end} of the paper's text")
    return Mention(start=span.start, end=span.end, text=surface, score=item.score())


def _relation(item: object, n: int, known: set[str], text: str | None, fields: _Fields) -> Relation:
    if isinstance(item, list) and len(item) == 3:
        item = dict(zip(("head", "type", "tail"), item, strict=True))
    inner = fields.inner(item, f"relations[{n}]")
    return Relation(
        head=inner.reference("head", known) or inner.fail("head is missing"),
        type=inner.text("type"),
        tail=inner.reference("tail", known) or inner.fail("tail is missing"),
        score=inner.score(),
        evidence=inner.evidence(text),
        status=inner.status(),
    )


def _result(item: _Fields, known: set[str], text: str | None) -> Result:
    number = item.get("number")
    if number is not None and not _is_number(number):
        item.fail(f"number must be a finite number or null, not {number!r}")
    return Result(
        value=item.text("value"),
        number=None if number is None else float(cast(float, number)),
        unit=item.optional_text("unit"),
        score=item.score(),
        evidence=item.evidence(text),
        status=item.status(),
        **{slot: item.reference(slot, known) for slot in SLOTS},
    )


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


class _Fields:
    """A JSON object whose fields are read by type; what does not fit raises a ReadError that says where."""

    def __init__(self, record: object, place: str, source: str, line: int | None) -> None:
        self._place, self._source, self._line = place, source, line
        if not isinstance(record, Mapping):
            self.fail(f"expected an object, not {type(record).__name__}")
        self._record = cast(Mapping[str, object], record)

    def fail(self, message: str) -> NoReturn:
        raise ReadError(f"{self._place}: {message}", source=self._source, line=self._line)

    def inner(self, record: object, place: str) -> _Fields:
        return _Fields(record, place, self._source, self._line)

    def get(self, name: str) -> object:
        return self._record.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._record.get(name, default)
        if not isinstance(value, str) or (default is None and not value):
            self.fail(f"{name} must be a {'non-empty ' if default is None else ''}string, not {value!r:.60}")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self.get(name) is None else self.text(name, "")

    def integer(self, name: str) -> int | None:
        value = self.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            self.fail(f"{name} must be an integer, not {value!r:.60}")
        return value

    def flag(self, name: str) -> bool:
        value = self._record.get(name, False)
        if not isinstance(value, bool):
            self.fail(f"{name} must be true or false, not {value!r:.60}")
        return value

    def score(self) -> float:
        value = self._record.get("score", 1.0)
        if not _is_number(value) or not 0.0 <= cast(float, value) <= 1.0:
            self.fail(f"score must be a number from 0 to 1, not {value!r:.60}")
        return float(cast(float, value))

    def status(self) -> Status:
        value = self._record.get("status", "asserted")
        if value not in STATUSES:
            self.fail(f"status must be one of {', '.join(STATUSES)}, not {value!r:.60}")
        return value

    def items(self, name: str) -> list[object]:
        value = self._record.get(name, [])
        if not isinstance(value, list):
            self.fail(f"{name} must be a list, not {type(value).__name__}")
        return value

    def strings(self, name: str) -> list[str]:
        values = self.items(name)
        if not all(isinstance(value, str) for value in values):
            self.fail(f"{name} must be a list of strings")
        return cast(list[str], values)

    def objects(self, name: str) -> list[_Fields]:
        return [self.inner(item, f"{name}[{n}]") for n, item in enumerate(self.items(name))]

    def reference(self, name: str, known: set[str]) -> str | None:
        value = self.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or value not in known:
            self.fail(f"{name} {value!r:.60} is the id of no entity")
        return value

    def span(self, text: str | None) -> Span:
        start, end = self.integer("start"), self.integer("end")
        if start is None or end is None or not 0 <= start <= end or (text is not None and end > len(text)):
            limit = "" if text is None else f" <= {len(text)}"
            self.fail(f"expected offsets with 0 <= start <= end{limit}, not {start} and {end}")
        return Span(start=start, end=end)

    def evidence(self, text: str | None) -> Span:
        item = self.get("evidence")
        if item is None:
            return Span(start=0, end=len(text or ""))
        return self.inner(item, f"{self._place}.evidence").span(text)
