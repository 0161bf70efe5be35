"""Bytes of a file or of standard input: decompressed, in UTF-8, as lines of bounded length."""

from __future__ import annotations

import codecs
import io
import itertools
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import zstandard

from kg.errors import ReadError

Reject = Callable[[int | None, str], None]
HEAD = 1 << 16  # bytes that the format is guessed from
LINE_LIMIT = 64 << 20  # bytes
_CHUNK = 1 << 16
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_XML_ENCODING = re.compile(  # single-byte and East Asian ones; UTF-8 is what is expected anyway
    rb"""<\?xml\s[^>]{0,100}?encoding\s*=\s*["']((?:iso-?8859|windows|cp|koi8|gb|big5|shift|euc|mac|latin)[\w-]*)["']""",
    re.IGNORECASE,
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@contextmanager
def opened(path: str, reject: Reject) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    """The first bytes of a file ('-' is standard input) and all its chunks from the start, decompressed.

    A compressed file that is damaged or cut off gives what could be read, and `reject` says so.
    Raises ReadError where the file cannot be opened or read.
    """
    try:
        handle = sys.stdin.buffer if path == "-" else Path(path).open("rb")  # noqa: SIM115 (closed below)
    except (OSError, ValueError) as error:
        raise ReadError(_os_reason(error), source=path) from error
    try:
        chunks = _decompressed(_raw_chunks(handle, path), reject)
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= HEAD:
                break
        yield head[:HEAD], itertools.chain([head], chunks)
    finally:
        if path != "-":
            handle.close()


def as_stream(chunks: Iterator[bytes]) -> BinaryIO:
    """A buffered binary stream over chunks."""
    return io.BufferedReader(_ChunkStream(chunks), _CHUNK)


def in_utf8(chunks: Iterator[bytes], head: bytes, notice: Reject) -> Iterator[bytes]:
    """The chunks as UTF-8 without byte order mark, each line ending in a single newline.

    UTF-16 and UTF-32 are known by their mark, UTF-16 also by its zero bytes. Bytes that are not UTF-8 are read as
    Windows-1252, of which Latin-1 is a part, and `notice` says once where that began and how many they were.
    """
    encoding, mark = text_encoding(head)
    first = next(chunks, b"")[mark:]
    decoder = _Utf8Decoder() if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace")
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    for chunk in itertools.chain([first], chunks):
        yield newlines.decode(decoder.decode(chunk)).encode("utf8", "replace")
    yield newlines.decode(decoder.decode(b"", True), final=True).encode("utf8", "replace")
    if isinstance(decoder, _Utf8Decoder) and decoder.foreign:
        notice(decoder.first, f"{decoder.foreign} bytes, the first here, are not UTF-8 and were read as Windows-1252")


def text_encoding(head: bytes) -> tuple[str, int]:
    """The encoding that a file's first bytes show (or declare, in XML), and the length of its byte order mark."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    if (declared := _XML_ENCODING.match(head)) and _is_codec(declared.group(1).decode()):
        return declared.group(1).decode().lower(), 0
    sample = head[:512]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) >= 4 and max(even, odd) > 0.4 * len(sample) / 2 and min(even, odd) < 0.05 * len(sample):
        return ("utf-16-be" if even > odd else "utf-16-le"), 0
    return "utf-8", 0


def _is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def lines(stream: BinaryIO, reject: Reject, limit: int = LINE_LIMIT) -> Iterator[tuple[int, str]]:
    """Lines with their 1-based numbers, ends stripped; a line beyond `limit` bytes is rejected and skipped."""
    for number in itertools.count(1):
        raw = stream.readline(limit + 1)
        if not raw:
            return
        if len(raw) > limit and not raw.endswith(b"\n"):
            while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
            reject(number, f"line is longer than {limit} bytes")
        else:
            yield number, raw.decode("utf8", "replace").rstrip("\r\n")


def _raw_chunks(handle: BinaryIO, path: str) -> Iterator[bytes]:
    try:
        while chunk := handle.read(_CHUNK):
            yield chunk
    except OSError as error:
        raise ReadError(_os_reason(error), source=path) from error


def _decompressed(chunks: Iterator[bytes], reject: Reject) -> Iterator[bytes]:
    first = next(chunks, b"")
    chunks = itertools.chain([first], chunks)
    if first.startswith(_GZIP):
        return _inflated(chunks, reject, "gzip", lambda: zlib.decompressobj(wbits=31), zlib.error)
    if first.startswith(_ZSTD):
        small = (chunk[n : n + 1024] for chunk in chunks for n in range(0, len(chunk), 1024))  # bounds the output
        make = zstandard.ZstdDecompressor().decompressobj
        return _inflated(small, reject, "zstd", make, zstandard.ZstdError)
    return chunks


def _inflated(
    chunks: Iterator[bytes],
    reject: Reject,
    kind: str,
    make: Callable[[], zlib._Decompress | zstandard.ZstdDecompressionObj],
    error_type: type[Exception],
) -> Iterator[bytes]:
    """Members or frames one after the other; zero bytes after the last are padding."""
    current = make()
    fed = False
    try:
        for chunk in chunks:
            data = chunk
            while data:
                if not fed and not (data := data.lstrip(b"\0")):
                    break
                fed = True
                if output := current.decompress(data):
                    yield output
                data = current.unused_data if current.eof else b""
                if current.eof:
                    current, fed = make(), False
    except error_type as error:
        reject(None, f"{kind} data is damaged ({error}); what came before it was kept")
        return
    if fed:
        reject(None, f"{kind} data is cut off; what came before that was kept")


def _os_reason(error: Exception) -> str:
    if isinstance(error, IsADirectoryError):
        return "is a folder; name the files in it"
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


class _ChunkStream(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class _Utf8Decoder:
    """Incremental UTF-8, with Windows-1252 for the bytes that are none; counts them and knows the first one's line."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines = 0
        self.foreign = 0
        self.first: int | None = None

    def decode(self, chunk: bytes, final: bool = False) -> str:
        data = self._rest + chunk
        out: list[str] = []
        start = 0
        while True:
            try:
                text, used = codecs.utf_8_decode(memoryview(data)[start:], "strict", final)
            except UnicodeDecodeError as error:
                bad = data[start + error.start : start + error.end]
                out.append(data[start : start + error.start].decode("utf8"))
                out.append(bad.decode("cp1252", "replace"))
                if not self.foreign:
                    self.first = self._lines + 1 + data.count(b"\n", 0, start + error.start)
                self.foreign += len(bad)
                start += error.end
            else:
                out.append(text)
                self._rest = data[start + used :]
                self._lines += data.count(b"\n")
                return "".join(out)
