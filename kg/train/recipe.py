"""How the shipped weights came about: a trunk, two branches of it, and their mean.

The second branch also learns the mentions that the first one finds in unlabelled abstracts (self-training); averaging
weights that grew from one trunk is the 'model soup' of Wortsman et al. (2022).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from kg.extract.record import to_record
from kg.model import Paper
from kg.train.data import Example, Words, gold_example
from kg.train.fit import Plan, fit
from kg.train.network import Extractor
from kg.train.tune import pipeline

TRUNK = Plan(seed=1, epochs=10, stop_after=2)
BRANCH = Plan(seed=2, epochs=4, encoder_rate=1.2e-4, head_rate=8e-4, warm_up=0.05, distract_from=0)
SELF_TRAINED = replace(BRANCH, seed=3, epochs=3)
UNLABELLED = 1100  # abstracts for self-training
LENGTHS = (500, 1700)  # their length in code points

Weights = dict[str, Tensor]


def choose_unlabelled(papers: Iterable[Paper], excluded: Iterable[Paper]) -> list[Paper]:
    """UNLABELLED papers of usual length, by the hash of their ids; none whose title or abstract is in `excluded`."""
    known = {_key(text) for paper in excluded for text in (paper.title, paper.abstract[:200]) if text}
    fit_for = [
        paper
        for paper in papers
        if LENGTHS[0] < len(paper.abstract) < LENGTHS[1] and not {_key(paper.title), _key(paper.abstract[:200])} & known
    ]
    return sorted(fit_for, key=lambda paper: hashlib.sha256(paper.id.encode()).hexdigest())[:UNLABELLED]


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def label(papers: Sequence[Paper], folder: Path, words: Words) -> Iterator[Example]:
    """The mentions and values that the model of `folder` finds in `papers`, as examples for the span head alone."""
    nlp = pipeline(folder)
    for paper in papers:
        found = to_record(nlp(paper.text), paper.id)
        row = {
            "id": paper.id,
            "entities": [
                {"id": e.id, "type": e.type, "mentions": sorted({mention.text for mention in e.mentions})}
                for e in found.entities
            ],
            "relations": [],
            "results": [{"value": result.value} for result in found.results],
        }
        example = gold_example(row, paper.title, paper.abstract, words)
        yield replace(example, entities=(), types=(), flags=(), forms=(), form_mentions=(), results=())


def train(
    model: Extractor,
    examples: Sequence[Example],
    unlabelled: Sequence[Paper],
    words: Words,
    work: Path,
    release: Callable[[Weights, Path], None],
) -> Weights:
    """The weights of the whole recipe; without `unlabelled` papers those of the first branch.

    `release` exports and tunes weights into a folder, so that the first branch can label the unlabelled papers.
    """
    trunk = fit(model, examples, TRUNK, work / "trunk")
    model.load_state_dict(trunk)
    first = fit(model, examples, BRANCH, work / "first")
    if not unlabelled:
        return first
    release(first, work / "labeller")
    more = list(label(unlabelled, work / "labeller", words))
    model.load_state_dict(trunk)
    second = fit(model, [*examples, *more], SELF_TRAINED, work / "second")
    return {name: torch.lerp(first[name], second[name], 0.5) for name in first}
