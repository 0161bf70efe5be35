"""F1 of trained weights on the public test sets, through the heads that learnt their annotation schemes.

    python benchmarks/public.py WEIGHTS.pt --scierc-dev dev.json --scierc test.json --tdmsci test_500_v2.conll

SciERC (Luan et al. 2018): gold tokens and sentences; entities by boundaries and type, relations by the boundaries of
both ends and type. TDMSci (Hou et al. 2021): spans by boundaries and type. All micro-averaged. The thresholds for
SciERC are set on its development set, those for TDMSci are 0; the test sets are read once, at the end, and never train.

WEIGHTS.pt are what `python -m kg.train` leaves beside its output folder (the package ships our own scheme's heads
alone). With --int8 the encoder is exported and quantised as the shipped one is.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.extract.features import WordSpan
from kg.extract.mentions import Found, choose, pool, span_odds
from kg.extract.model import Model
from kg.train.__main__ import base_model, write_config
from kg.train.data import RELATION_LABELS, Example, Words, load_scierc, load_tdmsci
from kg.train.export import export
from kg.train.loss import Spotted, score_structure, spot
from kg.train.network import Extractor, Shape
from kg.train.tune import f1

SPAN_GRID = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
PAIR_GRID = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
EITHER_WAY = ("CONJUNCTION", "COMPARE")  # relations of SciERC whose head is the earlier entity
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Fact = tuple[object, ...]


class Reader:
    """Spans and relations of examples, as the weights see them."""

    def __init__(self, model: Extractor, encoder: Model | None) -> None:
        self.model, self.encoder = model.eval(), encoder

    @torch.no_grad()
    def spot(self, example: Example) -> tuple[Spotted, np.ndarray]:
        """Vectors and probabilities of the example's spans, and the log-odds of their labels."""
        words = None if self.encoder is None else [torch.from_numpy(self.encoder.encode(example.encoded))]
        (spotted,), (scores,), (tags,) = spot(self.model, [example], words)
        odds = span_odds(scores.numpy(), tags.numpy(), spotted.spans)
        if example.scheme == "scierc":
            surfaces = [" ".join(example.encoded.words[a : b + 1]) for a, b in spotted.spans]
            odds = pool(odds, surfaces, [True] * odds.shape[1])
        return spotted, odds

    @torch.no_grad()
    def relations(self, example: Example, spotted: Spotted, found: Sequence[Found], threshold: float) -> set[Fact]:
        """The likeliest relation of each pair of mentions in a sentence, where it reaches the threshold."""
        if len(found) < 2:
            return set()
        named = [(f.span,) for f in found]
        bare = dataclasses.replace(example, results=())
        said = score_structure(self.model, bare, spotted, list(named), [f.label + 1 for f in found])
        probabilities = said.relations.softmax(-1).numpy()[:, 1:]
        facts: set[Fact] = set()
        for row, (a, b) in enumerate(zip(said.head.tolist(), said.tail.tolist(), strict=True)):
            best = int(probabilities[row].argmax())
            if probabilities[row, best] >= threshold:
                facts.add(relation(example, best, found[a].span, found[b].span))
        return facts


def relation(example: Example, label: int, head: WordSpan, tail: WordSpan) -> Fact:
    """A relation of SciERC by its number from 0, the ends of symmetric ones in text order."""
    name, ends = RELATION_LABELS["scierc"][label], (head, tail)
    return (example.id, name, *(sorted(ends) if name in EITHER_WAY else ends))


def true_relations(example: Example) -> set[Fact]:
    """The annotated relations."""
    spans = [mentions[0] for mentions in example.entities]
    return {relation(example, label - 1, spans[a], spans[b]) for (a, b), label in example.relations.items()}


def score(found: set[Fact], gold: set[Fact]) -> float:
    """F1 in percent."""
    return 100 * f1(len(found & gold), len(gold), len(found))


def spans_of(examples: Iterable[Example]) -> set[Fact]:
    return {(e.id, span, label) for e in examples for span, label in e.spans.items()}


class Run:
    """A set of examples, scored once and decoded at any threshold."""

    def __init__(self, reader: Reader, examples: Sequence[Example]) -> None:
        self.reader, self.examples = reader, examples
        self.seen = [reader.spot(example) for example in examples]
        self.gold_relations = {fact for example in examples for fact in true_relations(example)}

    def choose(self, threshold: float) -> list[list[Found]]:
        return [
            choose(odds, spotted.spans, example.encoded.sentence, threshold)
            for example, (spotted, odds) in zip(self.examples, self.seen, strict=True)
        ]

    def entities(self, found: Sequence[Sequence[Found]]) -> float:
        facts: set[Fact] = {
            (e.id, f.span, f.label + 1) for e, own in zip(self.examples, found, strict=True) for f in own
        }
        return score(facts, spans_of(self.examples))

    def relations(self, found: Sequence[Sequence[Found]], threshold: float) -> float:
        facts: set[Fact] = set()
        for example, (spotted, _), own in zip(self.examples, self.seen, found, strict=True):
            facts |= self.reader.relations(example, spotted, own, threshold)
        return score(facts, self.gold_relations)


def best(scores: dict[float, float]) -> float:
    return max(scores, key=lambda threshold: (scores[threshold], -abs(threshold)))


@click.command()
@click.argument("weights", type=FILE)
@click.option("--scierc-dev", type=FILE, help="SciERC's dev.json, to set the thresholds on.")
@click.option("--scierc", type=FILE, help="SciERC's test.json.")
@click.option("--tdmsci", type=FILE, help="TDMSci's test file.")
@click.option("--int8", is_flag=True, help="Quantise the encoder as the shipped one is.")
def main(weights: Path, scierc_dev: Path | None, scierc: Path | None, tdmsci: Path | None, int8: bool) -> None:
    """Print F1 on SciERC and TDMSci."""
    torch.set_num_threads(1)
    words = Words(base_model() / "tokenizer.json")
    model = Extractor(Shape())
    model.load_state_dict(torch.load(weights))
    encoder = None
    with tempfile.TemporaryDirectory() as folder:
        if int8:
            export(model, Path(folder))
            words.tokenizer.save(f"{folder}/tokenizer.json", pretty=False)
            write_config(Path(folder), {})
            encoder = Model(Path(folder))
        reader = Reader(model, encoder)
        span_threshold, pair_threshold = 0.0, 0.35
        if scierc_dev:
            dev = Run(reader, list(load_scierc(scierc_dev, words)))
            span_threshold = best({t: dev.entities(dev.choose(t)) for t in SPAN_GRID})
            chosen = dev.choose(span_threshold)
            pair_threshold = best({t: dev.relations(chosen, t) for t in PAIR_GRID})
            dev_f1 = dev.entities(chosen), dev.relations(chosen, pair_threshold)
            print("SciERC dev   entities {:.1f}  relations {:.1f}".format(*dev_f1), span_threshold, pair_threshold)
        if scierc:
            test = Run(reader, list(load_scierc(scierc, words)))
            chosen = test.choose(span_threshold)
            test_f1 = test.entities(chosen), test.relations(chosen, pair_threshold)
            print("SciERC test  entities {:.1f}  relations {:.1f}".format(*test_f1))
        if tdmsci:
            test = Run(reader, list(load_tdmsci(tdmsci, words)))
            print(f"TDMSci test  spans {test.entities(test.choose(0.0)):.1f}")


if __name__ == "__main__":
    sys.exit(main())
