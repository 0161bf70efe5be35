"""The graph as RDF: direct triples to read, statements to cite, and a named graph for what each paper states.

Every subject is named, so there are no blank nodes and a graph is written the same way each time. The default graph
holds everything, merged over papers: node descriptions, a direct triple for each edge (`<head> kg:usedFor <tail>`), an
`rdf:Statement` for each fact with its confidence, support and evidence sentences, and a description of the data set and
of the extractor's run. An IRI that an entity has lost, or would have without a merge, leads to the entity that took its
place (`dcterms:isReplacedBy`, and `owl:sameAs` where that is but one). A paper's named graph holds what that paper
states, without the merged figures, so that the union of all graphs says nothing twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import networkx as nx
import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.errors import ExportError
from kg.iri import NAMESPACES, digest
from kg.model import SLOTS, Evidence, status_of
from kg.settings import Settings
from kg.sorting import sort
from kg.subjects import SUBTYPE, Edge, Plan, about_node, about_sentence, derived, describe, extractor, fact_parts, run
from kg.terms import Pairs, count, term, text, types

ENTITY_KINDS = ("Dataset", "Method", "Metric", "Task")
ONTOLOGY = "https://w3id.org/abstract-kg/ontology"
RESULT_EDGES = frozenset({"reports", *SLOTS})


def quads(graph: nx.MultiDiGraph, *, base: str | None = None) -> Iterator[Quad]:
    """All quads: the default graph, then one named graph a paper, in order of their IRIs.

    Within a graph, quads come in the byte order of their N-Triples lines. `base` defaults to the graph's own, else to
    that of the settings. What has to be sorted is sorted on disk where it is much, so that memory holds the graph and
    little more. Characters that UTF-8 or XML cannot hold are replaced as `kg.text.storable` says. Raises ExportError
    where an edge cites a paper that is no node.
    """
    plan = planned(graph, base)
    yield from _default_graph(plan)
    for _, found in groupby(sort(_cited(plan)), key=itemgetter(0)):
        papers, edges = zip(*(row for _, row in found), strict=True)
        yield from _paper_graph(plan, papers[0], [edge for edge in edges if edge])


def triples(graph: nx.MultiDiGraph, *, base: str | None = None) -> Iterator[Triple]:
    """The triples of the default graph, in the byte order of their N-Triples lines."""
    return (quad.triple for quad in _default_graph(planned(graph, base)))


def to_rdf(graph: nx.MultiDiGraph | Iterable[Triple], *, base: str | None = None) -> rdflib.Graph:
    """The triples of the default graph, or those given, as an rdflib graph with the usual prefixes bound."""
    result = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in NAMESPACES.items():
        result.bind(prefix, namespace)
    found = triples(graph, base=base) if isinstance(graph, nx.MultiDiGraph) else graph
    named: dict[str, rdflib.URIRef] = {}  # one object an IRI: most IRIs stand in many triples
    for triple in found:
        result.add((_rdflib(triple.subject, named), _rdflib(triple.predicate, named), _rdflib(triple.object, named)))
    return result


def _rdflib(value: object, named: dict[str, rdflib.URIRef]) -> rdflib.term.Node:
    if isinstance(value, NamedNode):
        return named.setdefault(value.value, rdflib.URIRef(value.value))
    if isinstance(value, Literal):
        if value.language:
            return rdflib.Literal(value.value, lang=value.language)
        if value.datatype.value == NAMESPACES["xsd"] + "string":
            return rdflib.Literal(value.value)
        return rdflib.Literal(value.value, datatype=rdflib.URIRef(value.datatype.value))
    return rdflib.BNode(str(getattr(value, "value", value)))


def base_of(graph: nx.MultiDiGraph) -> str:
    """The IRI under which the graph's things are named: its own, else that of the settings."""
    return str(graph.graph.get("base") or Settings().base)


def planned(graph: nx.MultiDiGraph, base: str | None = None) -> Plan:
    """The graph with what every block of triples looks up."""
    papers = {d["paper_id"]: key for key, d in graph.nodes(data=True) if d.get("kind") == "Paper"}
    return Plan(graph, base or base_of(graph), papers)


def _evidences(plan: Plan) -> Iterator[tuple[Edge, tuple[Evidence, ...]]]:
    """Every edge with its evidence. Raises ExportError for evidence of a paper that is no node."""
    for head, tail, relation, found in plan.graph.edges(keys=True, data="evidence", default=()):
        for evidence in found:
            if evidence.paper not in plan.papers:
                raise ExportError(f"edge {head} {relation} {tail} cites paper {evidence.paper!r}, which is no node")
        yield (head, tail, relation), found


def _cited(plan: Plan) -> Iterator[tuple[str, tuple[str, Edge | None]]]:
    """The IRI of a paper's graph with the paper's id and, once for each, the edges that the paper states."""
    for paper_id in plan.papers:
        yield plan.of_paper("graph", paper_id).value, (paper_id, None)
    for edge, found in _evidences(plan):
        if edge[2] == SUBTYPE and plan.graph.edges[edge].get("inferred"):
            continue  # names say so, no paper does
        for paper_id in sorted({e.paper for e in found}):
            yield plan.of_paper("graph", paper_id).value, (paper_id, edge)


def _default_graph(plan: Plan) -> Iterator[Quad]:
    """Every subject's block in order of IRI. The description of the data set comes last: by then all is counted."""
    rows = ((subject.value + ">", (kind, payload)) for subject, kind, payload in _subjects(plan))
    size = subjects = 0
    for line, found in groupby(sort(rows), key=itemgetter(0)):
        _, (kind, payload) = next(found)  # a sentence comes once for each fact that it states
        block = block_of(NamedNode(line[:-1]), describe(plan, kind, payload), None)
        size += len(block)
        subjects += 1
        yield from block
    yield from _dataset(plan, size, subjects)


def _subjects(plan: Plan) -> Iterator[tuple[NamedNode, str, object]]:
    for key in plan.graph:
        yield plan.node(key), "node", key
        for merge in plan.graph.nodes[key].get("merges", ()):
            name = digest(merge.paper, merge.entity, merge.form, merge.reason)
            yield plan.named(f"merge/{name}"), "merge", (key, merge)
        for match in plan.graph.nodes[key].get("matches", ()):
            yield plan.named(f"match/{digest(key, match.iri, match.vocabulary)}"), "match", (key, match)
    for head, tail, relation in plan.graph.edges(keys=True):
        if relation not in RESULT_EDGES:
            yield plan.statement((head, tail, relation)), "statement", (head, tail, relation)
    for _, found in _evidences(plan):
        for evidence in found:
            yield plan.sentence(evidence), "sentence", evidence
    for paper_id in plan.papers:
        yield plan.of_paper("graph", paper_id), "graph", paper_id
        yield plan.of_paper("text", paper_id), "text", paper_id
    for key, to in plan.graph.graph.get("moved", {}).items():
        if there := [other for other in to if other in plan.graph]:
            yield plan.node(key), "moved", there
    yield run(plan), "run", None
    yield extractor(plan), "extractor", None
    yield plan.named("scheme"), "scheme", None


def _paper_graph(plan: Plan, paper_id: str, edges: Iterable[Edge]) -> Iterator[Quad]:
    """What one paper states: its own description, its facts with their sentences, and the names of their ends."""
    blocks: dict[str, Pairs] = {
        plan.paper(paper_id).value: about_node(plan, plan.papers[paper_id]),
        plan.of_paper("text", paper_id).value: describe(plan, "text", paper_id),
    }
    for edge in edges:
        head, tail, relation = edge
        for key in (head, tail):
            if (iri := plan.node(key).value) not in blocks:
                blocks[iri] = about_node(plan, key, brief=True)
        own = tuple(e for e in plan.evidence(edge) if e.paper == paper_id)
        if relation in SLOTS or status_of(own) == "asserted":
            blocks[plan.node(head).value].append((term(f"kg:{relation}"), plan.node(tail)))
        for evidence in own:
            blocks.setdefault(plan.sentence(evidence).value, about_sentence(plan, evidence))
        if relation not in RESULT_EDGES:
            blocks[plan.statement(edge).value] = fact_parts(plan, edge) + derived(plan, own)
    name = plan.of_paper("graph", paper_id)
    for iri in sorted(blocks, key=lambda s: s + ">"):
        yield from block_of(NamedNode(iri), blocks[iri], name)


def block_of(subject: NamedNode, pairs: Pairs, graph_name: NamedNode | None) -> list[Quad]:
    """The quads of one subject in the byte order of their lines, each once."""
    name = graph_name or DefaultGraph()
    unique = {f"{p} {o}": (p, o) for p, o in pairs}
    return [Quad(subject, *unique[line], name) for line in sorted(unique)]


def _dataset(plan: Plan, size: int, subjects: int) -> Iterator[Quad]:
    """VoID and DCAT description; `size` and `subjects` are those of the default graph without it."""
    kinds = Counter(kind for _, kind in plan.graph.nodes(data="kind"))
    found = plan.graph.edges(keys=True, data="status")
    relations = Counter(relation for _, _, relation, status in found if status is None or relation in SLOTS)
    parts: dict[str, Pairs] = {}
    for name, number in kinds.items():
        parts[f"void/class/{name}"] = [(term("void:class"), term(f"kg:{name}")), count("void:entities", number)]
    for name, number in relations.items():
        parts[f"void/property/{name}"] = [(term("void:property"), term(f"kg:{name}")), count("void:triples", number)]
    for pairs in parts.values():
        pairs += types("void:Dataset")
    title = f"Knowledge graph of {kinds['Paper']} paper{'' if kinds['Paper'] == 1 else 's'}"
    whole = [*types("dcat:Dataset", "void:Dataset"), *text(title=title), (term("prov:wasGeneratedBy"), run(plan))]
    whole += [(term("dcterms:conformsTo"), NamedNode(ONTOLOGY)), (term("void:uriSpace"), Literal(plan.base))]
    whole += [(term("void:vocabulary"), NamedNode(v)) for p, v in NAMESPACES.items() if p not in ("rdf", "rdfs", "xsd")]
    whole += [(term(f"void:{path.split('/')[1]}Partition"), plan.named(path)) for path in parts]
    whole.append(count("void:distinctSubjects", subjects + len(parts) + 1))
    whole.append(count("void:triples", size + sum(map(len, parts.values())) + len(whole) + 1))
    for path in sorted({"void": whole, **parts}, key=lambda p: p + ">"):
        yield from block_of(plan.named(path), {"void": whole, **parts}[path], None)
