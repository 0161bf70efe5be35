"""What papers assert, deny and doubt, from records to graph and RDF; and the graph of a precision asked for."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import Any

import networkx as nx
import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ConfigError
from kg.graph import assemble
from kg.link import resolve
from kg.link.trust import best
from kg.model import Extraction, ExtractorInfo, Paper, Resolved
from kg.rdf import quads, triples
from kg.records import extraction_from_json, extraction_to_json
from kg.schema import load_schema
from kg.settings import Settings
from kg.snapshot import load_graph, save_graph
from kg.store import memory_store
from kg.validate import validate

KG = "https://w3id.org/abstract-kg/ontology#"


def record(
    number: int, sentence: str, status: str, score: float = 0.5, method: str = "CRANE"
) -> tuple[Paper, Extraction]:
    """A paper in which a method outperforms BERT, and reaches 91% accuracy, with this status and score."""
    paper = Paper(id=f"p{number}", title="", abstract=f"{sentence} It is 91%.")
    names = {"e1": ("Method", method), "e2": ("Method", "BERT"), "e3": ("Metric", "accuracy")}
    fact: dict[str, Any] = {"score": score} | ({} if status == "asserted" else {"status": status})
    found = extraction_from_json(
        {
            "id": paper.id,
            "entities": [{"id": i, "type": kind, "mentions": [name]} for i, (kind, name) in names.items()],
            "relations": [{"head": "e1", "type": "outperforms", "tail": "e2", **fact}],
            "results": [{"method": "e1", "metric": "e3", "value": "91%", **fact}],
        },
        paper.text,
    )
    return paper, found


ASSERTED = record(1, "CRANE beats BERT in accuracy.", "asserted")
NEGATED = record(2, "CRANE does not beat BERT in accuracy.", "negated", 0.9)
HEDGED = record(3, "CRANE may beat BERT in accuracy.", "hedged", 0.8)


def linked(*records: tuple[Paper, Extraction], **settings: Any) -> Resolved:
    return resolve([p for p, _ in records], [e for _, e in records], Settings(**settings))


def graph(*records: tuple[Paper, Extraction], **settings: Any) -> nx.MultiDiGraph:
    info = ExtractorInfo(name="test", version="1", hash="0" * 64)
    return assemble(linked(*records, **settings), load_schema(), extractor=info)


def edge(found: nx.MultiDiGraph) -> dict[str, Any] | None:
    return next((data for _, _, key, data in found.edges(keys=True, data=True) if key == "outperforms"), None)


def test_a_record_keeps_its_status_and_says_nothing_of_what_is_asserted() -> None:
    written = extraction_to_json(NEGATED[1])
    assert written["relations"][0]["status"] == written["results"][0]["status"] == "negated"
    assert extraction_from_json(written) == NEGATED[1]
    assert "status" not in extraction_to_json(ASSERTED[1])["relations"][0]


def test_what_is_not_asserted_stays_out_of_the_default_graph() -> None:
    found = graph(NEGATED, HEDGED)
    assert edge(found) is None
    assert "Result" not in {kind for _, kind in found.nodes(data="kind")}
    assert edge(graph(ASSERTED, NEGATED)) == edge(graph(ASSERTED))


def test_a_fact_stated_and_denied_keeps_both_and_counts_what_asserts_it() -> None:
    data = edge(graph(ASSERTED, NEGATED, HEDGED, unasserted=True))
    assert data is not None
    assert [(e.paper, e.status) for e in data["evidence"]] == [("p1", "asserted"), ("p2", "negated"), ("p3", "hedged")]
    assert (data["support"], data["score"], "status" in data) == (1, 0.5, False)


@pytest.mark.parametrize(
    ("records", "status", "score"),
    [((NEGATED,), "negated", 0.9), ((HEDGED,), "hedged", 0.8), ((HEDGED, NEGATED), "negated", 0.9)],
)
def test_what_nobody_asserts_is_marked(records: tuple[tuple[Paper, Extraction]], status: str, score: float) -> None:
    found = graph(*records, unasserted=True)
    data = edge(found)
    assert data is not None
    assert (data["status"], data["score"], data["support"]) == (status, score, 1)
    assert {d["status"] for _, d in found.nodes(data=True) if d["kind"] == "Result"} == {
        found_record[1].results[0].status for found_record in records
    }


def test_a_denied_fact_is_no_triple_but_a_statement_with_its_status() -> None:
    found = graph(NEGATED, unasserted=True)
    store = pyoxigraph.Store()
    store.extend(quads(found))
    everywhere = pyoxigraph.NamedNode(KG + "outperforms")
    assert not list(store.quads_for_pattern(None, everywhere, None, None))
    assert not list(store.quads_for_pattern(None, pyoxigraph.NamedNode(KG + "reports"), None, None))
    asked = f"""SELECT ?status ?quote WHERE {{ ?s <{KG}status> ?status ; <{KG}deniedBy> ?e ;
        <http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate> <{KG}outperforms> .
        ?e <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#anchorOf> ?quote }}"""
    ((status, quote),) = store.query(asked)
    assert (status.value, quote.value) == ("negated", NEGATED[0].abstract)
    assert validate(found).conforms


def test_a_fact_stated_and_denied_is_a_triple_where_it_is_stated() -> None:
    found = graph(ASSERTED, NEGATED, unasserted=True)
    store = pyoxigraph.Store()
    store.extend(quads(found))
    stated = list(store.quads_for_pattern(None, pyoxigraph.NamedNode(KG + "outperforms"), None, None))
    assert len(stated) == 2  # merged, and in the graph of the paper that says so
    predicates = {t.predicate.value for t in triples(found)}
    assert {KG + "deniedBy", "http://www.w3.org/ns/prov#wasDerivedFrom"} <= predicates
    assert validate(found).conforms


def test_the_store_keeps_the_status() -> None:
    found = graph(ASSERTED, NEGATED, HEDGED, unasserted=True)
    with memory_store() as store:
        save_graph(store, found)
        again = load_graph(store)
    assert nx.utils.graphs_equal(found, again)


def test_a_paper_in_another_language_is_kept_and_marked() -> None:
    paper, found = ASSERTED
    marked = replace(found, entities=(), relations=(), results=(), language="de")
    assert extraction_from_json(extraction_to_json(marked)) == marked
    (node,) = graph((paper, marked)).nodes(data=True)
    assert node[1]["language"] == "de"


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_precision_keeps_a_part_of_what_a_lower_one_keeps(scores: list[float], one: float, two: float) -> None:
    low, high = sorted((one, two))
    rows = list(zip(scores, range(len(scores)), strict=True))
    more, fewer = best(rows, low), best(rows, high)
    assert set(fewer) <= set(more)
    assert more == sorted(more)
    for kept, least in ((more, low), (fewer, high)):
        assert not kept or mean(scores[n] for n in kept) >= least - 1e-6
    assert best(rows, 0.0) == list(range(len(scores)))


def test_the_precision_holds_for_each_relation() -> None:
    strong = [record(n, f"CRANE beats BERT in accuracy {n}.", "asserted", 0.4) for n in range(3)]
    weak = record(9, "PLOVER beats BERT in accuracy.", "asserted", 0.2, "PLOVER")
    whole, clean = linked(*strong, weak), linked(*strong, weak, precision=0.75)
    assert set(clean.facts) <= set(whole.facts)
    for relation in {fact.relation for fact in clean.facts}:
        assert mean(fact.score for fact in clean.facts if fact.relation == relation) >= 0.75
    assert [fact.score for fact in clean.facts if fact.relation == "outperforms"] == [0.784]
    named = {end for fact in clean.facts for end in (fact.head, fact.tail)}
    assert {entity.id for entity in clean.entities} <= named
    assert clean.results == ()


def test_a_precision_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"precision 1\.5 is no probability"):
        Settings(precision=1.5)
