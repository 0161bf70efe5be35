"""What the triples say: each edge once, each fact with its evidence, each paper in its own graph."""

from __future__ import annotations

import networkx as nx
import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from kg.errors import ExportError
from kg.iri import NAMESPACES, node_iri, sentence_iri, statement_iri
from kg.model import Evidence
from kg.rdf import base_of, quads, to_rdf, triples
from kg.terms import term
from kg.text import fold

BASE = "https://example.org/kg/"
VOID = NAMESPACES["void"]


@pytest.fixture(scope="module")
def golden_quads(golden_graph: nx.MultiDiGraph) -> list[Quad]:
    return list(quads(golden_graph, base=BASE))


@pytest.fixture(scope="module")
def default(golden_quads: list[Quad]) -> Store:
    store = Store()
    store.extend(quad for quad in golden_quads if quad.graph_name == DefaultGraph())
    return store


def objects(store: Store, subject: NamedNode, name: str) -> set[str]:
    return {getattr(q.object, "value", "") for q in store.quads_for_pattern(subject, term(name), None)}


def test_nothing_is_said_twice_or_of_a_blank_node(golden_quads: list[Quad]) -> None:
    assert len(golden_quads) == len(set(golden_quads))
    assert not any(isinstance(part, BlankNode) for quad in golden_quads for part in (quad.subject, quad.object))


def test_each_edge_is_one_direct_triple(golden_graph: nx.MultiDiGraph, default: Store) -> None:
    for head, tail, relation in golden_graph.edges(keys=True):
        ends = (NamedNode(node_iri(BASE, head)), term(f"kg:{relation}"), NamedNode(node_iri(BASE, tail)))
        assert Quad(*ends) in default


def test_a_fact_has_a_statement_with_its_figures_and_sentences(golden_graph: nx.MultiDiGraph, default: Store) -> None:
    facts = [e for e in golden_graph.edges(keys=True, data=True) if e[2] in ("evaluatedOn", "outperforms", "mentions")]
    assert len(facts) > 100
    for head, tail, relation, data in facts:
        statement = NamedNode(statement_iri(BASE, head, relation, tail))
        assert objects(default, statement, "rdf:subject") == {node_iri(BASE, head)}
        assert objects(default, statement, "rdf:predicate") == {term(f"kg:{relation}").value}
        assert objects(default, statement, "rdf:object") == {node_iri(BASE, tail)}
        assert objects(default, statement, "kg:support") == {str(data["support"])}
        assert {float(c) for c in objects(default, statement, "kg:confidence")} == {round(data["score"], 4)}
        sentences = {sentence_iri(BASE, e.paper, e.start, e.end) for e in data["evidence"]}
        assert objects(default, statement, "prov:wasDerivedFrom") == sentences
        for evidence in data["evidence"]:
            sentence = NamedNode(sentence_iri(BASE, evidence.paper, evidence.start, evidence.end))
            assert objects(default, sentence, "nif:anchorOf") == {evidence.quote}
            assert objects(default, sentence, "nif:beginIndex") == {str(evidence.start)}


def test_entities_have_labels_and_folded_labels(golden_graph: nx.MultiDiGraph, default: Store) -> None:
    for key, data in golden_graph.nodes(data=True):
        if "papers" in data:
            node = NamedNode(node_iri(BASE, key))
            assert objects(default, node, "skos:prefLabel") == {data["label"]}
            assert objects(default, node, "skos:altLabel") == set(data["aliases"])
            assert objects(default, node, "kg:foldedLabel") == {fold(n) for n in (data["label"], *data["aliases"])}


def test_a_named_graph_holds_just_what_its_paper_states(
    golden_graph: nx.MultiDiGraph, golden_quads: list[Quad], default: Store
) -> None:
    papers = {data["paper_id"] for _, data in golden_graph.nodes(data=True) if data["kind"] == "Paper"}
    named: dict[str, set[str]] = {}
    for quad in golden_quads:
        if isinstance(quad.graph_name, NamedNode):
            assert Quad(quad.subject, quad.predicate, quad.object) in default
            named.setdefault(quad.graph_name.value, set()).add(str(quad.subject)[1:-1])
            assert quad.predicate not in (term("kg:support"), term("kg:papers"))
    assert len(named) == len(papers)
    for head, tail, relation, data in golden_graph.edges(keys=True, data=True):
        if relation == "evaluatedOn":
            holders = [
                name for name, subjects in named.items() if statement_iri(BASE, head, relation, tail) in subjects
            ]
            assert len(holders) == data["support"]


def test_void_counts_are_true(golden_graph: nx.MultiDiGraph, default: Store) -> None:
    void = NamedNode(BASE + "void")
    assert objects(default, void, "void:triples") == {str(len(default))}
    assert objects(default, void, "void:distinctSubjects") == {str(len({q.subject for q in default}))}
    methods = sum(kind == "Method" for _, kind in golden_graph.nodes(data="kind"))
    assert objects(default, NamedNode(BASE + "void/class/Method"), "void:entities") == {str(methods)}


def test_the_run_names_the_extractor_and_no_time(golden_quads: list[Quad], default: Store) -> None:
    agent = next(default.quads_for_pattern(None, term("rdf:type"), term("prov:SoftwareAgent"))).subject
    assert isinstance(agent, NamedNode)
    assert objects(default, agent, "schema:name") == {"golden"}
    assert objects(default, agent, "schema:softwareVersion") == {"1"}
    assert not any(q.predicate.value.endswith(("AtTime", "created", "modified")) for q in golden_quads)


def test_order_of_insertion_changes_nothing(golden_graph: nx.MultiDiGraph) -> None:
    turned = nx.MultiDiGraph(**golden_graph.graph)
    turned.add_nodes_from(reversed(list(golden_graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(golden_graph.edges(keys=True, data=True))))
    assert list(quads(turned)) == list(quads(golden_graph))


def test_hostile_texts_keep_their_length(hostile_graph: nx.MultiDiGraph) -> None:
    quotes = [t.object for t in triples(hostile_graph) if t.predicate == term("nif:anchorOf")]
    assert [len(q.value) for q in quotes if isinstance(q, Literal)] == [900]


@pytest.mark.parametrize(
    ("url", "iri"),
    [
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("HTTPS://example.org/é", "HTTPS://example.org/%C3%A9"),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("not a url", None),
    ],
)
def test_only_web_addresses_become_links(url: str, iri: str | None) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("paper/p", kind="Paper", label="P", paper_id="p", url=url)
    (value,) = [t.object for t in triples(graph) if t.predicate == term("schema:url")]
    assert isinstance(value, NamedNode if iri else Literal)
    assert value.value == (iri or url)


def test_an_empty_graph_is_still_described() -> None:
    found = list(triples(nx.MultiDiGraph()))
    assert base_of(nx.MultiDiGraph()).startswith("https://")
    assert any(t.predicate.value == VOID + "triples" for t in found)
    assert len(to_rdf(nx.MultiDiGraph())) == len(found)


def test_evidence_from_an_unknown_paper_is_an_error(golden_graph: nx.MultiDiGraph) -> None:
    graph = nx.MultiDiGraph(golden_graph)
    stray = Evidence(paper="nowhere", start=0, end=1, quote="x", score=1.0)
    graph.add_edge(*next(iter(graph.edges))[:2], key="usedFor", evidence=(stray,))
    with pytest.raises(ExportError, match="cites paper 'nowhere', which is no node"):
        next(quads(graph))
