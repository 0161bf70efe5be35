"""The training loop: mixed batches of all schemes, AdamW, averaged weights, a checkpoint after each epoch."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from kg.train.data import Example
from kg.train.loss import batch_loss
from kg.train.network import Extractor

BATCH = {"kg": 4, "scierc": 4, "tdm": 24}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast to train; rates are AdamW's at their peak."""

    epochs: int = 12
    encoder_rate: float = 1.5e-4
    head_rate: float = 1e-3
    decay: float = 0.01
    warm_up: float = 0.06  # share of all steps
    average: float = 0.995  # of the weights, per step
    clip: float = 5.0
    distract_from: int = 1  # the first epoch, from 0, that adds wrong spans as distractors
    stop_after: int | None = None  # leave off after so many epochs, as if the rest were to come
    smoothing: float = 0.0  # share of a gold span that its neighbours get
    seed: int = 1


Tell = Callable[[int, int, Mapping[str, float]], None]


def print_losses(step: int, steps: int, losses: Mapping[str, float]) -> None:
    """A line every 50 steps."""
    if step % 50 == 0:
        told = " ".join(f"{name} {value:.3f}" for name, value in losses.items())
        print(f"{time.strftime('%H:%M:%S')} step {step}/{steps} {told}", flush=True)


def batches(examples: Sequence[Example], dice: random.Random) -> list[list[Example]]:
    """Shuffled batches, each of one scheme and of texts of about one length."""
    out = []
    for scheme, size in BATCH.items():
        own = [example for example in examples if example.scheme == scheme]
        dice.shuffle(own)
        for start in range(0, len(own), size * 16):
            stretch = sorted(own[start : start + size * 16], key=lambda e: len(e.encoded.words))
            out += [stretch[at : at + size] for at in range(0, len(stretch), size)]
    dice.shuffle(out)
    return out


def parameter_groups(model: Extractor, plan: Plan) -> list[dict[str, object]]:
    """Encoder and heads at their own rates; the piece embeddings stay as they are."""
    model.encoder.pieces.weight.requires_grad_(False)
    encoder = [p for name, p in model.encoder.named_parameters() if p.requires_grad and not name.startswith("shapes")]
    heads = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith("encoder.")]
    heads.append(model.encoder.shapes.weight)
    return [{"params": encoder, "lr": plan.encoder_rate}, {"params": heads, "lr": plan.head_rate}]


def fit(
    model: Extractor,
    examples: Sequence[Example],
    plan: Plan,
    out: Path | None = None,
    *,
    teacher: Extractor | None = None,
    tell: Tell = print_losses,
) -> dict[str, Tensor]:
    """Train `model`; returns the averaged weights, which with `out` stand in `out/epoch-N.pt` after each epoch too.

    Examples that are `taught` learn from what the `teacher` says of their entities. `tell` is called after each step
    with its number from 1, the number of all steps, and the mean losses of the epoch so far.
    """
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "plan.json").write_text(json.dumps(asdict(plan)), encoding="utf8")
    torch.manual_seed(plan.seed)
    dice = random.Random(plan.seed)  # noqa: S311
    optimizer = torch.optim.AdamW(parameter_groups(model, plan), weight_decay=plan.decay)
    steps = plan.epochs * len(batches(examples, random.Random(0)))  # noqa: S311
    warm = max(1, int(plan.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    step = 0
    for epoch in range(plan.stop_after or plan.epochs):
        model.train()
        sums: dict[str, float] = {}
        mixed = batches(examples, dice)
        for number, batch in enumerate(mixed, start=1):
            distract = epoch >= plan.distract_from
            loss, parts = batch_loss(model, batch, distract=distract, smoothing=plan.smoothing, teacher=teacher)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], plan.clip)
            if math.isfinite(float(norm)):
                optimizer.step()
            schedule.step()
            _blend(average, model, min(plan.average, (1 + step) / (10 + step)))
            step += 1
            sums = {name: sums.get(name, 0.0) + value for name, value in parts.items()}
            tell(step, steps, {name: value / number for name, value in sums.items()})
        if out:
            torch.save(average, out / f"epoch-{epoch}.pt")
    return average


def _blend(average: dict[str, Tensor], model: Extractor, keep: float) -> None:
    with torch.no_grad():
        for name, value in model.state_dict().items():
            average[name].lerp_(value, 1 - keep)
