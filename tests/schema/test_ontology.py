"""The ontology is complete and uses no term that its publishers do not define."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import DC, DCAT, DCTERMS, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, VOID, DefinedNamespace

from kg.errors import ConfigError
from kg.iri import KG, NAMESPACES, expand
from kg.schema import load_schema, ontology_file

# What these vocabularies define, as far as we use it: rdflib does not know them.
ELSEWHERE = {
    "http://purl.org/spar/fabio/": {"ResearchPaper", "hasArXivId", "hasPublicationYear"},
    "http://prismstandard.org/namespaces/basic/2.0/": {"doi", "publicationName"},
    "http://www.w3.org/ns/mls#": {"Algorithm", "Task", "Dataset", "EvaluationMeasure", "ModelEvaluation"},
    "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#": {
        "Sentence",
        "Context",
        "anchorOf",
        "beginIndex",
        "endIndex",
        "referenceContext",
    },
}
DEFINED: tuple[type[DefinedNamespace], ...] = (DC, DCAT, DCTERMS, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, VOID)
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(data=ontology_file("kg.ttl").read_bytes(), format="turtle")


def known(iri: str) -> bool:
    if any(rdflib.URIRef(iri) in namespace for namespace in DEFINED):
        return True
    return any(iri.removeprefix(base) in names for base, names in ELSEWHERE.items() if iri.startswith(base))


def test_every_class_and_property_is_documented(ontology: rdflib.Graph) -> None:
    properties = {s for kind in PROPERTIES for s in ontology.subjects(RDF.type, kind)}
    classes = set(ontology.subjects(RDF.type, OWL.Class))
    assert len(properties) > 30
    assert len(classes) >= 10
    for term in classes | properties:
        assert ontology.value(term, RDFS.label), term
        assert ontology.value(term, RDFS.comment), term
    for term in properties:
        assert ontology.value(term, RDFS.domain), term
        assert ontology.value(term, RDFS.range), term


def test_foreign_terms_are_real(ontology: rdflib.Graph) -> None:
    ours = (KG, "https://w3id.org/abstract-kg/", "http://www.w3.org/2001/XMLSchema#", "https://spdx.org/licenses/MIT")
    used = {str(t) for triple in ontology for t in triple if isinstance(t, rdflib.URIRef)}
    foreign = {iri for iri in used if not iri.startswith(ours)}
    assert len(foreign) > 30
    assert {iri for iri in foreign if not known(iri)} == set()


def test_terms_written_by_the_code_are_real(ontology: rdflib.Graph) -> None:
    sources = [Path(ontology_file("kg.ttl").parents[1], "kg", name) for name in ("rdf.py", "subjects.py", "terms.py")]
    if not all(source.exists() for source in sources):
        pytest.skip("the source is not beside the ontology")
    text = "".join(source.read_text(encoding="utf8") for source in sources)
    names = set(re.findall(rf"\"((?:{'|'.join(NAMESPACES)}):[A-Za-z]+)\"", text))
    assert len(names) > 40
    ours = {str(s) for s in ontology.subjects() if str(s).startswith(KG)}
    for name in names - {n for n in names if n.startswith("xsd:")}:
        iri = expand(name)
        assert iri in ours if iri.startswith(KG) else known(iri), name


def test_inherited_terms_have_parents_of_the_same_kind(ontology: rdflib.Graph) -> None:
    for child, parent in ontology.subject_objects(RDFS.subPropertyOf):
        if str(parent).startswith(KG):
            assert (parent, RDF.type, OWL.ObjectProperty) in ontology, (child, parent)
    for child, parent in ontology.subject_objects(RDFS.subClassOf):
        if str(parent).startswith(KG):
            assert (parent, RDF.type, OWL.Class) in ontology, (child, parent)


def test_pairs_are_those_of_the_guidelines() -> None:
    schema = load_schema()
    assert schema.types == ("Dataset", "Method", "Metric", "Task")
    pairs = {name: sorted(relation.pairs) for name, relation in schema.relations.items()}
    assert pairs == {
        "usedFor": [("Dataset", "Task"), ("Method", "Method"), ("Method", "Task")],
        "evaluatedOn": [("Method", "Dataset")],
        "measuredBy": [("Method", "Metric"), ("Task", "Metric")],
        "partOf": [("Dataset", "Dataset"), ("Method", "Method")],
        "basedOn": [("Method", "Method")],
        "subtypeOf": [("Dataset", "Dataset"), ("Method", "Method"), ("Metric", "Metric"), ("Task", "Task")],
        "comparedWith": [("Method", "Method")],
        "outperforms": [("Method", "Method")],
    }
    assert [name for name, relation in schema.relations.items() if relation.symmetric] == ["comparedWith"]
    assert not schema.permits("Task", "usedFor", "Method")
    assert not schema.permits("Method", "inventedBy", "Method")


def test_domains_and_ranges_hold_the_pairs(ontology: rdflib.Graph) -> None:
    """OWL's one domain and range must not contradict the finer table of pairs."""
    for name, relation in load_schema().relations.items():
        for end, place in ((RDFS.domain, 0), (RDFS.range, 1)):
            stated = ontology.value(rdflib.URIRef(KG + name), end)
            used = {rdflib.URIRef(KG + pair[place]) for pair in relation.pairs}
            assert used == {stated} or stated == rdflib.URIRef(KG + "Entity"), name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("this is no turtle", "at line 1"),
        (f"<{KG}r> a <{KG}Relation> .", "joins no types"),
        (f"<{KG}r> a <{KG}Relation> ; <{KG}joins> <{KG}p> .", "has 0 values"),
        (f"<http://elsewhere.org/r> a <{KG}Relation> .", "is no term of"),
    ],
)
def test_a_broken_ontology_says_what_is_wrong(
    text: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kg.ttl"
    path.write_text(text, encoding="utf8")
    monkeypatch.setattr("kg.schema.ontology_file", lambda name: path)
    with pytest.raises(ConfigError, match=why):
        load_schema.__wrapped__()


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"'nothing\.ttl' is missing"):
        ontology_file("nothing.ttl")
