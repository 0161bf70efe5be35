"""The graph as RDF: direct triples to read, statements to cite, and a named graph for what each paper states.

Every subject is named, so there are no blank nodes and a graph is written the same way each time. The default graph
holds everything, merged over papers: node descriptions, a direct triple for each edge (`<head> kg:usedFor <tail>`), an
`rdf:Statement` for each fact with its confidence, support and evidence sentences, and a description of the data set and
of the extractor's run. An IRI that an entity has lost, or would have without a merge, leads to the entity that took its
place (`dcterms:isReplacedBy`, and `owl:sameAs` where that is but one). A paper's named graph holds what that paper
states, without the merged figures, so that the union of all graphs says nothing twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

import networkx as nx
import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.errors import ExportError
from kg.iri import NAMESPACES, digest, encode, expand, node_iri, sentence_iri, statement_iri
from kg.model import SLOTS, Evidence, Merge
from kg.settings import Settings
from kg.text import fold, storable

ENTITY_KINDS = ("Dataset", "Method", "Metric", "Task")
ONTOLOGY = "https://w3id.org/abstract-kg/ontology"
_RESULT_EDGES = frozenset({"reports", *SLOTS})
_HTTP = re.compile(r"https?://[^/]", re.IGNORECASE)

Edge = tuple[str, str, str]  # head key, tail key, relation
Pairs = list[tuple[NamedNode, NamedNode | Literal]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The graph with what every block of triples needs looked up once."""

    graph: nx.MultiDiGraph
    base: str
    papers: dict[str, str]  # paper id -> node key
    by_paper: dict[str, list[Edge]]  # paper id -> edges with evidence from it
    sentences: dict[str, Evidence]  # IRI -> one of the evidences that quote it

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
    that of the settings. Only the list of subjects is held in memory. Characters that UTF-8 or XML cannot hold are
    replaced as `kg.text.storable` says. Raises ExportError where an edge cites a paper that is no node.
    """
    plan = _plan(graph, base)
    yield from _default_graph(plan)
    for paper_id in sorted(plan.papers, key=lambda p: plan.of_paper("graph", p).value):
        yield from _paper_graph(plan, paper_id)


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
    base = base or base_of(graph)
    papers = {d["paper_id"]: key for key, d in graph.nodes(data=True) if d.get("kind") == "Paper"}
    by_paper: dict[str, list[Edge]] = {paper_id: [] for paper_id in papers}
    sentences: dict[str, Evidence] = {}
    for head, tail, relation, found in graph.edges(keys=True, data="evidence", default=()):
        for evidence in found:
            if evidence.paper not in papers:
                raise ExportError(f"edge {head} {relation} {tail} cites paper {evidence.paper!r}, which is no node")
            sentences.setdefault(sentence_iri(base, evidence.paper, evidence.start, evidence.end), evidence)
        for paper_id in {e.paper for e in found}:
            by_paper[paper_id].append((head, tail, relation))
    return _Plan(graph, base, papers, by_paper, sentences)


def _default_graph(plan: _Plan) -> Iterator[Quad]:
    """Every subject's block in order of IRI. The description of the data set comes last: by then all is counted."""
    subjects = sorted(_subjects(plan), key=lambda s: s[0].value + ">")
    count = 0
    for subject, kind, payload in subjects:
        block = _block(subject, _describe(plan, kind, payload), None)
        count += len(block)
        yield from block
    yield from _dataset(plan, count, len(subjects))


def _subjects(plan: _Plan) -> Iterator[tuple[NamedNode, str, object]]:
    for key in plan.graph:
        yield plan.node(key), "node", key
        for merge in plan.graph.nodes[key].get("merges", ()):
            yield plan.named(f"merge/{digest(merge.paper, merge.entity, merge.form)}"), "merge", (key, merge)
    for head, tail, relation in plan.graph.edges(keys=True):
        if relation not in _RESULT_EDGES:
            yield plan.statement((head, tail, relation)), "statement", (head, tail, relation)
    for iri, evidence in plan.sentences.items():
        yield NamedNode(iri), "sentence", evidence
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
            return [*_types("nif:Context"), (term("kg:inPaper"), plan.paper(paper_id))]
        case "graph", str(paper_id):
            source = (term("prov:hadPrimarySource"), plan.paper(paper_id))
            return [*_types("prov:Entity"), source, (term("prov:wasGeneratedBy"), _run(plan))]
        case "run", _:
            return [*_types("prov:Activity"), *_text(label="Extraction"), _agent(plan)]
        case "extractor", _:
            return _describe_extractor(plan)
        case _:
            title = _text(title="Methods, tasks, data sets and metrics", label="Methods, tasks, data sets and metrics")
            return [*_types("skos:ConceptScheme"), *title]


def _paper_graph(plan: _Plan, paper_id: str) -> Iterator[Quad]:
    """What one paper states: its own description, its facts with their sentences, and the names of their ends."""
    blocks: dict[str, Pairs] = {
        plan.paper(paper_id).value: _node(plan, plan.papers[paper_id]),
        plan.of_paper("text", paper_id).value: _describe(plan, "text", paper_id),
    }
    for edge in plan.by_paper[paper_id]:
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
    label = _string(data["label"])
    pairs = [*_types(f"kg:{data['kind']}", "skos:Concept"), (term("skos:prefLabel"), label)]
    if brief:
        return pairs
    aliases = [alias for alias in map(_string, data.get("aliases", ())) if alias != label]
    pairs.append((term("skos:inScheme"), plan.named("scheme")))
    pairs += [(term("skos:altLabel"), alias) for alias in aliases]
    pairs += [(term("kg:foldedLabel"), Literal(fold(name.value))) for name in (label, *aliases)]
    return pairs + _figures(data, papers="papers", first_year="firstYear", last_year="lastYear")


def _paper(data: dict[str, object]) -> Pairs:
    pairs = _types("kg:Paper", "fabio:ResearchPaper", "schema:ScholarlyArticle")
    pairs += _text(title=data["label"], identifier=data["paper_id"])
    names = {"venue": "kg:venue", "doi": "prism:doi", "arxiv": "fabio:hasArXivId"}
    pairs += [(term(name), _string(data[key])) for key, name in names.items() if key in data]
    pairs += [(term("dc:creator"), _string(a)) for a in str(data.get("authors", "")).split("; ") if a.strip()]
    if (year := data.get("year")) is not None:
        pairs.append((term("kg:year"), Literal(str(year), datatype=term("xsd:integer"))))
        if 0 < int(str(year)) < 10_000:
            pairs.append((term("dcterms:issued"), Literal(f"{year:04}", datatype=term("xsd:gYear"))))
    if "url" in data:
        pairs.append((term("schema:url"), _link(str(data["url"]))))
    same = {"doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/"}
    return pairs + [(term("schema:sameAs"), _link(at + encode(str(data[k])))) for k, at in same.items() if k in data]


def _result(data: dict[str, object]) -> Pairs:
    pairs = [*_types("kg:Result"), *_text(label=data["label"]), (term("kg:value"), _string(data["value"]))]
    if "number" in data:
        pairs.append((term("kg:number"), Literal(str(data["number"]), datatype=term("xsd:double"))))
    if "unit" in data:
        pairs.append((term("kg:unit"), _string(data["unit"])))
    return pairs + _figures(data)


def _direct(plan: _Plan, key: str) -> Pairs:
    return [(term(f"kg:{relation}"), plan.node(tail)) for _, tail, relation in plan.graph.out_edges(key, keys=True)]


def _statement(plan: _Plan, edge: Edge) -> Pairs:
    figures = _figures(plan.graph.edges[edge], support="support", first_year="firstYear", last_year="lastYear")
    return _triple_parts(plan, edge) + figures + _derived(plan, plan.evidence(edge))


def _triple_parts(plan: _Plan, edge: Edge) -> Pairs:
    head, tail, relation = edge
    parts = {"subject": plan.node(head), "predicate": term(f"kg:{relation}"), "object": plan.node(tail)}
    return _types("rdf:Statement") + [(term(f"rdf:{name}"), value) for name, value in parts.items()]


def _derived(plan: _Plan, evidence: Iterable[Evidence]) -> Pairs:
    return [(term("prov:wasDerivedFrom"), plan.sentence(e)) for e in evidence]


def _sentence(plan: _Plan, evidence: Evidence) -> Pairs:
    return [
        *_types("kg:EvidenceSentence", "nif:Sentence"),
        (term("nif:anchorOf"), _string(evidence.quote)),
        (term("nif:beginIndex"), Literal(str(evidence.start), datatype=term("xsd:nonNegativeInteger"))),
        (term("nif:endIndex"), Literal(str(evidence.end), datatype=term("xsd:nonNegativeInteger"))),
        (term("nif:referenceContext"), plan.of_paper("text", evidence.paper)),
        (term("kg:inPaper"), plan.paper(evidence.paper)),
    ]


def _merge(plan: _Plan, key: str, merge: Merge) -> Pairs:
    pairs = [*_types("kg:Merge"), (term("kg:into"), plan.node(key)), (term("kg:form"), _string(merge.form))]
    pairs += [(term("kg:reason"), _string(merge.reason)), *_figures({"score": merge.score})]
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
    pairs = _types("prov:SoftwareAgent", "schema:SoftwareApplication")
    return pairs + [(term(name), _string(value)) for name, value in about.items() if value is not None]


def _dataset(plan: _Plan, count: int, subjects: int) -> Iterator[Quad]:
    """VoID and DCAT description; `count` and `subjects` are those of the default graph without it."""
    kinds = Counter(kind for _, kind in plan.graph.nodes(data="kind"))
    relations = Counter(relation for _, _, relation in plan.graph.edges(keys=True))
    parts: dict[str, Pairs] = {}
    for name, number in kinds.items():
        parts[f"void/class/{name}"] = [(term("void:class"), term(f"kg:{name}")), _count("void:entities", number)]
    for name, number in relations.items():
        parts[f"void/property/{name}"] = [(term("void:property"), term(f"kg:{name}")), _count("void:triples", number)]
    for pairs in parts.values():
        pairs += _types("void:Dataset")
    title = f"Knowledge graph of {kinds['Paper']} paper{'' if kinds['Paper'] == 1 else 's'}"
    whole = [*_types("dcat:Dataset", "void:Dataset"), *_text(title=title), (term("prov:wasGeneratedBy"), _run(plan))]
    whole += [(term("dcterms:conformsTo"), NamedNode(ONTOLOGY)), (term("void:uriSpace"), Literal(plan.base))]
    whole += [(term("void:vocabulary"), NamedNode(v)) for p, v in NAMESPACES.items() if p not in ("rdf", "rdfs", "xsd")]
    whole += [(term(f"void:{path.split('/')[1]}Partition"), plan.named(path)) for path in parts]
    whole.append(_count("void:distinctSubjects", subjects + len(parts) + 1))
    whole.append(_count("void:triples", count + sum(map(len, parts.values())) + len(whole) + 1))
    for path in sorted({"void": whole, **parts}, key=lambda p: p + ">"):
        yield from _block(plan.named(path), {"void": whole, **parts}[path], None)


@cache
def term(name: str) -> NamedNode:
    """The term of a prefixed name, for instance `skos:prefLabel`."""
    return NamedNode(expand(name))


def _types(*names: str) -> Pairs:
    return [(term("rdf:type"), term(name)) for name in names]


def _string(value: object) -> Literal:
    return Literal(storable(str(value)))


def _text(*, label: object = None, title: object = None, identifier: object = None) -> Pairs:
    names = {"rdfs:label": label, "dcterms:title": title, "dcterms:identifier": identifier}
    return [(term(name), _string(value)) for name, value in names.items() if value is not None]


def _figures(data: dict[str, object], **names: str) -> Pairs:
    """`score` as kg:confidence and the integers of `names` (attribute -> local name), as far as they are there."""
    pairs: Pairs = []
    if (score := data.get("score")) is not None:
        lexical = f"{score:.4f}".rstrip("0")
        pairs.append(
            (term("kg:confidence"), Literal(lexical + "0" * lexical.endswith("."), datatype=term("xsd:decimal")))
        )
    return pairs + [_count(f"kg:{name}", value) for key, name in names.items() if (value := data.get(key)) is not None]


def _count(name: str, value: object) -> tuple[NamedNode, Literal]:
    return term(name), Literal(str(value), datatype=term("xsd:integer"))


def _link(url: str) -> NamedNode | Literal:
    """An http(s) address as an IRI, whatever may not stand in one percent-encoded; anything else as a literal."""
    if _HTTP.match(url):
        try:
            return NamedNode(quote(url, safe="/:?#[]@!$&'()*+,;=%~-._", errors="replace"))
        except ValueError:
            pass
    return Literal(storable(url), datatype=term("xsd:anyURI"))
