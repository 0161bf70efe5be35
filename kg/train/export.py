"""Trained weights to what the package ships: an int8 encoder and half-precision heads as ONNX, and their settings."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from kg.extract.features import COREFERENCE_FEATURES
from kg.train.network import ENTITY_FEATURES, Extractor

OPSET = 18


class EncoderGraph(nn.Module):
    """pieces, shapes [T], first, last [W] -> word vectors [W, hidden]."""

    def __init__(self, model: Extractor) -> None:
        super().__init__()
        self.encoder = model.encoder

    def forward(self, pieces: Tensor, shapes: Tensor, first: Tensor, last: Tensor) -> Tensor:
        hidden = self.encoder(pieces.unsqueeze(0), shapes.unsqueeze(0))[0]
        return (hidden[first] + hidden[last]) / 2


class SpanGraph(nn.Module):
    """words [W, hidden], spans [S, 2] -> span scores [S, labels + 1], tag scores [W, 4 labels + 1]."""

    def __init__(self, model: Extractor, scheme: str) -> None:
        super().__init__()
        self.head, self.scheme = model.spans, scheme

    def forward(self, words: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
        scores, tags = self.head(words, spans, self.scheme)
        return scores, tags


class PairGraph(nn.Module):
    """Inputs of PairHead -> relation scores [P, relations + 1], slot scores [P, slots + 1]."""

    def __init__(self, model: Extractor, scheme: str) -> None:
        super().__init__()
        self.head, self.scheme = model.pair, scheme

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.head(*inputs)
        return self.head.out[self.scheme](hidden), self.head.out["slot"](hidden)


def _export(
    module: nn.Module, path: Path, inputs: Mapping[str, tuple[Tensor, Sequence[str]]], outputs: list[str]
) -> None:
    """Write `module` as ONNX; each input comes with the names of its dynamic axes ('' for a fixed one)."""
    axes = {name: {i: axis for i, axis in enumerate(dims) if axis} for name, (_, dims) in inputs.items()}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    torch.onnx.export(
        module.eval(),
        tuple(tensor for tensor, _ in inputs.values()),
        str(path),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )


def halve(path: Path) -> None:
    """Store the float weights of an ONNX file in half precision; they are cast back when the file is loaded."""
    graph = onnx.load(str(path))
    casts = []
    for weight in list(graph.graph.initializer):
        array = numpy_helper.to_array(weight)
        if array.dtype != np.float32 or array.size < 256:
            continue
        graph.graph.initializer.remove(weight)
        graph.graph.initializer.append(numpy_helper.from_array(array.astype(np.float16), f"{weight.name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{weight.name}.half"], [weight.name], to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        graph.graph.node.insert(0, node)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))


Inputs = dict[str, tuple[Tensor, Sequence[str]]]


def _sample_inputs(model: Extractor) -> dict[str, Inputs]:
    """Inputs of each part, to trace it with, and the names of their dynamic axes."""
    shape, labels = model.shape, model.pair.type_head.in_features
    words, spans = (torch.randn(9, shape.hidden), ["W", ""]), torch.tensor([[0, 1], [2, 2], [3, 5]])
    vectors, types = torch.randn(3, shape.head_size), (torch.rand(3, labels), ["E", ""])
    pieces, pairs = torch.arange(100, 112), torch.tensor([[0, 1], [1, 2], [2, 0], [0, 2]])
    return {
        "encoder": {
            "pieces": (pieces, ["T"]),
            "shapes": (torch.ones_like(pieces), ["T"]),
            "first": (torch.arange(1, 10), ["W"]),
            "last": (torch.arange(1, 10), ["W"]),
        },
        "spans": {"words": words, "spans": (spans, ["S", ""])},
        "mentions": {"words": words, "spans": (spans, ["M", ""])},
        "coreference": {
            "first": (vectors, ["Q", ""]),
            "second": (vectors, ["Q", ""]),
            "features": (torch.rand(3, COREFERENCE_FEATURES), ["Q", ""]),
        },
        "entities": {
            "words": words,
            "entities": (vectors, ["E", ""]),
            "types": types,
            "features": (torch.rand(3, ENTITY_FEATURES), ["E", ""]),
            "places": (torch.ones(3, 9, 2), ["E", "W", ""]),
        },
        "pairs": {
            "words": words,
            "mentions": (vectors, ["M", ""]),
            "entities": (vectors, ["E", ""]),
            "types": types,
            "pairs": (pairs, ["P", ""]),
            "near": (pairs, ["P", ""]),
            "buckets": (torch.tensor([[0, 1, 2], [1, 2, 3], [2, 0, 0], [5, 1, 1]]), ["P", ""]),
            "places": (torch.ones(4, 9, 3), ["P", "W", ""]),
        },
    }


def export(model: Extractor, folder: Path, *, scheme: str = "kg", quantize: bool = True) -> None:
    """Write encoder.onnx, spans.onnx, mentions.onnx, coreference.onnx, entities.onnx and pairs.onnx into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    inputs = _sample_inputs(model)
    parts = {
        "encoder": (EncoderGraph(model), ["words"]),
        "spans": (SpanGraph(model, scheme), ["scores", "tags"]),
        "mentions": (model.mentions, ["mentions"]),
        "coreference": (model.coreference, ["scores"]),
        "entities": (model.entity, ["flags"]),
        "pairs": (PairGraph(model, scheme), ["relations", "slots"]),
    }
    for name, (module, outputs) in parts.items():
        path = folder / f"{name}.onnx"
        _export(module, path, inputs[name], outputs)
        if name != "encoder":
            halve(path)
        elif quantize:
            quantize_encoder(path)


def quantize_encoder(path: Path) -> None:
    """Replace the encoder by its int8 form: dynamic, per channel, the embedding table included.

    Weights keep to 7 bits, so that the products of no processor saturate: with 8, those without VNNI instructions
    would compute other sums than those with them.
    """
    full = path.with_suffix(".fp32.onnx")
    path.rename(full)
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(
        str(full),
        str(path),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
    )
    full.unlink()
