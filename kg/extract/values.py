"""Reported numbers: what a value string says."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+\-]?(?:(?:\d{1,3}(?:, ?\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:\s*[eE]-?\d+)?")
# Remnants of LaTeX and variants of signs; what is a space or a bare sign afterwards.
_MENDED = (
    (re.compile(r"\\times|\u00d7"), "x"),
    (re.compile(r"\\(?:sim|approx)|\u223c|\u2248"), "~"),
    (re.compile(r"\\(?:to|rightarrow)\b|->|\u2192"), " to "),
    (re.compile(r"\\(?:text|math)\w+"), " "),
    (re.compile(r"\\[,;:! ]|[{}$\\]|~(?=\s*%)"), " "),
    (re.compile(r"\u2212|^\s*[\u2013\u2014](?=\s*[.\d])"), "-"),
    (re.compile(r"\s*(?:\u00b1|\bpm\b|\+/-)\s*\d+(?:\.\d+)?"), ""),
    (re.compile(r"(?<=\d)\+(?=\s*%)"), ""),
)
_RANGE = re.compile(r"\d\s*(?:%|x)?\s*(?:-|\u2013|\u2014|~|sim|to|and)\s*[+\-]?\.?\d")
_NO_NUMBER = re.compile(
    r"(?:[O\u0398\u03a9]|\\(?:mathcal|Theta|Omega|tilde)\b.*)\s*\(|\d\s*(?:/|out of)\s*\d"
)  # bounds; shares
_POWER = re.compile(
    r"^[~<>\s]*(?:(?P<factor>-?\d+(?:\.\d+)?)\s*[x*\u00b7]\s*)?10\s*\^\s*\{?\s*(?P<exponent>-?\d{1,3})\b"
)
_UNITS = (
    (re.compile(r"^(?:percentage|absolute|relative)?\s*(?:points?|pts?|pp)\b", re.I), "points"),
    (re.compile(r"^(?:%|percent\b|per cent\b)", re.I), "percent"),
    (re.compile(r"^(?:x|times|fold|-fold)(?![A-Za-z])", re.I), "times"),
)
_MULTIPLE = re.compile(r"^\s*(?:by\s+)?(?:a\s+)?(?:factor of|x(?=\s*\d))", re.I)
_WORD = re.compile(r"[^\W\d_][\w/^]*(?:\s+[^\W\d_][\w/^]*){0,3}")
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def parse_value(value: str) -> tuple[float | None, str | None]:
    """The number and unit that a value string states; no number where it is a range, a share or a bound.

    >>> parse_value("80%"), parse_value("+2.66\\\\%"), parse_value("1.2xsim3.3x")
    ((80.0, 'percent'), (2.66, 'percent'), (None, 'times'))
    >>> parse_value("11.4 times"), parse_value("0.12 s"), parse_value("2.69M"), parse_value("$3.9\\\\times$")
    ((11.4, 'times'), (0.12, 's'), (2690000.0, None), (3.9, 'times'))
    """
    if _NO_NUMBER.search(value):
        return None, None
    money = value.startswith("$") and value.count("$") == 1
    clean = value
    for pattern, plain in _MENDED:
        clean = pattern.sub(plain, clean)
    clean = clean.strip()
    numbers = list(_NUMBER.finditer(clean))
    if not numbers:
        return None, None
    if power := _POWER.match(clean):
        return float(f"{power['factor'] or 1}e{power['exponent'].replace(' ', '')}"), _unit(clean[power.end() :])[0]
    between = bool(_RANGE.search(clean))
    unit, scale = _unit(clean[(numbers[-1] if between else numbers[0]).end() :])
    if unit is None and _MULTIPLE.match(clean):
        unit = "times"
    unit = unit or ("USD" if money else None)
    if between:
        return None, unit
    number = float(re.sub(r"[, ]", "", numbers[0].group())) * scale
    return (number if math.isfinite(number) else None), unit


def _unit(rest: str) -> tuple[str | None, float]:
    """The unit that follows a number, and what a word like 'million' multiplies the number by."""
    rest = rest.strip(" -")
    if name := next((name for pattern, name in _UNITS if pattern.match(rest)), None):
        return name, 1.0
    word = _WORD.match(rest)
    if word is None:
        return None, 1.0
    first, _, others = word.group().partition(" ")
    if first.lower() in _SCALES and first != "m":
        return others.strip() or None, _SCALES[first.lower()]
    return word.group(), 1.0
