"""JSON objects from JSON Lines, an array, an envelope such as {"results": [...]}, or one object after the other."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import ijson  # type: ignore[import-untyped]

from kg.read.source import HEAD, Reject, lines

_ENVELOPE = re.compile(r'"(results|papers|data|records|items|works|documents|articles)"\s*:\s*\[\s*[{\]]')


def objects(stream: BinaryIO, reject: Reject) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a stream, with their line in JSON Lines, and their number in any other form.

    A line that is no object is rejected and the rest read; other forms end at the first fault, as nothing in them
    says where the next record starts.
    """
    buffered = io.BufferedReader(cast(io.RawIOBase, stream), HEAD)
    head = buffered.peek(HEAD)[:HEAD]
    if _is_lines(head):
        yield from _by_line(buffered, reject)
    else:
        yield from _by_number(buffered, reject, _prefix(head.decode("utf8", "replace")))


def _is_lines(head: bytes) -> bool:
    """Whether the first line with anything on it is a whole object, or is at least not the start of a larger value."""
    first = next((line.strip() for line in head.splitlines(keepends=True) if line.strip()), b"")
    if not first.startswith((b"{", b"[")):
        return True
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return first.startswith(b"{") and len(first) > 1 and not _ENVELOPE.search(first.decode("utf8", "replace"))
    return not isinstance(value, list) and not _ENVELOPE.search(first.decode("utf8", "replace"))


def _prefix(head: str) -> str:
    if head.lstrip().startswith("["):
        return "item"
    envelope = _ENVELOPE.search(head)
    return f"{envelope.group(1)}.item" if envelope else ""


def _by_line(stream: BinaryIO, reject: Reject) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in lines(stream, reject):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except RecursionError:
            reject(number, "JSON is nested too deeply")
        except ValueError as error:
            reject(number, f"no valid JSON: {error}")
        else:
            if isinstance(value, dict):
                yield number, value
            else:
                reject(number, f"expected an object, not {type(value).__name__}")


def _by_number(stream: BinaryIO, reject: Reject, prefix: str) -> Iterator[tuple[int, dict[str, Any]]]:
    values = ijson.items(stream, prefix, use_float=True, multiple_values=True)
    for number in itertools.count(1):
        try:
            value = next(values, None)
        except (ijson.JSONError, ValueError, RecursionError, OverflowError) as error:
            reject(number, f"no valid JSON: {str(error).strip().splitlines()[0]}; what came before it was kept")
            return
        if isinstance(value, dict):
            yield number, value
        elif value is None:
            return
        else:
            reject(number, f"expected an object, not {type(value).__name__}")
