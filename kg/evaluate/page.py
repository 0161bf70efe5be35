"""The errors of an extraction as one page: gold and predicted side by side in the text, no script, opens offline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from kg.evaluate.errors import KINDS, Kind, Marked, PaperErrors
from kg.evaluate.scores import Figure
from kg.export.atomic import write_text
from kg.export.html import environment, inline, template_text

NAMES: dict[Kind, str] = {
    "right": "right",
    "missed": "missed",
    "spurious": "spurious",
    "type": "wrong type",
    "boundary": "wrong boundary",
    "slots": "wrong slots",
    "direction": "wrong direction",
}
_PACKAGE = "kg.evaluate"
_PARTS = ("mentions", "flags", "relations", "results")


def write(papers: Sequence[PaperErrors], figures: Mapping[str, Figure], path: Path) -> tuple[Path, ...]:
    """Write the page to `path` and return it: same input, same bytes. Papers with most errors come first."""
    return (write_text(path, page(papers, figures)),)


def page(papers: Sequence[PaperErrors], figures: Mapping[str, Figure]) -> str:
    """The whole page as text."""
    templates = environment(_PACKAGE)
    ranked = sorted(papers, key=lambda p: (-_errors(p.counts), p.id))
    total: Counter[Kind] = Counter()
    for paper in papers:
        total += paper.counts
    return templates.get_template("errors.html.j2").render(
        style=inline(template_text("errors.css", _PACKAGE), "style"),
        papers=ranked,
        figures=figures,
        names=NAMES,
        kinds=[kind for kind in KINDS if kind != "right" and total[kind]],
        parts=_PARTS,
        total=total,
        errors=_errors,
        pieces=pieces,
        kinds_of=_kinds_of,
    )


def pieces(text: str, marks: Iterable[Marked]) -> list[tuple[str, int, Marked | None]]:
    """`text` cut at the ends of the mentions: each piece with its end and the shortest mention that covers it.

    >>> [(piece, end) for piece, end, _ in pieces("A new GAN", [Marked(start=6, end=9, type="Method", kind="right")])]
    [('A new ', 6), ('GAN', 9)]
    """
    marks = sorted(marks, key=lambda m: m.end - m.start)
    cuts = sorted({0, len(text), *(m.start for m in marks), *(min(m.end, len(text)) for m in marks)})
    return [
        (text[start:end], end, next((m for m in marks if m.start <= start and end <= m.end), None))
        for start, end in pairwise(cuts)
    ]


def _errors(counts: Counter[Kind]) -> int:
    return sum(number for kind, number in counts.items() if kind != "right")


def _kinds_of(paper: PaperErrors) -> str:
    """The kinds of errors of a paper, the parts that have any, and the kinds of each part, for the filter."""
    found: set[str] = set()
    said = {"flags": paper.flags, "relations": paper.relations, "results": paper.results}
    groups: dict[str, list[Kind]] = {
        "mentions": [m.kind for m in (*paper.gold, *paper.predicted)],
        **{part: [s.kind for s in rows] for part, rows in said.items()},
    }
    for part, kinds in groups.items():
        for kind in kinds:
            if kind != "right":
                found |= {kind, f"in-{part}", f"{part}-{kind}"}
    return " ".join(sorted(found))
