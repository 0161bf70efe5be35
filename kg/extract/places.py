"""Where in a text an entity or a pair looks: 0/1 masks over its words that bias the heads' attention."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kg.extract.features import Grouped, Ints, Pairs

Floats = npt.NDArray[np.float32]


def entity_places(grouped: Grouped, sentence: Ints) -> Floats:
    """[E, W, 2]: words in the sentence of the entity's first mention; in that of any mention."""
    places = np.zeros((grouped.count, len(sentence), 2), dtype=np.float32)
    for index in range(grouped.count):
        where = sentence[grouped.spans[grouped.entity == index][:, 0]]
        places[index, :, 0] = sentence == where.min()
        places[index, :, 1] = np.isin(sentence, where)
    return places


def pair_places(grouped: Grouped, pairs: Pairs, sentence: Ints) -> Floats:
    """[P, W, 3]: words in the sentence of the head's nearest mention; of the tail's; between the two."""
    head, tail = grouped.spans[pairs.near[:, 0]], grouped.spans[pairs.near[:, 1]]
    word = np.arange(len(sentence))
    low = np.minimum(head[:, 0], tail[:, 0])[:, None]
    high = np.maximum(head[:, 1], tail[:, 1])[:, None]
    return np.stack(
        [
            sentence[None, :] == sentence[head[:, 0]][:, None],
            sentence[None, :] == sentence[tail[:, 0]][:, None],
            (word[None, :] >= low) & (word[None, :] <= high),
        ],
        axis=2,
    ).astype(np.float32)
