"""All that is known about a node, as text for a person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from kg.cli.printing import one_line


def portray(about: dict[str, Any], quotes: int, limit: int) -> str:
    """The text of what `kg.describe.describe` gave, with so many quotes a fact and facts a relation."""
    return "\n".join((*_head(about), *_facts(about, quotes, limit), *_results(about, quotes, limit), *_merges(about)))


def _head(about: dict[str, Any]) -> Iterator[str]:
    yield f"{one_line(about['label'])} ({about['kind']})"
    if about["aliases"]:
        yield f"  also: {', '.join(one_line(alias) for alias in about['aliases'])}"
    years = sorted({str(about[name]) for name in ("first_year", "last_year", "year") if name in about})
    papers = [_papers(about["papers"])] if "papers" in about else []
    details = [one_line(about[name]) for name in ("authors", "venue", "doi", "arxiv", "url") if name in about]
    if line := ", ".join((*papers, *("–".join(years),) * bool(years), *details)):
        yield f"  {line}"
    yield f"  {one_line(about['key'])}"


def _facts(about: dict[str, Any], quotes: int, limit: int) -> Iterator[str]:
    for (direction, relation), group in groupby(about["facts"], key=lambda f: (f["direction"], f["relation"])):
        facts = list(group)
        yield f"\n{relation} →" if direction == "out" else f"\n← {relation}"
        for fact in facts[:limit]:
            yield f"  {_named(fact['other'])}  {_papers(fact['support'])}, score {fact['score']:.2f}"
            yield from _quotes(fact["evidence"], quotes if relation != "mentions" else 0)
        yield from _more(facts, limit)


def _results(about: dict[str, Any], quotes: int, limit: int) -> Iterator[str]:
    if about["results"]:
        yield "\nresults"
    for result in about["results"][:limit]:
        slots = [f"{s} {one_line(result[s]['label'])}" for s in ("method", "task", "dataset", "metric") if s in result]
        baseline = [f"against {one_line(result['baseline']['label'])}"] if "baseline" in result else []
        yield f"  {one_line(result['value'])}  {', '.join((*slots, *baseline))}"
        yield from _quotes(result["evidence"], quotes)
    yield from _more(about["results"], limit)


def _merges(about: dict[str, Any]) -> Iterator[str]:
    reasons = sorted({(one_line(merge["form"]), one_line(merge["reason"])) for merge in about["merges"]})
    if reasons:
        yield "\nwhy these names are one"
    yield from (f"  {form}: {reason}" for form, reason in reasons)


def _quotes(evidence: list[dict[str, Any]], quotes: int) -> Iterator[str]:
    best = sorted(evidence, key=lambda e: -e["score"])[:quotes]
    for item in best:
        year = f", {item['year']}" if "year" in item else ""
        yield f"      “{one_line(item['quote'])}”"
        yield f"      — {one_line(item['title'])} ({one_line(item['paper'])}{year})"


def _named(other: dict[str, Any]) -> str:
    year = f", {other['year']}" if "year" in other else ""
    return f"{one_line(other['label'])} ({other['kind']}{year})"


def _papers(number: int) -> str:
    return f"{number} paper{'s' * (number != 1)}"


def _more(items: list[Any], limit: int) -> Iterator[str]:
    if len(items) > limit:
        yield f"  ... and {len(items) - limit} more (--limit {len(items)} shows all)"
