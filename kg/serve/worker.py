"""A process that answers queries over one store, one after the other, and may be killed at any time.

    python -m kg.serve.worker STORE BASE MEMORY

Questions come as frames on standard input, answers go as frames to standard output. An answer is whole, or there is
none: it is written into memory under the caps of rows and bytes before its first byte leaves. Two guards hold even
where the server is gone: the kernel ends a query some time after its deadline, and refuses memory over the cap.
Relative IRIs of a query are resolved against BASE.
"""

from __future__ import annotations

import csv
import io
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse_query_results,
    serialize,
)

from kg.errors import ConfigError, QueryError, StoreError
from kg.iri import NAMESPACES
from kg.prefixes import sorted_header
from kg.query.answer import Answer
from kg.query.guard import RefusedError
from kg.query.named import load_query
from kg.query.run import Scope, ask
from kg.query.store import open_store
from kg.serve import frames
from kg.serve.context import store_identity

ROWS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
TRIPLES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
_GRACE = 2  # seconds that the server has to end a query itself before the kernel does
_FEWEST = {  # bytes of a row
    QueryResultsFormat.CSV: 1,
    QueryResultsFormat.TSV: 1,
    QueryResultsFormat.JSON: 3,
    QueryResultsFormat.XML: 17,
}
_PAGE = "ask for less at a time with ORDER BY, LIMIT and OFFSET"


class TooMuchError(Exception):
    """An answer over a cap."""


class _UnacceptableError(Exception):
    """An answer of a kind that the client accepts no form of."""


class _Capped(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self.limit:
            raise TooMuchError(f"the answer has more than {self.limit:,} bytes, the most that is sent; {_PAGE}")
        return super().write(data)


@dataclass(slots=True)
class _Held:
    """The store that is open, and its identity."""

    path: Path
    identity: str = ""
    store: Store | None = None

    def current(self) -> Store:
        """The store that stands in the folder now: opened again where a build has put another in its place."""
        while self.store is None or store_identity(self.path) != self.identity:
            self.identity = store_identity(self.path)
            self.store = open_store(self.path)
        return self.store


def main() -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends its workers
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but frames goes to the server
    held = _Held(Path(sys.argv[1]))
    with suppress(StoreError):
        held.current()
    _limit_memory(int(sys.argv[3]))
    _send(sink, {"outcome": "ready"})
    while (frame := frames.read(source)) is not None:
        question = frame[0]
        signal.alarm(int(question["deadline"]) + 1 + _GRACE)
        head, body = _answer(held, question, sys.argv[2])
        signal.alarm(0)
        _send(sink, head, body)


def _send(sink: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    sink.writelines(frames.pack(head, body))
    sink.flush()


def _limit_memory(most: int) -> None:
    """Let the kernel allow this process `most` bytes of data more than it has now. Only Linux counts this way."""
    if sys.platform.startswith("linux"):
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        cap = pages * resource.getpagesize() + most
        resource.setrlimit(resource.RLIMIT_DATA, (cap, cap))


def _answer(held: _Held, question: dict[str, Any], base: str) -> frames.Frame:
    """The head and body of the answer; a failed question is answered with its outcome and a message."""
    try:
        store = held.current()
        scope = Scope(
            default=tuple(question["default_graphs"]) if question["data_set"] else None,
            named=tuple(question["named_graphs"]),
            base=base,
        )
        query = question["query"] if question["name"] is None else load_query(question["name"])
        answer = ask(store, query, question["params"], scope)
        media_type, body = _written(answer, question)
    except RefusedError as error:
        return {"outcome": "refused", "message": str(error)}, b""
    except QueryError as error:
        return {"outcome": "malformed", "message": str(error)}, b""
    except TooMuchError as error:
        return {"outcome": "too-much", "message": str(error)}, b""
    except _UnacceptableError as error:
        return {"outcome": "unacceptable", "message": str(error)}, b""
    except MemoryError:
        return {"outcome": "memory", "message": ""}, b""
    except (StoreError, ConfigError, OSError, RuntimeError, ValueError) as error:
        held.store = None  # opened afresh for the next question: the store may have been replaced while it was read
        return {"outcome": "failed", "message": str(error)}, b""
    return {"outcome": "ok", "media_type": media_type, "identity": held.identity}, body


def _written(answer: Answer, question: dict[str, Any]) -> tuple[str, bytes]:
    """Media type and body. Raises TooMuchError over a cap."""
    target = _Capped(question["max_bytes"])
    most: int = question["max_rows"]
    results = answer.results
    media_type = question["triples" if answer.kind == "triples" else "rows"]
    if media_type is None:
        forms = ", ".join(TRIPLES if answer.kind == "triples" else ROWS)
        raise _UnacceptableError(f"the answer is {answer.kind}, which come as {forms}; Accept names none of them")
    if answer.kind == "triples":
        found: set[Triple] = set()
        for triple in answer.triples():
            found.add(triple)
            _cap_rows(len(found), most, "triples")
        with sorted_header(target) as sink:
            serialize(sorted(found, key=str), sink, TRIPLES[media_type], prefixes=NAMESPACES)
        return media_type, target.getvalue()
    form = ROWS[media_type]
    if isinstance(results, QueryBoolean):
        if form in (QueryResultsFormat.CSV, QueryResultsFormat.TSV):
            return media_type, str(bool(results)).lower().encode() + b"\r\n"
        results.serialize(target, form)
        return media_type, target.getvalue()
    assert isinstance(results, QuerySolutions)  # noqa: S101 - the last kind that there is
    results.serialize(target, form)
    body = target.getvalue()
    if len(body) > _FEWEST[form] * most:
        _cap_rows(_count(body, form), most, "rows")
    return media_type, body


def _cap_rows(rows: int, most: int, what: str) -> None:
    if rows > most:
        raise TooMuchError(f"the answer has more than {most:,} {what}, the most that are sent; {_PAGE}")


def _count(body: bytes, form: QueryResultsFormat) -> int:
    """How many rows a body holds; told by reading it back, which is done only where it is long enough for too many."""
    if form == QueryResultsFormat.CSV:
        return sum(1 for _ in csv.reader(io.StringIO(body.decode("utf8"), newline=""))) - 1
    if form == QueryResultsFormat.TSV:
        return body.count(b"\n") - 1
    found = parse_query_results(body, format=form)
    assert isinstance(found, QuerySolutions)  # noqa: S101 - a boolean is never this long
    return sum(1 for _ in found)


if __name__ == "__main__":
    main()
