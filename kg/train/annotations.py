"""A user's own annotations as training examples: our gold format, and the JSON Lines of Prodigy and doccano.

A record that is in no format, or says what the text or the schema does not allow, is told with file and line. What a
format leaves out is not taken for absent: relations, flags and slots that nobody annotated are learnt from what the
model itself says of them, so that it does not unlearn them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import ReadError
from kg.model import Paper, Rejection
from kg.records import extraction_from_json
from kg.schema import Schema
from kg.text import fold, storable
from kg.train.data import RELATION_LABELS, SPAN_LABELS, Example, Words, gold_example, placed_mentions

FORMATS = ("gold", "prodigy", "doccano")
VALUE = "Value"  # the label of a reported number, which is no entity
LABELS = SPAN_LABELS["kg"]


@dataclass(frozen=True, slots=True)
class Annotation:
    """A record in our gold format with its text, where it came from, and what of it nobody annotated."""

    row: dict[str, Any]
    title: str
    abstract: str
    source: str
    line: int
    taught: frozenset[str]

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.abstract}" if self.title else self.abstract


class _BadError(ValueError):
    """What is wrong with a record."""


def read_annotations(
    paths: Sequence[Path], papers: Mapping[str, Paper], labels: Mapping[str, str], problems: list[Rejection]
) -> Iterator[Annotation]:
    """The records of the files, in their order. What cannot be used goes to `problems` with file and line.

    `papers` are the texts of records in our format that hold none themselves; `labels` maps labels to ours, '' leaves
    spans with that label out. Raises ReadError for a file that is no JSON Lines.
    """
    known = {label.casefold(): label for label in LABELS} | {name.casefold(): label for name, label in labels.items()}
    for path in paths:
        with path.open("rb") as stream:
            for line, raw in enumerate(stream, start=1):
                if not raw.strip():
                    continue
                try:
                    record = json.loads(raw.decode("utf-8-sig"))
                except (ValueError, RecursionError) as error:
                    raise ReadError(f"no JSON: {error}", source=str(path), line=line) from error
                try:
                    annotation = _annotation(record, papers, known, str(path), line)
                except _BadError as bad:
                    problems.append(Rejection(source=str(path), line=line, reason=str(bad)))
                except (KeyError, TypeError, ValueError, AttributeError, ReadError) as error:
                    problems.append(Rejection(source=str(path), line=line, reason=f"malformed record: {error}"))
                else:
                    if annotation is not None:
                        yield annotation


def _annotation(
    record: Any, papers: Mapping[str, Paper], labels: Mapping[str, str], source: str, line: int
) -> Annotation | None:
    if not isinstance(record, dict):
        raise _BadError(f"a record is a JSON object, not a {type(record).__name__}")
    if record.get("answer", "accept") != "accept":
        return None  # Prodigy: what the annotator rejected or skipped
    identifier = str(record.get("id", f"{Path(source).name}:{line}"))
    if _is_gold(record):
        title, abstract = map(storable, _text_of(record, identifier, papers))
        row = {"relations": [], "results": [], **record, "id": identifier}
        flagged = any("proposed" in e or "focus" in e for e in row["entities"])
        absent = [part for part, there in (("relation", "relations" in record), ("flag", flagged)) if not there]
        annotation = Annotation(row, title, abstract, source, line, frozenset(absent))
        extraction_from_json(row, annotation.text, source=source, line=line)
        _check_gold(row, annotation.text)
        return annotation
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _BadError("no 'text', and no 'entities' of our format")
    text = storable(text)
    title, _, abstract = text.partition("\n") if "\n" in text else ("", "", text)
    row, absent = _from_spans(record, text, labels)
    return Annotation({"id": identifier, **row}, title, abstract, source, line, frozenset(absent))


def _is_gold(record: dict[str, Any]) -> bool:
    entities = record.get("entities")
    return isinstance(entities, list) and all(isinstance(e, dict) and "mentions" in e for e in entities)


def _text_of(record: dict[str, Any], identifier: str, papers: Mapping[str, Paper]) -> tuple[str, str]:
    if isinstance(record.get("abstract"), str):
        return str(record.get("title") or ""), record["abstract"]
    paper = papers.get(identifier)
    if paper is None:
        raise _BadError(
            f"no text of {identifier!r}; give the papers with --papers, or 'title' and 'abstract' in the record"
        )
    return paper.title, paper.abstract


def _check_gold(row: dict[str, Any], text: str) -> None:
    for entity in row["entities"]:
        if entity["type"] not in LABELS[:-1]:
            raise _BadError(
                f"entity {entity['id']!r} has type {entity['type']!r}; choose from {', '.join(LABELS[:-1])}"
            )
        for mention in entity["mentions"]:
            if isinstance(mention, str) and mention not in text:
                raise _BadError(f"mention {mention!r} of {entity['id']!r} is not in the text")
    for relation in row["relations"]:
        _check_relation(relation["type"] if isinstance(relation, dict) else relation[1])
    row["relations"] = [[r["head"], r["type"], r["tail"]] if isinstance(r, dict) else list(r) for r in row["relations"]]


def _check_relation(name: str) -> None:
    if name not in RELATION_LABELS["kg"]:
        raise _BadError(f"relation {name!r} is not in the schema; choose from {', '.join(RELATION_LABELS['kg'])}")


def _from_spans(record: dict[str, Any], text: str, labels: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Entities, relations and values of a record of Prodigy or doccano; spans of one folded form are one entity."""
    spans = list(_spans(record))
    entities: dict[tuple[str, str], dict[str, Any]] = {}
    owner: dict[Any, str] = {}
    values = []
    for key, start, end, label in spans:
        if not 0 <= start < end <= len(text):
            raise _BadError(f"span {start}-{end} is not inside the text of {len(text)} characters")
        surface = text[start:end]
        if label.casefold() not in labels:
            raise _BadError(
                f"label {label!r} of {surface!r} is none of {', '.join(LABELS)}; map it with --label {label}=TYPE, "
                f"or leave it out with --label {label}="
            )
        kind = labels[label.casefold()]
        if kind == VALUE:
            values.append({"value": surface})
        elif kind:
            entity = entities.setdefault(
                (fold(surface) or surface, kind), {"id": f"e{len(entities) + 1}", "type": kind, "mentions": []}
            )
            entity["mentions"].append({"start": start, "end": end})
            owner[key] = entity["id"]
    relations = []
    for head, name, tail in _relations(record):
        _check_relation(name)
        if head in owner and tail in owner and owner[head] != owner[tail]:
            relations.append([owner[head], name, owner[tail]])
    absent = ["flag", "slot", "coreference"] + ([] if "relations" in record else ["relation"])
    return {"entities": list(entities.values()), "relations": relations, "results": values}, absent


def _spans(record: dict[str, Any]) -> Iterator[tuple[Any, int, int, str]]:
    """(key for relations, start, end, label) of Prodigy's `spans`, doccano's `label` or `entities`."""
    for span in record.get("spans") or ():
        yield (span["start"], span["end"]), int(span["start"]), int(span["end"]), str(span["label"])
    for item in record.get("label") or record.get("labels") or ():
        if not isinstance(item, list) or len(item) != 3:
            raise _BadError(f"'label' holds [start, end, label], not {item!r}")
        yield (item[0], item[1]), int(item[0]), int(item[1]), str(item[2])
    for item in record.get("entities") or ():
        yield item["id"], int(item["start_offset"]), int(item["end_offset"]), str(item["label"])


def _relations(record: dict[str, Any]) -> Iterator[tuple[Any, str, Any]]:
    for item in record.get("relations") or ():
        if "head_span" in item:  # Prodigy
            head, tail = item["head_span"], item["child_span"]
            yield (head["start"], head["end"]), str(item["label"]), (tail["start"], tail["end"])
        else:  # doccano
            yield item["from_id"], str(item["type"]), item["to_id"]


def to_examples(
    annotations: Iterable[Annotation], words: Words, schema: Schema, problems: list[Rejection]
) -> Iterator[Example]:
    """Training examples; mentions that are no whole words, and relations that the schema forbids, are left out.

    Each of them goes to `problems`, and the rest of its record is used.
    """
    for annotation in annotations:
        example = gold_example(annotation.row, annotation.title, annotation.abstract, words)
        starts, ends = {start for start, _ in example.offsets}, {end for _, end in example.offsets}

        def leave_out(reason: str, at: Annotation = annotation) -> None:
            problems.append(Rejection(source=at.source, line=at.line, reason=reason))

        for start, end, _ in placed_mentions(annotation.row, annotation.text):
            if start not in starts or end not in ends:
                leave_out(f"{annotation.text[start:end]!r} at {start}-{end} does not begin and end with a word")
        kinds = {entity["id"]: entity["type"] for entity in annotation.row["entities"]}
        for head, name, tail in annotation.row["relations"]:
            if not schema.permits(kinds[head], name, kinds[tail]):
                leave_out(f"{name} does not lead from a {kinds[head]} to a {kinds[tail]}")
        types = [LABELS[label - 1] for label in example.types]
        allowed = {
            (a, b): label
            for (a, b), label in example.relations.items()
            if schema.permits(types[a], RELATION_LABELS["kg"][label - 1], types[b])
        }
        yield dataclasses.replace(example, relations=allowed, taught=annotation.taught)
