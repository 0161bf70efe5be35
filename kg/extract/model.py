"""The shipped network, run by onnxruntime: arrays in, arrays out, one paper at a time.

Nothing here knows of spaCy or of text. Each call sees one paper alone and runs on one thread, so its result depends
on nothing but that paper (dynamic int8 quantisation would otherwise make it depend on its batch-mates).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Tokenizer

from kg.errors import ConfigError
from kg.extract.features import MAX_WIDTH, Encoded, Grouped, Ints, Pairs, Pieces, entity_features
from kg.extract.places import entity_places, pair_places
from kg.model import ExtractorInfo

Floats = npt.NDArray[np.float32]

NAME = "kg-minilm"
MEASURED = "reliability.json"  # says how right the scores are; no part of the model
SHIPPED = Path(__file__).parent / "model"
PARTS = ("encoder", "spans", "mentions", "coreference", "entities", "pairs")
MAX_PAIRS = 4096  # pairs scored in one call
MAX_SPANS = 512  # likewise; their vectors then stay in the processor's cache
# onnxruntime's fused kernel of this name sums in one scalar chain; its layer normalisation alone uses vectors.
SLOW_FUSIONS = ["SkipLayerNormFusion"]


class _Rows:
    """What a head said of spans of words, to be asked again for the same words by the next component.

    A row depends on its own span alone, so an answer is the same whichever spans it was computed with.
    """

    def __init__(self, words: Floats, spans: Ints, *rows: Floats) -> None:
        self.words, self.rows = words, rows
        self._at = np.full((len(words), MAX_WIDTH), -1, dtype=np.int64)
        width = spans[:, 1] - spans[:, 0]
        fits = width < MAX_WIDTH
        self._at[spans[fits, 0], width[fits]] = np.flatnonzero(fits)

    def find(self, words: Floats, spans: Ints) -> Ints | None:
        """The rows of `spans`, or None where these are other words or some span is not known."""
        width = spans[:, 1] - spans[:, 0]
        if words is not self.words or (width >= MAX_WIDTH).any():
            return None
        rows = self._at[spans[:, 0], width]
        return None if (rows < 0).any() else rows


class Model:
    """The network of `folder`: six ONNX files, `tokenizer.json` and `config.json`.

    `config` holds `version`, `labels`, `relations`, `slots`, and the `calibration` and `thresholds` measured on the
    tuning part of the training data. Raises ConfigError where a file is missing or does not load.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._scored: _Rows | None = None
        self._mentions: _Rows | None = None
        missing = [
            name
            for name in (*(f"{p}.onnx" for p in PARTS), "tokenizer.json", "config.json")
            if not (folder / name).is_file()
        ]
        if missing:
            raise ConfigError(f"{folder}: model files {', '.join(missing)} are missing; reinstall kg, or train a model")
        try:
            self.config: Mapping[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf8"))
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.tokenizer.no_truncation()
            self.tokenizer.no_padding()
            self.pieces = Pieces(self.tokenizer)
            options = ort.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            self._sessions = {
                name: ort.InferenceSession(
                    folder / f"{name}.onnx",
                    options,
                    providers=["CPUExecutionProvider"],
                    disabled_optimizers=SLOW_FUSIONS,
                )
                for name in PARTS
            }
        except Exception as error:  # onnxruntime and tokenizers raise many kinds; all mean a damaged file
            raise ConfigError(f"{folder}: the model does not load ({error}); reinstall kg, or train a model") from error

    def _run(self, part: str, **inputs: npt.NDArray[Any]) -> list[Floats]:
        outputs: list[Floats] = self._sessions[part].run(None, inputs)
        return outputs

    def encode(self, encoded: Encoded) -> Floats:
        """Word vectors [W, hidden]."""
        if not encoded.windows:
            return np.zeros((0, 1), dtype=np.float32)
        vectors = [
            self._run("encoder", pieces=w.pieces, shapes=w.shapes, first=w.first, last=w.last)[0]
            for w in encoded.windows
        ]
        return np.concatenate(vectors)

    def score_spans(self, words: Floats, spans: Ints) -> tuple[Floats, Floats]:
        """Span scores [S, labels + 1] and BILOU tag scores [W, 4 labels + 1]; column 0 is none."""
        known = self._scored
        if known is not None and (rows := known.find(words, spans)) is not None:
            return known.rows[0][rows], known.rows[1]
        scored, tagged, done = [], [], 0
        for at in range(0, max(len(spans), 1), MAX_SPANS):
            block = spans[at : at + MAX_SPANS]
            first = int(block[:, 0].min(initial=done))
            stop = len(words) if at + MAX_SPANS >= len(spans) else int(block[:, 1].max(initial=done - 1)) + 1
            some, labels = self._run("spans", words=words[first:stop], spans=block - first)
            scored.append(some)
            tagged.append(labels[done - first :])
            done = stop
        scores, tags = np.concatenate(scored), np.concatenate(tagged)
        self._scored = _Rows(words, spans, scores, tags)
        return scores, tags

    def mentions(self, words: Floats, spans: Ints) -> Floats:
        """Mention vectors [M, size]."""
        known = self._mentions
        if known is not None and (rows := known.find(words, spans)) is not None:
            return known.rows[0][rows]
        vectors = self._run("mentions", words=words, spans=spans)[0]
        self._mentions = _Rows(words, spans, vectors)
        return vectors

    def coreference(self, first: Floats, second: Floats, features: Floats) -> Floats:
        """Log-odds [Q] that the two surface forms of each row name the same entity."""
        return self._run("coreference", first=first, second=second, features=features)[0]

    def flags(self, words: Floats, entities: Floats, types: Floats, grouped: Grouped, encoded: Encoded) -> Floats:
        """Log-odds [E, 2] of proposed and focus."""
        return self._run(
            "entities",
            words=words,
            entities=entities,
            types=types,
            features=entity_features(grouped, encoded),
            places=entity_places(grouped, encoded.sentence),
        )[0]

    def score_pairs(
        self,
        words: Floats,
        mentions: Floats,
        entities: Floats,
        types: Floats,
        grouped: Grouped,
        pairs: Pairs,
        sentence: Ints,
    ) -> tuple[Floats, Floats]:
        """Relation scores [P, relations + 1] and slot scores [P, slots + 1]; column 0 is none."""
        buckets = np.stack([pairs.distance, pairs.apart, pairs.together], axis=1)
        ends = np.stack([pairs.head, pairs.tail], axis=1)
        places = pair_places(grouped, pairs, sentence)
        outputs = [
            self._run(
                "pairs",
                words=words,
                mentions=mentions,
                entities=entities,
                types=types,
                pairs=ends[at : at + MAX_PAIRS],
                near=pairs.near[at : at + MAX_PAIRS],
                buckets=buckets[at : at + MAX_PAIRS],
                places=places[at : at + MAX_PAIRS],
            )
            for at in range(0, len(ends), MAX_PAIRS)
        ]
        return np.concatenate([o[0] for o in outputs]), np.concatenate([o[1] for o in outputs])


@cache
def load_model(folder: Path = SHIPPED) -> Model:
    """The model of `folder`, loaded once a process."""
    return Model(folder)


def measured(folder: Path = SHIPPED) -> dict[str, Any]:
    """What `kg evaluate --calibration` left beside the model of how far its scores are right; {} without it."""
    path = folder / MEASURED
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf8")) if path.is_file() else {}
    return found


@cache
def model_info(folder: Path = SHIPPED) -> ExtractorInfo:
    """Name, version and SHA-256 over the model's files and the rules beside them, in the order of their names."""
    digest = hashlib.sha256()
    if not (folder / "config.json").is_file():
        raise ConfigError(f"{folder}: no model here; reinstall kg, or train a model")
    rules = sorted(Path(__file__).parent.glob("*.py"))
    files = (p for p in folder.iterdir() if p.suffix in {".onnx", ".json"} and p.name != MEASURED)
    for path in [*sorted(files), *rules]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    version = json.loads((folder / "config.json").read_text(encoding="utf8"))["version"]
    return ExtractorInfo(name=NAME, version=version, hash=digest.hexdigest())
