"""RDF 1.2: the same triples, and for each statement the triple term of its fact."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from pyoxigraph import Quad, RdfFormat, Triple, parse

from kg.export import write
from kg.rdf import quads, triples
from kg.terms import term

FORMS = {
    "nt12": RdfFormat.N_TRIPLES,
    "ttl12": RdfFormat.TURTLE,
    "nq12": RdfFormat.N_QUADS,
    "trig12": RdfFormat.TRIG,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("which", ["golden", "hostile"])
def test_each_statement_reifies_its_triple(
    which: str, form: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    graph: nx.MultiDiGraph = request.getfixturevalue(f"{which}_graph")
    (path,) = write(graph, form, tmp_path / "graph")
    found = set(parse(path=path, format=FORMS[form]))
    plain = set(quads(graph)) if form in ("nq12", "trig12") else {Quad(*triple) for triple in triples(graph)}
    added = {quad for quad in found if quad.predicate == term("rdf:reifies")}
    assert found - added == plain
    parts = {}
    for quad in plain:
        parts.setdefault((quad.graph_name, quad.subject), {})[quad.predicate] = quad.object
    names = [term(f"rdf:{name}") for name in ("subject", "predicate", "object")]
    expected = {
        (name, statement, Triple(*(about[part] for part in names)))
        for (name, statement), about in parts.items()
        if names[0] in about
    }
    assert expected
    assert {(quad.graph_name, quad.subject, quad.object) for quad in added} == expected


def test_lines_stay_sorted(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    (path,) = write(golden_graph, "nt12", tmp_path / "graph.nt")
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert any(b"reifies> <<( <" in line for line in lines)
