"""SPARQL: forms of answers, bound values, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import networkx as nx
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import Literal, QuerySolutions, Store
from pyoxigraph import QueryResultsFormat as Results
from pyoxigraph import parse_query_results as read_back

from kg.errors import QueryError, StoreError
from kg.query import Answer, build_store, run_query
from kg.query.bind import bind, guess
from kg.rdf import quads, to_rdf

METHODS = "SELECT ?m ?label WHERE { ?m a kg:Method ; skos:prefLabel ?label } ORDER BY ?label"


@pytest.fixture
def store(golden_store: Path) -> Path:
    return golden_store


def text(answer: Answer, form: str = "table", width: int | None = None) -> str:
    buffer = io.BytesIO()
    answer.write(buffer, form, width=width)
    return buffer.getvalue().decode("utf8")


def labels(answer: Answer) -> list[str | None]:
    return [row[0] for row in answer.rows()]


def test_the_store_holds_every_quad(question_graph: nx.MultiDiGraph, store: Path) -> None:
    assert len(Store.read_only(str(store))) == len(set(quads(question_graph)))


def test_rows_come_in_every_form(store: Path) -> None:
    answer = run_query(store, METHODS)
    assert (answer.kind, answer.columns) == ("rows", ("m", "label"))
    rows = list(answer.rows())
    assert len(rows) > 10
    as_json = json.loads(text(run_query(store, METHODS), "json"))
    assert [b["label"]["value"] for b in as_json["results"]["bindings"]] == [row[1] for row in rows]
    as_csv = list(csv.reader(io.StringIO(text(run_query(store, METHODS), "csv"))))
    assert as_csv[0] == ["m", "label"]
    assert [row[1] for row in as_csv[1:]] == [row[1] for row in rows]
    assert text(run_query(store, METHODS), "tsv").splitlines()[0] == "?m\t?label"
    tree = etree.fromstring(text(run_query(store, METHODS), "xml").encode())
    assert len(tree.findall(".//{http://www.w3.org/2005/sparql-results#}result")) == len(rows)


def test_a_table_fits_the_terminal_and_lists_all(store: Path) -> None:
    lines = text(run_query(store, METHODS), width=60).splitlines()
    assert lines[0].split() == ["m", "label"]
    assert len(lines) == 2 + len(list(run_query(store, METHODS).rows()))
    assert max(map(len, lines)) <= 60
    assert any("…" in line for line in lines)


def test_a_table_disarms_control_characters(hostile_store: Path) -> None:
    shown = text(run_query(hostile_store, "SELECT ?v WHERE { ?r kg:value ?v }"))
    assert len(shown.splitlines()) == 3
    assert "\u202e" not in shown
    assert "\\u202e" in shown


def test_ask_answers_yes_or_no(store: Path) -> None:
    assert text(run_query(store, "ASK { ?m a kg:Method }")) == "yes\n"
    assert text(run_query(store, "ASK { ?m a kg:Nothing }")) == "no\n"
    assert json.loads(text(run_query(store, "ASK { ?m a kg:Method }"), "json"))["boolean"] is True
    assert text(run_query(store, "ASK { ?m a kg:Method }"), "csv") == "true\n"
    assert bool(run_query(store, "ASK { ?m a kg:Nothing }")) is False


@pytest.mark.parametrize(
    ("form", "theirs"),
    [("table", "turtle"), ("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("json", "json-ld"), ("xml", "xml")],
)
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning", "ignore:Dataset:DeprecationWarning")
def test_construct_and_describe_give_rdf(form: str, theirs: str, store: Path) -> None:
    query = "CONSTRUCT { ?m a kg:Method ; skos:prefLabel ?l } WHERE { ?m a kg:Method ; skos:prefLabel ?l }"
    found = rdflib.Graph().parse(data=text(run_query(store, query), form), format=theirs)
    assert len(found) == 2 * len(list(run_query(store, METHODS).rows()))
    assert text(run_query(store, query), form) == text(run_query(store, query), form)
    described = run_query(store, "DESCRIBE ?m WHERE { ?m skos:prefLabel 'ResNet-50' }")
    assert described.kind == "triples"
    assert len(list(described.triples())) > 5


def test_a_form_that_does_not_fit_says_which_do(store: Path) -> None:
    with pytest.raises(QueryError, match="'ttl' does not fit rows; choose from table, json"):
        text(run_query(store, METHODS), "ttl")
    with pytest.raises(QueryError, match="'csv' does not fit triples"):
        text(run_query(store, "DESCRIBE kg:x"), "csv")
    with pytest.raises(QueryError, match="not rows"):
        next(run_query(store, "ASK {}").rows())
    with pytest.raises(QueryError, match="not triples"):
        next(run_query(store, METHODS).triples())


def test_named_graphs_hold_what_a_paper_states(store: Path, question_graph: nx.MultiDiGraph) -> None:
    papers = [key for key, kind in question_graph.nodes(data="kind") if kind == "Paper"]
    query = "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?p a kg:Paper } }"
    assert labels(run_query(store, query)) == [str(len(papers))]
    stray = "ASK { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }"
    assert text(run_query(store, stray)) == "no\n"
    far = "GRAPH ?g { ?f prov:wasDerivedFrom ?s } GRAPH ?h { ?s a nif:Sentence } FILTER(?g != ?h)"
    assert text(run_query(store, f"ASK {{ {far} }}")) == "no\n"


@pytest.mark.parametrize(
    ("value", "count"), [('"ResNet-50"', 1), ("ResNet-50", 1), ("resnet", 0), ('" . } #', 0), ("\ud800\x00", 0)]
)
def test_values_are_bound_as_terms(value: str, count: int, store: Path) -> None:
    query = "SELECT ?m WHERE { ?m skos:prefLabel $name } # about $name and '"
    assert len(labels(run_query(store, query, params={"name": value}))) == count


def test_kinds_of_values(store: Path) -> None:
    assert labels(run_query(store, "SELECT (DATATYPE($v) AS ?t) {}", params={"v": "12"})) == ["xsd:integer"]
    assert labels(run_query(store, "SELECT (DATATYPE($v) AS ?t) {}", params={"v": "1.5"})) == ["xsd:decimal"]
    assert labels(run_query(store, "SELECT (DATATYPE($v) AS ?t) {}", params={"v": "1e5"})) == ["xsd:double"]
    assert labels(run_query(store, "SELECT (ISIRI($v) AS ?t) {}", params={"v": "kg:Method"})) == ["true"]
    assert labels(run_query(store, "SELECT (ISIRI($v) AS ?t) {}", params={"v": "<http://x.org/>"})) == ["true"]
    with pytest.raises(QueryError, match="is no IRI"):
        run_query(store, "ASK { ?s ?p $v }", params={"v": "<not an iri>"})


def test_a_value_without_variable_is_an_error(store: Path) -> None:
    with pytest.raises(QueryError, match=r"no variable \$task"):
        run_query(store, "SELECT ?m { ?m a kg:Method } # $task", params={"task": "x"})


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=[])))
def test_any_value_stays_one_term(value: str) -> None:
    bound = bind("SELECT ?x { VALUES ?x { $v } }", {"v": guess(f'"{value}"')})
    solutions = Store().query(bound)
    assert isinstance(solutions, QuerySolutions)
    (row,) = solutions
    assert isinstance(row["x"], Literal)
    assert len(row["x"].value) == len(value)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab\"'\\\n#<>?$v{} .", max_size=40))
def test_variables_in_strings_comments_and_iris_stay(inside: str) -> None:
    literal = str(Literal(inside + "$v"))
    assert bind(f"SELECT * {{ ?s ?p {literal} , $v }}", {"v": Literal("z")}).count(literal) == 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(?s<'>')SeRvIcE<http://127.0.0.1:PORT/>{?s ?p ?o}FILTER(\"'\" = ?o) }",
        "SELECT * { { SELECT * { OPTIONAL { SERVICE ?x { ?s ?p ?o } } } } VALUES ?x { <http://127.0.0.1:PORT/> } }",
        "SELECT * { ?s ?p 1SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o . # '\n SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } # ' \n }",
    ],
)
def test_no_query_reaches_another_host(query: str, store: Path) -> None:
    with listening() as (port, heard):
        with pytest.raises(QueryError):
            list(run_query(store, query.replace("PORT", str(port))).rows())
        assert heard == []


@pytest.mark.parametrize(
    "body",
    [
        "{" * 20_000 + "}" * 20_000,
        "FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ")",
        "FILTER(" + "!" * 20_000 + "1)",
        "FILTER(" + "1+" * 20_000 + "1)",
        "FILTER(" + "1||" * 20_000 + "1)",
        "{}" + "UNION{}" * 20_000,
        "OPTIONAL{}" * 20_000,
        "MINUS{}" * 20_000,
        "?s " + "kg:a/" * 20_000 + "kg:a ?o",
        "?s " + "^" * 20_000 + "kg:a ?o",
        "?s ?p ?o." * 20_000,
    ],
    ids=["groups", "brackets", "not", "plus", "or", "union", "optional", "minus", "path", "inverse", "triples"],
)
def test_queries_that_would_end_the_process_are_refused(body: str, store: Path) -> None:
    with pytest.raises(QueryError, match="too complex"):
        run_query(store, f"SELECT * {{ {body} }}")


def test_many_values_are_not_complex(store: Path) -> None:
    values = " ".join(f"<https://example.org/a.b/c-{n}>" for n in range(5000))
    assert labels(run_query(store, f"SELECT ?x {{ VALUES ?x {{ {values} }} ?x a kg:Method }}")) == []


def test_the_word_service_may_be_spoken_of(store: Path) -> None:
    query = "SELECT ?m { ?m skos:prefLabel ?l FILTER(?l = 'SERVICE' || ?l = 'from') } # SERVICE FROM <x>"
    assert labels(run_query(store, query)) == []


def test_from_takes_graphs_of_the_store_only(store: Path, question_graph: nx.MultiDiGraph) -> None:
    graph = next(q.graph_name for q in quads(question_graph) if q.graph_name.__class__.__name__ == "NamedNode")
    found = labels(run_query(store, f"SELECT ?p FROM {graph} {{ ?p a kg:Paper }}"))  # noqa: S608
    assert len(found) == 1
    with pytest.raises(QueryError, match=r"FROM <http://127\.0\.0\.1:9/x> is refused"):
        run_query(store, "SELECT * FROM <http://127.0.0.1:9/x> WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match="is refused"):
        run_query(store, "PREFIX x: <http://x/> SELECT * FROM NAMED x:y WHERE { GRAPH ?g { ?s ?p ?o } }")


@pytest.mark.parametrize(
    "update", ["INSERT DATA { kg:a kg:b kg:c }", "CLEAR ALL", "LOAD <http://127.0.0.1:9/x>", "DROP ALL"]
)
def test_updates_are_refused(update: str, store: Path) -> None:
    with pytest.raises(QueryError, match="is an update, and the store is only read"):
        run_query(store, update)


@pytest.mark.parametrize("query", ["", "SELECT", "SELECT * {", "SELECT ?x { ?x nope:y 1 }", "garbage \x00"])
def test_malformed_queries_say_where(query: str, store: Path) -> None:
    with pytest.raises(QueryError, match=r"malformed query: .{10,}") as caught:
        run_query(store, query)
    assert len(str(caught.value)) < 500


def test_no_store_and_a_damaged_one_are_store_errors(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store; make it with 'kg build"):
        run_query(tmp_path / "none", "ASK {}")
    (tmp_path / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError, match="damaged store"):
        run_query(tmp_path, "ASK {}")


def test_a_new_store_replaces_the_old_while_it_is_read(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    path = build_store(golden_graph, tmp_path / "store")
    reader = run_query(path, METHODS).rows()
    first = next(reader)
    small = nx.MultiDiGraph(
        golden_graph.subgraph([k for k, kind in golden_graph.nodes(data="kind") if kind == "Paper"])
    )
    build_store(small, path)
    assert first is not None
    assert len(list(reader)) > 10
    assert labels(run_query(path, METHODS)) == []
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


def test_a_failed_build_keeps_the_old_store(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    path = build_store(golden_graph, tmp_path / "store")
    broken = nx.MultiDiGraph(golden_graph)
    broken.add_node("method/\ud800", kind="Method")  # no label
    with pytest.raises(KeyError):
        build_store(broken, path)
    assert labels(run_query(path, METHODS))
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


def test_rdflib_agrees(store: Path, question_graph: nx.MultiDiGraph) -> None:
    """The same query over the same triples in the other library gives the same rows."""
    theirs = [str(binding[rdflib.Variable("label")]) for binding in to_rdf(question_graph).query(METHODS).bindings]
    assert theirs == [row[1] for row in run_query(store, METHODS).rows()]


def test_json_results_are_read_back(store: Path) -> None:
    solutions = read_back(text(run_query(store, METHODS), "json").encode(), Results.JSON)
    assert isinstance(solutions, QuerySolutions)
    assert len(list(solutions)) == len(list(run_query(store, METHODS).rows()))


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """A server on loopback that notes whoever calls."""
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_error(500)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
