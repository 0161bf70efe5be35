"""Records of an XML file, one at a time, safe against what XML allows: no entities, no DTD, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from lxml import etree

from kg.read.source import Reject

_CHUNK = 1 << 16
_STRING = etree.XPath("string()")


def elements(stream: BinaryIO, names: frozenset[str], reject: Reject) -> Iterator[tuple[int | None, etree._Element]]:
    """Elements whose local name is in `names`, with their line, but none inside another of them.

    Each is emptied after its turn, so memory stays flat. A record with a fault in its XML is rejected and the next one
    read, where the parser finds a way on.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
    )
    seen = 0
    for piece in _pieces(stream, names):
        ended = _feed(parser, piece)
        for _, item in parser.read_events():
            element = cast(etree._Element, item)
            if not any(local_name(above) in names for above in element.iterancestors()):
                faults = parser.feed_error_log
                if len(faults) > seen:
                    reject(_line(element), _fault(faults[seen]))
                else:
                    yield _line(element), element
                seen = len(faults)
                _release(element)
        if ended:
            break
    faults = parser.feed_error_log
    if len(faults) > seen:
        reject(faults[seen].line or None, _fault(faults[seen]))


def _pieces(stream: BinaryIO, names: frozenset[str]) -> Iterator[bytes]:
    """The bytes, cut after each end of a record, so that a fault that shows up is in the record that ends there."""
    end = re.compile(rb"</(?:[\w.-]+:)?(?:%s)\s*>" % b"|".join(sorted(name.encode() for name in names)))
    while chunk := stream.read(_CHUNK):
        start = 0
        for match in end.finditer(chunk):
            yield chunk[start : match.end()]
            start = match.end()
        if start < len(chunk):
            yield chunk[start:]
    yield b""


def _feed(parser: etree.XMLPullParser, piece: bytes) -> bool:
    """Feed a piece, or close at the empty one; says whether the parser can go no further."""
    try:
        if piece:
            parser.feed(piece)
        else:
            parser.close()
    except etree.XMLSyntaxError:  # it stands in the log
        return True
    return not piece


def _line(element: etree._Element) -> int | None:
    return cast("int | None", element.sourceline)


def _fault(entry: etree._LogEntry) -> str:
    return f"no well-formed XML at line {entry.line}: {entry.message}"


def local_name(element: etree._Element) -> str:
    """The name without its namespace; '' for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: etree._Element, *path: str) -> etree._Element | None:
    """The first descendant along a path of local names, whatever their namespace."""
    found = element
    for name in path:
        step = next((inner for inner in found if local_name(inner) == name), None)
        if step is None:
            return None
        found = step
    return found


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """The children of that local name, in order."""
    return [] if element is None else [inner for inner in element if local_name(inner) == name]


def text_of(element: etree._Element | None) -> str:
    """All text in an element, tags and comments dropped; '' without one."""
    return "" if element is None else str(_STRING(element))


def _release(element: etree._Element) -> None:
    element.clear()
    while (before := element.getprevious()) is not None:
        parent = before.getparent()
        if parent is None:
            return
        parent.remove(before)
