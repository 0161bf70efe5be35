"""Frames between the server and its workers: a JSON object and a body of bytes, each with its length before it."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import IO, Any

_LENGTHS = struct.Struct(">IQ")

Frame = tuple[dict[str, Any], bytes]


def pack(head: dict[str, Any], body: bytes = b"") -> list[bytes]:
    """The pieces of a frame."""
    text = json.dumps(head).encode("ascii")
    return [_LENGTHS.pack(len(text), len(body)), text, body]


def read(stream: IO[bytes]) -> Frame | None:
    """The next frame, None at the end of the stream."""
    start = stream.read(_LENGTHS.size)
    if len(start) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(start)
    return json.loads(stream.read(head)), stream.read(body)


async def receive(stream: asyncio.StreamReader) -> Frame:
    """The next frame. Raises asyncio.IncompleteReadError where the stream ends before it does."""
    head, body = _LENGTHS.unpack(await stream.readexactly(_LENGTHS.size))
    return json.loads(await stream.readexactly(head)), await stream.readexactly(body)
