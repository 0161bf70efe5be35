"""Text for terminals and pipes: tables, JSON, and names that cannot talk to the terminal."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any

import click

_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x2028, 0x2029}


def clean(text: str) -> str:
    r"""Make control characters visible: names come from papers and must not steer the terminal. Lines and tabs stay.

    >>> clean("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(c if c in "\n\t" or not _steers(c) else c.encode("unicode_escape").decode() for c in text)


def one_line(text: str) -> str:
    """The text cleaned and with every run of white space a single space."""
    return clean(" ".join(text.split()))


def echo_table(header: tuple[str, ...], rows: Iterable[Iterable[object]]) -> None:
    """Print rows under a header in aligned columns, numbers to the right."""
    from kg.query.answer import aligned

    cells = (tuple(None if cell is None else str(cell) for cell in row) for row in rows)
    click.echo(aligned(header, cells), nl=False)


def echo_json(value: Any) -> None:
    """Print a JSON value, in ASCII: safe on every terminal, and a pipe reads the same characters."""
    click.echo(json.dumps(value, indent=2))


def _steers(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) in _BIDI


def echo_bytes(data: bytes) -> None:
    """Print what a machine shall read as it is; on a terminal, with control characters made visible."""
    if sys.stdout.isatty():
        data = clean(data.decode("utf8").replace("\r\n", "\n")).encode("utf8")
    sys.stdout.buffer.write(data)
