"""Apache Parquet, batch by batch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from kg.errors import ReadError
from kg.model import Paper
from kg.read.fields import make_paper, pick
from kg.read.source import Reject
from kg.read.table import check_columns

_IN_MEMORY = 64 << 20
_BATCH = 1024


def read(
    stream: BinaryIO, *, source: str, reject: Reject, columns: Mapping[str, str] | None = None
) -> Iterator[tuple[int | None, Paper]]:
    """Papers of a Parquet file, numbered by row; only the columns that a paper has a field for are read.

    Raises ReadError where it is no Parquet file or lacks the columns.
    """
    import pyarrow
    import pyarrow.parquet

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        shutil.copyfileobj(stream, copy)  # the format is read from its end
        copy.seek(0)
        try:
            table = pyarrow.parquet.ParquetFile(pyarrow.PythonFile(copy, mode="r"))
        except (pyarrow.ArrowException, OSError) as error:
            raise ReadError(f"no readable Parquet file: {error}", source=source) from error
        names = table.schema_arrow.names
        check_columns(names, columns, source)
        wanted = [name for name in names if pick({name: "x"}) or name in (columns or {}).values()]
        number = 0
        try:
            for batch in table.iter_batches(_BATCH, columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    try:
                        yield number, make_paper(pick(row, columns))
                    except ValueError as error:
                        reject(number, str(error))
        except (pyarrow.ArrowException, OSError) as error:
            reject(number + 1, f"damaged Parquet data: {error}; what came before it was kept")
