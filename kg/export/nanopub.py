"""Nanopublications in TriG: each fact and each result for itself, with where it was read and by what.

A nanopublication is four named graphs (https://nanopub.net/guidelines/working_draft/): its head names the others, the
assertion is the fact with the names of its ends, the provenance quotes the sentences that state it, and the publication
info tells of the extractor. They are not signed and bear no date, so that the same graph gives the same bytes; whoever
publishes them adds both with a tool for nanopublications.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import networkx as nx
from pyoxigraph import NamedNode, Quad

from kg.export.flat import fact_id
from kg.export.trig import write_quads
from kg.iri import digest
from kg.model import Evidence
from kg.prefixes import prefixes
from kg.rdf import RESULT_EDGES, base_of, block_of, planned
from kg.sorting import sort
from kg.subjects import SPOKEN, Edge, Plan, about_node, about_sentence, derived, describe, extractor, run
from kg.terms import Pairs, figures, term, text, types

NP = "http://www.nanopub.org/nschema#"
_PARTS = ("Head", "assertion", "provenance", "pubinfo")
Blocks = dict[NamedNode, Pairs]


def write(graph: nx.MultiDiGraph, path: Path) -> tuple[Path, ...]:
    """Write a nanopublication for each fact and result to `path`, in order of their IRIs."""
    names = prefixes(base_of(graph)) | {"np": NP, "nanopub": base_of(graph) + "nanopub/"}
    return write_quads(nanopublications(graph), names, path)


def nanopublications(graph: nx.MultiDiGraph) -> Iterator[Quad]:
    """The quads of all nanopublications: one after the other, the four graphs of each in the order head to info."""
    plan = planned(graph)
    for name, found in sort(_findings(plan)):
        blocks = _fact(plan, found) if isinstance(found, tuple) else _result(plan, found)
        yield from _quads(plan, plan.named(f"nanopub/{name}"), *blocks)


def _findings(plan: Plan) -> Iterator[tuple[str, Edge | str]]:
    """Each fact as its edge and each result as its key, with the end of the nanopublication's IRI.

    What papers only deny, put as possible or leave to the future is left out: nobody asserts it.
    """
    for head, tail, relation, status in plan.graph.edges(keys=True, data="status"):
        if relation not in RESULT_EDGES and status is None:
            yield fact_id(head, relation, tail), (head, tail, relation)
    for key, data in plan.graph.nodes(data=True):
        if data["kind"] == "Result" and "status" not in data:
            yield digest(key), key


def _fact(plan: Plan, edge: Edge) -> tuple[Blocks, Pairs, Blocks]:
    """What a fact asserts, what is said of the assertion, and the sources of that."""
    head, tail, relation = edge
    asserted = {plan.node(key): _named(plan, key) for key in (head, tail)}
    asserted[plan.node(head)].append((term(f"kg:{relation}"), plan.node(tail)))
    evidence = plan.evidence(edge)
    about = figures(plan.graph.edges[edge], support="support") + derived(plan, evidence)
    return asserted, about, _sources(plan, evidence)


def _result(plan: Plan, key: str) -> tuple[Blocks, Pairs, Blocks]:
    """The same of a result: its own description, but for whence it is known, stands in the assertion."""
    known = {term("kg:confidence"), *map(term, SPOKEN.values())}
    described = describe(plan, "node", key)
    about = [pair for pair in described if pair[0] in known]
    asserted = {plan.node(key): [pair for pair in described if pair[0] not in known]}
    for _, tail, _ in plan.graph.out_edges(key, keys=True):
        asserted.setdefault(plan.node(tail), _named(plan, tail))
    evidence: dict[Evidence, None] = {}
    for paper, _, found in plan.graph.in_edges(key, data="evidence", default=()):
        asserted[plan.node(paper)] = [*_named(plan, paper), (term("kg:reports"), plan.node(key))]
        evidence |= dict.fromkeys(found)
    return asserted, about, _sources(plan, evidence)


def _named(plan: Plan, key: str) -> Pairs:
    """The types and the name of an entity or paper."""
    data = plan.graph.nodes[key]
    if data["kind"] == "Paper":
        return [*types("kg:Paper"), *text(title=data["label"], identifier=data["paper_id"])]
    return about_node(plan, key, brief=True)


def _sources(plan: Plan, evidence: Iterable[Evidence]) -> Blocks:
    sources: Blocks = {}
    for one in evidence:
        sources[plan.sentence(one)] = about_sentence(plan, one)
        sources[plan.of_paper("text", one.paper)] = describe(plan, "text", one.paper)
        sources[plan.paper(one.paper)] = about_node(plan, plan.papers[one.paper])
    return sources


def _quads(plan: Plan, iri: NamedNode, asserted: Blocks, about: Pairs, sources: Blocks) -> Iterator[Quad]:
    head, assertion, provenance, pubinfo = (NamedNode(f"{iri.value}#{part}") for part in _PARTS)
    schema = [(NamedNode(NP + name), graph) for name, graph in (
        ("hasAssertion", assertion), ("hasProvenance", provenance), ("hasPublicationInfo", pubinfo)
    )]  # fmt: skip
    yield from block_of(iri, [(term("rdf:type"), NamedNode(NP + "Nanopublication")), *schema], head)
    yield from _graph(asserted, assertion)
    yield from _graph({assertion: [*about, (term("prov:wasGeneratedBy"), run(plan))], **sources}, provenance)
    info: Pairs = [
        (term("dcterms:creator"), extractor(plan)),
        (term("prov:wasAttributedTo"), extractor(plan)),
        (term("dcterms:isPartOf"), plan.named("void")),
    ]
    tool = {extractor(plan): describe(plan, "extractor", None), run(plan): describe(plan, "run", None)}
    yield from _graph({iri: info, **tool}, pubinfo)


def _graph(blocks: Blocks, name: NamedNode) -> Iterator[Quad]:
    for subject in sorted(blocks, key=lambda s: s.value + ">"):
        yield from block_of(subject, blocks[subject], name)
