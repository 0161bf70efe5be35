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
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import networkx as nx
import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.errors import ExportError
from kg.iri import NAMESPACES, digest, encode, node_iri, sentence_iri, statement_iri
from kg.model import SLOTS, Evidence, Merge
from kg.settings import Settings
from kg.sorting import sort
from kg.terms import Pairs, count, figures, link, string, term, text, types
from kg.text import fold

ENTITY_KINDS = ("Dataset", "Method", "Metric", "Task")
ONTOLOGY = "https://w3id.org/abstract-kg/ontology"
_RESULT_EDGES = frozenset({"reports", *SLOTS})

Edge = tuple[str, str, str]  # head key, tail key, relation


@dataclass(frozen=True, slots=True)
class _Plan:
    """The graph with what every block of triples needs looked up once."""

    graph: nx.MultiDiGraph
    base: str
    papers: dict[str, str]  # paper id -> node key

    def evidence(self, edge: Edge) -> tuple[Evidence, ...]:
        found: tuple[Evidence, ...] = self.graph.edges[edge]["evidence"]
        return found

    def node(self, key: str) -> NamedNode:
        return NamedNode(node_iri(self.base, key))

    def named(self, path: str) -> NamedNode:
        return NamedNode(self.base + path)

    def paper(self, paper_id: str) -> NamedNode:
        return self.node(self.papers[paper_id])

    def sentence(self, e: Evidence) -> NamedNode:
        return NamedNode(sentence_iri(self.base, e.paper, e.start, e.end))

    def statement(self, edge: Edge) -> NamedNode:
        head, tail, relation = edge
        return NamedNode(statement_iri(self.base, head, relation, tail))

    def of_paper(self, kind: str, paper_id: str) -> NamedNode:
        """The IRI of a paper's named graph ('graph') or of its text ('text')."""
        return self.named(f"{kind}/{encode(self.papers[paper_id].removeprefix('paper/'))}")


def quads(graph: nx.MultiDiGraph, *, base: str | None = None) -> Iterator[Quad]:
    """All quads: the default graph, then one named graph a paper, in order of their IRIs.

    Within a graph, quads come in the byte order of their N-Triples lines. `base` defaults to the graph's own, else to
    that of the settings. What has to be sorted is sorted on disk where it is much, so that memory holds the graph and
    little more. Characters that UTF-8 or XML cannot hold are replaced as `kg.text.storable` says. Raises ExportError
    where an edge cites a paper that is no node.
    """
    plan = _plan(graph, base)
    yield from _default_graph(plan)
    for _, found in groupby(sort(_cited(plan)), key=itemgetter(0)):
        papers, edges = zip(*(row for _, row in found), strict=True)
        yield from _paper_graph(plan, papers[0], [edge for edge in edges if edge])


def triples(graph: nx.MultiDiGraph, *, base: str | None = None) -> Iterator[Triple]:
    """The triples of the default graph, in the byte order of their N-Triples lines."""
    return (quad.triple for quad in _default_graph(_plan(graph, base)))


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


def _plan(graph: nx.MultiDiGraph, base: str | None) -> _Plan:
    papers = {d["paper_id"]: key for key, d in graph.nodes(data=True) if d.get("kind") == "Paper"}
    return _Plan(graph, base or base_of(graph), papers)


def _evidences(plan: _Plan) -> Iterator[tuple[Edge, tuple[Evidence, ...]]]:
    """Every edge with its evidence. Raises ExportError for evidence of a paper that is no node."""
    for head, tail, relation, found in plan.graph.edges(keys=True, data="evidence", default=()):
        for evidence in found:
            if evidence.paper not in plan.papers:
                raise ExportError(f"edge {head} {relation} {tail} cites paper {evidence.paper!r}, which is no node")
        yield (head, tail, relation), found


def _cited(plan: _Plan) -> Iterator[tuple[str, tuple[str, Edge | None]]]:
    """The IRI of a paper's graph with the paper's id and, once for each, the edges that the paper states."""
    for paper_id in plan.papers:
        yield plan.of_paper("graph", paper_id).value, (paper_id, None)
    for edge, found in _evidences(plan):
        for paper_id in sorted({e.paper for e in found}):
            yield plan.of_paper("graph", paper_id).value, (paper_id, edge)


def _default_graph(plan: _Plan) -> Iterator[Quad]:
    """Every subject's block in order of IRI. The description of the data set comes last: by then all is counted."""
    rows = ((subject.value + ">", (kind, payload)) for subject, kind, payload in _subjects(plan))
    size = subjects = 0
    for line, found in groupby(sort(rows), key=itemgetter(0)):
        _, (kind, payload) = next(found)  # a sentence comes once for each fact that it states
        block = _block(NamedNode(line[:-1]), _describe(plan, kind, payload), None)
        size += len(block)
        subjects += 1
        yield from block
    yield from _dataset(plan, size, subjects)


def _subjects(plan: _Plan) -> Iterator[tuple[NamedNode, str, object]]:
    for key in plan.graph:
        yield plan.node(key), "node", key
        for merge in plan.graph.nodes[key].get("merges", ()):
            yield plan.named(f"merge/{digest(merge.paper, merge.entity, merge.form)}"), "merge", (key, merge)
    for head, tail, relation in plan.graph.edges(keys=True):
        if relation not in _RESULT_EDGES:
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
    yield _run(plan), "run", None
    yield _extractor(plan), "extractor", None
    yield plan.named("scheme"), "scheme", None


def _describe(plan: _Plan, kind: str, payload: object) -> Pairs:
    match kind, payload:
        case "node", str(key):
            return _node(plan, key) + _direct(plan, key)
        case "merge", (str(key), Merge() as merge):
            return _merge(plan, key, merge)
        case "statement", (str(head), str(tail), str(relation)):
            return _statement(plan, (head, tail, relation))
        case "moved", list(there):
            return _moved(plan, there)
        case "sentence", Evidence() as evidence:
            return _sentence(plan, evidence)
        case "text", str(paper_id):
            return [*types("nif:Context"), (term("kg:inPaper"), plan.paper(paper_id))]
        case "graph", str(paper_id):
            source = (term("prov:hadPrimarySource"), plan.paper(paper_id))
            return [*types("prov:Entity"), source, (term("prov:wasGeneratedBy"), _run(plan))]
        case "run", _:
            return [*types("prov:Activity"), *text(label="Extraction"), _agent(plan)]
        case "extractor", _:
            return _describe_extractor(plan)
        case _:
            name = "Methods, tasks, data sets and metrics"
            return [*types("skos:ConceptScheme"), *text(title=name, label=name)]


def _paper_graph(plan: _Plan, paper_id: str, edges: Iterable[Edge]) -> Iterator[Quad]:
    """What one paper states: its own description, its facts with their sentences, and the names of their ends."""
    blocks: dict[str, Pairs] = {
        plan.paper(paper_id).value: _node(plan, plan.papers[paper_id]),
        plan.of_paper("text", paper_id).value: _describe(plan, "text", paper_id),
    }
    for edge in edges:
        head, tail, relation = edge
        for key in (head, tail):
            blocks.setdefault(plan.node(key).value, _node(plan, key, brief=True))
        blocks[plan.node(head).value].append((term(f"kg:{relation}"), plan.node(tail)))
        own = tuple(e for e in plan.evidence(edge) if e.paper == paper_id)
        for evidence in own:
            blocks.setdefault(plan.sentence(evidence).value, _sentence(plan, evidence))
        if relation not in _RESULT_EDGES:
            blocks[plan.statement(edge).value] = _triple_parts(plan, edge) + _derived(plan, own)
    name = plan.of_paper("graph", paper_id)
    for iri in sorted(blocks, key=lambda s: s + ">"):
        yield from _block(NamedNode(iri), blocks[iri], name)


def _block(subject: NamedNode, pairs: Pairs, graph_name: NamedNode | None) -> list[Quad]:
    name = graph_name or DefaultGraph()
    unique = {f"{p} {o}": (p, o) for p, o in pairs}
    return [Quad(subject, *unique[line], name) for line in sorted(unique)]


def _node(plan: _Plan, key: str, *, brief: bool = False) -> Pairs:
    """An entity, paper or result without its edges; `brief` leaves out an entity's figures over all papers."""
    data = plan.graph.nodes[key]
    if data["kind"] == "Paper":
        return _paper(data)
    if data["kind"] == "Result":
        evidence = {e for _, _, found in plan.graph.in_edges(key, data="evidence", default=()) for e in found}
        return _result(data) + _derived(plan, evidence)
    label = string(data["label"])
    pairs = [*types(f"kg:{data['kind']}", "skos:Concept"), (term("skos:prefLabel"), label)]
    if brief:
        return pairs
    aliases = [alias for alias in map(string, data.get("aliases", ())) if alias != label]
    pairs.append((term("skos:inScheme"), plan.named("scheme")))
    pairs += [(term("skos:altLabel"), alias) for alias in aliases]
    pairs += [(term("kg:foldedLabel"), Literal(fold(name.value))) for name in (label, *aliases)]
    return pairs + figures(data, papers="papers", first_year="firstYear", last_year="lastYear")


def _paper(data: dict[str, object]) -> Pairs:
    pairs = types("kg:Paper", "fabio:ResearchPaper", "schema:ScholarlyArticle")
    pairs += text(title=data["label"], identifier=data["paper_id"])
    names = {"venue": "kg:venue", "doi": "prism:doi", "arxiv": "fabio:hasArXivId"}
    pairs += [(term(name), string(data[key])) for key, name in names.items() if key in data]
    pairs += [(term("dc:creator"), string(a)) for a in str(data.get("authors", "")).split("; ") if a.strip()]
    if (year := data.get("year")) is not None:
        pairs.append((term("kg:year"), Literal(str(year), datatype=term("xsd:integer"))))
        if 0 < int(str(year)) < 10_000:
            pairs.append((term("dcterms:issued"), Literal(f"{year:04}", datatype=term("xsd:gYear"))))
    if "url" in data:
        pairs.append((term("schema:url"), link(str(data["url"]))))
    same = {"doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/"}
    return pairs + [(term("schema:sameAs"), link(at + encode(str(data[k])))) for k, at in same.items() if k in data]


def _result(data: dict[str, object]) -> Pairs:
    pairs = [*types("kg:Result"), *text(label=data["label"]), (term("kg:value"), string(data["value"]))]
    if "number" in data:
        pairs.append((term("kg:number"), Literal(str(data["number"]), datatype=term("xsd:double"))))
    if "unit" in data:
        pairs.append((term("kg:unit"), string(data["unit"])))
    return pairs + figures(data)


def _direct(plan: _Plan, key: str) -> Pairs:
    return [(term(f"kg:{relation}"), plan.node(tail)) for _, tail, relation in plan.graph.out_edges(key, keys=True)]


def _statement(plan: _Plan, edge: Edge) -> Pairs:
    numbers = figures(plan.graph.edges[edge], support="support", first_year="firstYear", last_year="lastYear")
    return _triple_parts(plan, edge) + numbers + _derived(plan, plan.evidence(edge))


def _triple_parts(plan: _Plan, edge: Edge) -> Pairs:
    head, tail, relation = edge
    parts = {"subject": plan.node(head), "predicate": term(f"kg:{relation}"), "object": plan.node(tail)}
    return types("rdf:Statement") + [(term(f"rdf:{name}"), value) for name, value in parts.items()]


def _derived(plan: _Plan, evidence: Iterable[Evidence]) -> Pairs:
    return [(term("prov:wasDerivedFrom"), plan.sentence(e)) for e in evidence]


def _sentence(plan: _Plan, evidence: Evidence) -> Pairs:
    return [
        *types("kg:EvidenceSentence", "nif:Sentence"),
        (term("nif:anchorOf"), string(evidence.quote)),
        (term("nif:beginIndex"), Literal(str(evidence.start), datatype=term("xsd:nonNegativeInteger"))),
        (term("nif:endIndex"), Literal(str(evidence.end), datatype=term("xsd:nonNegativeInteger"))),
        (term("nif:referenceContext"), plan.of_paper("text", evidence.paper)),
        (term("kg:inPaper"), plan.paper(evidence.paper)),
    ]


def _merge(plan: _Plan, key: str, merge: Merge) -> Pairs:
    pairs = [*types("kg:Merge"), (term("kg:into"), plan.node(key)), (term("kg:form"), string(merge.form))]
    pairs += [(term("kg:reason"), string(merge.reason)), *figures({"score": merge.score})]
    return [*pairs, (term("kg:inPaper"), plan.paper(merge.paper))] if merge.paper in plan.papers else pairs


def _moved(plan: _Plan, there: list[str]) -> Pairs:
    same = [(term("owl:sameAs"), plan.node(there[0]))] if len(there) == 1 else []
    return [(term("dcterms:isReplacedBy"), plan.node(key)) for key in there] + same


def _run(plan: _Plan) -> NamedNode:
    return plan.named("run/" + _extractor(plan).value.rpartition("/")[2])


def _extractor(plan: _Plan) -> NamedNode:
    about = plan.graph.graph
    return plan.named("extractor/" + digest(*(str(about.get(f"extractor{k}", "")) for k in ("", "_version", "_hash"))))


def _agent(plan: _Plan) -> tuple[NamedNode, NamedNode]:
    return term("prov:wasAssociatedWith"), _extractor(plan)


def _describe_extractor(plan: _Plan) -> Pairs:
    names = {"": "schema:name", "_version": "schema:softwareVersion", "_hash": "kg:contentHash"}
    about = {name: plan.graph.graph.get(f"extractor{key}") for key, name in names.items()}
    pairs = types("prov:SoftwareAgent", "schema:SoftwareApplication")
    return pairs + [(term(name), string(value)) for name, value in about.items() if value is not None]


def _dataset(plan: _Plan, size: int, subjects: int) -> Iterator[Quad]:
    """VoID and DCAT description; `size` and `subjects` are those of the default graph without it."""
    kinds = Counter(kind for _, kind in plan.graph.nodes(data="kind"))
    relations = Counter(relation for _, _, relation in plan.graph.edges(keys=True))
    parts: dict[str, Pairs] = {}
    for name, number in kinds.items():
        parts[f"void/class/{name}"] = [(term("void:class"), term(f"kg:{name}")), count("void:entities", number)]
    for name, number in relations.items():
        parts[f"void/property/{name}"] = [(term("void:property"), term(f"kg:{name}")), count("void:triples", number)]
    for pairs in parts.values():
        pairs += types("void:Dataset")
    title = f"Knowledge graph of {kinds['Paper']} paper{'' if kinds['Paper'] == 1 else 's'}"
    whole = [*types("dcat:Dataset", "void:Dataset"), *text(title=title), (term("prov:wasGeneratedBy"), _run(plan))]
    whole += [(term("dcterms:conformsTo"), NamedNode(ONTOLOGY)), (term("void:uriSpace"), Literal(plan.base))]
    whole += [(term("void:vocabulary"), NamedNode(v)) for p, v in NAMESPACES.items() if p not in ("rdf", "rdfs", "xsd")]
    whole += [(term(f"void:{path.split('/')[1]}Partition"), plan.named(path)) for path in parts]
    whole.append(count("void:distinctSubjects", subjects + len(parts) + 1))
    whole.append(count("void:triples", size + sum(map(len, parts.values())) + len(whole) + 1))
    for path in sorted({"void": whole, **parts}, key=lambda p: p + ">"):
        yield from _block(plan.named(path), {"void": whole, **parts}[path], None)
