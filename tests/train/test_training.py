"""Training itself, where the extra `train` is installed: losses, weights out of the exported model, fine-tuning."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from kg.extract import Trained
from kg.extract.model import SHIPPED
from kg.model import Paper
from kg.settings import load_settings
from kg.train.data import Example, Words, gold_example

torch = pytest.importorskip("torch", reason="the extra 'train' is not installed")
pytest.importorskip("onnx", reason="the extra 'train' is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ROW = {
    "id": "p1",
    "entities": [
        {"id": "a", "type": "Method", "mentions": ["Plover"], "proposed": True},
        {"id": "b", "type": "Task", "mentions": ["document ranking"], "focus": True},
    ],
    "relations": [["a", "usedFor", "b"]],
    "results": [{"value": "40.1", "method": "a"}],
}
TITLE, ABSTRACT = "Plover ranks", "Plover is used for document ranking and reaches 40.1 points on our own data."


@pytest.fixture(scope="module")
def example() -> Example:
    return gold_example(ROW, TITLE, ABSTRACT, Words(SHIPPED / "tokenizer.json"))


def test_a_smoothed_span_shares_with_its_neighbours(example: Example) -> None:
    from kg.extract.features import candidate_spans
    from kg.train.loss import span_targets

    row = {(int(a), int(b)): n for n, (a, b) in enumerate(candidate_spans(example.encoded.sentence))}
    plain, smooth = span_targets(example, row, 0.0), span_targets(example, row, 0.2)
    assert torch.allclose(plain.sum(1), torch.ones(len(row)))
    assert torch.allclose(smooth.sum(1), torch.ones(len(row)))
    first, last = example.entities[1][0]
    assert plain[row[first, last], 2] == 1
    assert smooth[row[first, last], 2] == pytest.approx(0.8)
    assert smooth[row[first, last + 1], 2] == pytest.approx(0.05)
    assert plain[row[first, last + 1], 0] == 1


def test_the_exported_weights_come_back(example: Example) -> None:
    from kg.extract.model import load_model
    from kg.train.loss import encode_batch
    from kg.train.weights import load_weights

    model = load_weights(SHIPPED).eval()
    with torch.no_grad():
        ours = encode_batch(model, [example])[0].numpy()
    theirs = load_model(SHIPPED).encode(example.encoded)
    cosine = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosine.min() > 0.97


def test_what_is_taught_is_learnt_from_the_teacher(example: Example) -> None:
    from kg.train.data import TAUGHT
    from kg.train.loss import batch_loss
    from kg.train.network import Extractor, Shape

    torch.manual_seed(0)
    small = Shape(hidden=24, inner=24, layers=1, heads=2, head_size=16, pair_heads=1, pair_size=8)
    model, teacher = Extractor(small).eval(), Extractor(small).eval()
    taught = dataclasses.replace(example, taught=TAUGHT)
    _, own = batch_loss(model, [example], distract=False)
    _, lesson = batch_loss(model, [taught], distract=False, teacher=teacher)
    _, nothing = batch_loss(model, [taught], distract=False)
    for part in ("relation", "flag", "slot"):
        assert own[part] != pytest.approx(lesson[part], rel=1e-4)
        assert (lesson[part] > 0, nothing[part]) == (True, 0)
    assert own["span"] == pytest.approx(lesson["span"])
    total, _ = batch_loss(model, [taught], distract=False, teacher=model)
    total.backward()
    for layer in (model.entity.out, model.pair.out["kg"]):  # who already says what the teacher says stays
        assert float(layer.bias.grad.abs().max()) < 1e-5


def test_a_model_is_fine_tuned_and_reads(example: Example, tmp_path: Path) -> None:
    from kg.train.finetune import finetune, unannotated
    from kg.train.fit import Plan

    steps: list[tuple[int, int]] = []
    plan = Plan(epochs=2, encoder_rate=1e-5, head_rate=1e-4)
    assert unannotated([example]) == {3, 4}
    finetune([example], SHIPPED, tmp_path, plan, lambda step, of, losses: steps.append((step, of)))
    assert steps == [(1, 2), (2, 2)]
    settings = load_settings(tmp_path / "kg.toml")
    assert Path(settings.model) == tmp_path.resolve()
    tuned = Trained(settings.model)
    assert tuned.extractor_info().version.endswith("+tuned")
    assert json.loads((tmp_path / "config.json").read_text(encoding="utf8"))["labels"][0] == "Method"
    (record,) = tuned.extract([Paper(id="p1", title=TITLE, abstract=ABSTRACT)])
    assert "Plover" in {mention.text for entity in record.entities for mention in entity.mentions}
