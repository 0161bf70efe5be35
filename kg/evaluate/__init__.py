"""Scores extractions against gold annotations: figures, how far scores can be trusted, and the errors to look at."""

from __future__ import annotations

from kg.evaluate.calibration import Judged, calibration, judge
from kg.evaluate.errors import PaperErrors, compare
from kg.evaluate.scores import Figure, evaluate, match_entities, score_paper, states

__all__ = [
    "Figure",
    "Judged",
    "PaperErrors",
    "calibration",
    "compare",
    "evaluate",
    "judge",
    "match_entities",
    "score_paper",
    "states",
]
