"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from kg.text import storable


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A binary stream whose bytes become `path` when the block ends well; after an exception `path` is untouched.

    The bytes are gathered in a temporary file of the same folder, which is made where missing, and moved over `path`
    in one step. Wrap the stream in `io.TextIOWrapper(stream, encoding="utf8", newline="")` for text.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder) / "new" / "graph.nt"
    ...     with replacing(target) as stream:
    ...         _ = stream.write(b"data")
    ...     target.read_bytes(), sorted(p.name for p in target.parent.iterdir())
    (b'data', ['graph.nt'])

    Raises OSError where the folder or file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb", closefd=True) as stream:
            yield cast(BinaryIO, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def write_bytes(path: Path, data: bytes) -> Path:
    """Make `data` the content of `path` in one step; returns `path`."""
    with replacing(path) as stream:
        stream.write(data)
    return path


def write_text(path: Path, text: str) -> Path:
    """Make `text`, as UTF-8 with line ends as they are, the content of `path` in one step; returns `path`.

    Characters that UTF-8 or XML cannot hold become U+FFFD, as `kg.text.storable` says.
    """
    return write_bytes(path, storable(text).encode("utf8"))


def _mode(path: Path) -> int:
    """The mode of the file that is replaced, else what the umask gives a new one (mkstemp makes files private)."""
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
