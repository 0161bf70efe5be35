"""What Gephi Lite makes of a GEXF file, told before it is opened there.

Gephi Lite reads GEXF by graphology-gexf (https://graphology.github.io/standard-library/gexf): nodes, edges, their
attributes, labels, weights, positions, sizes and colours, but no time spans; and as one string, which no browser holds
beyond half a billion characters.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from kg.errors import ExportError

LONGEST = 2**29 - 24  # characters of a string in Chromium (V8)
MANY = 100_000  # nodes and edges, above which browsers are slow to draw
_TAKEN = ("color", "shape", "size", "thickness", "x", "y", "z")  # attributes that the drawing takes the place of


def check(path: Path) -> list[str]:
    """What of the GEXF file at `path` Gephi Lite does not show or may not bear, each as a sentence.

    Raises ExportError where it is no GEXF.
    """
    items = timed = 0
    taken: set[str] = set()
    try:
        for _, element in etree.iterparse(path, huge_tree=True):
            name = etree.QName(element).localname
            if name == "attribute":
                taken |= {element.get("id", "")} & set(_TAKEN)
            elif name in ("node", "edge"):
                items += 1
                timed += "start" in element.attrib or "end" in element.attrib
                element.clear()
    except etree.XMLSyntaxError as error:
        raise ExportError(f"{path}: no GEXF that can be read ({error.msg})") from error
    told = []
    if (size := path.stat().st_size) > LONGEST:
        told.append(f"its {size / 1e6:,.0f} MB are more than a browser opens at once ({LONGEST / 1e6:,.0f} MB)")
    if items > MANY:
        told.append(f"{items:,} nodes and edges are slow in a browser; Gephi on the desktop bears more")
    if timed:
        told.append("it has no time line: filter by the attributes year, first_year and last_year instead")
    if taken:
        told.append(f"the attributes {', '.join(sorted(taken))} are lost, since the drawing has the same names")
    return told
