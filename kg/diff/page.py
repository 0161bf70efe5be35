"""A difference as one page that opens offline: what is new, with the sentences that say it. No script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.diff.compare import Difference
from kg.diff.tell import as_json
from kg.export.atomic import write_text
from kg.export.html import environment, inline, template_text
from kg.text import shortened, spoken

SHOWN = 500  # of each list
_KINDS = {"Method": "Methods", "Task": "Tasks", "Dataset": "Data sets", "Metric": "Metrics"}


def write(found: Difference, path: Path) -> Path:
    """Write the page to `path` and return it: same difference, same bytes."""
    return write_text(path, page(found))


def page(found: Difference) -> str:
    """The whole page as text."""
    told = as_json(found)
    templates = environment()
    templates.filters.update(line=_line, spoken=spoken, number="{:,}".format)
    facts, entities = told["facts"], told["entities"]
    return templates.get_template("diff.html.j2").render(
        style=inline(template_text("report.css") + template_text("diff.css"), "style"),
        told=told,
        shown=SHOWN,
        counts=told["counts"],
        proposals=_proposals(facts["added"]),
        kinds=[(title, _most([e for e in entities["added"] if e["kind"] == kind])) for kind, title in _KINDS.items()],
        facts=_by_relation([f for f in facts["added"] if f["head"]["kind"] != "Paper"]),
        stronger=sorted(
            (f for f in facts["changed"] if f["support"] > f["support_before"] and f["head"]["kind"] != "Paper"),
            key=lambda f: (f["support_before"] - f["support"], -f["support"], f["head"]["key"], f["tail"]["key"]),
        ),
        grown=sorted(
            (e for e in entities["grown"] if e["papers"] > e["papers_before"]),
            key=lambda e: (e["papers_before"] - e["papers"], -e["papers"], e["key"]),
        ),
        gone=_by_relation(facts["removed"]),
    )


def _most(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of most papers first."""
    return sorted(entities, key=lambda entity: (-entity["papers"], entity["key"]))


def _proposals(facts: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What each paper proposes, by the paper's title."""
    found: dict[str, list[str]] = {}
    for fact in facts:
        if fact["relation"] == "proposes":
            found.setdefault(fact["evidence"][0]["paper"], []).append(fact["tail"]["label"])
    return found


def _by_relation(facts: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Facts by relation, those of most papers and then of the highest score first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for fact in sorted(facts, key=lambda f: (-f["support"], -f["score"], f["head"]["key"], f["tail"]["key"])):
        found.setdefault(fact["relation"], []).append(fact)
    return sorted(found.items())


def _line(text: object, limit: int = 300) -> str:
    """`text` on one line of at most `limit` characters."""
    return shortened(text, limit)
