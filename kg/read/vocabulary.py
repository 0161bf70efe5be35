"""Statements of a vocabulary in RDF (Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD) or as a CSV of triples.

Files may be compressed (gzip, zstd). Nothing but the statements asked for is kept and nothing is downloaded. Where a
file is malformed, what can be read before and behind that place is.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast
from urllib.parse import unquote

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuadParser, RdfFormat, parse

from kg.errors import ReadError
from kg.iri import NAMESPACES
from kg.read.source import Reject, as_stream, in_utf8, lines, opened

RELATIVE = "urn:kg-relative:/"  # the base of what a file names by relative IRIs
CSO_TOPIC = "https://cso.kmi.open.ac.uk/topics/"
_PIECE = 1 << 20  # bytes of a line that are handed over at once
_READ_AHEAD = 64  # lines that a parser may have read behind the malformed one
_MOST_RESTARTS = 20  # malformed places of one file; what comes behind more of them is not read
_EXTENSIONS = {
    ".ttl": "turtle", ".trig": "trig", ".nt": "lines", ".nq": "lines", ".rdf": "xml", ".owl": "xml", ".xml": "xml",
    ".jsonld": "jsonld", ".json": "jsonld", ".csv": "csv", ".tsv": "csv",
}  # fmt: skip
_FORMATS = {
    "turtle": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "lines": RdfFormat.N_QUADS, "xml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}  # fmt: skip
_PREFIX = re.compile(rb"^\s*(?:@prefix|@base|prefix\s|base\s)", re.IGNORECASE)
_NODE = re.compile(rb"^\s*<[\w.-]*:?[\w.-]+\s[^>]*?(?:rdf:about|rdf:ID)\s*=")
_XML = re.compile(r"<\?xml\s|<!DOCTYPE|<(?:\w+:)?RDF\s|xmlns")
_ENTITY = b"<!ENTITY"
_DECLARED = re.compile(rb"<!ENTITY\s+[\w.:-]+\s+(?:\"([^\"]+)\"|'([^']+)')")
_STATEMENT = re.compile(r"\s*(?:<[^>]*>|_:\S+)\s+<")
_NAMESPACES = {
    **{prefix: NAMESPACES[prefix] for prefix in ("rdf", "rdfs", "skos", "owl")},
    "cso": "http://cso.kmi.open.ac.uk/schema/cso#",
    "klink": "http://cso.kmi.open.ac.uk/schema/cso#",
}
_LANGUAGE = re.compile(r"@([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)$")
_LABEL = _NAMESPACES["rdfs"] + "label"


class Statement(NamedTuple):
    """A statement: `object` is an IRI (or `_:` and the name of a blank node), or a text where `language` is not None.

    The language of a text is in lower case, '' where it has none.
    """

    subject: str
    predicate: str
    object: str
    language: str | None


def read_statements(path: Path, predicates: Collection[str], reject: Reject) -> Iterator[Statement]:
    """The statements of the file with one of `predicates`, in its order; `reject` hears of malformed places.

    Raises ReadError where the file cannot be opened or is of no known format.
    """
    with opened(str(path), reject) as (head, chunks):
        form = _form(path, head)
        rows = in_utf8(chunks, head, reject)
        if form == "csv":
            yield from _csv(as_stream(rows), predicates, reject)
            return
        stream = as_stream(rows)
        for quad in _by_line(stream, reject) if form == "lines" else _parsed(stream, form, reject):
            if quad.predicate.value in predicates:
                found = _statement(quad)
                if found:
                    yield found


def _form(path: Path, head: bytes) -> str:
    """The form that the file's name tells, else its first bytes. Raises ReadError where neither does."""
    names = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in (".gz", ".zst")]
    text = head.decode("utf8", "replace").lstrip("\ufeff \t\r\n")
    if re.search(r"<(?:\w+:)?Ontology\s", text[:4096]) and "rdf:RDF" not in text[:4096]:
        raise ReadError("OWL/XML is no RDF; save the ontology as RDF/XML or Turtle", source=str(path))
    if names and names[-1] in _EXTENSIONS:
        form = _EXTENSIONS[names[-1]]
        return "turtle" if form == "xml" and not _XML.search(text) else form
    for form, shown in (
        ("xml", text.startswith("<") and _XML.search(text) is not None),
        ("jsonld", text.startswith(("{", "["))),
        ("csv", text.startswith('"<')),
        ("lines", _STATEMENT.match(text) is not None),
        ("turtle", text[:7].lower() in ("@prefix", "prefix ")),
    ):
        if shown:
            return form
    raise ReadError(
        f"no vocabulary that can be read; expected RDF or triples named *{', *'.join(sorted(_EXTENSIONS))}",
        source=str(path),
    )


def _statement(quad: Quad) -> Statement | None:
    subject, value = _name(quad.subject), quad.object
    if subject is None:
        return None
    if isinstance(value, Literal):
        return Statement(subject, quad.predicate.value, value.value, (value.language or "").lower())
    name = _name(value)
    return None if name is None else Statement(subject, quad.predicate.value, name, None)


def _name(term: object) -> str | None:
    if isinstance(term, NamedNode):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else None


def _by_line(stream: BinaryIO, reject: Reject) -> Iterator[Quad]:
    """N-Triples or N-Quads by blocks of lines; of a block with a malformed line, every line by itself."""
    numbered = lines(stream, reject)
    while block := list(islice(numbered, 4096)):
        try:
            found = list(parse("\n".join(text for _, text in block), RdfFormat.N_QUADS))
        except SyntaxError:
            found = []
            for number, text in block:
                try:
                    found += parse(text, RdfFormat.N_QUADS)
                except SyntaxError as error:
                    reject(number, _reason(error))
        yield from found


class _Lines(io.RawIOBase):
    """Hands over one line at a time, so that it is known where a parser stands; keeps what a new parser needs."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again: deque[tuple[int, bytes]] = deque()  # (number, line) to hand over before the stream goes on
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=_READ_AHEAD)
        self._opened = False
        self._before = 0  # the number of the line that the first of this parser would follow, had it no header
        self._rest = b""  # of the line that is being handed over
        self._next = 1  # the number of the next line of the stream
        self.number = 0  # of the last line handed over
        self.opening = b""  # of XML: all up to the first node

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self._rest = self._following()
        piece = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(piece) :]
        return piece

    def _following(self) -> bytes:
        """The next line, or piece of a very long one."""
        if self._again:
            number, line = self._again.popleft()
        else:
            number, line = self._next, self._fresh()
        if line and number:
            self.number = number
            self._next = max(self._next, number + line.endswith(b"\n"))
            self._recent.append((number, line))
        return line

    def _fresh(self) -> bytes:
        line = self._stream.readline(_PIECE)
        if not self._opened:
            self._opened = _NODE.match(line) is not None or len(self.opening) > 1 << 16
            self.opening += b"" if self._opened else line
        elif _ENTITY in line:  # never so in a vocabulary; what the opening declares has been checked
            self._stream = io.BytesIO()
            return b""
        return line

    def open(self) -> bytes:
        """All up to the first node, read ahead; handed over in one piece, since the parser wants a DOCTYPE so."""
        ahead = b""
        while not self._opened and (line := self._following()):
            ahead += line
        self._again.append((self.number, ahead))
        return self.opening

    def place(self, line: int | None) -> int:
        """The number in the file of the parser's `line`; of the last line handed over where the parser does not say."""
        return self.number if line is None else min(max(self._before + line, 1), self.number)

    def skip(self, place: int, starts: Callable[[bytes, bytes], bool], header: bytes) -> bool:
        """Go on with `header` and the next line behind `place` that `starts`, told the one before; else False."""
        before = b"".join(line for number, line in self._recent if number == place).strip()
        self._again = deque(item for item in self._recent if item[0] > place)
        self._recent.clear()
        self._rest = b""
        while line := self._following():
            if starts(before, line):
                self._recent.clear()
                self._again.extendleft(((self.number, line), (0, header)))
                self._before = self.number - 1 - header.count(b"\n")
                return True
            before = line.strip() or before
        return False


def _parsed(stream: BinaryIO, form: str, reject: Reject) -> Iterator[Quad]:
    """The statements of Turtle, TriG, RDF/XML or JSON-LD; behind a malformed place from the next node that begins."""
    source = _Lines(stream)
    if form == "xml" and not _harmless(source.open()):
        reject(None, "declares entities that are made of others, or long ones; write them out")
        return
    starts = _starts_node if form == "xml" else _starts_statement
    place = 0
    for _ in range(_MOST_RESTARTS):
        parser = parse(
            cast(IO[bytes], source), _FORMATS[form], base_iri=RELATIVE, lenient=form == "xml"
        )  # IRIs with spaces: ACM CCS
        try:
            yield from parser
            return
        except SyntaxError as error:
            place = source.place(error.lineno)
            reject(place or None, _reason(error))
        if form == "jsonld" or not source.skip(place, starts, _header(parser, source, form)):
            return
    reject(place, f"{_MOST_RESTARTS} malformed places; what follows is not read")


def _harmless(opening: bytes) -> bool:
    """Whether the entities that XML declares are short texts, as those for namespaces, so that none can blow it up."""
    values = [match[1] or match[2] for match in _DECLARED.finditer(opening)]
    return len(values) == opening.count(_ENTITY) and all(len(v) < 1000 and not set(b"&%") & set(v) for v in values)


def _header(parser: QuadParser, source: _Lines, form: str) -> bytes:
    """What a parser must read before it can go on: the prefixes, or the document's opening."""
    if form == "xml":
        return source.opening
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(parser.prefixes.items()))
    return f"@base <{parser.base_iri or RELATIVE}> .\n{prefixes}".encode()


def _starts_statement(before: bytes, line: bytes) -> bool:
    return _PREFIX.match(line) is not None or (before.endswith(b".") and line[:1].strip() not in (b"", b"#"))


def _starts_node(before: bytes, line: bytes) -> bool:
    return _NODE.match(line) is not None


def _reason(error: SyntaxError) -> str:
    text = re.sub(r"^Parser error (?:at|between) .*?: | \(line \d+\)$", "", str(error))
    if "LoadDocumentCallback" in text:
        return "its context is on the Web, and nothing is downloaded; put the context into the file"
    return f"malformed: {text}"


def _csv(stream: BinaryIO, predicates: Collection[str], reject: Reject) -> Iterator[Statement]:
    """Rows of subject, predicate, object; topics of the Computer Science Ontology are also called as their IRIs are."""
    numbered = lines(stream, reject)
    first = next(numbered, (1, ""))
    delimiter = max((",", ";", "\t"), key=first[1].count)
    told: set[str] = set()
    for number, text in chain((first,), numbered):
        cells = _cells(text, delimiter)
        terms = [_term(cell) for cell in cells or ()]
        if len(terms) < 3 or not all(terms[:2]):
            if text.strip() and number > 1:
                reject(number, "malformed: expected a subject, a predicate and an object")
            continue
        (subject, _), (predicate, language), (value, tag) = terms[0], terms[1], terms[2]
        if predicate in predicates and subject and language is None:
            yield Statement(subject, predicate, value, tag)
        for topic in (subject, value) if _LABEL in predicates else ():
            if topic.startswith(CSO_TOPIC) and topic not in told:
                told.add(topic)
                yield Statement(topic, _LABEL, unquote(topic.removeprefix(CSO_TOPIC)).replace("_", " "), "en")


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None


def _term(cell: str) -> tuple[str, str | None]:
    """The IRI in angle brackets, by prefix or bare; else a text with its language."""
    cell = re.sub(r"\s+\.$", "", cell.strip())
    if cell.startswith("<") and cell.endswith(">"):
        return cell[1:-1], None
    prefix, colon, local = cell.partition(":")
    if colon and prefix in _NAMESPACES and " " not in local:
        return _NAMESPACES[prefix] + local, None
    if re.match(r"[a-z][a-z0-9+.-]*:\S+$", cell):
        return cell, None
    tag = _LANGUAGE.search(cell)
    text = cell[: tag.start()] if tag else cell
    return text.strip('"'), tag[1].lower() if tag else ""
