"""The description of the endpoint in RDF (SPARQL 1.1 Service Description)."""

from __future__ import annotations

import io

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kg.iri import NAMESPACES, expand
from kg.prefixes import sorted_header

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = (
    "JSON-LD",
    "N-Triples",
    "RDF_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_JSON",
    "SPARQL_Results_TSV",
    "SPARQL_Results_XML",
    "Turtle",
)


def describe_service(endpoint: str, base: str, media_type: str) -> bytes:
    """The description of the endpoint at this address, over the data set that is named under `base`.

    Raises ValueError where the address, which comes from the request, is no IRI.
    """
    service, data_set, graph = BlankNode("service"), BlankNode("dataset"), BlankNode("graph")
    kind = NamedNode(expand("rdf:type"))
    triples = [
        Triple(service, kind, _sd("Service")),
        Triple(service, _sd("endpoint"), NamedNode(endpoint)),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        *(Triple(service, _sd("resultFormat"), NamedNode(_FORMATS + name)) for name in _RESULTS),
        Triple(service, _sd("defaultDataset"), data_set),
        Triple(data_set, kind, _sd("Dataset")),
        Triple(data_set, _sd("defaultGraph"), graph),
        Triple(graph, kind, _sd("Graph")),
        Triple(graph, NamedNode(expand("rdfs:seeAlso")), NamedNode(base + "void")),
        Triple(graph, NamedNode(expand("rdfs:comment")), Literal("Everything, merged over papers.", language="en")),
    ]
    target = io.BytesIO()
    form = RdfFormat.from_media_type(media_type)
    assert form  # noqa: S101 - negotiated from known ones
    with sorted_header(target) as sink:
        serialize(triples, sink, form, prefixes={**NAMESPACES, "sd": _SD})
    return target.getvalue()


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
