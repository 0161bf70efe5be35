"""One graph that conforms, and for each rule of the shapes one change that breaks it and is found."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import SH

from kg.errors import ReadError
from kg.iri import NAMESPACES
from kg.rdf import to_rdf, triples
from kg.schema import ontology_file
from kg.validate import validate

STATEMENT = "?f a rdf:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o"

# A part of the message of the rule that is broken -> a SPARQL update that breaks it.
BREAKS = {
    "exactly one of the types": "INSERT { ?e a kg:Task } WHERE { ?e a kg:Method }",
    "exactly one of the types ": "DELETE { ?e a kg:Method } WHERE { ?e a kg:Method }",
    "exactly one preferred label": "INSERT { ?e skos:prefLabel 'another' } WHERE { ?e a kg:Method }",
    "exactly one preferred label ": "DELETE { ?e skos:prefLabel ?l } WHERE { ?e a kg:Method ; skos:prefLabel ?l }",
    "no alternative label as well": "INSERT { ?e skos:altLabel ?l } WHERE { ?e skos:prefLabel ?l }",
    "at least one folded label": "DELETE { ?e kg:foldedLabel ?l } WHERE { ?e kg:foldedLabel ?l }",
    "how many papers mention it": "DELETE { ?e kg:papers ?n } INSERT { ?e kg:papers 0 } WHERE { ?e kg:papers ?n }",
    "first year is not after": "INSERT { ?e kg:firstYear 2100 } WHERE { ?e a kg:Method }",
    "decimal number from 0 to 1": (
        f"DELETE {{ ?f kg:confidence ?c }} INSERT {{ ?f kg:confidence 1.1 }} WHERE {{ {STATEMENT} ; kg:confidence ?c }}"
    ),
    "one subject": f"DELETE {{ ?f rdf:subject ?s }} WHERE {{ {STATEMENT} }}",
    "one predicate": f"INSERT {{ ?f rdf:predicate kg:invented }} WHERE {{ {STATEMENT} }}",
    "one object": f"DELETE {{ ?f rdf:object ?o }} WHERE {{ {STATEMENT} }}",
    "how many papers state it": "DELETE { ?f kg:support ?n } WHERE { ?f kg:support ?n }",
    "statement has a confidence": f"DELETE {{ ?f kg:confidence ?c }} WHERE {{ {STATEMENT} ; kg:confidence ?c }}",
    "negated, hedged or future": f"INSERT {{ ?f kg:status 'asserted' }} WHERE {{ {STATEMENT} }}",
    "statement is derived from": (
        f"DELETE {{ ?f prov:wasDerivedFrom ?e }} WHERE {{ {STATEMENT} ; prov:wasDerivedFrom ?e }}"
    ),
    "sentence is quoted once": "INSERT { ?e nif:anchorOf 'else' } WHERE { ?e a nif:Sentence }",
    "before it ends": (
        "DELETE { ?e nif:endIndex ?n } INSERT { ?e nif:endIndex ?b } WHERE { ?e nif:endIndex ?n ; nif:beginIndex ?b }"
    ),
    "sentence ends once": "DELETE { ?e nif:endIndex ?n } WHERE { ?e nif:endIndex ?n }",
    "sentence stands in one paper": "DELETE { ?e kg:inPaper ?p } WHERE { ?e a nif:Sentence ; kg:inPaper ?p }",
    "count in one text": "DELETE { ?e nif:referenceContext ?c } WHERE { ?e nif:referenceContext ?c }",
    "paper has one identifier": "DELETE { ?p dcterms:identifier ?i } WHERE { ?p dcterms:identifier ?i }",
    "paper has one title": "INSERT { ?p dcterms:title 'another' } WHERE { ?p a kg:Paper }",
    "at most one year": "INSERT { ?p kg:year '2020' } WHERE { ?p a kg:Paper }",
    "result has one value": "DELETE { ?r kg:value ?v } WHERE { ?r kg:value ?v }",
    "at most one number": "INSERT { ?r kg:number 7 } WHERE { ?r a kg:Result }",
    "at most one unit": "INSERT { ?r kg:unit 'm', 's' } WHERE { ?r a kg:Result }",
    "at most one method": "INSERT { ?r kg:method ?t } WHERE { ?r a kg:Result . ?t a kg:Task }",
    "at most one task": "INSERT { ?r kg:task ?m } WHERE { ?r a kg:Result . ?m a kg:Method }",
    "at most one data set": "INSERT { ?r kg:dataset ?m } WHERE { ?r a kg:Result . ?m a kg:Method }",
    "at most one metric": "INSERT { ?r kg:metric ?m } WHERE { ?r a kg:Result . ?m a kg:Method }",
    "at most one baseline": "INSERT { ?r kg:baseline ?t } WHERE { ?r a kg:Result . ?t a kg:Task }",
    "reported by one paper": "DELETE { ?p kg:reports ?r } WHERE { ?p kg:reports ?r }",
    "is about a method": "DELETE { ?r ?slot ?e } WHERE { ?r a kg:Result ; ?slot ?e . ?e a skos:Concept }",
    "result is derived from": (
        "DELETE { ?r prov:wasDerivedFrom ?e } WHERE { ?r a kg:Result ; prov:wasDerivedFrom ?e }"
    ),
    "into one entity": "DELETE { ?m kg:into ?e } WHERE { ?m kg:into ?e }",
    "one surface form": "DELETE { ?m kg:form ?e } WHERE { ?m kg:form ?e }",
    "merge has one reason": "DELETE { ?m kg:reason ?e } WHERE { ?m kg:reason ?e }",
    "inferred or not": f"INSERT {{ ?f kg:inferred 'perhaps' }} WHERE {{ {STATEMENT} }}",
    "match is of one entity": "INSERT { <urn:m> a kg:Match } WHERE {}",
    "match is with one concept": "INSERT { <urn:m> a kg:Match ; kg:concept 'a text' } WHERE {}",
    "one label of the concept": "INSERT { <urn:m> a kg:Match } WHERE {}",
    "no skos:exactMatch": "INSERT { <urn:m> a kg:Match ; kg:entity ?e ; kg:concept <urn:c> } WHERE { ?e a kg:Method }",
    "associated with the extractor": "DELETE { ?r prov:wasAssociatedWith ?e } WHERE { ?r prov:wasAssociatedWith ?e }",
    "missing from the graph": "DELETE { ?s kg:usedFor ?o } WHERE { ?s kg:usedFor ?o }",
    "has no statement": f"DELETE {{ ?f ?any ?thing }} WHERE {{ {STATEMENT} ; ?any ?thing FILTER(?p = kg:usedFor) }}",
    "does not permit": "INSERT { ?t kg:usedFor ?m } WHERE { ?t a kg:Task . ?m a kg:Metric }",
    "stated once": (
        "INSERT { ?a kg:comparedWith ?b . ?b kg:comparedWith ?a }"
        " WHERE { ?a a kg:Method . ?b a kg:Method FILTER(?a != ?b) }"
    ),
    "what is replaced leads to": "INSERT { <urn:old> dcterms:isReplacedBy ?p } WHERE { ?p a kg:Paper }",
    "no entity any more": "INSERT { ?e dcterms:isReplacedBy ?e } WHERE { ?e a kg:Method }",
    "says something else there": (
        "DELETE { ?p dcterms:title ?t } INSERT { ?p dcterms:title ?other } WHERE { ?p dcterms:title ?t"
        " BIND(REPLACE(?t, '[a-z]', 'x') AS ?other) }"
    ),
    "text of another paper": (
        "DELETE { ?t kg:inPaper ?p } INSERT { ?t kg:inPaper <urn:other> } WHERE { ?t a nif:Context ; kg:inPaper ?p }"
    ),
    "fewer or more papers": "DELETE { ?e kg:papers ?n } INSERT { ?e kg:papers 7 } WHERE { ?e kg:papers ?n }",
    "distance between its offsets": (
        "DELETE { ?e nif:anchorOf ?q } INSERT { ?e nif:anchorOf 'short' } WHERE { ?e nif:anchorOf ?q }"
    ),
}
ASKED_AT_ONCE = ("says something else", "text of another", "fewer or more",
    "missing from", "has no statement", "does not permit", "stated once", "no skos:exactMatch", "distance between",
)  # fmt: skip


@pytest.fixture(scope="module")
def small(golden_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The first golden paper with all that it says."""
    key = next(k for k, kind in golden_graph.nodes(data="kind") if kind == "Paper")
    paper = golden_graph.nodes[key]["paper_id"]
    graph = nx.MultiDiGraph(**golden_graph.graph)
    edges = [
        e for e in golden_graph.edges(keys=True) if {x.paper for x in golden_graph.edges[e]["evidence"]} == {paper}
    ]
    for node in sorted({end for edge in edges for end in edge[:2]}):
        alone = {"papers": 1} if "papers" in golden_graph.nodes[node] else {}
        graph.add_node(node, **golden_graph.nodes[node] | alone)
    for edge in edges:
        graph.add_edge(*edge, **golden_graph.edges[edge])
    return graph


def broken(graph: nx.MultiDiGraph, update: str, path: Path) -> Path:
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples(graph))
    before = set(store)
    store.update("".join(f"PREFIX {p}: <{n}>\n" for p, n in NAMESPACES.items()) + update)
    assert set(store) != before, "the update changes nothing"
    path.write_bytes(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()))
    return path


def test_the_golden_graph_conforms(golden_graph: nx.MultiDiGraph) -> None:
    report = validate(golden_graph)
    assert report.conforms, report.text
    assert report.text.startswith("The graph conforms: ")


@pytest.mark.parametrize("message", BREAKS)
def test_each_rule_finds_its_breach(message: str, small: nx.MultiDiGraph, tmp_path: Path) -> None:
    report = validate(broken(small, BREAKS[message], tmp_path / "broken.nt"))
    assert not report.conforms
    assert message.strip() in report.text


def test_no_rule_goes_untested() -> None:
    shapes = rdflib.Graph().parse(data=ontology_file("shapes.ttl").read_bytes(), format="turtle")
    for message in map(str, shapes.objects(None, SH.message)):
        assert any(part.strip() in message for part in BREAKS), message


@pytest.mark.parametrize("message", [m for m in BREAKS if m.startswith(ASKED_AT_ONCE)])
def test_pyshacl_alone_agrees_on_the_queries(message: str, small: nx.MultiDiGraph, tmp_path: Path) -> None:
    """The shapes are plain SHACL: another processor that runs the queries itself finds the same."""
    import pyshacl

    data = rdflib.Graph().parse(data=broken(small, BREAKS[message], tmp_path / "x.nt").read_bytes(), format="nt")
    ontology = rdflib.Graph().parse(data=ontology_file("kg.ttl").read_bytes(), format="turtle")
    shapes = rdflib.Graph().parse(data=ontology_file("shapes.ttl").read_bytes(), format="turtle")
    conforms, _, text = pyshacl.validate(data + ontology, shacl_graph=shapes)
    assert not conforms
    assert message in text
    assert pyshacl.validate(to_rdf(small) + ontology, shacl_graph=shapes)[0]


def test_many_breaches_are_counted_not_listed(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    report = validate(broken(golden_graph, BREAKS["how many papers state it"], tmp_path / "broken.nt"))
    assert f"({len(report.violations)})" in report.text
    assert f"and {len(report.violations) - 5} more" in report.text


def test_a_file_that_is_no_rdf_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("nonsense")
    with pytest.raises(ReadError, match=r"x\.ttl: no RDF"):
        validate(path)
