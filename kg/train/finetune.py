"""Fine-tuning of an exported model on a user's annotations."""

from __future__ import annotations

import copy
import dataclasses
import json
import shutil
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from kg.extract import PIPES
from kg.extract.attributes import SPANS, VALUES
from kg.extract.view import view_of
from kg.train.data import SPAN_LABELS, Example
from kg.train.export import export
from kg.train.fit import Plan, Tell, fit
from kg.train.network import Extractor
from kg.train.tune import pipeline
from kg.train.weights import load_weights

LABELS = SPAN_LABELS["kg"]
SETTINGS = "kg.toml"


def unannotated(examples: Sequence[Example]) -> frozenset[int]:
    """The labels, from 1, that no example has: nobody looked for them, so their absence says nothing."""
    return frozenset(range(1, len(LABELS) + 1)) - {label for e in examples for label in e.spans.values()}


def keep_finding(examples: Sequence[Example], labels: frozenset[int], folder: Path) -> Iterator[Example]:
    """The examples with the spans of `labels` that the model of `folder` finds in them, where nothing is annotated."""
    nlp = pipeline(folder)
    for example in examples:
        doc = nlp(example.text, disable=PIPES[3:])
        view = view_of(doc)
        taken = {word for first, last in example.spans for word in range(first, last + 1)}
        more = {}
        for span in [*doc.spans[SPANS], *doc.spans[VALUES]]:
            words, label = view.words(span), LABELS.index(span.label_) + 1
            if words and label in labels and not taken & set(range(words[0], words[1] + 1)):
                more[words] = label
        yield dataclasses.replace(example, spans=example.spans | more)


def finetune(examples: Sequence[Example], start: Path, out: Path, plan: Plan, tell: Tell) -> None:
    """Train the model of `start` on `examples` and leave it in `out`, with its thresholds and a settings file.

    What of an example nobody annotated is learnt from the model as it was, and labels that occur in no example are kept
    where it finds them. Raises ConfigError where `start` holds no model.
    """
    model = load_weights(start)
    teacher: Extractor = copy.deepcopy(model).eval()
    if missing := unannotated(examples):
        examples = list(keep_finding(examples, missing, start))
    model.load_state_dict(fit(model, examples, plan, teacher=teacher, tell=tell))
    out.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():  # of the tracer, on shapes that are right here
        warnings.simplefilter("ignore")
        export(model, out)
    shutil.copyfile(start / "tokenizer.json", out / "tokenizer.json")
    config = json.loads((start / "config.json").read_text(encoding="utf8"))
    config["version"] = f"{str(config['version']).partition('+')[0]}+tuned"
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf8")
    (out / SETTINGS).write_text('[kg]\nmodel = "."\n', encoding="utf8")


def use_threads(threads: int) -> None:
    """Let PyTorch use so many threads."""
    torch.set_num_threads(threads)
