"""Whether a correction fits the graph as it is, before it is written down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.arguments import suggestion
from kg.cli.printing import one_line

if TYPE_CHECKING:
    import networkx as nx

    from kg.link.curation import Row


class _MisfitError(Exception):
    pass


def misfit(folder: Path, graph: nx.MultiDiGraph, row: Row) -> str | None:
    """Why the row does not fit, with what would; None where it does."""
    try:
        _fit(folder, graph, row)
    except _MisfitError as error:
        return str(error)
    return None


def _fit(folder: Path, graph: nx.MultiDiGraph, row: Row) -> None:
    entity = _find(graph, row.entity)
    if row.paper:
        _check_paper(graph, row, entity)
    if row.action == "merge" and _find(graph, row.value) == entity:
        raise _MisfitError(f"{row.entity!r} and {row.value!r} are one node already: {entity}")
    if row.action == "split" and row.value:
        _check_split(graph, row, entity)
    if row.relation:
        _check_fact(folder, graph, row, entity, _find(graph, row.value))


def _find(graph: nx.MultiDiGraph, name: str) -> str:
    """The one entity that is called so."""
    from kg.describe import find
    from kg.schema import load_schema

    kind, colon, rest = name.partition(":")
    typed = {known.casefold(): known for known in load_schema().types}.get(kind.casefold()) if colon else None
    keys = [key for key in find(graph, name) if "papers" in graph.nodes[key]]
    if not keys and typed:
        keys = [key for key in find(graph, rest) if graph.nodes[key]["kind"] == typed]
    if not keys:
        hint = suggestion(graph, rest if typed else name)
        raise _MisfitError(f"no entity is called {one_line(name)!r}" + (f"; {hint}" if hint else ""))
    if len(keys) > 1:
        named = ", ".join(f"{key} ({one_line(graph.nodes[key]['label'])})" for key in keys)
        raise _MisfitError(f"{one_line(name)!r} is the name of several entities; use one of the keys {named}")
    return keys[0]


def _check_paper(graph: nx.MultiDiGraph, row: Row, entity: str) -> None:
    papers = {data["paper_id"]: key for key, data in graph.nodes(data=True) if data["kind"] == "Paper"}
    if row.paper not in papers:
        raise _MisfitError(f"no paper has the id {one_line(row.paper)!r}; 'kg show TITLE' tells a paper's id")
    if row.action != "assert" and not graph.has_edge(papers[row.paper], entity):
        raise _MisfitError(f"paper {one_line(row.paper)!r} does not mention {one_line(row.entity)!r}")


def _check_split(graph: nx.MultiDiGraph, row: Row, entity: str) -> None:
    from kg.link.cluster import beside_in
    from kg.link.names import read_name

    data = graph.nodes[entity]
    if entity in (row.value, *graph.graph.get("moved", {}).get(row.value, ())):
        return
    wanted = read_name(row.value).light
    mains = {m.form: read_name(m.form).light for m in data["merges"] if not m.reason.startswith(beside_in(m.paper))}
    if wanted not in mains.values():
        names = ", ".join(repr(one_line(form)) for form in sorted(mains)[:10]) or repr(one_line(data["label"]))
        beside = any(read_name(form).light == wanted for form in data["aliases"])
        why = "stands only beside another name of it in its paper" if beside else f"is no name of {entity}"
        raise _MisfitError(f"{one_line(row.value)!r} {why}; its papers call it {names}; --paper ID splits one of them")


def _check_fact(folder: Path, graph: nx.MultiDiGraph, row: Row, head: str, tail: str) -> None:
    from kg.link.correct import evidence_of
    from kg.link.drafts import UnfitError
    from kg.schema import load_schema
    from kg.store import open_store

    schema = load_schema()
    kinds = [graph.nodes[key]["kind"] for key in (head, tail)]
    if not schema.permits(kinds[0], row.relation, kinds[1]):
        raise _MisfitError(f"{row.relation} may not join {kinds[0]} and {kinds[1]}")
    if row.action == "reject":
        ends = [(head, tail), (tail, head)] if schema.relations[row.relation].symmetric else [(head, tail)]
        if not any(graph.has_edge(*pair, row.relation) for pair in ends):
            raise _MisfitError(f"no such fact: {one_line(row.entity)} {row.relation} {one_line(row.value)}")
        return
    forms = [[graph.nodes[key]["label"], *graph.nodes[key]["aliases"]] for key in (head, tail)]
    with open_store(folder) as store:
        paper = store.paper(row.paper)
    try:
        evidence_of(row, forms, {row.paper: paper} if paper else {})
    except UnfitError as error:
        raise _MisfitError(str(error)) from error
