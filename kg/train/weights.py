"""The trainable network of an exported model: its int8 and half-precision weights as floats again.

So a model can be fine-tuned from what the package ships, without the floats that it was made of. Layers that are not
exported (the heads of other annotation schemes) stay as they were initialised; fine-tuning does not use them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

from kg.errors import ConfigError
from kg.train.network import Extractor, Shape

Array = npt.NDArray[np.float32]
HEADS = {"spans": "spans", "mentions": "mentions", "coreference": "coreference", "entities": "entity", "pairs": "pair"}
OTHER_SCHEMES = ("scierc", "tdm")
LINEAR = ("qkv", "out", "up", "down")


class Graph:
    """The constants of one ONNX file, dequantised, and who computes what."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(str(path)).graph
        self.nodes = list(graph.node)
        self.raw = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.producer = {name: node for node in self.nodes for name in node.output}

    def float_of(self, name: str) -> Array | None:
        """The constant of this name as single precision, or None; int8 is scaled back, per channel of the last axis."""
        for stored in (name, f"{name}.half"):
            if stored in self.raw and self.raw[stored].dtype in (np.float32, np.float16):
                return np.asarray(self.raw[stored], dtype=np.float32)
        if f"{name}_quantized" not in self.raw:
            return None
        zero, scale = self.raw[f"{name}_zero_point"].astype(np.float32), self.raw[f"{name}_scale"]
        return np.asarray((self.raw[f"{name}_quantized"].astype(np.float32) - zero) * scale, dtype=np.float32)

    def names(self) -> Iterator[str]:
        """Of all constants that have a name of their own, without what half precision and int8 add to it."""
        for stored in self.raw:
            name = stored.removesuffix(".half").removesuffix("_quantized")
            if "::" not in name and not stored.endswith(("_scale", "_zero_point")):
                yield name

    def matrix_before(self, bias: str) -> Array | None:
        """The matrix of the product that `bias` is added to."""
        start = next((node for node in self.nodes if bias in node.input), None)
        waiting = [] if start is None else [start]
        while waiting:
            node = waiting.pop(0)
            for name in node.input:
                matrix = self.float_of(name.removesuffix("_quantized"))
                if matrix is not None and matrix.ndim == 2:
                    return matrix
            waiting += [self.producer[name] for name in node.input if name in self.producer]
        return None


def _encoder(folder: Path, model: Extractor) -> dict[str, Array | None]:
    graph = Graph(folder / "encoder.onnx")
    found: dict[str, Array | None] = {name: graph.float_of(name) for name in graph.names()}
    for number in range(len(model.encoder.layers)):
        for part in LINEAR:
            layer = f"encoder.layers.{number}.{part}"
            matrix = graph.matrix_before(f"{layer}.bias")
            found[f"{layer}.weight"] = None if matrix is None else matrix.T
    return found


def _head(folder: Path, part: str) -> dict[str, Array | None]:
    graph, prefix = Graph(folder / f"{part}.onnx"), HEADS[part]
    found = {f"{prefix}.{name.removeprefix('head.')}": graph.float_of(name) for name in graph.names()}
    products = [name for node in graph.nodes if node.op_type == "MatMul" for name in node.input if "::" in name]
    matrices = [matrix for name in products if (matrix := graph.float_of(name)) is not None]
    if part == "pairs":  # the two projections without bias, in the order of the forward pass
        found["pair.type_head.weight"], found["pair.type_tail.weight"] = (matrix.T for matrix in matrices)
    return found


def load_weights(folder: Path) -> Extractor:
    """The network with the weights of the exported model in `folder`.

    Raises ConfigError where the folder holds another network.
    """
    model = Extractor(Shape())
    state = model.state_dict()
    found = _encoder(folder, model)
    for part in HEADS:
        found |= _head(folder, part)
    for name in sorted(name for name in state if not any(scheme in name.split(".") for scheme in OTHER_SCHEMES)):
        value = found.get(name)
        if value is None or value.shape != tuple(state[name].shape):
            raise ConfigError(
                f"{folder}: no weights for {name}; fine-tuning starts from a model that kg.train exported"
            )
        state[name] = torch.from_numpy(np.ascontiguousarray(value))
    model.load_state_dict(state)
    return model
