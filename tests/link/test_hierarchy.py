"""Broader terms read off names."""

from __future__ import annotations

import networkx as nx
from pyoxigraph import DefaultGraph

from kg.graph import assemble
from kg.iri import node_iri
from kg.link import resolve
from kg.link.hierarchy import without_cycles
from kg.model import Evidence, ExtractorInfo, Fact, Relation, Resolved, Span, Status
from kg.rdf import quads
from kg.schema import load_schema
from kg.settings import Settings
from kg.terms import term
from kg.validate import validate

from .conftest import Build

INFER, PLAIN = Settings(hierarchy=True), Settings(hierarchy=False)
TEXTS = {
    "a": "An autoencoder learns. A sparse autoencoder learns. A deep sparse autoencoder learns.",
    "b": "An autoencoder and a sparse autoencoder differ from a mixture of experts and a non autoencoder.",
    "c": "Experts vote. A pseudo expert votes. Some experts. Multi-head attention.",
    "d": "Experts vote by attention.",
    "e": "Attention wins.",
}


def inferred(resolved: Resolved) -> set[tuple[str, str]]:
    labels = {entity.id: entity.label for entity in resolved.entities}
    return {(labels[fact.head], labels[fact.tail]) for fact in resolved.facts if fact.inferred}


def linked(corpus: Build) -> tuple[Resolved, Resolved]:
    forms = {
        "a": ("autoencoder", "sparse autoencoder", "deep sparse autoencoder"),
        "b": ("autoencoder", "sparse autoencoder", "mixture of experts", "non autoencoder"),
        "c": ("Experts", "pseudo expert", "Multi-head attention"),
        "d": ("Experts", "attention"),
        "e": ("Attention",),
    }
    papers, extractions = corpus(**{name: (text, dict.fromkeys(forms[name], "Method")) for name, text in TEXTS.items()})
    return resolve(papers, extractions, PLAIN), resolve(papers, extractions, INFER)


def test_a_name_is_set_under_the_longest_name_that_it_ends_in(corpus: Build) -> None:
    before, after = linked(corpus)
    assert inferred(before) == set()
    assert inferred(after) == {
        ("sparse autoencoder", "autoencoder"),
        ("deep sparse autoencoder", "sparse autoencoder"),
        ("Multi-head attention", "attention"),
    }


def test_the_evidence_is_what_mentions_the_narrower_name(corpus: Build) -> None:
    _, after = linked(corpus)
    facts = [fact for fact in after.facts if fact.inferred]
    labels = {entity.id: entity.label for entity in after.entities}
    assert all(labels[fact.head] in item.quote for fact in facts for item in fact.evidence)
    assert all(fact.score <= 0.9 for fact in facts)


def test_the_edge_says_that_it_is_inferred_and_what_is_stated_does_not(corpus: Build) -> None:
    _, after = linked(corpus)
    graph = assemble(after, load_schema(), extractor=ExtractorInfo(name="x", version="1", hash="0"))
    marked = [data.get("inferred") for *_, relation, data in graph.edges(keys=True, data=True)]
    assert marked.count(True) == 3
    assert marked.count(None) == len(marked) - 3


def test_what_papers_state_is_neither_repeated_nor_turned_round(corpus: Build) -> None:
    papers, extractions = corpus(
        a=(TEXTS["a"], {"autoencoder": "Method", "sparse autoencoder": "Method"}),
        b=("An autoencoder.", {"autoencoder": "Method"}),
    )
    for head, tail in (("e1", "e2"), ("e2", "e1")):
        relation = Relation(head=head, type="subtypeOf", tail=tail, score=1.0, evidence=Span(start=0, end=22))
        first = type(extractions[0])(id="a", entities=extractions[0].entities, relations=(relation,))
        facts: list[Fact] = [
            f for f in resolve(papers, [first, extractions[1]], INFER).facts if f.relation == "subtypeOf"
        ]
        assert [fact.inferred for fact in facts] == [False]


def test_the_hierarchy_has_no_cycle(corpus: Build) -> None:
    _, after = linked(corpus)
    assert nx.is_directed_acyclic_graph(
        nx.DiGraph([(f.head, f.tail) for f in after.facts if f.relation == "subtypeOf"])
    )


def test_a_known_name_is_not_cut_in_two(corpus: Build) -> None:
    text = "A knowledge graph. Graph learning. Knowledge graph learning. A knowledge graph (KG) learning. Learning."
    forms = ("knowledge graph", "Graph learning", "Knowledge graph learning", "knowledge graph (KG) learning")
    papers, extractions = corpus(a=(text, dict.fromkeys(forms, "Method")), b=(text, dict.fromkeys(forms[:2], "Method")))
    assert inferred(resolve(papers, extractions, INFER)) == set()


def test_what_papers_claim_in_a_circle_is_cut_where_fewest_say_it() -> None:
    def claim(head: str, tail: str, *papers: str, status: Status = "asserted") -> Fact:
        evidence = tuple(Evidence(paper=p, start=0, end=1, quote="x", score=0.9, status=status) for p in papers)
        return Fact(head=head, relation="subtypeOf", tail=tail, evidence=evidence, score=0.9)

    circle = (claim("a", "b", "p", "q"), claim("b", "c", "p", "q"), claim("c", "a", "p"))
    aside = (claim("c", "d", "p"), claim("d", "b", "p", status="negated"), claim("e", "f", "p"), claim("f", "e", "q"))
    assert without_cycles((*circle, *aside)) == (*circle[:2], *aside[:3])
    assert without_cycles((*aside[::-1], *circle[::-1])) == (*aside[:3][::-1], *circle[:2][::-1])


def test_rdf_marks_what_is_inferred_and_sets_it_under_its_broader_term(corpus: Build) -> None:
    _, after = linked(corpus)
    graph = assemble(after, load_schema(), extractor=ExtractorInfo(name="x", version="1", hash="0"))
    found = list(quads(graph))
    lines = [f"{q.subject} {q.predicate} {q.object}" for q in found if q.graph_name == DefaultGraph()]
    pairs = [(head, tail) for head, tail, relation in graph.edges(keys=True) if relation == "subtypeOf"]
    for head, tail in pairs:
        narrow, broad = (f"<{node_iri(graph.graph['base'], key)}>" for key in (head, tail))
        assert f"{narrow} {term('skos:broader')} {broad}" in lines
        assert f"{broad} {term('skos:narrower')} {narrow}" in lines
    assert sum("ontology#inferred" in line for line in lines) == len(pairs) == 3
    assert not [quad for quad in found if quad.graph_name != DefaultGraph() and "subtypeOf" in str(quad)]
    assert validate(graph).conforms


def test_three_papers_are_quoted_for_what_a_name_says(corpus: Build) -> None:
    text = "An autoencoder, a sparse autoencoder."
    forms = {"autoencoder": "Method", "sparse autoencoder": "Method"}
    papers, extractions = corpus(**{f"p{n}": (text, forms) for n in range(5)})
    (fact,) = (fact for fact in resolve(papers, extractions, INFER).facts if fact.inferred)
    assert [item.paper for item in fact.evidence] == ["p0", "p1", "p2"]
