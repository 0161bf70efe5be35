"""The spaCy components: thin shells that carry a Doc to the pure rules beside them and write back what they say.

    kg_sentences → kg_encoder → kg_mentions → kg_coreference → kg_relations → kg_results → kg_assertion

Each can be replaced by another component that assigns the same attributes. None keeps state of a Doc.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spacy.attrs import IDX, IS_SPACE, LENGTH, SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from kg.abbreviations import find_abbreviations
from kg.extract import assertion  # noqa: F401 - registers kg_assertion
from kg.extract.attributes import (
    SPANS,
    VALUES,
    DocEntity,
    DocRelation,
    DocResult,
    get_entities,
    set_entities,
    set_relations,
    set_results,
)
from kg.extract.calibration import Calibration
from kg.extract.coreference import Cluster, cluster
from kg.extract.features import WordSpan, candidate_spans, encode
from kg.extract.mentions import Found, choose, pool, span_odds
from kg.extract.model import SHIPPED, Floats, load_model
from kg.extract.relations import Link, Scored, chunks, decide, part_of, score_chunk, score_slots, within
from kg.extract.slots import Scene, fill_slots
from kg.extract.view import View, view_of
from kg.schema import load_schema
from kg.sentences import sentence_spans

PROPOSABLE = ("Method", "Dataset", "Metric", "Task")
FOCUSABLE = ("Task",)


@Language.factory("kg_sentences_v1", assigns=["token.is_sent_start"])
def make_sentences(nlp: Language, name: str) -> Sentences:
    return Sentences()


class Sentences:
    """Sentence starts by the rule that quotes evidence, so that model and quotes agree."""

    def __call__(self, doc: Doc) -> Doc:
        starts = np.array([span.start for span in sentence_spans(doc.text)], dtype=np.int64)
        first, length, space = doc.to_array([IDX, LENGTH, IS_SPACE]).astype(np.int64).T
        opening = np.searchsorted(first + length, starts, side="right")  # the token that holds the start
        opens = np.full(len(doc), -1, dtype=np.int64)
        opens[opening[opening < len(doc)]] = 1
        opens[space == 1] = -1
        doc.from_array([SENT_START], opens.astype(np.uint64))  # type: ignore[arg-type]  # declared for two columns
        return doc


@Language.factory(
    "kg_encoder_v1", requires=["token.is_sent_start"], assigns=["doc.tensor"], default_config={"model": None}
)
def make_encoder(nlp: Language, name: str, model: str | None) -> EncoderComponent:
    return EncoderComponent(Path(model) if model else SHIPPED)


class EncoderComponent:
    """Word vectors of the whole text into `doc.tensor` [tokens, hidden]; rows of space tokens are zero."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, doc: Doc) -> Doc:
        view, model = view_of(doc), load_model(self.folder)
        encoded = view.encoded
        full = encode(model.pieces, encoded.words, encoded.sentence, encoded.title_words)
        vectors = model.encode(full)
        tensor = np.zeros((len(doc), vectors.shape[1]), dtype=np.float32)
        tensor[view.tokens] = vectors
        doc.tensor = tensor  # type: ignore[assignment]  # spaCy declares float64, and keeps what it is given
        return doc


@Language.factory(
    "kg_mentions_v1", requires=["doc.tensor"], assigns=["doc.spans", "doc.ents"], default_config={"model": None}
)
def make_mentions(nlp: Language, name: str, model: str | None) -> Mentions:
    return Mentions(Path(model) if model else SHIPPED)


class Mentions:
    """`doc.spans["kg"]`, `doc.spans["kg_values"]` and `doc.ents` from the span scorer and the tagger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, doc: Doc) -> Doc:
        self.set_annotations(doc, view_of(doc))
        return doc

    def match(self, view: View) -> list[Found]:
        """The chosen spans of the text, values among them."""
        model = load_model(self.folder)
        spans = candidate_spans(view.sentence)
        if not len(spans):
            return []
        scores, tags = model.score_spans(view.vectors, spans)
        odds = span_odds(scores, tags, spans)
        likely = np.flatnonzero(odds.max(axis=1) > -6.0)  # pooling cannot lift anything lower above the threshold
        if not len(likely):
            return []
        spans, odds = spans[likely], odds[likely]
        places = zip(view.starts[spans[:, 0]].tolist(), view.ends[spans[:, 1]].tolist(), strict=True)
        surfaces = [view.text[start:end] for start, end in places]
        pooled = [label != "Value" for label in model.config["labels"]]
        return choose(pool(odds, surfaces, pooled), spans, view.sentence, model.config["thresholds"]["mention"])

    def set_annotations(self, doc: Doc, view: View) -> None:
        model = load_model(self.folder)
        labels, calibration = model.config["labels"], Calibration(model.config["calibration"])
        found = self.match(view)
        for key, wanted in ((SPANS, False), (VALUES, True)):
            own = [f for f in found if (labels[f.label] == "Value") == wanted]
            own = [f for f in own if not wanted or any(c.isdigit() for c in view.span(f.span, "").text)]
            spans = [view.span(f.span, labels[f.label]) for f in own]
            attrs = {
                "scores": [calibration.value_or_mention(float(f.odds[f.label]), wanted) for f in own],
                "odds": [[round(float(o), 4) for o in f.odds] for f in own],
            }
            doc.spans[key] = SpanGroup(doc, name=key, spans=spans, attrs=attrs)
        doc.ents = tuple(doc.spans[SPANS])


@Language.factory(
    "kg_coreference_v1",
    requires=["doc.tensor", "doc.spans"],
    assigns=["doc._.kg_entities"],
    default_config={"model": None},
)
def make_coreference(nlp: Language, name: str, model: str | None) -> Coreference:
    return Coreference(Path(model) if model else SHIPPED)


class Coreference:
    """The entities of the text from its mentions; the mentions of one entity get one label."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, doc: Doc) -> Doc:
        view, model = view_of(doc), load_model(self.folder)
        found = mentions_of(view, model.config["labels"])
        labels, calibration = model.config["labels"], Calibration(model.config["calibration"])
        surfaces = [view.text[slice(*view.chars(f.span))] for f in found]
        definitions = [
            (short, long)
            for a, b, c, d in find_abbreviations(view.text)
            if (short := _words_at(view, a, b)) and (long := _words_at(view, c, d))
        ]
        clusters = (
            cluster(found, surfaces, definitions, view.vectors, model, model.config["thresholds"]["coreference"])
            if found
            else ()
        )
        index = {f.span: number for number, f in enumerate(found)}
        set_entities(doc, [self._entity(c, index, labels, calibration) for c in clusters])
        group = doc.spans[SPANS]
        types = {number: entity.type for entity in get_entities(doc) for number in entity.mentions}
        spans = [Span(doc, span.start, span.end, label=types[number]) for number, span in enumerate(group)]
        doc.spans[SPANS] = SpanGroup(doc, name=SPANS, spans=spans, attrs=group.attrs)
        doc.ents = tuple(spans)
        return doc

    def _entity(
        self, found: Cluster, index: dict[WordSpan, int], labels: Sequence[str], calibration: Calibration
    ) -> DocEntity:
        return DocEntity(
            type=labels[found.label],
            mentions=tuple(index[mention.span] for mention in found.mentions),
            score=calibration.probability("entity", float(found.odds[found.label])),
        )


def mentions_of(view: View, labels: Sequence[str]) -> list[Found]:
    """The mentions of `doc.spans["kg"]`; label odds are made from the label and score where a span has none."""
    group = view.doc.spans.get(SPANS, [])
    attrs = getattr(group, "attrs", {})
    odds, scores = attrs.get("odds"), attrs.get("scores")
    found = []
    for number, span in enumerate(group):
        words = view.words(span)
        if words is None or span.label_ not in labels:
            raise ValueError(
                f"span {span.text!r} has label {span.label_!r} or spaces at its ends; kg_coreference takes spans of "
                f"whole words labelled {', '.join(labels)}"
            )
        label = labels.index(span.label_)
        if odds:
            row = np.array(odds[number], dtype=np.float32)
        else:
            score = min(max(float(scores[number]) if scores else 0.9, 0.01), 0.99)
            row = np.full(len(labels), -8.0, dtype=np.float32)
            row[label] = np.log(score / (1 - score))
        found.append(Found(words, label, row))
    return found


def _words_at(view: View, start: int, end: int) -> WordSpan | None:
    span = view.doc.char_span(start, end)
    return view.words(span) if span is not None else None


def word_spans(view: View, entities: Sequence[DocEntity]) -> list[list[WordSpan]]:
    """The mentions of each entity in words of the view."""
    group = view.doc.spans[SPANS]
    words = [view.words(span) for span in group]
    return [[w for number in entity.mentions if (w := words[number]) is not None] for entity in entities]


@Language.factory(
    "kg_relations_v1",
    requires=["doc.tensor", "doc._.kg_entities"],
    assigns=["doc._.kg_relations", "doc._.kg_entities"],
    default_config={"model": None},
)
def make_relations(nlp: Language, name: str, model: str | None) -> Relations:
    return Relations(Path(model) if model else SHIPPED)


class Relations:
    """Relations between the entities of the text, and their flags."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, doc: Doc) -> Doc:
        view, model, schema = view_of(doc), load_model(self.folder), load_schema()
        entities = get_entities(doc)
        spans = word_spans(view, entities)
        config, calibration = model.config, Calibration(model.config["calibration"])
        thresholds = np.array(
            [config["thresholds"]["relation"][name] for name in config["relations"]], dtype=np.float32
        )
        symmetric = frozenset(name for name, kind in schema.relations.items() if kind.symmetric)
        flags = np.full((len(entities), 2), -20.0, dtype=np.float32)
        links: dict[tuple[int, str, int], tuple[Link, int]] = {}
        for start, stop in chunks(view.sentence):
            kept, inside = within(spans, start, stop)
            if not kept:
                continue
            scored: Scored = score_chunk(
                model, view.part(start, stop), part_of(view.encoded, start, stop), kept, inside
            )
            flags[kept] = np.maximum(flags[kept], scored.flags)
            types = [entity.type for entity in entities]
            for link in decide(scored, types, config["relations"], thresholds, schema.permits, symmetric):
                key = (link.head, link.relation, link.tail)
                if key not in links or link.probability > links[key][0].probability:
                    links[key] = (link, start)
        set_relations(
            doc, [self._relation(view, link, start, calibration) for _, (link, start) in sorted(links.items())]
        )
        set_entities(doc, [self._flagged(e, row, config["thresholds"]) for e, row in zip(entities, flags, strict=True)])
        return doc

    def _relation(self, view: View, link: Link, start: int, calibration: Calibration) -> DocRelation:
        places = view.sentences_of([(a + start, b + start) for a, b in link.near])
        odds = float(np.log(link.probability / max(1e-9, 1 - link.probability)))
        return DocRelation(link.head, link.relation, link.tail, calibration.probability("relation", odds), *places)

    def _flagged(self, entity: DocEntity, odds: Floats, thresholds: dict[str, float]) -> DocEntity:
        return DocEntity(
            type=entity.type,
            mentions=entity.mentions,
            score=entity.score,
            proposed=bool(odds[0] > thresholds["proposed"] and entity.type in PROPOSABLE),
            focus=bool(odds[1] > thresholds["focus"] and entity.type in FOCUSABLE),
        )


@Language.factory(
    "kg_results_v1",
    requires=["doc.tensor", "doc.spans", "doc._.kg_entities"],
    assigns=["doc._.kg_results"],
    default_config={"model": None},
)
def make_results(nlp: Language, name: str, model: str | None) -> Results:
    return Results(Path(model) if model else SHIPPED)


class Results:
    """Reported numbers with the method, task, data set, metric and baseline that they belong to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, doc: Doc) -> Doc:
        view, model = view_of(doc), load_model(self.folder)
        entities = get_entities(doc)
        spans = word_spans(view, entities)
        values = [view.words(span) for span in doc.spans[VALUES]] if VALUES in doc.spans else []
        scores = doc.spans[VALUES].attrs["scores"] if values else []
        weights = model.config.get("slot_weights", {})
        results = []
        for start, stop in chunks(view.sentence):
            inside = [(n, (w[0] - start, w[1] - start)) for n, w in enumerate(values) if w and start <= w[0] < stop]
            kept, mentions = within(spans, start, stop)
            if not inside or not kept:
                continue
            part = part_of(view.encoded, start, stop)
            odds = score_slots(model, view.part(start, stop), part, mentions, [span for _, span in inside])
            scene = Scene(
                words=part.words,
                sentence=part.sentence,
                title_words=part.title_words,
                entities=mentions,
                types=[entities[k].type for k in kept],
                flags=[(entities[k].proposed, entities[k].focus) for k in kept],
                values=[span for _, span in inside],
            )
            for row, (number, span) in enumerate(inside):
                slots = fill_slots(odds[row], scene, row, weights)
                if set(slots) & {"method", "dataset", "metric"}:
                    where = view.sentences_of([(span[0] + start, span[1] + start)])
                    filled = tuple((slot, kept[index]) for slot, index in slots.items())
                    results.append(DocResult(number, filled, scores[number], *where))
        set_results(doc, results)
        return doc
