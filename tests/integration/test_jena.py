"""Apache Jena reads the same triples from every file as rdflib and pyoxigraph do, and finds what our shapes find."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
import rdflib
from jena import jena_classpath
from maven import JAVA
from pyoxigraph import DefaultGraph, RdfFormat, parse
from rdflib.namespace import SH

from kg.export import write
from kg.rdf import quads, to_rdf
from kg.schema import ontology_file
from kg.validate import validate

sys.path.insert(0, str(Path(__file__).parents[1] / "schema"))
from test_shapes import BREAKS, broken, small  # noqa: F401 - small is a fixture

pytestmark = pytest.mark.slow
FORMS = {
    "nt": RdfFormat.N_TRIPLES,
    "ttl": RdfFormat.TURTLE,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "nanopub": RdfFormat.TRIG,
    "nt12": RdfFormat.N_TRIPLES,
    "ttl12": RdfFormat.TURTLE,
    "nq12": RdfFormat.N_QUADS,
    "trig12": RdfFormat.TRIG,
}
SUFFIXES = {"rdfxml": "rdf", "nanopub": "trig"}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def jars(tmp_path_factory: pytest.TempPathFactory) -> str:
    return jena_classpath(tmp_path_factory.mktemp("jars"))


@pytest.fixture(scope="module")
def sample(rebuild: object) -> nx.MultiDiGraph:
    """The graph of the sample corpus, as recorded."""
    from kg.build import build

    extractor = rebuild.RecordedExtractor(ROOT / "exports" / "extractions.jsonl")  # type: ignore[attr-defined]
    return nx.freeze(build(ROOT / "examples" / "papers.jsonl", extractor=extractor))


def jena(jars: str, *arguments: str | Path) -> str:
    program = Path(__file__).parent / "ReadWithJena.java"
    command = [*JAVA, "-cp", jars, str(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    said = done.stderr.decode("utf8", "replace")
    assert done.returncode == 0, said[-3000:]
    assert "ERROR" not in said, said[-3000:]
    return done.stdout.decode("utf8")


def test_three_libraries_read_the_same(
    sample: nx.MultiDiGraph, hostile_graph: nx.MultiDiGraph, jars: str, tmp_path: Path
) -> None:
    graphs = {"sample": sample, "hostile": hostile_graph}
    files = {
        (name, form): write(graph, form, tmp_path / f"{name}-{form}.{SUFFIXES.get(form, form.removesuffix('12'))}")[0]
        for name, graph in graphs.items()
        for form in FORMS
    }
    read = {key: path.with_name(path.name + ".read") for key, path in files.items()}
    jena(jars, "quads", *(path for key in files for path in (files[key], read[key])))
    for (name, form), path in files.items():
        ours = set(parse(path=path, format=FORMS[form]))
        theirs = set(parse(path=read[name, form], format=RdfFormat.N_QUADS))
        assert ours - theirs == set(), (name, form)
        assert theirs - ours == set(), (name, form)
        expected = set(quads(graphs[name]))
        default = {quad for quad in expected if quad.graph_name == DefaultGraph()}
        if form in ("nt", "ttl", "rdfxml", "jsonld"):
            assert theirs == default, (name, form)
        elif form in ("nq", "trig"):
            assert theirs == expected, (name, form)


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning", "ignore:ConjunctiveGraph:DeprecationWarning")
def test_rdflib_reads_the_same_of_the_sample(sample: nx.MultiDiGraph, tmp_path: Path) -> None:
    """Sorted lines are compared: there are no blank nodes."""
    expected = set(to_rdf(sample))
    for form, theirs in {"nt": "nt", "ttl": "turtle", "rdfxml": "xml", "jsonld": "json-ld"}.items():
        (path,) = write(sample, form, tmp_path / f"graph.{form}")
        assert set(rdflib.Graph().parse(data=path.read_bytes(), format=theirs)) == expected, form
    size = len(set(quads(sample)))
    for form, theirs in {"nq": "nquads", "trig": "trig"}.items():
        (path,) = write(sample, form, tmp_path / f"graph.{form}")
        dataset = rdflib.Dataset()
        dataset.parse(data=path.read_bytes(), format=theirs)
        assert set(dataset.default_graph) == expected, form
        assert len(set(dataset.quads())) == size, form


def test_jena_finds_what_our_shapes_find(
    sample: nx.MultiDiGraph,
    small: nx.MultiDiGraph,  # noqa: F811
    jars: str,
    tmp_path: Path,
) -> None:
    (whole,) = write(sample, "nt", tmp_path / "sample.nt")
    files = {message: broken(small, update, tmp_path / f"{n}.nt") for n, (message, update) in enumerate(BREAKS.items())}
    rules = [str(message) for message in rdflib.Graph().parse(ontology_file("shapes.ttl")).objects(None, SH.message)]
    patterns = {rule: re.compile(re.sub(r"\\\{\\\?\w+\\\}", ".+", re.escape(rule))) for rule in rules}
    conforms, found = {}, {}
    for line in jena(
        jars, "shacl", ontology_file("shapes.ttl"), ontology_file("kg.ttl"), whole, *files.values()
    ).splitlines():
        path, message, *rest = line.split("\t")
        if rest:
            found.setdefault(path, set()).add(_rule(patterns, message))
        else:
            conforms[path] = message == "true"
    assert conforms[str(whole)]
    assert validate(whole).conforms
    for message, path in files.items():
        report = validate(path)
        assert not report.conforms
        assert not conforms[str(path)]
        assert found[str(path)] == {_rule(patterns, violation.message) for violation in report.violations}, message


def _rule(patterns: dict[str, re.Pattern[str]], message: str) -> str:
    """The rule whose message it is, names of nodes aside."""
    return next(rule for rule, pattern in patterns.items() if pattern.fullmatch(message))
