"""Files that are compressed where their names say so."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from kg.export.atomic import replacing

COMPRESSIONS = {"gzip": ".gz", "zstd": ".zst"}


@contextmanager
def compressing(path: Path) -> Iterator[BinaryIO]:
    """Like `replacing`, with gzip (RFC 1952) for a name that ends in .gz and zstd (RFC 8878) for one in .zst.

    The header holds no time and no name: equal content gives equal bytes with the same version of zlib or zstd.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "graph.nt.gz")
    ...     with compressing(path) as stream:
    ...         _ = stream.write(b"data")
    ...     gzip.decompress(path.read_bytes())
    b'data'
    """
    with replacing(path) as stream:
        if path.name.endswith(COMPRESSIONS["gzip"]):
            with gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6, mtime=0) as packed:
                yield cast(BinaryIO, packed)
        elif path.name.endswith(COMPRESSIONS["zstd"]):
            compressor = zstandard.ZstdCompressor(level=9, write_checksum=True)
            with compressor.stream_writer(stream, closefd=False) as packing:
                yield cast(BinaryIO, packing)
        else:
            yield stream
