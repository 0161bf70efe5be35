"""The W3C's tests of the SPARQL 1.1 Protocol and Service Description, run from their manifests.

Tests that update are answered with the refusal of a read-only endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse
from rdflib import RDFS, Namespace
from rdflib.term import Node
from served import make_workspace

from kg.workspace import RDF_STORE

from .conftest import Server, serving

SUITE = Path(__file__).parents[3] / "shared" / "benchmarks" / "w3c-sparql11"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
READ_ONLY = 403
FORMS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}
# The suite writes its requests for an endpoint at /sparql/; this one's is /sparql.
WRITTEN, OURS = "/sparql/", "/sparql"

needs_suite = pytest.mark.skipif(not SUITE.is_dir(), reason=f"the W3C's tests are not at {SUITE}")


@dataclass
class Request:
    """One request of a test, with what is to be expected."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None
    statuses: set[int]  # the hundreds
    boolean: bool | None
    form: str | None

    @property
    def updates(self) -> bool:
        return "sparql-update" in self.headers.get("content-type", "") or "update=" in f"{self.path}{self.body}"


def manifest() -> rdflib.Graph:
    return rdflib.Graph().parse(SUITE / "protocol" / "manifest.ttl")


def text(graph: rdflib.Graph, node: Node | None, predicate: Node) -> str | None:
    value = graph.value(node, predicate) if node is not None else None
    return None if value is None else str(value)


def cases() -> Iterator[tuple[str, list[Request]]]:
    if not SUITE.is_dir():
        return
    graph = manifest()
    (whole,) = graph.subjects(rdflib.RDF.type, MF.Manifest)
    for test in graph.items(graph.value(whole, MF.entries)):
        action = graph.value(test, MF.action)
        requests = [request(graph, node) for node in graph.items(graph.value(action, HT.requests))]
        yield str(test).rpartition("#")[2], requests


def request(graph: rdflib.Graph, node: Node) -> Request:
    headers = graph.value(node, HT.headers)
    response = graph.value(node, HT.resp)
    boolean = text(graph, response, MF.expectedBoolean)
    return Request(
        method=str(text(graph, node, HT.methodName)),
        path=str(text(graph, node, HT.absolutePath)),
        headers={
            str(text(graph, header, HT.fieldName)).lower(): str(text(graph, header, HT.fieldValue))
            for header in (graph.items(headers) if headers is not None else ())
        },
        body=text(graph, graph.value(node, HT.body), CNT.chars),
        statuses={int(str(code)[-3]) for code in graph.objects(response, MF.expectedStatus)},
        boolean=None if boolean is None else boolean == "true",
        form=text(graph, response, MF.expectedFormat),
    )


@pytest.fixture(scope="module")
def w3c_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the suite's graphs."""
    graph = nx.MultiDiGraph(extractor="none", extractor_version="1", extractor_hash="", base="http://example.org/")
    workspace = make_workspace(graph, tmp_path_factory.mktemp("w3c"))
    store = Store(workspace / RDF_STORE)
    about = manifest()
    for entry in set(about.objects(None, UT.graphData)):
        name, file = NamedNode(str(text(about, entry, RDFS.label))), str(text(about, entry, UT.graph))
        content = (SUITE / "protocol" / Path(file).name).read_bytes()
        store.extend(Quad(t.subject, t.predicate, t.object, name) for t in parse(content, format=RdfFormat.N_TRIPLES))
    store.flush()
    del store
    with serving(workspace, tmp_path_factory.mktemp("log") / "log", "--workers", "1") as found:
        yield found


@needs_suite
@pytest.mark.parametrize(("name", "requests"), [pytest.param(n, r, id=n) for n, r in cases()])
def test_protocol(name: str, requests: list[Request], w3c_server: Server) -> None:
    refused = False
    for asked in requests:
        got = w3c_server.client.request(
            asked.method, asked.path.replace(WRITTEN, OURS, 1), content=asked.body, headers=asked.headers
        )
        if asked.updates:
            assert got.status_code == READ_ONLY or (4 in asked.statuses and got.status_code == 415)
            refused = True
            continue
        if refused:  # it looks for what the update before it would have written
            assert got.json()["boolean"] is False
            continue
        assert got.status_code // 100 in asked.statuses
        if asked.boolean is not None:
            assert got.json()["boolean"] is asked.boolean
        if asked.form is not None:
            assert got.headers["content-type"].split(";")[0] in FORMS[asked.form]


@needs_suite
def test_the_suite_is_whole() -> None:
    assert len(list(cases())) == 34


@needs_suite
def test_service_description(w3c_server: Server) -> None:
    """Its three tests: RDF, with an sd:endpoint triple of this address, as the schema has it."""
    got = w3c_server.client.get("/sparql")
    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    graph = rdflib.Graph().parse(data=got.content, format=got.headers["content-type"].split(";")[0])
    services = set(graph.subjects(rdflib.RDF.type, sd.Service))
    assert set(graph.subject_objects(sd.endpoint)) == {(s, rdflib.URIRef(str(got.url))) for s in services}
    assert len(services) == 1
    for subject in set(graph.objects(None, sd.defaultGraph)):
        assert (subject, rdflib.RDF.type, sd.Graph) in graph
    for subject in set(graph.objects(None, sd.defaultDataset)):
        assert (subject, rdflib.RDF.type, sd.Dataset) in graph
