"""The head of Turtle, TriG and RDF/XML files in a fixed order: the serializer lists prefixes in a random one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, cast

from kg.iri import NAMESPACES

_PREFIX_LINES = re.compile(rb"((?:@prefix [^\n]*\n)+)(?=[^@])")
_XML_ATTRIBUTES = re.compile(rb"(?<=<rdf:RDF)((?: xmlns:\w+=\"[^\"]*\")+)(?=>)")
_KINDS = ("dataset", "graph", "merge", "method", "metric", "paper", "result", "sentence", "statement", "task", "text")


def prefixes(base: str) -> dict[str, str]:
    """The usual namespaces, and one for each kind of thing in a graph under `base`: `method:slam-5b2c0a1d`."""
    return {**NAMESPACES, **{kind: f"{base}{kind}/" for kind in _KINDS}}


@contextmanager
def sorted_header(stream: IO[bytes]) -> Iterator[BinaryIO]:
    """A stream to serialize into that sorts the prefixes at the start and hands everything on to `stream`."""
    head = _Head(stream)
    yield cast(BinaryIO, head)
    head.finish()


class _Head:
    """Holds bytes back until the head is whole."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._held: bytes | None = b""

    def write(self, data: bytes) -> int:
        if self._held is None:
            return self._stream.write(data)
        self._held += data
        for pattern, item in ((_PREFIX_LINES, rb"[^\n]+\n"), (_XML_ATTRIBUTES, rb" [^ ]+")):
            if found := pattern.search(self._held):
                names = b"".join(sorted(re.findall(item, found[1])))
                self._stream.write(self._held[: found.start()] + names + self._held[found.end() :])
                self._held = None
                break
        return len(data)

    def flush(self) -> None:
        """What is held back waits for the rest of the head; the stream behind is flushed by its owner."""

    def finish(self) -> None:
        if self._held:
            self._stream.write(self._held)
