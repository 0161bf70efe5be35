"""Every IRI of the graph leads to a page and to RDF, by content negotiation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, parse
from served import make_workspace

from kg.iri import encode, sentence_iri, statement_iri
from kg.serve.negotiate import FORMS, wanted
from serve_pages.pages_server import Served, paths, serving, weightiest

PARSERS = {"ttl": RdfFormat.TURTLE, "json": RdfFormat.JSON_LD, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
FACTS = ("usedFor", "evaluatedOn", "outperforms")


def read(data: bytes, form: str) -> Dataset:
    """The triples of a document, blank nodes named in a canonical way."""
    found = Dataset(parse(data, format=PARSERS[form]))
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return found


def test_every_node_has_a_page(served: Served) -> None:
    for key in served.graph:
        answer = served.client.get(f"/{encode(key)}.html")
        assert answer.status_code == 200, key
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_every_kind_of_thing_has_a_page_and_rdf_about_itself(served: Served) -> None:
    base = served.graph.graph["base"]
    found = paths(served.graph)
    assert {"method", "task", "dataset", "metric", "paper", "result", "statement", "sentence", "graph"} <= found.keys()
    for path in found.values():
        page = served.client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        data = served.client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert (page.status_code, data.status_code) == (200, 200), path
        about = read(data.content, "ttl")
        assert any(quad.subject == NamedNode(base + path[1:]) for quad in about), path


@pytest.mark.parametrize("kind", ["Method", "Paper", "Result"])
def test_all_forms_of_rdf_say_the_same(served: Served, kind: str) -> None:
    path = "/" + encode(weightiest(served.graph, kind))
    graphs = []
    for form in PARSERS:
        answer = served.client.get(f"{path}.{form}")
        assert answer.headers["content-type"].partition(";")[0] == FORMS[form]
        graphs.append(set(read(answer.content, form)))
    assert len(graphs[0]) > 3
    assert all(graphs[0] == other for other in graphs[1:])


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "html"),
        ("text/turtle", "ttl"),
        ("application/ld+json", "json"),
        ("application/n-triples;q=0.9, text/html;q=0.1", "nt"),
        ("application/rdf+xml", "rdf"),
        ("*/*", "html"),
    ],
)
def test_an_iri_leads_to_the_document_that_is_wanted(served: Served, accept: str, suffix: str) -> None:
    path = "/" + encode(weightiest(served.graph, "Method"))
    answer = served.client.get(path, headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{path}.{suffix}"
    assert "Accept" in answer.headers["vary"]
    assert 'rel="alternate"; type="text/turtle"' in answer.headers["link"]


def test_keys_answer_wherever_the_base_puts_them(served: Served) -> None:
    key = encode(weightiest(served.graph, "Task"))
    for start in ("/id/", "/abstract-kg/data/"):
        answer = served.client.get(start + key, headers={"Accept": "text/turtle"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/{key}.ttl")


def test_codes_of_what_is_not_there_or_not_offered(served: Served) -> None:
    path = "/" + encode(weightiest(served.graph, "Method"))
    get = served.client.get
    assert get(path, headers={"Accept": "image/png"}).status_code == 406
    assert get("/ontology", headers={"Accept": "image/png"}).status_code == 406
    assert served.client.post(path).status_code == 405
    assert served.client.post("/").status_code == 405
    assert get("/statement/0000000000000000").status_code == 404
    assert get("/static/../things.py").status_code == 404
    assert get("/static/none.js").status_code == 404
    missing = get("/method/none-00000000", headers={"Accept": "text/turtle"})
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"


def test_a_missing_thing_suggests_what_was_meant(served: Served) -> None:
    key = weightiest(served.graph, "Method")
    answer = served.client.get(f"/{key.rpartition('-')[0]}-00000000", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert f'href="/{key}"' in answer.text


def test_documents_are_revalidated(served: Served) -> None:
    key = encode(weightiest(served.graph, "Method"))
    for path in (
        "/",
        f"/{key}.html",
        f"/{key}.ttl",
        "/ontology.ttl",
        "/query",
        "/explore",
        "/static/pages.css",
        "/method",
    ):
        first = served.client.get(path)
        assert first.headers["cache-control"]
        again = served.client.get(path, headers={"If-None-Match": f'W/{first.headers["etag"]}, "x"'})
        assert (again.status_code, again.content) == (304, b""), path
        policy = first.headers["content-security-policy"]  # that of a 304 would take its place in what is kept
        assert again.headers.get("content-security-policy", policy) == policy, path
        assert served.client.head(path).headers["etag"] == first.headers["etag"]


def test_a_key_that_was_merged_away_leads_to_what_took_its_place(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    graph = nx.MultiDiGraph(golden_graph)
    one, two = sorted(key for key, kind in graph.nodes(data="kind") if kind == "Task")[:2]
    graph.graph["moved"] = {"task/old-11111111": [one], "task/split-22222222": [one, two]}
    with serving(make_workspace(graph, tmp_path / "workspace")) as server:
        answer = server.client.get("/task/old-11111111")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/{one}")
        several = server.client.get("/task/split-22222222")
        assert several.status_code == 300
        assert f'href="/{one}"' in several.text
        assert f'href="/{two}"' in several.text


def test_a_page_shows_facts_with_their_sentences(served: Served) -> None:
    graph = served.graph
    head, tail, data = next((h, t, d) for h, t, r, d in graph.edges(keys=True, data=True) if r == "usedFor")
    base = graph.graph["base"]
    for path in (f"/{head}.html", statement_iri("/", head, "usedFor", tail) + ".html"):
        text = served.client.get(path).text
        assert graph.nodes[tail]["label"] in text
        assert sentence_iri("/", data["evidence"][0].paper, data["evidence"][0].start, data["evidence"][0].end) in text
    assert statement_iri(base, head, "usedFor", tail) in text


def test_a_paper_has_its_abstract_with_names_marked(served: Served) -> None:
    key = weightiest(served.graph, "Paper")
    text = served.client.get(f"/{key}.html").text
    abstract = text[text.index('class="abstract"') :].partition("</p>")[0]
    named = {tail for _, tail, relation in served.graph.out_edges(key, keys=True) if relation == "mentions"}
    marked = [entity for entity in named if f'href="/{entity}"' in abstract]
    assert len(marked) > len(named) / 2


def test_ontology_has_every_relation(served: Served) -> None:
    page = served.client.get("/ontology", headers={"Accept": "text/html"}, follow_redirects=True).text
    assert all(f'id="{relation}"' in page for relation in FACTS)
    graphs = [set(read(served.client.get(f"/ontology.{form}").content, form)) for form in PARSERS]
    assert all(graphs[0] == other for other in graphs[1:])


def test_the_policy_forbids_scripts_of_others(served: Served) -> None:
    for path in ("/", "/explore", "/query", "/search?q=a", "/ontology", "/method"):
        policy = served.client.get(path, follow_redirects=True).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert ("'unsafe-inline'" in policy) == (path == "/query")


@given(st.text(max_size=60))
def test_any_accept_header_is_understood(text: str) -> None:
    assert wanted(text) in (*FORMS, None)


def test_hostile_nodes_have_pages_and_rdf(hostile: Served) -> None:
    for key in hostile.graph:
        answer: Any = hostile.client.get("/" + encode(key), headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200, key
        assert "<b>&amp;" not in answer.text.replace("&amp;amp;", "&amp;")
        data = hostile.client.get(f"/{encode(key)}.nt")
        assert data.status_code == 200
        assert len(read(data.content, "nt"))
