"""The endpoint speaks the SPARQL 1.1 Protocol: forms, codes, caching, and nothing but reading."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest
import rdflib
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results, serialize

from .conftest import Server

METHODS = "SELECT ?label { ?m a kg:Method ; skos:prefLabel ?label } ORDER BY ?label"
RDF = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
CONSTRUCT = "CONSTRUCT { ?m skos:prefLabel ?label } { ?m a kg:Method ; skos:prefLabel ?label }"


def labels(body: bytes) -> list[str]:
    return [row["label"]["value"] for row in json.loads(body)["results"]["bindings"]]


def test_get_form_and_direct_post_answer_alike(server: Server) -> None:
    got = server.client.get("/sparql", params={"query": METHODS})
    form = server.client.post("/sparql", data={"query": METHODS})
    direct = server.ask(METHODS)
    assert got.status_code == form.status_code == direct.status_code == 200
    assert got.content == form.content == direct.content
    assert got.headers["content-type"] == "application/sparql-results+json"
    assert "Ladder Attention Network" in labels(got.content)


def test_head_tells_what_get_would(server: Server) -> None:
    got = server.client.get("/sparql", params={"query": METHODS})
    head = server.client.head("/sparql", params={"query": METHODS})
    assert head.status_code == 200
    assert head.content == b""
    assert {k: head.headers[k] for k in ("etag", "content-type", "content-length")} == {
        k: got.headers[k] for k in ("etag", "content-type", "content-length")
    }


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/json", "application/json"),
        ("text/csv;q=0.4, text/tab-separated-values;q=0.6", "text/tab-separated-values; charset=utf-8"),
        ("text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        ("nonsense;;q=x, text/csv", "text/csv; charset=utf-8"),
    ],
)
def test_rows_come_in_the_form_that_is_liked_best(accept: str, media_type: str, server: Server) -> None:
    got = server.ask(METHODS, Accept=accept)
    assert got.status_code == 200
    assert got.headers["content-type"] == media_type
    assert "accept" in got.headers["vary"].lower()


def test_every_form_of_rows_says_the_same(server: Server) -> None:
    expected = labels(server.ask(METHODS).content)
    rows = csv.reader(io.StringIO(server.ask(METHODS, Accept="text/csv").text, newline=""))
    assert [row[0] for row in rows][1:] == expected
    for form in (QueryResultsFormat.XML, QueryResultsFormat.TSV):
        found = parse_query_results(server.ask(METHODS, Accept=form.media_type).content, format=form)
        assert isinstance(found, QuerySolutions)
        assert [row["label"].value for row in found] == expected
    assert expected


def parsed(body: bytes, media_type: str) -> rdflib.Graph:
    form = RdfFormat.from_media_type(media_type)
    assert form is not None
    return rdflib.Graph().parse(data=serialize(parse(body, format=form), format=RdfFormat.N_TRIPLES), format="nt")


@pytest.mark.parametrize("accept", RDF)
def test_triples_come_in_every_form_of_rdf(accept: str, server: Server) -> None:
    got = server.ask(CONSTRUCT, Accept=accept)
    assert got.headers["content-type"].split(";")[0] == accept
    names = {str(label) for label in parsed(got.content, accept).objects()}
    assert names == set(labels(server.ask(METHODS).content))


@pytest.mark.parametrize(
    ("query", "accept"), [(METHODS, "text/turtle"), (CONSTRUCT, "text/csv"), (METHODS, "image/png"), ("ASK {}", "a/b")]
)
def test_a_form_that_cannot_be_is_406(query: str, accept: str, server: Server) -> None:
    got = server.ask(query, Accept=accept)
    assert got.status_code == 406
    assert "Accept" in got.json()["detail"]


def test_ask_is_a_boolean_in_every_form(server: Server) -> None:
    assert server.ask("ASK { ?m a kg:Method }").json()["boolean"] is True
    xml = ElementTree.fromstring(server.ask("ASK { ?m a kg:Nothing }", Accept="application/xml").content)
    assert xml.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == "false"
    assert server.ask("ASK {}", Accept="text/csv").text.strip() == "true"


def test_a_tag_saves_the_answer(server: Server) -> None:
    got = server.client.get("/sparql", params={"query": METHODS})
    again = server.client.get("/sparql", params={"query": METHODS}, headers={"If-None-Match": got.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = {"If-None-Match": got.headers["etag"], "Accept": "text/csv"}
    assert server.client.get("/sparql", params={"query": METHODS}, headers=other).status_code == 200
    assert got.headers["etag"] != server.client.get("/sparql", params={"query": "ASK {}"}).headers["etag"]


@pytest.mark.parametrize(
    "query", ["SELECT (RAND() AS ?r) {}", "SELECT (NOW() AS ?n) {}", "SELECT (struuid ( ) AS ?u) {}"]
)
def test_what_changes_each_time_is_not_cached(query: str, server: Server) -> None:
    got = server.client.get("/sparql", params={"query": query})
    assert got.status_code == 200
    assert "etag" not in got.headers
    assert got.headers["cache-control"] == "no-store"


def test_graphs_of_the_protocol_make_the_data_set(server: Server) -> None:
    first, second = (
        row["g"]["value"]
        for row in server.ask("SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g LIMIT 2").json()["results"]["bindings"]
    )
    graphs = "SELECT DISTINCT ?g { GRAPH ?g {} }"
    papers = "SELECT ?p { ?p a kg:Paper }"

    def count(query: str, **graphs: str) -> int:
        params = {"query": query} | {name.replace("_", "-"): value for name, value in graphs.items()}
        found: list[object] = server.client.get("/sparql", params=params).json()["results"]["bindings"]
        return len(found)

    assert count(papers, default_graph_uri=first) == 1
    assert count(graphs, default_graph_uri=first) == 0
    assert count(papers, named_graph_uri=second) == 0
    assert count(graphs, named_graph_uri=second) == 1
    assert count(papers, default_graph_uri="http://nowhere.example/") == 0


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1:9/data.ttl> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://127.0.0.1:9/data.ttl> { GRAPH ?g { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/data.ttl>",
        "PREFIX a: <http://a/#delete> # insert\nINSERT DATA { a:b a:c a:d }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "DROP SILENT DEFAULT",
        "SELECT * " + "{" * 5000 + "}" * 5000,
    ],
)
def test_what_is_not_permitted_is_403(query: str, server: Server) -> None:
    got = server.ask(query)
    assert got.status_code == 403
    assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [{"update": "CLEAR ALL"}, {"update": "CLEAR ALL", "query": "ASK {}"}])
def test_updates_by_parameter_are_403(body: dict[str, str], server: Server) -> None:
    assert server.client.post("/sparql", data=body).status_code == 403
    assert server.client.get("/sparql", params=body).status_code == 403


def test_malformed_queries_say_where(server: Server) -> None:
    got = server.ask("SELECT * {\n ?s ?p }")
    assert got.status_code == 400
    assert got.json()["title"] == "Bad Request"
    assert "malformed query" in got.json()["detail"]
    assert "2:" in got.json()["detail"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"ASK {}", {"Content-Type": "text/plain"}, 415),
        (b"ASK {}", {}, 415),
        (b"ASK {}", {"Content-Type": "application/sparql-query; charset=UTF-16"}, 415),
        (b"ASK {} # \xff", {"Content-Type": "application/sparql-query"}, 400),
        (b"query=ASK%20%7B%7D%23%FF", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"query=ASK+%7B%7D&query=ASK+%7B%7D", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"q=ASK+%7B%7D", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"a=b&" * 2000, {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"#" * (2 << 20), {"Content-Type": "application/sparql-query"}, 413),
    ],
)
def test_requests_that_are_not_of_the_protocol(
    content: bytes, headers: dict[str, str], status: int, server: Server
) -> None:
    got = server.client.post("/sparql", content=content, headers=headers)
    assert got.status_code == status
    assert got.json()["detail"]


def test_other_methods_are_405_and_named(server: Server) -> None:
    got = server.client.put("/sparql", params={"query": "ASK {}"})
    assert got.status_code == 405
    assert "POST" in got.headers["allow"]
    options = server.client.options("/sparql")
    assert options.status_code == 204
    assert "POST" in options.headers["allow"]


def test_scripts_of_other_sites_may_read(server: Server) -> None:
    got = server.client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://example.org"})
    assert got.headers["access-control-allow-origin"] == "*"
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    preflight = server.client.options("/sparql", headers=asked | {"Access-Control-Request-Headers": "content-type"})
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_relative_iris_are_of_the_graph(server: Server) -> None:
    got = server.ask("CONSTRUCT { <s> <p> 1 } {}", Accept="application/n-triples")
    assert got.text.startswith("<https://w3id.org/abstract-kg/data/s> <https://w3id.org/abstract-kg/data/p> ")


@pytest.mark.parametrize("accept", RDF)
def test_the_service_describes_itself(accept: str, server: Server) -> None:
    got = server.client.get("/sparql", headers={"Accept": accept})
    graph = parsed(got.content, accept)
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = graph.subjects(rdflib.RDF.type, sd.Service)
    assert list(graph.objects(service, sd.endpoint)) == [rdflib.URIRef(str(got.url))]
    assert list(graph.objects(service, sd.supportedLanguage)) == [sd.SPARQL11Query]
    data_set = graph.value(service, sd.defaultDataset)
    assert (graph.value(data_set, sd.defaultGraph), rdflib.RDF.type, sd.Graph) in graph


def test_the_named_questions_are_answered(server: Server) -> None:
    from kg.query import list_queries
    from kg.query.bind import bind, guess

    for query in list_queries():
        given = {p.name: guess(p.default or "1") for p in query.parameters}
        assert server.ask(bind(query.text, given)).status_code == 200, query.name
