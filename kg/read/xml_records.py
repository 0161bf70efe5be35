"""Records of an XML file, one at a time, safe against what XML allows: no entities, no DTD, no network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kg.read.source import Reject

_STRING = etree.XPath("string()")


def elements(stream: BinaryIO, names: frozenset[str], reject: Reject) -> Iterator[tuple[int | None, etree._Element]]:
    """Elements whose local name is in `names`, with their line, but none inside another of them.

    Each is emptied after its turn, so memory stays flat.

    A record with a fault in its XML is rejected and the next one read, where the parser finds a way on.
    """
    parsed = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
    )
    seen = 0
    try:
        for _, element in parsed:
            if any(local_name(above) in names for above in element.iterancestors()):
                continue
            faults = len(parsed.error_log)
            line = element.sourceline
            if faults > seen:
                fault = parsed.error_log[seen]
                reject(line or fault.line, f"no well-formed XML at line {fault.line}: {fault.message}")
                seen = faults
            else:
                yield line, element
            _release(element)
    except etree.XMLSyntaxError as error:
        reject(error.lineno, f"no well-formed XML: {error.msg}; what came before it was kept")
        return
    if len(parsed.error_log) > seen:
        fault = parsed.error_log[seen]
        reject(fault.line, f"no well-formed XML at line {fault.line}: {fault.message}")


def local_name(element: etree._Element) -> str:
    """The name without its namespace; '' for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


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
