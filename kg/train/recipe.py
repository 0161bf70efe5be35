"""How the shipped weights came about: a trunk, two branches of it, and their mean.

The second branch also learns the mentions that the first one finds in unlabelled abstracts (self-training); averaging
weights that grew from one trunk is the 'model soup' of Wortsman et al. (2022). On request a third branch starts from
the mean and learns from it as its teacher: in further abstracts, what it finds and how sure it is of the relations,
flags and slots there (distillation, Hinton et al. 2015). It was measured and not shipped, see docs/extraction.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from kg.extract.record import to_record
from kg.model import Paper
from kg.train.data import TAUGHT, Example, Words, gold_example
from kg.train.fit import Plan, fit
from kg.train.network import Extractor
from kg.train.tune import pipeline

TRUNK = Plan(seed=1, epochs=10, stop_after=2)
BRANCH = Plan(seed=2, epochs=4, encoder_rate=1.2e-4, head_rate=8e-4, warm_up=0.05, distract_from=0)
SELF_TRAINED = replace(BRANCH, seed=3, epochs=3)
DISTILLED = replace(BRANCH, seed=4, epochs=2, encoder_rate=1e-4, head_rate=7e-4, smoothing=0.1)
UNLABELLED = 1100  # abstracts for self-training
LESSONS = 700  # abstracts for distillation that report numbers, and as many of any kind
LENGTHS = (500, 1700)  # their length in code points
_NUMBERS = re.compile(r"\d\s*(?:\\?%|x\b|\u00d7|times\b|points\b|percent)")

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """Abstracts without annotation: for the second branch, and for the third."""

    found: tuple[Paper, ...] = ()
    taught: tuple[Paper, ...] = ()

    def without_third(self) -> Unlabelled:
        """Those for the second branch alone."""
        return Unlabelled(found=self.found)


def choose_unlabelled(papers: Iterable[Paper], excluded: Iterable[Paper]) -> Unlabelled:
    """Papers of usual length, by the hash of their ids; none whose title or abstract is in `excluded`."""
    known = {_key(text) for paper in excluded for text in (paper.title, paper.abstract[:200]) if text}
    fit_for = [
        paper
        for paper in papers
        if LENGTHS[0] < len(paper.abstract) < LENGTHS[1] and not {_key(paper.title), _key(paper.abstract[:200])} & known
    ]
    ranked = sorted(fit_for, key=lambda paper: hashlib.sha256(paper.id.encode()).hexdigest())
    rest = ranked[UNLABELLED:]
    numbered = [paper for paper in rest if _NUMBERS.search(paper.abstract)][:LESSONS]
    chosen = {paper.id for paper in numbered}
    others = [paper for paper in rest if paper.id not in chosen][:LESSONS]
    return Unlabelled(tuple(ranked[:UNLABELLED]), (*numbered, *others))


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def label(papers: Sequence[Paper], folder: Path, words: Words) -> Iterator[Example]:
    """The entities and values that the model of `folder` finds in `papers`; the rest is for a teacher to tell."""
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
        yield replace(gold_example(row, paper.title, paper.abstract, words), taught=TAUGHT)


def mean(first: Weights, second: Weights) -> Weights:
    """The weights half-way between the two."""
    return {name: torch.lerp(first[name], second[name], 0.5) for name in first}


def train(
    model: Extractor,
    examples: Sequence[Example],
    unlabelled: Unlabelled,
    words: Words,
    work: Path,
    release: Callable[[Weights, Path], None],
) -> Weights:
    """The weights of the whole recipe; without `unlabelled` papers for a branch, those before it.

    `release` exports and tunes weights into a folder, so that they can label the unlabelled papers.
    """
    trunk = fit(model, examples, TRUNK, work / "trunk")
    model.load_state_dict(trunk)
    first = fit(model, examples, BRANCH, work / "first")
    if not unlabelled.found:
        return first
    release(first, work / "labeller")
    more = list(label(unlabelled.found, work / "labeller", words))
    model.load_state_dict(trunk)
    second = fit(model, [*examples, *more], SELF_TRAINED, work / "second")
    both = mean(first, second)
    if not unlabelled.taught:
        return both
    release(both, work / "teacher")
    lessons = list(label(unlabelled.taught, work / "teacher", words))
    teacher = Extractor(model.shape).eval()
    teacher.load_state_dict(both)
    model.load_state_dict(both)
    third = fit(model, [*examples, *lessons], DISTILLED, work / "third", teacher=teacher)
    return mean(both, third)
