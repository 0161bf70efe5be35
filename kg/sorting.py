"""Sorting more than memory holds, on disk by SQLite."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from operator import itemgetter
from typing import Any

MOST_IN_MEMORY = 20_000  # rows
_CACHE = 32_768  # KiB of pages that SQLite keeps in memory


def sort(rows: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The rows (key, anything that can be pickled) in code point order of their keys; those of one key in their own.

    Beyond MOST_IN_MEMORY rows they are kept in a nameless file of the system's folder of temporary files, which is gone
    when the iterator is.

    >>> list(sort([("b", 1), ("a", 2), ("b", 0)]))
    [('a', 2), ('b', 1), ('b', 0)]
    """
    incoming = iter(rows)
    first = list(islice(incoming, MOST_IN_MEMORY))
    if len(first) < MOST_IN_MEMORY:
        yield from sorted(first, key=itemgetter(0))
        return
    with closing(sqlite3.connect("", isolation_level=None, check_same_thread=False)) as spool:
        spool.execute("PRAGMA journal_mode = OFF")
        spool.execute(f"PRAGMA cache_size = -{_CACHE}")
        spool.execute("PRAGMA temp_store = FILE")
        spool.execute("CREATE TABLE spooled (key TEXT, value BLOB)")
        spool.execute("BEGIN")
        everything = chain(first, incoming)
        spool.executemany("INSERT INTO spooled VALUES (?, ?)", ((k, pickle.dumps(v)) for k, v in everything))
        del first
        for key, value in spool.execute("SELECT key, value FROM spooled ORDER BY key, rowid"):
            yield key, pickle.loads(value)  # noqa: S301 - written a moment ago to a file that has no name
