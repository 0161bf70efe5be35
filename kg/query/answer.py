"""Answers of a query, in every form that SPARQL and RDF have, and as a table for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from typing import Literal as OneOf

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from kg.errors import QueryError
from kg.iri import NAMESPACES, compact
from kg.prefixes import sorted_header

_ROWS = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "xml": QueryResultsFormat.XML,
}
_TRIPLES = {
    "table": RdfFormat.TURTLE,
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "json": RdfFormat.JSON_LD,
    "jsonld": RdfFormat.JSON_LD,
    "xml": RdfFormat.RDF_XML,
    "rdfxml": RdfFormat.RDF_XML,
}
FORMATS = ("table", "json", "csv", "tsv", "xml", "ttl", "nt", "jsonld", "rdfxml")

Kind = OneOf["rows", "boolean", "triples"]


class Answer:
    """What a query gave: rows (SELECT), a boolean (ASK) or triples (CONSTRUCT, DESCRIBE). It can be read once.

    `kind` says which; `columns` are the names of the variables of rows, without '?', empty otherwise.
    """

    def __init__(self, results: QuerySolutions | QueryBoolean | QueryTriples) -> None:
        self._results = results
        self.kind: Kind = "boolean"
        self.columns: tuple[str, ...] = ()
        if isinstance(results, QuerySolutions):
            self.kind = "rows"
            self.columns = tuple(variable.value for variable in results.variables)
        elif isinstance(results, QueryTriples):
            self.kind = "triples"

    @property
    def results(self) -> QuerySolutions | QueryBoolean | QueryTriples:
        """The library's own results, for writing them in another way."""
        return self._results

    def rows(self) -> Iterator[tuple[str | None, ...]]:
        """Each row as text to read: values of literals, prefixed names of IRIs, None where unbound. Only for rows."""
        if not isinstance(self._results, QuerySolutions):
            raise QueryError(f"the query gives {self.kind}, not rows; rows come from SELECT")
        for solution in self._results:
            yield tuple(_text(term) for term in solution)

    def triples(self) -> Iterator[Triple]:
        """The triples of CONSTRUCT or DESCRIBE."""
        if not isinstance(self._results, QueryTriples):
            raise QueryError(f"the query gives {self.kind}, not triples; triples come from CONSTRUCT and DESCRIBE")
        yield from self._results

    def __bool__(self) -> bool:
        """The answer of ASK; of other queries, whether they may be read (always true)."""
        return bool(self._results) if isinstance(self._results, QueryBoolean) else True

    def write(self, target: IO[bytes] | Path, format: str = "table", *, width: int | None = None) -> None:
        """Write the answer to `target`, streaming where the format allows it.

        `table` is text aligned in columns, cut to `width` columns of a terminal where given; for triples it is Turtle.
        Raises QueryError where the format does not fit the kind of answer.
        """
        if isinstance(target, Path):
            with target.open("wb") as stream:
                return self.write(stream, format, width=width)
        if isinstance(self._results, QueryTriples):
            self._serialize_triples(self._results, target, format)
        elif format == "table":
            target.write(self._table(width).encode("utf8"))
        elif format in _ROWS:
            self._serialize_rows(target, format)
        else:
            raise QueryError(f"format {format!r} does not fit {self.kind}; choose from table, {', '.join(_ROWS)}")
        return None

    def _serialize_rows(self, target: IO[bytes], format: str) -> None:
        assert not isinstance(self._results, QueryTriples)  # noqa: S101 - write() has told them apart
        if isinstance(self._results, QueryBoolean) and format in ("csv", "tsv"):
            target.write(str(bool(self._results)).lower().encode() + b"\n")
        else:
            self._results.serialize(target, _ROWS[format])

    def _serialize_triples(self, results: QueryTriples, target: IO[bytes], format: str) -> None:
        if format not in _TRIPLES:
            raise QueryError(f"format {format!r} does not fit triples; choose from {', '.join(_TRIPLES)}")
        ordered = sorted(set(results), key=str)
        with sorted_header(target) as sink:
            serialize(ordered, sink, _TRIPLES[format], prefixes=NAMESPACES)

    def _table(self, width: int | None) -> str:
        if self.kind == "boolean":
            return "yes\n" if self else "no\n"
        return aligned(self.columns, self.rows(), width)


def aligned(header: tuple[str, ...], rows: Iterator[tuple[str | None, ...]], width: int | None = None) -> str:
    """Rows under a header in columns of equal width, numbers to the right; long cells cut so that lines fit `width`.

    >>> print(aligned(("name", "n"), iter([("a", "1"), (None, "12")])), end="")
    name   n
    ----  --
    a      1
          12
    """
    body = [[_one_line(cell or "") for cell in row] for row in rows]
    natural = [max(map(columns_of, column)) for column in zip(header, *body, strict=True)]
    widths = natural if width is None else _fit(natural, width)
    right = [all(_is_number(row[n]) for row in body) and bool(body) for n in range(len(header))]
    lines = [list(header), ["-" * w for w in widths], *body]
    padded = ("  ".join(map(_cell, line, widths, right)).rstrip() for line in lines)
    return "\n".join(padded) + "\n"


def columns_of(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _fit(natural: list[int], width: int) -> list[int]:
    """Take columns off the widest cells until all fit, but none below 8."""
    widths = list(natural)
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths, default=0) > 8:
        widths[widths.index(max(widths))] -= 1
    return widths


def _cell(text: str, width: int, right: bool) -> str:
    if columns_of(text) > width:
        while text and columns_of(text) > width - 1:
            text = text[:-1]
        text += "…"
    space = " " * (width - columns_of(text))
    return space + text if right else text + space


def _one_line(text: str) -> str:
    r"""White space as single spaces; what would steer a terminal (controls, direction marks) made visible."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c
        for c in " ".join(text.split())
    )


def _is_number(text: str) -> bool:
    return not text or text.replace(".", "", 1).replace("-", "", 1).isdecimal()


def _text(term: NamedNode | BlankNode | Literal | Triple | None) -> str | None:
    if term is None:
        return None
    return compact(term.value) if isinstance(term, NamedNode) else str(getattr(term, "value", term))
