"""Every nanopublication is valid, whole for itself, and says what the graph says."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.export import write
from kg.export.nanopub import nanopublications
from kg.rdf import RESULT_EDGES
from kg.terms import term

HEAD, ASSERTION, PROVENANCE, INFO = "Head", "assertion", "provenance", "pubinfo"
QUIET = pytest.mark.filterwarnings(
    "ignore:Dataset:DeprecationWarning",
    "ignore:ConjunctiveGraph:DeprecationWarning",
    "ignore::DeprecationWarning:nanopub",
)


def by_publication(found: list[Quad]) -> dict[str, dict[str, list[Quad]]]:
    """IRI of a nanopublication -> part -> its quads."""
    publications: dict[str, dict[str, list[Quad]]] = {}
    for quad in found:
        assert isinstance(quad.graph_name, NamedNode)
        iri, _, part = quad.graph_name.value.partition("#")
        publications.setdefault(iri, {}).setdefault(part, []).append(quad)
    return publications


@pytest.fixture(scope="module")
def golden(golden_graph: nx.MultiDiGraph) -> dict[str, dict[str, list[Quad]]]:
    return by_publication(list(nanopublications(golden_graph)))


def test_there_is_one_for_each_fact_and_result(
    golden_graph: nx.MultiDiGraph, golden: dict[str, dict[str, list[Quad]]]
) -> None:
    facts = [data for _, _, key, data in golden_graph.edges(keys=True, data=True) if key not in RESULT_EDGES]
    results = [data for _, data in golden_graph.nodes(data=True) if data["kind"] == "Result"]
    assert len(golden) == sum("status" not in data for data in (*facts, *results))
    assert list(golden) == sorted(golden)
    assert all(list(parts) == [HEAD, ASSERTION, PROVENANCE, INFO] for parts in golden.values())


def test_assertions_are_triples_of_the_graph_with_a_quote(
    golden_graph: nx.MultiDiGraph, golden: dict[str, dict[str, list[Quad]]]
) -> None:
    relations = {term(f"kg:{key}") for _, _, key in golden_graph.edges(keys=True)}
    base = golden_graph.graph["base"]
    for parts in golden.values():
        facts = [quad for quad in parts[ASSERTION] if quad.predicate in relations]
        assert facts
        for quad in facts:
            head, tail = (str(end)[1:-1].removeprefix(base) for end in (quad.subject, quad.object))
            assert golden_graph.has_edge(head, tail, quad.predicate.value.rpartition("#")[2])
        assert any(quad.predicate == term("nif:anchorOf") for quad in parts[PROVENANCE])
        derived = {quad.object for quad in parts[PROVENANCE] if quad.predicate == term("prov:wasDerivedFrom")}
        assert derived
        assert derived <= {quad.subject for quad in parts[PROVENANCE]}, "the sentences are there"


@QUIET
def test_the_nanopub_library_finds_them_valid(golden: dict[str, dict[str, list[Quad]]]) -> None:
    from nanopub import Nanopub, NanopubConf

    kinds = {len(parts[ASSERTION]): iri for iri, parts in golden.items()}
    for iri in sorted(kinds.values()):  # one of each shape
        dataset = rdflib.Dataset()
        lines = "".join(f"{quad} .\n" for part in golden[iri].values() for quad in part)
        dataset.parse(data=lines, format="nquads")
        assert Nanopub(rdf=dataset, conf=NanopubConf()).is_valid


def test_the_file_is_trig_that_says_the_same(
    golden_graph: nx.MultiDiGraph, hostile_graph: nx.MultiDiGraph, tmp_path: Path
) -> None:
    for graph in (golden_graph, hostile_graph):
        (path,) = write(graph, "nanopub", tmp_path / "nanopubs.trig")
        assert set(parse(path=path, format=RdfFormat.TRIG)) == set(nanopublications(graph))
        assert b"@prefix np: <http://www.nanopub.org/nschema#>" in path.read_bytes()
