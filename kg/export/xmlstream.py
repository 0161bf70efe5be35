"""XML written element by element, so that no graph has to stand in memory twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from kg.export.atomic import replacing
from kg.text import storable

Scalar = str | int | float | bool


class XmlStream:
    """Elements of namespaces that are declared at the root; text that XML cannot hold becomes U+FFFD.

    Names are 'node' (of the default namespace) or 'viz:color'.
    """

    def __init__(self, xml: Any, namespaces: Mapping[str | None, str], *, depth: int) -> None:
        self._xml = xml
        self._namespaces = namespaces
        self._depth = depth

    @contextmanager
    def block(self, name: str, attributes: Mapping[str, Scalar] | None = None) -> Iterator[None]:
        """An element whose end stands on its own line, as does what is written in it by `block`, `item` and `line`."""
        self._new_line()
        self._depth += 1
        with self.inline(name, attributes):
            yield
            self._depth -= 1
            self._new_line()

    @contextmanager
    def item(self, name: str, attributes: Mapping[str, Scalar] | None = None) -> Iterator[None]:
        """An element on its own line, with what is written in it by `inline` and `leaf`."""
        self._new_line()
        with self.inline(name, attributes):
            yield

    def line(self, name: str, attributes: Mapping[str, Scalar] | None = None, text: Scalar | None = None) -> None:
        """An element without children, on its own line."""
        self._new_line()
        self.leaf(name, attributes, text)

    @contextmanager
    def inline(self, name: str, attributes: Mapping[str, Scalar] | None = None) -> Iterator[None]:
        """An element with no white space around it."""
        prefix, _, local = name.rpartition(":")
        values = {key: xml_text(value) for key, value in (attributes or {}).items()}
        with self._xml.element(f"{{{self._namespaces[prefix or None]}}}{local}", values):
            yield

    def leaf(self, name: str, attributes: Mapping[str, Scalar] | None = None, text: Scalar | None = None) -> None:
        """An element without children, with no white space around it."""
        with self.inline(name, attributes):
            if text is not None:
                self._xml.write(xml_text(text))

    def _new_line(self) -> None:
        self._xml.write("\n" + "  " * self._depth)


@contextmanager
def xml_file(
    path: Path, root: str, namespaces: Mapping[str | None, str], attributes: Mapping[str, str] | None = None
) -> Iterator[XmlStream]:
    """Write `path`, whole or not at all, as UTF-8 XML with this root element."""
    with replacing(path) as stream, etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{namespaces[None]}}}{root}", dict(attributes or {}), nsmap=dict(namespaces)):
            yield XmlStream(xml, namespaces, depth=1)
            xml.write("\n")


def xml_text(value: Scalar) -> str:
    """A scalar as XML Schema writes it."""
    return str(value).lower() if isinstance(value, bool) else storable(str(value))
