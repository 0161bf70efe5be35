"""Scores as probabilities: Platt scaling of the model's log-odds (Platt 1999), fitted on the tuning part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

DIGITS = 3  # scores are rounded, so that the last bits of floating point do not show


class Calibration:
    """Maps log-odds of a kind of fact ('mention', 'entity', 'relation', 'result') to a probability by a x + b."""

    def __init__(self, coefficients: Mapping[str, Sequence[float]]) -> None:
        self._coefficients = coefficients

    def probability(self, kind: str, odds: float) -> float:
        """The probability that a fact of `kind` with these log-odds is right, in (0, 1), rounded."""
        slope, offset = self._coefficients[kind]
        x = max(-30.0, min(30.0, slope * odds + offset))
        return round(1 / (1 + math.exp(-x)), DIGITS)

    def value_or_mention(self, odds: float, is_value: bool) -> float:
        """As `probability`, for a span that is a reported number or a mention of an entity."""
        return self.probability("result" if is_value else "mention", odds)
