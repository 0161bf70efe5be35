"""Thresholds and calibration of an exported model, chosen on held-back training papers.

The papers are neither trained on nor those that figures are reported on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.evaluate import match_entities, states
from kg.extract import PIPES, build_pipeline, components
from kg.extract.attributes import SPANS, VALUES, get_entities, get_results
from kg.extract.model import Model, load_model
from kg.extract.record import to_record
from kg.extract.relations import chunks, decide, part_of, score_chunk, within
from kg.extract.view import view_of
from kg.model import Extraction
from kg.schema import load_schema
from kg.settings import Settings
from kg.train.newton import Doubles, minimum

Judged = list[tuple[float, bool]]  # (log-odds or probability, whether right)

MENTION_GRID = (-2.0, -1.5, -1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0)
RELATION_GRID = tuple(np.round(np.arange(0.15, 0.51, 0.025), 3).tolist())  # narrow: rare relations have few papers
USUAL = 0.35
SLACK = 0.001
FLOOR = 0.08  # relations below are no candidates


def pipeline(folder: Path) -> Language:
    """The spaCy pipeline with the model of `folder`."""
    return build_pipeline(Settings(model=str(folder)))


def f1(hits: float, gold: float, predicted: float) -> float:
    """F1 of counts; 0 where there is nothing."""
    return 2 * hits / (gold + predicted) if gold + predicted else 0.0


def platt(judged: Judged) -> tuple[float, float]:
    """Slope and offset of the logistic regression of 'right' on the log-odds, by Newton's method with a weak prior.

    Platt (1999). The prior holds the slope near 1 where there are few judgements.
    """
    x = np.clip(np.array([odds for odds, _ in judged], dtype=float), -20, 20)
    y = np.array([right for _, right in judged], dtype=float)
    design, prior = np.stack([x, np.ones_like(x)], axis=1), np.array([1.0, 0.0])

    def loss(w: Doubles) -> float:
        z = design @ w
        return float((np.logaddexp(0, z) - y * z).sum() + ((w - prior) ** 2).sum() / 2)

    def slopes(w: Doubles) -> tuple[Doubles, Doubles]:
        p = 1 / (1 + np.exp(-np.clip(design @ w, -30, 30)))
        return design.T @ (p - y) + (w - prior), (design * (p * (1 - p))[:, None]).T @ design + np.eye(2)

    slope, offset = minimum(loss, slopes, prior, rounds=100, near=1e-9).tolist()
    return round(slope, 4), round(offset, 4)


def best_threshold(judged: Judged, gold: int) -> float:
    """The log-odds above which predicting gives the best F1 against `gold` true ones."""
    ranked = sorted(judged, reverse=True)
    best, at, hits = 0.0, 0.0, 0
    for count, (odds, right) in enumerate(ranked, start=1):
        hits += right
        after = ranked[count][0] if count < len(ranked) else odds - 1.0
        if f1(hits, gold, count) > best:
            best, at = f1(hits, gold, count), (odds + after) / 2
    return round(at, 4)


def relation_thresholds(judged: dict[str, Judged], gold: int) -> dict[str, float]:
    """A threshold per relation such that the micro-averaged F1 over all relations is best, by coordinate ascent.

    Of thresholds within SLACK of the best, the one nearest to USUAL: rare relations have too few papers to tell.
    """
    chosen = dict.fromkeys(judged, USUAL)

    def counts(name: str, threshold: float) -> tuple[int, int]:
        kept = [right for probability, right in judged[name] if probability >= threshold]
        return sum(kept), len(kept)

    for _ in range(4):
        for name in judged:
            others = [counts(other, chosen[other]) for other in judged if other != name]
            hits, predicted = sum(h for h, _ in others), sum(p for _, p in others)
            options = [(*counts(name, t), t) for t in RELATION_GRID]
            scored = [(f1(hits + h, gold, predicted + p), t) for h, p, t in options]
            good = max(scored)[0] - SLACK
            chosen[name] = min((abs(t - USUAL), t) for score, t in scored if score >= good)[1]
    return chosen


class Tuner:
    """Runs the stages of a model over annotated papers and sets one threshold after the other."""

    def __init__(self, folder: Path, papers: Iterable[tuple[str, Extraction]]) -> None:
        self.folder = folder
        self.papers = list(papers)
        self.config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf8"))
        self.config["calibration"] = {kind: [1.0, 0.0] for kind in ("mention", "entity", "relation", "result")}
        encoder = pipeline(folder)
        self.encoded = [encoder(text, disable=PIPES[2:]) for text, _ in self.papers]

    def model(self) -> Model:
        """The model with the settings as they are now."""
        (self.folder / "config.json").write_text(json.dumps(self.config, indent=1) + "\n", encoding="utf8")
        load_model.cache_clear()
        return load_model(self.folder)

    def run(self, *names: str) -> list[Doc]:
        """Fresh Docs through the named components after the encoder."""
        self.model()
        nlp = pipeline(self.folder)
        docs = [doc.copy() for doc in self.encoded]
        for name in names:
            component = nlp.get_pipe(name)
            docs = [component(doc) for doc in docs]
        return docs

    def mentions(self) -> None:
        gold = [{(m.start, m.end, e.type) for e in g.entities for m in e.mentions} for _, g in self.papers]

        def score(threshold: float) -> float:
            self.config["thresholds"]["mention"] = threshold
            found = [
                {(s.start_char, s.end_char, s.label_) for s in doc.spans[SPANS]}
                for doc in self.run("kg_mentions", "kg_coreference")
            ]
            hits = sum(len(f & g) for f, g in zip(found, gold, strict=True))
            return f1(hits, sum(map(len, gold)), sum(map(len, found)))

        scores = {threshold: score(threshold) for threshold in MENTION_GRID}
        best = max(scores, key=lambda t: (scores[t], -abs(t)))
        self.config["thresholds"]["mention"] = best
        print("mention threshold", best, {t: round(100 * s, 1) for t, s in scores.items()})

    def structure(self) -> None:
        """Thresholds of relations and flags, and the calibration of all kinds of facts."""
        docs = self.run("kg_mentions", "kg_coreference")
        judge = Judge(self.model())
        for doc, (_, gold) in zip(docs, self.papers, strict=True):
            judge.spans(doc, gold)
            judge.structure(doc, gold)
        gold_entities = [entity for _, gold in self.papers for entity in gold.entities]
        thresholds = self.config["thresholds"]
        thresholds["relation"] = relation_thresholds(judge.relations, sum(len(g.relations) for _, g in self.papers))
        thresholds["proposed"] = best_threshold(judge.flags[0], sum(e.proposed for e in gold_entities))
        thresholds["focus"] = best_threshold(judge.flags[1], sum(e.focus for e in gold_entities))
        for doc, (_, gold) in zip(self.run(*PIPES[2:6]), self.papers, strict=True):
            judge.numbers(doc, gold)
        emitted = [
            (float(np.log(p / (1 - p))), right)
            for name, rows in judge.relations.items()
            for p, right in rows
            if p >= thresholds["relation"][name]
        ]
        judged = {"mention": judge.mentions, "entity": judge.entities, "relation": emitted, "result": judge.results}
        self.config["calibration"] = {kind: platt(rows) for kind, rows in judged.items()}
        print(json.dumps(thresholds), json.dumps(self.config["calibration"]))


class Judge:
    """Collects what the model says of each fact of annotated papers, and whether it is right."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.labels: list[str] = model.config["labels"]
        self.names: list[str] = model.config["relations"]
        self.schema = load_schema()
        self.symmetric = frozenset(name for name in self.names if self.schema.relations[name].symmetric)
        self.mentions: Judged = []
        self.entities: Judged = []
        self.results: Judged = []
        self.relations: dict[str, Judged] = {name: [] for name in self.names}
        self.flags: tuple[Judged, Judged] = ([], [])

    def spans(self, doc: Doc, gold: Extraction) -> None:
        """Mentions by offsets and type."""
        placed = {(m.start, m.end, e.type) for e in gold.entities for m in e.mentions}
        odds = doc.spans[SPANS].attrs["odds"]
        for number, span in enumerate(doc.spans[SPANS]):
            right = (span.start_char, span.end_char, span.label_) in placed
            self.mentions.append((odds[number][self.labels.index(span.label_)], right))

    def numbers(self, doc: Doc, gold: Extraction) -> None:
        """Results, right where every slot of a gold one is."""
        record = to_record(doc, gold.id)
        match = match_entities(gold.entities, record.entities)
        values = doc.spans[VALUES].attrs["odds"]
        for place, result in zip(get_results(doc), record.results, strict=True):
            right = any(states(want, result, match) for want in gold.results)
            self.results.append((values[place.value][self.labels.index("Value")], right))

    def structure(self, doc: Doc, gold: Extraction) -> None:
        """Entities, their flags and relations, by the matching of the scorer."""
        view, found = view_of(doc), get_entities(doc)
        record = to_record(doc, gold.id).entities
        match = match_entities(gold.entities, record)
        names = [match.get(entity.id, f"unmatched {entity.id}") for entity in record]
        odds = np.array(doc.spans[SPANS].attrs["odds"])
        for number, entity in enumerate(found):
            mean = odds[list(entity.mentions)].mean(axis=0)
            self.entities.append((float(mean[self.labels.index(entity.type)]), record[number].id in match))
        wanted = {_key(r.head, r.type, r.tail, self.symmetric) for r in gold.relations}
        flagged = {e.id: (e.proposed, e.focus) for e in gold.entities}
        spans, types = components.word_spans(view, found), [entity.type for entity in found]
        low = np.full(len(self.names), FLOOR, dtype=np.float32)
        for start, stop in chunks(view.sentence):
            kept, inside = within(spans, start, stop)
            if not kept:
                continue
            part = part_of(view.encoded, start, stop)
            scored = score_chunk(self.model, view.vectors[start:stop], part, kept, inside)
            for link in decide(scored, types, self.names, low, self.schema.permits, self.symmetric):
                key = _key(names[link.head], link.relation, names[link.tail], self.symmetric)
                self.relations[link.relation].append((link.probability, key in wanted))
            for number, index in enumerate(kept):
                for flag, kinds in enumerate((components.PROPOSABLE, components.FOCUSABLE)):
                    if types[index] in kinds:
                        truth = flagged.get(names[index], (False, False))[flag]
                        self.flags[flag].append((float(scored.flags[number, flag]), truth))


def _key(head: str, relation: str, tail: str, symmetric: frozenset[str]) -> tuple[str, str, str]:
    return (min(head, tail), relation, max(head, tail)) if relation in symmetric else (head, relation, tail)


def tune(folder: Path, papers: Iterable[tuple[str, Extraction]]) -> None:
    """Set the thresholds and calibration in `folder/config.json` from annotated `papers` (text, gold record)."""
    tuner = Tuner(folder, papers)
    tuner.mentions()
    tuner.structure()
    tuner.model()
