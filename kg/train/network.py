"""The extractor's network in plain torch: a small BERT encoder with heads for spans, entities and pairs.

The encoder is that of Devlin et al. (2019) as distilled by Wang et al. (MiniLM, 2020), with word-shape embeddings
added because its vocabulary is uncased. Spans are scored as in Lee et al. (2017) and Eberts & Ulges (SpERT, 2020)
beside a BILOU tagger; pairs of entities are scored over the whole abstract with a pair-conditioned attention in the
manner of ATLOP (Zhou et al. 2021).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.extract.features import COREFERENCE_FEATURES, DISTANCES, MAX_WIDTH, SENTENCES_APART, SHAPES, TOGETHER
from kg.train.data import RELATION_LABELS, SPAN_LABELS

BILOU = 4
ENTITY_FEATURES = 8
FLAGS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of the network; the defaults are those of all-MiniLM-L6-v2."""

    vocabulary: int = 30522
    positions: int = 512
    hidden: int = 384
    inner: int = 1536
    layers: int = 6
    heads: int = 12
    head_size: int = 256
    pair_heads: int = 4
    pair_size: int = 64


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.up = nn.Linear(shape.hidden, shape.inner)
        self.down = nn.Linear(shape.inner, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        batch, length, hidden = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        if mask is None:
            weights = (q @ k.transpose(-1, -2) / math.sqrt(hidden // self.heads)).softmax(-1)
            mixed = weights @ v
        else:
            mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(batch, length, hidden)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Pieces [B, T] to word vectors: the mean of a word's first and last piece."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.pieces = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.shapes = nn.Embedding(2 * SHAPES, shape.hidden)
        nn.init.zeros_(self.shapes.weight)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))

    def forward(self, pieces: Tensor, shapes: Tensor, mask: Tensor | None = None) -> Tensor:
        """`mask` [B, T] is true where a piece is real; None where all are."""
        where = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.pieces(pieces) + self.positions(where) + self.shapes(shapes)
        x = self.dropout(self.norm(x))
        attend = None if mask is None else mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, attend)
        return x

    def load_bert(self, state: Mapping[str, Tensor]) -> None:
        """Take the weights of a BERT checkpoint; the segment embedding of 0 is folded into the positions."""
        with torch.no_grad():
            self.pieces.weight.copy_(state["embeddings.word_embeddings.weight"])
            segment = state["embeddings.token_type_embeddings.weight"][0]
            self.positions.weight.copy_(state["embeddings.position_embeddings.weight"][: len(self.positions.weight)])
            self.positions.weight.add_(segment)
            self.norm.weight.copy_(state["embeddings.LayerNorm.weight"])
            self.norm.bias.copy_(state["embeddings.LayerNorm.bias"])
            for number, layer in enumerate(self.layers):
                prefix = f"encoder.layer.{number}."
                for kind in ("weight", "bias"):
                    qkv = [state[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
                    getattr(layer.qkv, kind).copy_(torch.cat(qkv))
                    for ours, theirs in (
                        (layer.out, "attention.output.dense"),
                        (layer.norm1, "attention.output.LayerNorm"),
                        (layer.up, "intermediate.dense"),
                        (layer.down, "output.dense"),
                        (layer.norm2, "output.LayerNorm"),
                    ):
                        getattr(ours, kind).copy_(state[f"{prefix}{theirs}.{kind}"])


class SpanHead(nn.Module):
    """Scores of all spans and BILOU tags of all words, per scheme."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        hidden, size = shape.hidden, shape.head_size
        self.start, self.end, self.mean = (nn.Linear(hidden, size) for _ in range(3))
        self.width = nn.Embedding(MAX_WIDTH, size)
        self.out = nn.ModuleDict({name: nn.Linear(size, len(labels) + 1) for name, labels in SPAN_LABELS.items()})
        self.tag = nn.ModuleDict(
            {name: nn.Linear(hidden, BILOU * len(labels) + 1) for name, labels in SPAN_LABELS.items()}
        )
        self.dropout = nn.Dropout(dropout)
        for layer in self.out.values():
            with torch.no_grad():
                layer.bias[0] = 4.0
        for layer in self.tag.values():
            with torch.no_grad():
                layer.bias[0] = 2.0

    def forward(self, words: Tensor, spans: Tensor, scheme: str) -> tuple[Tensor, Tensor]:
        """Words [N, hidden] and spans [S, 2] to span scores [S, labels + 1] and tag scores [N, 4 * labels + 1]."""
        words = self.dropout(words)
        first, last = spans[:, 0], spans[:, 1]
        width = last - first
        sums = functional.pad(self.mean(words).cumsum(0), (0, 0, 1, 0))
        mean = (sums[last + 1] - sums[first]) / (width + 1).unsqueeze(1)
        x = functional.gelu(self.start(words)[first] + self.end(words)[last] + mean + self.width(width))
        return self.out[scheme](self.dropout(x)), self.tag[scheme](words)


class MentionHead(nn.Module):
    """Vectors of mentions, and of entities as the mean of theirs."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.start, self.end, self.mean = (nn.Linear(shape.hidden, shape.head_size) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor, spans: Tensor) -> Tensor:
        words = self.dropout(words)
        first, last = spans[:, 0], spans[:, 1]
        sums = functional.pad(self.mean(words).cumsum(0), (0, 0, 1, 0))
        mean = (sums[last + 1] - sums[first]) / (last - first + 1).unsqueeze(1)
        return functional.gelu(self.start(words)[first] + self.end(words)[last] + mean)


class Attention(nn.Module):
    """Attention over the words of a text from queries that know where their mentions stand."""

    def __init__(self, shape: Shape, places: int) -> None:
        super().__init__()
        self.heads, self.size = shape.pair_heads, shape.pair_size
        self.key = nn.Linear(shape.hidden, self.heads * self.size)
        self.value = nn.Linear(shape.hidden, self.heads * self.size)
        self.place = nn.Parameter(torch.zeros(places, self.heads))
        with torch.no_grad():
            self.place[:2].fill_(1.0)

    def forward(self, words: Tensor, query: Tensor, places: Tensor) -> Tensor:
        """Words [W, hidden], queries [P, heads * size], places [P, W, k] of 0 and 1 to contexts [P, heads * size]."""
        key = self.key(words).view(-1, self.heads, self.size)
        value = self.value(words).view(-1, self.heads, self.size)
        scores = torch.einsum("phd,whd->pwh", query.view(-1, self.heads, self.size), key) / math.sqrt(self.size)
        weights = (scores + places @ self.place).softmax(1)
        return torch.einsum("pwh,whd->phd", weights, value).reshape(-1, self.heads * self.size)


class EntityHead(nn.Module):
    """The flags of entities: proposed, focus."""

    def __init__(self, shape: Shape, labels: int, dropout: float) -> None:
        super().__init__()
        size, context = shape.head_size, shape.pair_heads * shape.pair_size
        self.query = nn.Linear(size, context)
        self.attention = Attention(shape, 2)
        self.enter = nn.Linear(size + context + labels + ENTITY_FEATURES, size)
        self.out = nn.Linear(size, FLAGS)
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor, entities: Tensor, types: Tensor, features: Tensor, places: Tensor) -> Tensor:
        context = self.attention(words, self.query(entities), places)
        x = torch.cat([entities, context, types, features], dim=1)
        return self.out(self.dropout(functional.gelu(self.enter(self.dropout(x)))))


class PairHead(nn.Module):
    """Relations of ordered pairs of entities, per scheme, and the slots of results."""

    def __init__(self, shape: Shape, labels: int, dropout: float) -> None:
        super().__init__()
        size, context = shape.head_size, shape.pair_heads * shape.pair_size
        self.near_head, self.near_tail, self.head, self.tail = (nn.Linear(size, size) for _ in range(4))
        self.type_head, self.type_tail = nn.Linear(labels, size, bias=False), nn.Linear(labels, size, bias=False)
        self.product_head, self.product_tail = nn.Linear(size, size // 2), nn.Linear(size, size // 2)
        self.query_head, self.query_tail = nn.Linear(size, context), nn.Linear(size, context)
        self.attention = Attention(shape, 3)
        self.distance = nn.Embedding(DISTANCES, size)
        self.apart = nn.Embedding(SENTENCES_APART, size)
        self.together = nn.Embedding(TOGETHER, size)
        self.mix = nn.Linear(context + size // 2, size)
        self.middle = nn.Linear(size, size)
        self.out = nn.ModuleDict({name: nn.Linear(size, len(kinds) + 1) for name, kinds in RELATION_LABELS.items()})
        self.dropout = nn.Dropout(dropout)
        for layer in self.out.values():
            with torch.no_grad():
                layer.bias[0] = 2.0

    def forward(
        self,
        words: Tensor,
        mentions: Tensor,
        entities: Tensor,
        types: Tensor,
        pairs: Tensor,
        near: Tensor,
        buckets: Tensor,
        places: Tensor,
    ) -> Tensor:
        """Hidden vectors [P, size] of pairs [P, 2]; `near` [P, 2] indexes mentions, `buckets` is [P, 3]."""
        head, tail, near_head, near_tail = pairs[:, 0], pairs[:, 1], near[:, 0], near[:, 1]
        # What depends on one end alone is computed once an entity or mention, not once a pair.
        query = self.query_head(entities)[head] + self.query_tail(entities)[tail]
        context = self.attention(words, query, places)
        product = self.product_head(mentions)[near_head] * self.product_tail(mentions)[near_tail]
        x = (
            self.near_head(mentions)[near_head]
            + self.near_tail(mentions)[near_tail]
            + (self.head(entities) + self.type_head(types))[head]
            + (self.tail(entities) + self.type_tail(types))[tail]
            + self.distance(buckets[:, 0])
            + self.apart(buckets[:, 1])
            + self.together(buckets[:, 2])
            + self.mix(self.dropout(torch.cat([context, product], dim=1)))
        )
        x = self.dropout(functional.gelu(x))
        return x + self.dropout(functional.gelu(self.middle(x)))


class CoreferenceHead(nn.Module):
    """Whether two surface forms of a text name the same entity: a log-odds a pair."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        size = shape.head_size // 2
        self.project = nn.Linear(shape.head_size, size)
        self.enter = nn.Linear(2 * size + COREFERENCE_FEATURES, size)
        self.out = nn.Linear(size, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, first: Tensor, second: Tensor, features: Tensor) -> Tensor:
        a, b = self.project(first), self.project(second)
        x = torch.cat([a * b, (a - b).abs(), features], dim=1)
        return self.out(self.dropout(functional.gelu(self.enter(x)))).squeeze(1)


class Extractor(nn.Module):
    """Encoder and heads."""

    def __init__(self, shape: Shape, dropout: float = 0.1, head_dropout: float = 0.2) -> None:
        super().__init__()
        labels = len(SPAN_LABELS["kg"]) + 1
        self.shape = shape
        self.encoder = Encoder(shape, dropout)
        self.spans = SpanHead(shape, head_dropout)
        self.mentions = MentionHead(shape, head_dropout)
        self.entity = EntityHead(shape, labels, head_dropout)
        self.pair = PairHead(shape, labels, head_dropout)
        self.coreference = CoreferenceHead(shape, head_dropout)
        # SciERC types stand for ours in the pair head
        self.type_map = nn.ParameterDict({"scierc": nn.Parameter(torch.eye(len(SPAN_LABELS["scierc"]) + 1, labels))})
