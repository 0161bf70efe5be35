"""Progress with rate and time left, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def bar(items: Iterable[T], doing: str, total: int | None = None) -> Iterable[T]:
    """Pass `items` on and show how far they are; silent in a pipe."""
    if not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return tqdm(items, desc=doing, total=total, leave=False, dynamic_ncols=True, unit="")


@contextmanager
def counter(doing: str) -> Iterator[Callable[[int, int, str], None]]:
    """A function to call with (done, total, remark), which shows how far something is; silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total, remark: None
        return
    from tqdm import tqdm

    with tqdm(desc=doing, leave=False, dynamic_ncols=True, unit="") as shown:

        def advance(done: int, total: int, remark: str) -> None:
            shown.total = total
            shown.set_postfix_str(remark, refresh=False)
            shown.update(done - shown.n)

        yield advance
