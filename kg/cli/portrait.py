"""All that is known about a node, as text for a person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, zip_longest
from typing import Any

from kg.cli.printing import one_line
from kg.model import SLOTS


def portray(about: dict[str, Any], quotes: int, limit: int) -> str:
    """The text of what `kg.describe.describe` gave, with so many quotes a fact and facts a relation."""
    return "\n".join(
        (
            *_head(about),
            *_facts(about, quotes, limit),
            *_results(about, quotes, limit),
            *_merges(about),
            *_matches(about),
        )
    )


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
        shown = [_Told(fact, quotes if relation != "mentions" else 0) for fact in facts[:limit]]
        for told, following in zip_longest(shown, shown[1:]):
            yield told.line
            if following is None or following.quotes != told.quotes:  # facts of one sentence share its quote
                yield from told.quotes
        yield from _more(facts, limit)


class _Told:
    """A fact as a line, and the lines of its quotes."""

    def __init__(self, fact: dict[str, Any], quotes: int) -> None:
        inferred = ", inferred" if fact.get("inferred") else ""
        self.line = (
            f"  {_named(fact['other'])}  {_papers(fact['support'])}, score {fact['score']:.2f}{inferred}{_status(fact)}"
        )
        self.quotes = list(_quotes(fact["evidence"], quotes))


def _results(about: dict[str, Any], quotes: int, limit: int) -> Iterator[str]:
    if about["results"]:
        yield "\nresults"
    for result in about["results"][:limit]:
        others = [slot for slot in SLOTS if slot in result and slot != result.get("as")]
        role = [f"as {result['as']}"] if "as" in result else []
        slots = ", ".join((*role, *(f"{slot} {one_line(result[slot]['label'])}" for slot in others)))
        yield f"  {one_line(result['value'])}  {slots}{_status(result)}"
        yield from _quotes(result["evidence"], quotes)
    yield from _more(about["results"], limit)


def _merges(about: dict[str, Any]) -> Iterator[str]:
    reasons = sorted({(one_line(merge["form"]), one_line(merge["reason"])) for merge in about["merges"]})
    if reasons:
        yield "\nwhy these names are one"
    yield from (f"  {form}: {reason}" for form, reason in reasons)


def _matches(about: dict[str, Any]) -> Iterator[str]:
    if about["matches"]:
        yield "\nin vocabularies"
    for match in about["matches"]:
        yield f"  {match['kind']} {match['score']:.2f}  {one_line(match['label'])}  {one_line(match['iri'])}"
        yield f"      {one_line(match['vocabulary'])}: {one_line(match['reason'])}"


def _quotes(evidence: list[dict[str, Any]], quotes: int) -> Iterator[str]:
    best = sorted(evidence, key=lambda e: -e["score"])[:quotes]
    for item in best:
        year = f", {item['year']}" if "year" in item else ""
        yield f"      “{one_line(item['quote'])}”"
        yield f"      — {one_line(item['title'])} ({one_line(item['paper'])}{year}){_status(item)}"


def _status(item: dict[str, Any]) -> str:
    return f", {item['status']}" if "status" in item else ""


def _named(other: dict[str, Any]) -> str:
    year = f", {other['year']}" if "year" in other else ""
    return f"{one_line(other['label'])} ({other['kind']}{year})"


def _papers(number: int) -> str:
    return f"{number} paper{'s' * (number != 1)}"


def _more(items: list[Any], limit: int) -> Iterator[str]:
    if len(items) > limit:
        yield f"  ... and {len(items) - limit} more (--limit {len(items)} shows all)"
