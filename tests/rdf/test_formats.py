"""Every RDF form is read back by rdflib, which wrote none of them, and by pyoxigraph, and says the same."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
import rdflib
from pyoxigraph import RdfFormat, parse
from rdflib.compare import isomorphic

from kg.errors import ExportError
from kg.export import WRITERS, write
from kg.model import Evidence
from kg.rdf import quads, to_rdf, triples

TRIPLE_FORMS = {
    "nt": ("nt", RdfFormat.N_TRIPLES),
    "turtle": ("turtle", RdfFormat.TURTLE),
    "rdfxml": ("xml", RdfFormat.RDF_XML),
    "jsonld": ("json-ld", RdfFormat.JSON_LD),
}
# rdflib's own parsers still use names that it deprecates
QUIET = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning", "ignore:ConjunctiveGraph:DeprecationWarning")
QUAD_FORMS = {"nq": ("nquads", RdfFormat.N_QUADS), "trig": ("trig", RdfFormat.TRIG)}


@pytest.fixture(params=["golden", "hostile"])
def any_graph(request: pytest.FixtureRequest) -> nx.MultiDiGraph:
    """Each of the two graphs in turn."""
    graph: nx.MultiDiGraph = request.getfixturevalue(f"{request.param}_graph")
    return graph


@QUIET
@pytest.mark.parametrize("form", TRIPLE_FORMS)
def test_triples_survive_in_both_libraries(any_graph: nx.MultiDiGraph, form: str, tmp_path: Path) -> None:
    (path,) = write(any_graph, form, tmp_path / f"graph.{form}")
    theirs, ours = TRIPLE_FORMS[form]
    expected = set(triples(any_graph))
    assert {quad.triple for quad in parse(path=path, format=ours)} == expected
    assert isomorphic(rdflib.Graph().parse(data=path.read_bytes(), format=theirs), to_rdf(any_graph))


@QUIET
@pytest.mark.parametrize("form", QUAD_FORMS)
def test_quads_survive_in_both_libraries(any_graph: nx.MultiDiGraph, form: str, tmp_path: Path) -> None:
    (path,) = write(any_graph, form, tmp_path / f"graph.{form}")
    theirs, ours = QUAD_FORMS[form]
    expected = set(quads(any_graph))
    assert set(parse(path=path, format=ours)) == expected
    dataset = rdflib.Dataset()
    dataset.parse(data=path.read_bytes(), format=theirs)
    assert isomorphic(dataset.default_graph, to_rdf(any_graph))
    assert len(set(dataset.quads())) == len(expected)


def test_ntriples_are_sorted_lines(any_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    (path,) = write(any_graph, "nt", tmp_path / "graph.nt")
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines == sorted(set(lines))


def test_jsonld_is_compact_and_needs_no_network(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    (path,) = write(golden_graph, "jsonld", tmp_path / "graph.jsonld")
    document = json.loads(path.read_text(encoding="utf8"))
    used = {name for node in document["@graph"] for name in node if not name.startswith("@")}
    assert {"prefLabel", "usedFor", "quote", "confidence", "derivedFrom"} <= used
    assert isinstance(document["@context"], dict)
    entity = next(n for n in document["@graph"] if n["@id"].startswith("data:dataset/imagenet-"))
    assert entity["prefLabel"] == "ImageNet"
    assert entity["papers"] == golden_graph.nodes[entity["@id"].removeprefix("data:")]["papers"]


def test_writers_say_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    program = (
        "import hashlib, pickle, sys\nfrom pathlib import Path\nfrom kg.export import write\n"
        "graph = pickle.loads(sys.stdin.buffer.read())\nfolder = Path(sys.argv[1])\n"
        f"for form in {[*TRIPLE_FORMS, *QUAD_FORMS]}:\n"
        "    print(form, hashlib.sha256(write(graph, form, folder / form)[0].read_bytes()).hexdigest())\n"
    )
    graph = nx.MultiDiGraph(base="https://example.org/", extractor="x")
    graph.add_node("paper/p-1", kind="Paper", label="P", paper_id="p")
    graph.add_node("method/m-1", kind="Method", label="M", aliases=("N", "O"), papers=1)
    evidence = (Evidence(paper="p", start=0, end=1, quote="M", score=1.0),)
    graph.add_edge("paper/p-1", "method/m-1", key="mentions", support=1, score=1.0, evidence=evidence)
    answers = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            input=pickle.dumps(graph),
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1")
    }
    assert len(answers) == 1


def test_unknown_format_names_the_choices(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"unknown format 'turtel' \(did you mean 'turtle'\?\); choose from csv, "):
        write(golden_graph, "turtel", tmp_path / "x")


def test_a_failed_write_leaves_the_old_file(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    path = tmp_path / "graph.nt"
    path.write_text("old")
    broken = nx.MultiDiGraph(golden_graph)
    broken.add_edge(*next(iter(broken.edges))[:2], key="usedFor", evidence=_stray())
    with pytest.raises(ExportError, match="'nowhere', which is no node"):
        write(broken, "nt", path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["graph.nt"]


def test_a_path_that_cannot_be_written_is_an_export_error(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot write nt"):
        write(golden_graph, "nt", tmp_path / "file" / "graph.nt")


def test_every_rdf_format_has_its_writer() -> None:
    assert {*TRIPLE_FORMS, *QUAD_FORMS, "ttl"} <= set(WRITERS)


def _stray() -> tuple[object, ...]:
    return (Evidence(paper="nowhere", start=0, end=1, quote="x", score=1.0),)
