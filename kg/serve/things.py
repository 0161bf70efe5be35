"""The page of each thing that has an IRI: what it is, with the sentences behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from kg.errors import StoreError
from kg.graph import extractor_of
from kg.iri import compact, node_iri, statement_iri
from kg.model import Evidence
from kg.serve.context import ServeContext
from kg.serve.marking import LONGEST_TEXT, Part, cut
from kg.serve.picture import picture
from kg.serve.portrait import (
    LONG,
    Named,
    Quote,
    boards,
    groups,
    merges_of,
    named,
    papers_of,
    quotes,
    result_row,
    results_of,
    status,
)
from kg.serve.render import render
from kg.serve.site import ABOUT_PAPERS, NOT_FACTS, Site, paper_links, path_of
from kg.store import open_store
from kg.text import fold, spoken

_PROPERTIES = 500
_PROPERTIES_OF = f"SELECT ?p ?o WHERE {{ $it ?p ?o }} ORDER BY ?p ?o LIMIT {_PROPERTIES + 1}"
_FACTS_OF = """SELECT DISTINCT ?fact ?s ?p ?o WHERE {
  ?fact prov:wasDerivedFrom $it
  OPTIONAL { ?fact rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }
} ORDER BY ?fact LIMIT 200"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A fact with both its ends; `tail` is None for a result."""

    head: Named
    name: str
    tail: Named | None
    path: str
    score: float = 1.0
    status: str = ""


async def describe(context: ServeContext, site: Site, path: str, opened: str = "") -> str:
    """The page of the thing at `path`; `opened` is the list to show in full."""
    key = site.key_at(path)
    if key is not None:
        return await asyncio.to_thread(_node, context, site, key, opened)
    kind = path.partition("/")[0]
    rows = await _properties(context, path)
    if kind == "statement" and (page := await asyncio.to_thread(_statement, site, path, rows)):
        return page
    if kind == "sentence":
        answer = await context.ask(_FACTS_OF, {"it": f"<{context.base}{path}>"})
        return await asyncio.to_thread(_sentence, site, path, rows, answer.json()["results"]["bindings"])
    return _thing(site, path, rows)


def _node(context: ServeContext, site: Site, key: str, opened: str) -> str:
    kind = site.graph.nodes[key]["kind"]
    make = {"Paper": _paper, "Result": _result}.get(kind)
    return make(context, site, key) if make else _entity(site, key, opened)


def _entity(site: Site, key: str, opened: str) -> str:
    results = results_of(site, key)
    slot = site.graph.nodes[key]["kind"].lower()
    return render(
        site,
        "entity.html.j2",
        **_common(site, key),
        groups=groups(site, key, opened),
        papers=papers_of(site, key, opened),
        boards=boards(site, results, leave_out=slot),
        results=len(set(results)),
        merges=merges_of(site, key),
        drawing=picture(site, key),
    )


def _common(site: Site, key: str) -> dict[str, Any]:
    return {
        "node": named(site, key),
        "data": site.graph.nodes[key],
        "iri": node_iri(site.base, key),
    }


def _paper(context: ServeContext, site: Site, key: str) -> str:
    data = site.graph.nodes[key]
    edges = [*site.graph.out_edges(key, keys=True, data=True)]
    by_relation = {r: [named(site, tail) for _, tail, relation, _ in edges if relation == r] for r in ABOUT_PAPERS}
    told = {node.key for r in ("proposes", "addresses") for node in by_relation[r]}
    by_relation["mentions"] = [node for node in by_relation["mentions"] if node.key not in told]
    titles = {"proposes": "Proposes", "addresses": "Is about", "mentions": "Names as well"}
    results = results_of(site, key)
    return render(
        site,
        "paper.html.j2",
        **_common(site, key),
        links=paper_links(data),
        text=_abstract(context, site, key),
        sentences=_sentences_of(site, key),
        boards=boards(site, results),
        results=len(set(results)),
        named=[(titles[r], sorted(nodes, key=lambda n: n.label)) for r, nodes in by_relation.items() if nodes],
        drawing=picture(site, key),
    )


def _abstract(context: ServeContext, site: Site, key: str) -> tuple[Part, ...]:
    """The paper's abstract with the names that were read in it, each leading to its entity."""
    paper_id = site.graph.nodes[key]["paper_id"]
    try:
        with open_store(context.workspace) as store:
            paper = store.paper(paper_id)
            found = store.extraction(extractor_of(site.graph.graph), paper) if paper else None
    except StoreError:
        return ()
    if paper is None or not paper.abstract:
        return ()
    nodes = _entities_of(site, key)
    start = len(paper.text) - len(paper.abstract)
    spans = []
    for entity in found.entities if found else ():
        names = [(entity.type, fold(mention.text)) for mention in entity.mentions]
        node = nodes.get(entity.id) or next((nodes[name] for name in names if name in nodes), None)
        if node:
            spans += [(m.start - start, m.end - start, entity.type.lower(), path_of(node)) for m in entity.mentions]
    return cut(paper.abstract[:LONGEST_TEXT], sorted(span for span in spans if span[0] >= 0))


def _entities_of(site: Site, key: str) -> dict[str | tuple[str, str], str]:
    """The entities that the paper names, by their id in the paper where it is told and by (type, folded name)."""
    paper_id = site.graph.nodes[key]["paper_id"]
    found: dict[str | tuple[str, str], str] = {}
    for _, entity, relation in site.graph.out_edges(key, keys=True):
        if relation == "mentions":
            data = site.graph.nodes[entity]
            found |= {(data["kind"], fold(form)): entity for form in (*data.get("aliases", ()), data["label"])}
            found |= {merge.entity: entity for merge in data.get("merges", ()) if merge.paper == paper_id}
    return found


def _sentences_of(site: Site, key: str) -> list[tuple[Quote, list[Stated]]]:
    """What the paper states about the entities that it names: sentence by sentence with its facts."""
    paper_id = site.graph.nodes[key]["paper_id"]
    near = {tail for _, tail, relation in site.graph.out_edges(key, keys=True) if relation in ABOUT_PAPERS}
    found: dict[tuple[int, int], list[tuple[str, str, str, Evidence]]] = {}
    for head in sorted(near):
        for _, tail, relation, data in site.graph.out_edges(head, keys=True, data=True):
            if tail in near and relation not in NOT_FACTS:
                for one in data["evidence"]:
                    if one.paper == paper_id:
                        found.setdefault((one.start, one.end), []).append((head, relation, tail, one))
    made = []
    for _, facts in sorted(found.items())[:LONG]:
        (one,) = quotes(site, [facts[0][3]], {end: None for h, _, t, _ in facts for end in (h, t)}, 1)
        made.append((one, [_stated_by(site, *fact) for fact in sorted(facts, key=lambda f: (f[0], f[1], f[2]))]))
    return made


def _stated_by(site: Site, head: str, relation: str, tail: str, evidence: Evidence) -> Stated:
    path = statement_iri("/", head, relation, tail)
    ends = named(site, head), named(site, tail)
    told = status(site.graph.edges[head, tail, relation])
    return Stated(head=ends[0], name=spoken(relation), tail=ends[1], path=path, score=evidence.score, status=told)


def _result(context: ServeContext, site: Site, key: str) -> str:
    row = result_row(site, key)
    evidence = [e for *_, found in site.graph.in_edges(key, data="evidence") for e in found]
    return render(
        site,
        "result.html.j2",
        **_common(site, key),
        row=row,
        quotes=[*quotes(site, evidence, [node.key for node in row.slots.values()])],
    )


def _statement(site: Site, path: str, rows: list[dict[str, dict[str, str]]]) -> str | None:
    values = {row["p"]["value"].rpartition("#")[2]: row["o"]["value"] for row in rows}
    head, tail = (_key_of(site, values.get(name, "")) for name in ("subject", "object"))
    relation = values.get("predicate", "").rpartition("#")[2]
    if head is None or tail is None or not site.graph.has_edge(head, tail, relation):
        return None
    data = site.graph.edges[head, tail, relation]
    return render(
        site,
        "statement.html.j2",
        head=named(site, head),
        tail=named(site, tail),
        relation=relation,
        data=data,
        status=status(data),
        quotes=[*quotes(site, data["evidence"], (head, tail), 50)],
        total=len(data["evidence"]),
        path=f"/{path}",
        iri=site.base + path,
    )


def _sentence(
    site: Site, path: str, rows: list[dict[str, dict[str, str]]], found: list[dict[str, dict[str, str]]]
) -> str:
    values = {compact(row["p"]["value"]): row["o"]["value"] for row in rows}
    key = _key_of(site, values.get("kg:inPaper", ""))
    facts = [fact for row in found if (fact := _stated(site, row))]
    ends = {node.key: None for fact in facts for node in (fact.head, fact.tail) if node}
    text = values.get("nif:anchorOf", "")
    evidence = Evidence(paper="", start=0, end=0, quote=text, score=1.0)
    (one,) = quotes(site, [evidence], ends, 1)
    return render(
        site,
        "sentence.html.j2",
        text=one.parts,
        paper=named(site, key) if key else None,
        year=site.graph.nodes[key].get("year") if key else None,
        links=paper_links(site.graph.nodes[key]) if key else [],
        begin=values.get("nif:beginIndex", ""),
        end=values.get("nif:endIndex", ""),
        facts=facts,
        path=f"/{path}",
        iri=site.base + path,
    )


def _stated(site: Site, row: dict[str, dict[str, str]]) -> Stated | None:
    iri = row["fact"]["value"]
    if "s" not in row:
        key = _key_of(site, iri)
        return Stated(head=named(site, key), name="reported", tail=None, path=path_of(key)) if key else None
    head, tail = _key_of(site, row["s"]["value"]), _key_of(site, row["o"]["value"])
    if head is None or tail is None:
        return None
    name = spoken(row["p"]["value"].rpartition("#")[2])
    return Stated(head=named(site, head), name=name, tail=named(site, tail), path="/" + iri.removeprefix(site.base))


def _thing(site: Site, path: str, rows: list[dict[str, dict[str, str]]]) -> str:
    shown = []
    for row in rows[:_PROPERTIES]:
        value = row["o"]["value"]
        address = ""
        if row["o"]["type"] == "uri":
            own = value.startswith(site.base)
            address = "/" + value.removeprefix(site.base) if own else value if value.startswith("http") else ""
        shown.append((compact(row["p"]["value"]), compact(value) if address else value, address))
    kind, _, rest = path.partition("/")
    badge = {
        "merge": "Why a name was merged",
        "graph": "What one paper states",
        "text": "Text of a paper",
        "run": "Run of the extractor",
        "extractor": "Extractor",
        "scheme": "Concept scheme",
        "void": "Description of the data set",
        "statement": "Fact",
    }.get(kind, "Thing")
    return render(
        site,
        "thing.html.j2",
        name=rest or kind,
        badge=badge,
        rows=shown,
        more=len(rows) > _PROPERTIES,
        path=f"/{path}",
        iri=site.base + path,
    )


async def _properties(context: ServeContext, path: str) -> list[dict[str, dict[str, str]]]:
    answer = await context.ask(_PROPERTIES_OF, {"it": f"<{context.base}{path}>"})
    found: list[dict[str, dict[str, str]]] = answer.json()["results"]["bindings"]
    return found


def _key_of(site: Site, iri: str) -> str | None:
    return site.key_at(iri.removeprefix(site.base)) if iri.startswith(site.base) else None
