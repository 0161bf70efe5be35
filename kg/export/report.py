"""A report on what was built, as one page that opens offline: no script, every plot beside its table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import networkx as nx

from kg.export import figures, findings
from kg.export.atomic import write_text
from kg.export.findings import ENTITY_KINDS, Named
from kg.export.html import environment, inline, template_text
from kg.iri import web_address
from kg.layout import layout
from kg.model import SLOTS
from kg.text import shortened, spoken

KIND_NAMES = {
    "Method": "Methods",
    "Task": "Tasks",
    "Dataset": "Data sets",
    "Metric": "Metrics",
    "Paper": "Papers",
    "Result": "Results",
}
_KINDS = {"mention": "mentions", "entity": "entities", "relation": "relations", "result": "results"}
TOP = 12  # rows of each list of entities


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write the report on `graph` to `path` and return it: same graph, same bytes.

    `graph.graph` may say more than the nodes do: `read` (records read), `rejections` and `notices` (dicts with the
    fields of `kg.model.Rejection` and `Notice`) and `calibration` (the table of `kg.evaluate.calibration`).
    """
    return (write_text(path, page(graph)),)


def page(graph: nx.MultiDiGraph) -> str:
    """The whole report as text."""
    templates = environment()
    templates.filters.update(line=_line, percent=_percent, spoken=_spoken)
    return templates.get_template("report.html.j2").render(
        style=inline(template_text("report.css"), "style"),
        info=graph.graph,
        kinds=KIND_NAMES,
        label=lambda key: _line(graph.nodes[key].get("label", key)),
        explore=lambda key: f"graph.html#at={quote(key)}&node={quote(key)}",
        paper=_papers(graph),
        **_reading(graph),
        **_counts(graph),
        **_contents(graph),
        **_trust(graph),
    )


def _reading(graph: nx.MultiDiGraph) -> dict[str, Any]:
    rejections = [dict(r) for r in graph.graph.get("rejections", ())]
    papers = sum(1 for _, kind in graph.nodes(data="kind") if kind == "Paper")
    return {
        "papers": papers,
        "read": graph.graph.get("read"),
        "notices": [dict(n) for n in graph.graph.get("notices", ())],
        "foreign": [
            (str(data["language"]), str(data.get("label", key)), str(data.get("paper_id", key)))
            for key, data in sorted(graph.nodes(data=True))
            if data.get("language")
        ],
        "bad": [r for r in rejections if r.get("kind") != "duplicate"],
        "duplicates": [r for r in rejections if r.get("kind") == "duplicate"],
    }


def _counts(graph: nx.MultiDiGraph) -> dict[str, Any]:
    kinds = [kind for _, kind in graph.nodes(data="kind")]
    by_kind = {kind: kinds.count(kind) for kind in KIND_NAMES if kind in kinds}
    years = sorted(findings.paper_years(graph).values())
    span = range(years[0], years[-1] + 1) if years else range(0)
    by_year = [(year, years.count(year)) for year in span]
    degrees = [int(degree) for key, degree in graph.degree() if graph.nodes[key].get("kind") in ENTITY_KINDS]
    named_by = [int(d.get("papers", 0)) for _, d in graph.nodes(data=True) if d.get("kind") in ENTITY_KINDS]
    plots = []
    if len(by_year) > 1:
        title, numbers = "Papers by year", [n for _, n in by_year]
        plots.append((title, figures.bars([str(y) for y, _ in by_year], numbers, x="Year", y="Papers", title=title)))
    if named_by:
        title = "Entities by the papers that name them"
        plots.append((title, figures.frequencies(named_by, x="Papers", y="Entities", title=title)))
        title = "Entities by their number of facts"
        plots.append((title, figures.frequencies(degrees, x="Facts", y="Entities", title=title)))
    return {
        "by_kind": by_kind,
        "facts": graph.number_of_edges(),
        "by_year": [row for row in by_year if row[1]],
        "plots": plots,
        "spread": [
            ("Papers that name an entity", _quantiles(named_by)),
            ("Facts about an entity", _quantiles(degrees)),
        ],
    }


def _contents(graph: nx.MultiDiGraph) -> dict[str, Any]:
    entities = findings.named(graph)
    plan = layout(graph)
    top: dict[str, list[Named]] = {kind: [e for e in entities if e.kind == kind][:TOP] for kind in ENTITY_KINDS}
    return {
        "top": {kind: rows for kind, rows in top.items() if rows},
        "risers": findings.risers(graph, entities),
        "communities": [
            (plan.community_name[number], kinds) for number, kinds in findings.communities(graph, plan.community)
        ],
        "datasets": findings.datasets_by_task(graph),
        "namesakes": findings.namesakes(entities),
    }


def _trust(graph: nx.MultiDiGraph) -> dict[str, Any]:
    scores = findings.entity_scores(graph)
    table: Mapping[str, Any] = graph.graph.get("calibration") or {}
    calibration = {_KINDS[kind]: row for kind, row in table.get("kinds", {}).items() if kind in _KINDS}
    points = [(float(s), float(r), int(n)) for s, r, n in calibration.get("relations", {}).get("bins", ())]
    x, y = "Score", "Share that is right"
    return {
        "relations": findings.relations(graph),
        "disputes": findings.disputes(graph),
        "precision": sum(scores) / len(scores) if scores else None,
        "scores": len(scores),
        "bands": findings.bands(scores),
        "score_plot": figures.histogram(scores, x="Score", y="Facts", title="Facts by score") if scores else None,
        "calibration": calibration,
        "measured": table,
        "points": points,
        "calibration_plot": figures.reliability(points, x=x, y=y, title="Calibration") if points else None,
    }


def _papers(graph: nx.MultiDiGraph) -> dict[str, dict[str, Any]]:
    """By paper id: title, year and where to find it."""
    return {
        str(data.get("paper_id", key)): {
            "title": _line(data.get("label", key)),
            "year": data.get("year"),
            "url": web_address(data),
        }
        for key, data in graph.nodes(data=True)
        if data.get("kind") == "Paper"
    }


def _quantiles(numbers: list[int]) -> dict[str, int]:
    """Smallest, median, nine tenths and largest of the numbers; empty for none."""
    ranked = sorted(numbers)
    if not ranked:
        return {}
    places = {"least": 0.0, "median": 0.5, "90 %": 0.9, "most": 1.0}
    return {name: ranked[round(share * (len(ranked) - 1))] for name, share in places.items()}


def _line(text: object, limit: int = 200) -> str:
    """`text` on one line of at most `limit` characters."""
    return shortened(text, limit)


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"


def _spoken(relation: str) -> str:
    """'usedFor' as people read it.

    >>> _spoken("usedFor"), _spoken("metric")
    ('used for', 'metric of a result')
    """
    if relation in SLOTS:
        return f"{'data set' if relation == 'dataset' else relation} of a result"
    return spoken(relation)
