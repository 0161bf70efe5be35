"""Everything that the graph knows about one of its nodes, and finding a node by what a person calls it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

import networkx as nx

from kg.iri import node_iri
from kg.keys import paper_key
from kg.model import SLOTS, Evidence, told
from kg.text import fold

_TEXT_KINDS = ("Method", "Task", "Dataset", "Metric", "Paper")
_FIRST = {"proposes": 0, "addresses": 1, "mentions": 9}  # every other relation stands between them


def find(graph: nx.MultiDiGraph, name: str) -> list[str]:
    """The nodes called `name`: by key, IRI or paper id, else by label, else by alias, case and plural folded.

    A key or IRI that is none now leads to what took its place. Sorted by number of papers, most first; more than one
    where a name has several senses.
    """
    base = graph.graph["base"]
    exact = [key for key, data in graph.nodes(data=True) if name in (key, base + key, data.get("paper_id"))]
    if exact:
        return exact
    moved: list[str] | None = graph.graph.get("moved", {}).get(name.removeprefix(base))
    if moved:
        return moved
    wanted = fold(name)
    called: dict[bool, list[str]] = {True: [], False: []}
    for key, data in graph.nodes(data=True):
        if data["kind"] in _TEXT_KINDS:
            if fold(data["label"]) == wanted:
                called[True].append(key)
            elif any(fold(alias) == wanted for alias in data.get("aliases", ())):
                called[False].append(key)
    return sorted(called[True] or called[False], key=lambda key: (-graph.nodes[key].get("papers", 0), key))


def suggest(graph: nx.MultiDiGraph, name: str, limit: int = 5) -> list[str]:
    """Names that `name` may have meant, likeliest first: those that contain it, then those spelt alike."""
    wanted = fold(name)
    forms: dict[str, str] = {}
    for _, data in sorted(graph.nodes(data=True), key=lambda item: (-item[1].get("papers", 0), item[0])):
        if data["kind"] in _TEXT_KINDS:
            for form in (data["label"], *data.get("aliases", ())):
                forms.setdefault(fold(form), form)
    inside = [form for form in forms if wanted and wanted in form]
    alike = get_close_matches(wanted, forms, n=limit, cutoff=0.6)
    return list(dict.fromkeys(forms[form] for form in (*inside[:limit], *alike)))[:limit]


def describe(graph: nx.MultiDiGraph, key: str) -> dict[str, Any]:
    """The node, its facts with their quotes, its results, the reasons of its merges and its matches, as JSON values.

    `facts` are sorted: who proposes and addresses it, then by direction and relation, mentions last; within these by
    support, then by place in the papers. `results` are sorted by key. Raises KeyError for no node.
    """
    data = graph.nodes[key]
    about = {name: value for name, value in data.items() if name not in ("merges", "matches", "aliases")}
    return {
        "key": key,
        "iri": node_iri(graph.graph["base"], key),
        **about,
        "aliases": list(data.get("aliases", ())),
        "facts": sorted(_facts(graph, key), key=_order),
        "results": [*_results(graph, key)],
        "merges": [
            {"form": m.form, "reason": m.reason, "score": m.score, "paper": m.paper} for m in data.get("merges", ())
        ],
        "matches": [asdict(match) for match in data.get("matches", ())],
    }


def _order(fact: dict[str, Any]) -> tuple[int, bool, str, int, str, int, str]:
    rank = _FIRST.get(fact["relation"], 5)
    place = fact["evidence"][0]
    return (
        rank,
        fact["direction"] == "in",
        fact["relation"],
        -fact["support"],
        place["paper"],
        place["start"],
        fact["other"]["key"],
    )


def _facts(graph: nx.MultiDiGraph, key: str) -> Iterator[dict[str, Any]]:
    for _, other, relation, data in graph.out_edges(key, keys=True, data=True):
        if relation not in ("reports", *SLOTS):
            yield _fact(graph, relation, "out", other, data)
    for other, _, relation, data in graph.in_edges(key, keys=True, data=True):
        if relation not in ("reports", *SLOTS):
            yield _fact(graph, relation, "in", other, data)


def _fact(graph: nx.MultiDiGraph, relation: str, direction: str, other: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "relation": relation,
        "direction": direction,
        "other": _name(graph, other),
        "support": data["support"],
        "score": data["score"],
        **({"inferred": True} if data.get("inferred") else {}),
        **({"status": data["status"]} if "status" in data else {}),
        "evidence": [_quote(graph, e) for e in data["evidence"]],
    }


def _name(graph: nx.MultiDiGraph, key: str) -> dict[str, Any]:
    data = graph.nodes[key]
    return {"key": key, "kind": data["kind"], "label": data["label"]} | (
        {"year": data["year"]} if "year" in data else {}
    )


def _quote(graph: nx.MultiDiGraph, evidence: Evidence) -> dict[str, Any]:
    paper = graph.nodes[paper_key(evidence.paper)]
    return {
        "title": paper["label"],
        **({"year": paper["year"]} if "year" in paper else {}),
        **{name: value for name, value in asdict(evidence).items() if name != "status" or told(evidence.status)},
    }


def _results(graph: nx.MultiDiGraph, key: str) -> Iterator[dict[str, Any]]:
    """The results that name the node in a slot, those of the paper, or the result itself."""
    if graph.nodes[key]["kind"] == "Result":
        roles = {key: None}
    elif graph.nodes[key]["kind"] == "Paper":
        roles = {result: None for _, result, relation in graph.out_edges(key, keys=True) if relation == "reports"}
    else:
        roles = {result: slot for result, _, slot in graph.in_edges(key, keys=True) if slot in SLOTS}
    for result in sorted(roles):
        data = graph.nodes[result]
        slots = {slot: _name(graph, entity) for _, entity, slot in graph.out_edges(result, keys=True)}
        reports = [e for *_, edge in graph.in_edges(result, data=True) for e in edge["evidence"]]
        yield {
            "key": result,
            "label": data["label"],
            "value": data["value"],
            **({"status": data["status"]} if "status" in data else {}),
            **({"as": roles[result]} if roles[result] else {}),
            **{slot: slots[slot] for slot in SLOTS if slot in slots},
            "evidence": [_quote(graph, e) for e in reports],
        }
