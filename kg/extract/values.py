"""Reported numbers: what a value string says, and which entities fill the slots of its result."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from kg.extract.model import Floats
from kg.model import SLOT_TYPES, SLOTS, Slot

_NUMBER = re.compile(r"[+\-\u2212]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:\s*[eE]-?\d+)?")
_LATEX = re.compile(r"[{}$\\]|\\times|\\sim")
_RANGE = re.compile(r"\d\s*(?:%|x|\u00d7)?\s*(?:-|\u2013|\u2014|~|\u223c|sim|to|and)\s*[+\-]?\d")
_UNITS = (
    (re.compile(r"^(?:percentage|absolute|relative)?\s*(?:points?|pts?|pp)\b", re.I), "points"),
    (re.compile(r"^(?:%|percent\b|per cent\b)", re.I), "percent"),
    (re.compile(r"^(?:x|\u00d7|times|fold|-fold)(?![A-Za-z])", re.I), "times"),
)
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def parse_value(value: str) -> tuple[float | None, str | None]:
    """The number and unit that a value string states; no number where it is a range or states none.

    >>> parse_value("80%"), parse_value("+2.66\\\\%"), parse_value("1.2xsim3.3x")
    ((80.0, 'percent'), (2.66, 'percent'), (None, 'times'))
    >>> parse_value("11.4 times"), parse_value("0.12 s"), parse_value("2.69M")
    ((11.4, 'times'), (0.12, 's'), (2690000.0, None))
    """
    clean = _LATEX.sub(" ", value.replace("\\times", "x").replace("\\sim", "~")).strip()
    numbers = list(_NUMBER.finditer(clean))
    if not numbers:
        return None, None
    match = numbers[0]
    between = bool(_RANGE.search(clean))
    rest = clean[(numbers[-1] if between else match).end() :].strip(" -")
    unit = next((name for pattern, name in _UNITS if pattern.match(rest)), None)
    if between:
        return None, unit
    number = float(match.group().replace(",", "").replace("\u2212", "-").replace(" ", ""))
    word = re.match(r"[^\W\d_]+(?:\s+[^\W\d_]+){0,3}", rest)
    if unit is None and word:
        scale = word.group().split()[0]
        if scale.lower() in _SCALES and (len(scale) > 1 or scale != "m"):
            number *= _SCALES[scale.lower()]
        else:
            unit = word.group()
    return number if math.isfinite(number) else None, unit


def fill_slots(odds: Floats, types: Sequence[str]) -> dict[Slot, int]:
    """The likeliest entity of the right type for each slot where it beats leaving the slot empty (log-odds 0).

    `odds` is [entities, slots] in the order of SLOTS. One entity fills one slot only; method goes before baseline.
    """
    slots: dict[Slot, int] = {}
    for column, slot in enumerate(SLOTS):
        fits = np.array([kind == SLOT_TYPES[slot] for kind in types])
        if slot == "baseline" and "method" in slots:
            fits[slots["method"]] = False
        if not fits.any():
            continue
        choice = int(np.where(fits, odds[:, column], -np.inf).argmax())
        if odds[choice, column] > 0:
            slots[slot] = choice
    return slots
