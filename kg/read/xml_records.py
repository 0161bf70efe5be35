"""Records of an XML file, one at a time: each is cut out of the bytes and parsed alone.

So a fault spoils no record but its own, memory stays flat, and nothing of the file's head takes effect but its
namespaces: no DTD is read, no entity is known, nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kg.read.source import LINE_LIMIT, Reject

_CHUNK = 1 << 16
_TAG = 256  # more than the length of a record's tag without its attributes
_NAMESPACE = re.compile(rb"""(xmlns(?::[A-Za-z_][\w.-]*)?)\s*=\s*("[^"<&]*"|'[^'<&]*')""")
_STRING = etree.XPath("string()")


def elements(stream: BinaryIO, names: tuple[str, ...], reject: Reject) -> Iterator[tuple[int, etree._Element]]:
    """Elements with one of the local `names`, with their line, but none inside another of them.

    The stream is UTF-8. A record that is cut off, not well-formed or beyond 64 MiB is rejected with its line.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    for line, head, record in _records(stream, names, reject):
        try:
            root = etree.fromstring(b"<records %s>%s</records>" % (head, record), parser)
        except etree.XMLSyntaxError as error:
            reason = error.msg.partition(", line ")[0]  # its lines and columns count from the record
            reject(line, f"no well-formed XML at line {line + (error.lineno or 1) - 1}: {reason}")
        else:
            yield from ((line, element) for element in root if local_name(element) in names)


def _records(stream: BinaryIO, names: tuple[str, ...], reject: Reject) -> Iterator[tuple[int, bytes, bytes]]:
    """Each record's line and bytes, and the namespaces declared before the first of them."""
    opening = re.compile(rb"<(?:[\w.-]+:)?(%s)(?=[\s/>])" % b"|".join(name.encode() for name in names))
    buffer, head, line, scanned = bytearray(), b"", 1, 0
    start: re.Match[bytes] | None = None
    while chunk := stream.read(_CHUNK):
        buffer += chunk
        used = 0
        while (start := opening.search(buffer, used)) is not None:
            head = head or _namespaces(bytes(buffer[: start.start()]))
            closing = re.compile(rb"</(?:[\w.-]+:)?%s\s*>" % start.group(1))
            end = closing.search(buffer, max(start.end(), scanned))
            if end is None:
                break
            yield line + buffer.count(b"\n", 0, start.start()), head, bytes(buffer[start.start() : end.end()])
            used, scanned = end.end(), 0
        keep = start.start() if start else max(used, len(buffer) - _TAG) if head else 0
        if len(buffer) - keep > LINE_LIMIT:
            reject(line + buffer.count(b"\n", 0, keep), f"record is longer than {LINE_LIMIT} bytes")
            keep = len(buffer) - _TAG
        line += buffer.count(b"\n", 0, keep)
        del buffer[:keep]
        scanned = max(0, len(buffer) - _TAG)
    if buffer and (start := opening.search(buffer)) is not None:
        reject(line + buffer.count(b"\n", 0, start.start()), "record is cut off")


def _namespaces(head: bytes) -> bytes:
    declared = dict(_NAMESPACE.findall(head))
    return b" ".join(b"%s=%s" % item for item in declared.items()) or b" "


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
