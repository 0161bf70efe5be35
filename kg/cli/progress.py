"""Progress with rate and time left, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def bar(items: Iterable[T], doing: str, total: int | None = None) -> Iterable[T]:
    """Pass `items` on and show how far they are; silent in a pipe."""
    if not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return tqdm(items, desc=doing, total=total, leave=False, dynamic_ncols=True, unit="")
