"""Annotated corpora as training examples: our own gold format, SciERC and TDMSci."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from tokenizers import Tokenizer

from kg.extract.features import Encoded, WordSpan, encode
from kg.extract.tokens import make_tokenizer
from kg.records import place_strings
from kg.sentences import sentence_spans
from kg.text import fold

# What each head tells apart; index 0 of every head is 'none'.
SPAN_LABELS: Mapping[str, tuple[str, ...]] = {
    "kg": ("Method", "Task", "Dataset", "Metric", "Value"),
    "scierc": ("Method", "Task", "Material", "Metric", "OtherScientificTerm", "Generic"),
    "tdm": ("TASK", "DATASET", "METRIC"),
}
RELATION_LABELS: Mapping[str, tuple[str, ...]] = {
    "kg": (
        "usedFor",
        "evaluatedOn",
        "measuredBy",
        "partOf",
        "basedOn",
        "subtypeOf",
        "comparedWith",
        "outperforms",
    ),
    "scierc": ("USED-FOR", "FEATURE-OF", "PART-OF", "CONJUNCTION", "HYPONYM-OF", "COMPARE", "EVALUATE-FOR"),
    "slot": ("method", "task", "dataset", "metric", "baseline"),
}
TAUGHT = frozenset(("relation", "flag", "slot", "coreference"))


@dataclass(frozen=True, slots=True)
class Example:
    """One annotated text. Spans are in words, inclusive; `entities` hold the mentions of each entity."""

    id: str
    scheme: str
    text: str
    offsets: tuple[tuple[int, int], ...]  # of each word, code points
    encoded: Encoded
    spans: dict[WordSpan, int]  # label 1..n
    entities: tuple[tuple[WordSpan, ...], ...] = ()
    types: tuple[int, ...] = ()  # label of each entity
    relations: dict[tuple[int, int], int] = field(default_factory=dict)
    flags: tuple[tuple[bool, bool], ...] = ()  # proposed, focus
    forms: tuple[tuple[str, int], ...] = ()  # (surface form, entity) for coreference
    form_mentions: tuple[tuple[WordSpan, ...], ...] = ()
    results: tuple[tuple[WordSpan, dict[int, int]], ...] = ()  # value span, slot index -> entity
    gold: dict[str, Any] = field(default_factory=dict)
    taught: frozenset[str] = frozenset()  # of TAUGHT: what a teacher says of the entities, and not an annotator


class Words:
    """Cuts text into the words and sentences that the model counts in."""

    def __init__(self, tokenizer_file: Path) -> None:
        self._cut = make_tokenizer(spacy.blank("en"))
        self.tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def __call__(self, text: str, title_length: int) -> tuple[Encoded, tuple[tuple[int, int], ...]]:
        offsets = [(t.idx, t.idx + len(t)) for t in self._cut(text) if not t.is_space]
        sentence = np.zeros(len(offsets), dtype=np.int64)
        sentences = sentence_spans(text)
        number = 0
        for word, (start, _) in enumerate(offsets):
            while number + 1 < len(sentences) and start >= sentences[number + 1].start:
                number += 1
            sentence[word] = number
        title_words = sum(end <= title_length for _, end in offsets)
        words = [text[start:end] for start, end in offsets]
        return encode(self.tokenizer, words, sentence, title_words), tuple(offsets)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def held_back(identifier: str, share: float) -> bool:
    """Whether an example belongs to the tuning part, by the hash of its id: the same part on every machine."""
    return int(hashlib.sha256(identifier.encode()).hexdigest()[:8], 16) / 2**32 < share


def load_gold(annotations: Path, papers: Path, words: Words) -> Iterator[Example]:
    """Examples in the format of the annotation guidelines, in the order of the file."""
    texts = {paper["id"]: paper for paper in _lines(papers)}
    for row in _lines(annotations):
        paper = texts[row["id"]]
        title = paper.get("title") or ""
        yield gold_example(row, title, paper["abstract"], words)


def gold_example(row: dict[str, Any], title: str, abstract: str, words: Words) -> Example:
    """One annotation as an Example; entities whose strings are not found as whole words are left out."""
    text = f"{title}\n{abstract}" if title else abstract
    encoded, offsets = words(text, len(title))
    starts = {start: word for word, (start, _) in enumerate(offsets)}
    ends = {end: word for word, (_, end) in enumerate(offsets)}
    mentions: list[list[tuple[WordSpan, str]]] = [[] for _ in row["entities"]]
    for start, end, owner in placed_mentions(row, text):
        if start in starts and end in ends:
            mentions[owner].append(((starts[start], ends[end]), text[start:end]))
    kept = [index for index, spans in enumerate(mentions) if spans]
    number = {row["entities"][index]["id"]: new for new, index in enumerate(kept)}
    entities = [row["entities"][index] for index in kept]
    labels = SPAN_LABELS["kg"]
    types = tuple(labels.index(entity["type"]) + 1 for entity in entities)
    spans = {span: types[new] for new, index in enumerate(kept) for span, _ in mentions[index]}
    relations: dict[tuple[int, int], int] = {}
    for head, name, tail in row["relations"]:
        if head in number and tail in number:
            relations.setdefault((number[head], number[tail]), RELATION_LABELS["kg"].index(name) + 1)
    forms: dict[tuple[str, int], list[WordSpan]] = {}
    for new, index in enumerate(kept):
        for span, surface in mentions[index]:
            forms.setdefault((fold(surface), new), []).append(span)
    results = _results(row, text, starts, ends, number, spans)
    return Example(
        id=row["id"],
        scheme="kg",
        text=text,
        offsets=offsets,
        encoded=encoded,
        spans=spans | {span: len(labels) for span, _ in results},
        entities=tuple(tuple(span for span, _ in mentions[index]) for index in kept),
        types=types,
        relations=relations,
        flags=tuple((bool(e.get("proposed")), bool(e.get("focus"))) for e in entities),
        forms=tuple(forms),
        form_mentions=tuple(tuple(spans) for spans in forms.values()),
        results=tuple(results),
        gold=row,
    )


def placed_mentions(row: dict[str, Any], text: str) -> list[tuple[int, int, int]]:
    """(start, end, index of the entity) of the mentions of an annotation, given as strings or as offsets."""
    given = [(mention, index) for index, entity in enumerate(row["entities"]) for mention in entity["mentions"]]
    exact = [(m["start"], m["end"], index) for m, index in given if not isinstance(m, str)]
    return sorted([*exact, *place_strings(text, [(m, index) for m, index in given if isinstance(m, str)])])


def _results(
    row: dict[str, Any],
    text: str,
    starts: dict[int, int],
    ends: dict[int, int],
    number: dict[str, int],
    spans: dict[WordSpan, int],
) -> list[tuple[WordSpan, dict[int, int]]]:
    """Each reported number at its first free occurrence that is whole words and no entity."""
    used: set[WordSpan] = set()
    found = []
    for result in row["results"]:
        for match in re.finditer(r"(?<![\w.])" + re.escape(result["value"].strip()) + r"(?!\w)", text):
            if match.start() not in starts or match.end() not in ends:
                continue
            span = (starts[match.start()], ends[match.end()])
            if span in used or span in spans or span[1] - span[0] > 8:
                continue
            used.add(span)
            slots = {
                index: number[result[name]]
                for index, name in enumerate(RELATION_LABELS["slot"])
                if result.get(name) in number
            }
            found.append((span, slots))
            break
    return found


def load_scierc(path: Path, words: Words) -> Iterator[Example]:
    """SciERC (Luan et al. 2018) with its own tokens and sentences; every mention is an entity of its own."""
    for row in _lines(path):
        tokens = [token for sentence in row["sentences"] for token in sentence]
        sentence = np.repeat(np.arange(len(row["sentences"])), [len(s) for s in row["sentences"]])
        offsets, at = [], 0
        for token in tokens:
            offsets.append((at, at + len(token)))
            at += len(token) + 1
        spans: dict[WordSpan, int] = {}
        for start, end, label in (item for ner in row["ner"] for item in ner):
            spans.setdefault((start, end), SPAN_LABELS["scierc"].index(label) + 1)
        mentions = sorted(spans)
        index = {span: number for number, span in enumerate(mentions)}
        relations = {
            (index[a, b], index[c, d]): RELATION_LABELS["scierc"].index(label) + 1
            for relation in row["relations"]
            for a, b, c, d, label in relation
            if (a, b) in index and (c, d) in index
        }
        yield Example(
            id=row["doc_key"],
            scheme="scierc",
            text=" ".join(tokens),
            offsets=tuple(offsets),
            encoded=encode(words.tokenizer, tokens, sentence, 0),
            spans=spans,
            entities=tuple((span,) for span in mentions),
            types=tuple(spans[span] for span in mentions),
            relations=relations,
        )


def load_tdmsci(path: Path, words: Words) -> Iterator[Example]:
    """TDMSci (Hou et al. 2021): sentences in CoNLL form with BIO tags of tasks, data sets and metrics."""
    block: list[list[str]] = []
    number = 0
    for line in [*path.read_text(encoding="utf8").splitlines(), ""]:
        if line.strip():
            block.append(line.split())
            continue
        if block:
            yield _tdmsci_example(f"tdm-{number}", block, words)
            number += 1
        block = []


def _tdmsci_example(identifier: str, block: list[list[str]], words: Words) -> Example:
    tokens = [row[0] for row in block]
    spans: dict[WordSpan, int] = {}
    start, label = None, ""
    for at, tag in [*enumerate(row[-1] for row in block), (len(block), "O")]:
        if start is not None and (tag[:2] != "I-" or tag[2:] != label):
            spans[start, at - 1] = SPAN_LABELS["tdm"].index(label) + 1
            start = None
        if tag[:2] == "B-" or (tag[:2] == "I-" and start is None):
            start, label = at, tag[2:]
    sentence = np.zeros(len(tokens), dtype=np.int64)
    offsets = tuple((index, index + 1) for index in range(len(tokens)))
    return Example(
        id=identifier,
        scheme="tdm",
        text=" ".join(tokens),
        offsets=offsets,
        encoded=encode(words.tokenizer, tokens, sentence, 0),
        spans=spans,
    )
