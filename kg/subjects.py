"""What RDF says of each subject: predicates and objects, whatever graph they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx
from pyoxigraph import Literal, NamedNode

from kg.iri import digest, encode, node_iri, sentence_iri, statement_iri
from kg.model import SLOTS, Evidence, Match, Merge, Status
from kg.terms import Pairs, figures, link, string, term, text, types
from kg.text import fold

SUBTYPE = "subtypeOf"
SPOKEN: dict[Status, str] = {  # what joins a fact or result to a sentence that speaks of it
    "asserted": "prov:wasDerivedFrom",
    "negated": "kg:deniedBy",
    "hedged": "kg:hedgedBy",
    "future": "kg:foreseenBy",
}

Edge = tuple[str, str, str]  # head key, tail key, relation


@dataclass(frozen=True, slots=True)
class Plan:
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


def describe(plan: Plan, kind: str, payload: object) -> Pairs:
    """The default graph's pairs of one subject; `payload` says which of its `kind` it is."""
    match kind, payload:
        case "node", str(key):
            return about_node(plan, key) + _direct(plan, key)
        case "merge", (str(key), Merge() as merge):
            return _merge(plan, key, merge)
        case "match", (str(key), Match() as match):
            return _match(plan, key, match)
        case "statement", (str(head), str(tail), str(relation)):
            return _statement(plan, (head, tail, relation))
        case "moved", list(there):
            return _moved(plan, there)
        case "sentence", Evidence() as evidence:
            return about_sentence(plan, evidence)
        case "text", str(paper_id):
            return [*types("nif:Context"), (term("kg:inPaper"), plan.paper(paper_id))]
        case "graph", str(paper_id):
            source = (term("prov:hadPrimarySource"), plan.paper(paper_id))
            return [*types("prov:Entity"), source, (term("prov:wasGeneratedBy"), run(plan))]
        case "run", _:
            return [*types("prov:Activity"), *text(label="Extraction"), _agent(plan)]
        case "extractor", _:
            return _about_extractor(plan)
        case _:
            name = "Methods, tasks, data sets and metrics"
            return [*types("skos:ConceptScheme"), *text(title=name, label=name)]


def about_node(plan: Plan, key: str, *, brief: bool = False) -> Pairs:
    """An entity, paper or result without its edges; `brief` leaves out an entity's figures over all papers."""
    data = plan.graph.nodes[key]
    if data["kind"] == "Paper":
        return _paper(data)
    if data["kind"] == "Result":
        evidence = {e for _, _, found in plan.graph.in_edges(key, data="evidence", default=()) for e in found}
        return _result(data) + derived(plan, evidence)
    label = string(data["label"])
    pairs = [*types(f"kg:{data['kind']}", "skos:Concept"), (term("skos:prefLabel"), label)]
    if brief:
        return pairs
    aliases = [alias for alias in map(string, data.get("aliases", ())) if alias != label]
    pairs.append((term("skos:inScheme"), plan.named("scheme")))
    pairs += [(term("skos:altLabel"), alias) for alias in aliases]
    pairs += [(term("kg:foldedLabel"), Literal(fold(name.value))) for name in (label, *aliases)]
    pairs += [(term(f"skos:{match.kind}Match"), NamedNode(match.iri)) for match in data.get("matches", ())]
    return pairs + figures(data, papers="papers", first_year="firstYear", last_year="lastYear")


def _paper(data: dict[str, object]) -> Pairs:
    pairs = types("kg:Paper", "fabio:ResearchPaper", "schema:ScholarlyArticle")
    pairs += text(title=data["label"], identifier=data["paper_id"])
    names = {"venue": "kg:venue", "doi": "prism:doi", "arxiv": "fabio:hasArXivId", "language": "dcterms:language"}
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
    kind = "kg:UnassertedResult" if "status" in data else "kg:Result"
    pairs = [*types(kind), *text(label=data["label"]), (term("kg:value"), string(data["value"]))]
    if "number" in data:
        pairs.append((term("kg:number"), Literal(str(data["number"]), datatype=term("xsd:double"))))
    if "unit" in data:
        pairs.append((term("kg:unit"), string(data["unit"])))
    return pairs + _status(data) + figures(data)


def _status(data: Mapping[str, object]) -> Pairs:
    return [(term("kg:status"), string(data["status"]))] if "status" in data else []


def _direct(plan: Plan, key: str) -> Pairs:
    """The facts from a node as triples; what is a subtype is narrower for SKOS as well."""
    pairs: Pairs = []
    for _, tail, relation, data in plan.graph.out_edges(key, keys=True, data=True):
        if "status" in data and relation not in SLOTS:
            continue  # nobody asserts it
        pairs.append((term(f"kg:{relation}"), plan.node(tail)))
        if relation == SUBTYPE:
            pairs.append((term("skos:broader"), plan.node(tail)))
    for head, tail, relation in plan.graph.in_edges(key, keys=True):
        if relation == SUBTYPE and "status" not in plan.graph.edges[head, tail, relation]:
            pairs.append((term("skos:narrower"), plan.node(head)))
    return pairs


def _statement(plan: Plan, edge: Edge) -> Pairs:
    data = plan.graph.edges[edge]
    numbers = figures(data, support="support", first_year="firstYear", last_year="lastYear") + _status(data)
    if data.get("inferred"):
        numbers.append((term("kg:inferred"), Literal("true", datatype=term("xsd:boolean"))))
    return fact_parts(plan, edge) + numbers + derived(plan, plan.evidence(edge))


def fact_parts(plan: Plan, edge: Edge) -> Pairs:
    """The triple that a statement is about, as its type, subject, predicate and object."""
    head, tail, relation = edge
    parts = {"subject": plan.node(head), "predicate": term(f"kg:{relation}"), "object": plan.node(tail)}
    return types("rdf:Statement") + [(term(f"rdf:{name}"), value) for name, value in parts.items()]


def derived(plan: Plan, evidence: Iterable[Evidence]) -> Pairs:
    """The sentences that something was read from, by how they speak of it."""
    return [(term(SPOKEN[e.status]), plan.sentence(e)) for e in evidence]


def about_sentence(plan: Plan, evidence: Evidence) -> Pairs:
    """A sentence with its quote, its place and its paper."""
    return [
        *types("kg:EvidenceSentence", "nif:Sentence"),
        (term("nif:anchorOf"), string(evidence.quote)),
        (term("nif:beginIndex"), Literal(str(evidence.start), datatype=term("xsd:nonNegativeInteger"))),
        (term("nif:endIndex"), Literal(str(evidence.end), datatype=term("xsd:nonNegativeInteger"))),
        (term("nif:referenceContext"), plan.of_paper("text", evidence.paper)),
        (term("kg:inPaper"), plan.paper(evidence.paper)),
    ]


def _merge(plan: Plan, key: str, merge: Merge) -> Pairs:
    pairs = [*types("kg:Merge"), (term("kg:into"), plan.node(key)), (term("kg:form"), string(merge.form))]
    pairs += [(term("kg:reason"), string(merge.reason)), *figures({"score": merge.score})]
    return [*pairs, (term("kg:inPaper"), plan.paper(merge.paper))] if merge.paper in plan.papers else pairs


def _match(plan: Plan, key: str, match: Match) -> Pairs:
    names = {"matchedLabel": match.label, "vocabulary": match.vocabulary, "reason": match.reason}
    pairs = [*types("kg:Match"), (term("kg:entity"), plan.node(key)), (term("kg:concept"), NamedNode(match.iri))]
    return (
        pairs + [(term(f"kg:{name}"), string(value)) for name, value in names.items()] + figures({"score": match.score})
    )


def _moved(plan: Plan, there: list[str]) -> Pairs:
    pairs: Pairs = [(term("dcterms:isReplacedBy"), plan.node(key)) for key in there]
    return [*pairs, (term("owl:sameAs"), plan.node(there[0]))] if len(there) == 1 else pairs


def run(plan: Plan) -> NamedNode:
    """The IRI of the extractor's run."""
    return plan.named("run/" + extractor(plan).value.rpartition("/")[2])


def extractor(plan: Plan) -> NamedNode:
    """The IRI of the extractor, by its name, version and hash."""
    about = plan.graph.graph
    return plan.named("extractor/" + digest(*(str(about.get(f"extractor{k}", "")) for k in ("", "_version", "_hash"))))


def _agent(plan: Plan) -> tuple[NamedNode, NamedNode]:
    return term("prov:wasAssociatedWith"), extractor(plan)


def _about_extractor(plan: Plan) -> Pairs:
    names = {"": "schema:name", "_version": "schema:softwareVersion", "_hash": "kg:contentHash"}
    about = {name: plan.graph.graph.get(f"extractor{key}") for key, name in names.items()}
    pairs = types("prov:SoftwareAgent", "schema:SoftwareApplication")
    return pairs + [(term(name), string(value)) for name, value in about.items() if value is not None]
