"""Entities matched with the concepts of external vocabularies."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import networkx as nx
import pytest
import zstandard
from click.testing import CliRunner
from golden_extractor import PAPERS, GoldenExtractor

from kg.build import BuildReport, build, load
from kg.cli import main
from kg.errors import ConfigError, ReadError
from kg.export.compact import compact
from kg.export.flat import node_rows, split
from kg.export.html import page
from kg.layout import layout
from kg.link import match_vocabularies
from kg.model import Entity, Match, Merge, Rejection
from kg.rdf import triples
from kg.settings import Settings, load_settings
from kg.snapshot import opened
from kg.validate import validate

SKOS = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix ex: <http://example.org/> .\n"
MESH = "http://id.nlm.nih.gov/mesh/"
CSO = "https://cso.kmi.open.ac.uk/topics/"
CSO_SCHEMA = "http://cso.kmi.open.ac.uk/schema/cso#"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
Matched = Callable[..., list[tuple[str, str]]]


def entity(label: str, *aliases: str, type: str = "Method", merged: bool = True) -> Entity:
    """An entity; where `merged`, other papers call it by its aliases."""
    key = f"{type.lower()}/{label.replace(' ', '-')}"
    forms = sorted(aliases) if merged else []
    return Entity(
        id=key,
        type=type,
        label=label,
        aliases=tuple(sorted(aliases)),
        members=(("p", "e1"),),
        merges=tuple(Merge(paper="p", entity="e1", form=form, reason="same", score=1.0) for form in forms),
        score=0.9,
    )


def matches(entities: Sequence[Entity], path: Path, problems: list[Rejection] | None = None) -> list[Match]:
    found = match_vocabularies(entities, [path], problems if problems is not None else [])
    return [match for item in found for match in item.matches]


@pytest.fixture
def matched(tmp_path: Path) -> Matched:
    """(kind, IRI) of the matches of entities in a Turtle vocabulary with this body."""

    def run(body: str, *entities: Entity) -> list[tuple[str, str]]:
        path = tmp_path / "v.ttl"
        path.write_text(SKOS + body, encoding="utf8")
        return [(match.kind, match.iri.removeprefix("http://example.org/")) for match in matches(entities, path)]

    return run


CNN = entity("convolutional neural network", "CNN", "ConvNet", "convolutional nets")


OWL = "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
FULL = '"convolutional neural network"'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('ex:a skos:prefLabel "Convolutional Neural-Networks"@en .', [("exact", "a")]),
        ('ex:a skos:prefLabel "Netz"@de ; skos:altLabel "convolutional neural nets"@en-GB .', [("exact", "a")]),
        ('ex:a skos:prefLabel "convolutional nets" .', [("exact", "a")]),
        ('ex:a skos:altLabel "CNN" .', [("close", "a")]),  # an abbreviation alone says little
        (f"ex:a skos:prefLabel {FULL}@fr .", [("close", "a")]),
        ('ex:a skos:prefLabel "neural networks, convolutional" .', [("close", "a")]),
        ('ex:a skos:prefLabel "convolutional neural network (machine learning)" .', [("close", "a")]),
        ('ex:a skos:prefLabel "neural network" .', []),
        # of two concepts called so, the one whose preferred label it is; of two equals, both are near
        (f'ex:a skos:prefLabel "x" ; skos:altLabel "CNN" . ex:b skos:prefLabel {FULL} .', [("exact", "b")]),
        (f"ex:b skos:prefLabel {FULL} . ex:a skos:prefLabel {FULL} .", [("close", "a"), ("close", "b")]),
        # what the vocabulary itself calls the same is no ambiguity
        (f"{OWL}ex:b owl:sameAs ex:a ; skos:prefLabel {FULL} . ex:a skos:prefLabel {FULL} .", [("exact", "a")]),
        # no concepts
        (f"{OWL}ex:a a owl:ObjectProperty ; skos:prefLabel {FULL} .", []),
        (f"{OWL}ex:a owl:deprecated true ; skos:prefLabel {FULL} .", []),
        (f"ex:a a skos:ConceptScheme ; skos:prefLabel {FULL} .", []),
        # labels that are nodes of their own
        (
            f"@prefix xl: <http://www.w3.org/2008/05/skos-xl#> . ex:l xl:literalForm {FULL}@en ."
            " ex:a xl:prefLabel ex:l .",
            [("exact", "a")],
        ),
    ],
)
def test_how_near_a_concept_is(matched: Matched, body: str, expected: list[tuple[str, str]]) -> None:
    assert matched(body, CNN) == expected


def test_a_label_that_is_an_abbreviation_is_exact_where_it_is_spelt_alike(matched: Matched) -> None:
    assert matched('ex:a skos:prefLabel "SLAM" .', entity("SLAM")) == [("exact", "a")]
    assert matched('ex:a skos:prefLabel "slam" .', entity("SLAM")) == [("close", "a")]


def test_what_one_paper_also_calls_it_is_no_name_of_it(matched: Matched) -> None:
    body = 'ex:a skos:prefLabel "random field" .'
    assert matched(body, entity("graph model", "random field")) == [("exact", "a")]
    assert matched(body, entity("graph model", "random field", merged=False)) == [("close", "a")]


def test_a_generic_head_may_be_left_off_to_come_near(matched: Matched) -> None:
    assert matched('ex:a skos:prefLabel "BERT" .', entity("BERT model")) == [("close", "a")]


def test_one_concept_is_exactly_one_entity(matched: Matched) -> None:
    body = 'ex:a skos:prefLabel "segmentation" .'
    method, task = entity("segmentation"), entity("segmentation", type="Task")
    assert matched(body, method, task) == [("close", "a"), ("close", "a")]
    assert matched(body, method, entity("image partition", "segmentation", type="Task")) == [
        ("exact", "a"),
        ("close", "a"),
    ]


def test_reasons_name_the_labels(tmp_path: Path) -> None:
    (tmp_path / "v.ttl").write_text(SKOS + 'ex:a skos:altLabel "Random Fields"@en .', encoding="utf8")
    assert matches([entity("graph model", "random field")], tmp_path / "v.ttl") == [
        Match(
            iri="http://example.org/a",
            label="Random Fields",
            kind="exact",
            score=0.9,
            vocabulary="v.ttl",
            reason="its other name random field is an alternative label",
        )
    ]


FORMS = {
    "cso.csv": (
        f'"<{CSO}convolutional_neural_networks>","<{CSO_SCHEMA}preferentialEquivalent>","<{CSO}convolutional_neural_network>"\n'
        f'"<{CSO}convolutional_neural_network>","<{RDFS_LABEL}>","convolutional neural network@en ."\n'
        f'"<{CSO}deep_learning>","<{CSO_SCHEMA}superTopicOf>","<{CSO}convolutional_neural_network>"\n'
    ),
    "cso.ttl": (
        f"@prefix cso: <{CSO_SCHEMA}> .\n<{CSO}cnn> cso:relatedEquivalent <{CSO}convolutional_neural_network> ;\n"
        f'  <{RDFS_LABEL}> "cnn"@en .\n'
        f"<{CSO}convolutional_neural_network> <{RDFS_LABEL}> {FULL}@en .\n"
    ),
    "ccs.xml": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:skos="http://www.w3.org/2004/02/skos/core#">\n'
        '<skos:ConceptScheme rdf:about="http://example.org/The ACM (CCS)"/>\n'
        '<skos:Concept rdf:about="10010147.10010257.10010293" xml:lang="en">\n'
        "<skos:prefLabel>Convolutional neural networks</skos:prefLabel>\n"
        '<skos:inScheme rdf:resource="http://example.org/The ACM (CCS)"/>\n</skos:Concept>\n</rdf:RDF>\n'
    ),
    "mesh.nt": (
        f"<{MESH}D1> <{MESH}vocab#preferredConcept> <{MESH}M1> .\n"
        f"<{MESH}M1> <{MESH}vocab#term> <{MESH}T1> .\n"
        f'<{MESH}T1> <{MESH}vocab#prefLabel> "Convolutional Neural Network"@en .\n'
    ),
    "wikidata.jsonld": json.dumps(
        {
            "@context": {
                "label": RDFS_LABEL,
                "kind": {"@id": "http://www.wikidata.org/prop/direct/P31", "@type": "@id"},
            },
            "@graph": [
                {"@id": "http://www.wikidata.org/entity/Q1", "label": "convolutional neural network"},
                {
                    "@id": "http://www.wikidata.org/entity/Q2",
                    "label": "convolutional neural network",
                    "kind": "http://www.wikidata.org/entity/Q13442814",
                },
            ],
        }
    ),
}
IRIS = {
    "cso.csv": f"{CSO}convolutional_neural_network",
    "cso.ttl": f"{CSO}convolutional_neural_network",
    "ccs.xml": "https://dl.acm.org/topic/ccs2012/10010147.10010257.10010293",
    "mesh.nt": f"{MESH}D1",
    "wikidata.jsonld": "http://www.wikidata.org/entity/Q1",
}


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
@pytest.mark.parametrize("name", FORMS)
def test_vocabularies_in_use(name: str, packed: str, tmp_path: Path) -> None:
    data = FORMS[name].encode()
    path = tmp_path / (name + packed)
    path.write_bytes({"": data, ".gz": gzip.compress(data), ".zst": zstandard.compress(data)}[packed])
    problems: list[Rejection] = []
    assert [(m.kind, m.iri) for m in matches([CNN], path, problems)] == [("exact", IRIS[name])]
    assert problems == []


def test_what_is_malformed_is_told_and_the_rest_is_used(tmp_path: Path) -> None:
    path = tmp_path / "v.ttl"
    path.write_text(
        SKOS + 'ex:a skos:prefLabel "Alpha" .\nex:b skos:prefLabel "Beta .\nex:c skos:prefLabel "Gamma" .\n'
        '<javascript:alert(1)> skos:prefLabel "Delta" .\n<spaced out> skos:prefLabel "x" .\n'
        'ex:e skos:prefLabel "Epsilon" .\n',
        encoding="utf8",
    )
    problems: list[Rejection] = []
    entities = [entity(name) for name in ("alpha", "beta", "gamma", "delta", "epsilon")]
    assert [match.label for match in matches(entities, path, problems)] == ["Alpha", "Gamma", "Epsilon"]
    assert [(p.source, p.line) for p in problems] == [(str(path), 4), (str(path), 7), (str(path), None)]
    assert "javascript" in problems[2].reason


def test_a_broken_node_of_xml_and_a_broken_line_cost_no_more(tmp_path: Path) -> None:
    xml = FORMS["ccs.xml"].replace("</rdf:RDF>", "")
    node = '<skos:Concept rdf:about="http://example.org/{0}">\n<skos:prefLabel>{0}</skos:{1}>\n</skos:Concept>\n'
    path = tmp_path / "v.xml"
    path.write_text(xml + node.format("alpha", "altLabel") + node.format("beta", "prefLabel") + "</rdf:RDF>\n", "utf8")
    problems: list[Rejection] = []
    assert [m.label for m in matches([CNN, entity("alpha"), entity("beta")], path, problems)] == [
        "Convolutional neural networks",
        "beta",
    ]
    assert [p.line for p in problems] == [10]
    path = tmp_path / "v.nt"
    path.write_text("broken\n" * 30 + FORMS["mesh.nt"] + "<broken\n", encoding="utf8")
    problems.clear()
    assert [m.iri for m in matches([CNN], path, problems)] == [IRIS["mesh.nt"]]
    assert [p.line for p in problems] == [*range(1, 31), 34]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("v.jsonld", '{"@context": "https://example.org/c.json", "@id": "urn:a:b"}', "nothing is downloaded"),
        ("v.jsonld", '{"@id": ', "malformed"),
        ("v.csv", f'"<http://example.org/a>","<{RDFS_LABEL}>"\n"<http://example.org/a>"\n', "expected a subject"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_at_all_is_told(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf8")
    problems: list[Rejection] = []
    assert matches([CNN], tmp_path / name, problems) == []
    assert message in problems[0].reason
    assert "no labels" in problems[-1].reason


def test_entities_of_xml_are_not_blown_up(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    text = FORMS["ccs.xml"].replace("<rdf:RDF", f'<!DOCTYPE rdf:RDF [<!ENTITY e0 "ha">{levels}]>\n<rdf:RDF', 1)
    (tmp_path / "v.xml").write_text(text.replace("Convolutional", "&e9; Convolutional"), encoding="utf8")
    problems: list[Rejection] = []
    assert matches([CNN], tmp_path / "v.xml", problems) == []
    assert "entities" in problems[0].reason
    comment = f"<!-- {'long ' * 20_000}-->\n"
    (tmp_path / "v.xml").write_text(comment + text.split("\n", 1)[1], encoding="utf8")
    assert matches([CNN], tmp_path / "v.xml", problems) == []


def test_entities_for_namespaces_are_read(tmp_path: Path) -> None:
    declared = '<!DOCTYPE rdf:RDF [\n<!ENTITY acm "http://example.org/acm/">\n]>\n<rdf:RDF'
    text = FORMS["ccs.xml"].replace("<rdf:RDF", declared, 1).replace('about="1001', 'about="&acm;1001')
    (tmp_path / "v.xml").write_text(text, encoding="utf8")
    assert [match.iri[:27] for match in matches([CNN], tmp_path / "v.xml")] == ["http://example.org/acm/1001"]


def test_a_vocabulary_in_one_long_line_is_read_in_pieces(tmp_path: Path) -> None:
    nodes = "".join(f"ex:n{n} skos:prefLabel 'number {n}' . " for n in range(30_000))
    (tmp_path / "v.ttl").write_text(SKOS + nodes + f"ex:a skos:prefLabel {FULL} .", encoding="utf8")
    assert [match.iri for match in matches([CNN], tmp_path / "v.ttl")] == ["http://example.org/a"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("v.txt", "no vocabulary", "no vocabulary that can be read"),
        ("v.owl", '<?xml version="1.0"?>\n<Ontology xmlns="http://www.w3.org/2002/07/owl#">', "save the ontology as"),
    ],
)
def test_what_is_no_vocabulary_is_an_error(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf8")
    with pytest.raises(ReadError, match=message):
        matches([CNN], tmp_path / name)


@pytest.mark.parametrize("text", [FORMS["cso.ttl"], FORMS["ccs.xml"], FORMS["mesh.nt"], FORMS["cso.csv"]])
def test_the_form_is_known_by_its_beginning(text: str, tmp_path: Path) -> None:
    (tmp_path / "vocabulary").write_text(text, encoding="utf8")
    assert len(matches([CNN], tmp_path / "vocabulary")) == 1


def test_matches_do_not_depend_on_the_order_of_statements(tmp_path: Path) -> None:
    lines = [f'ex:{n} skos:prefLabel "convolutional neural network" .\n' for n in range(9)]
    found = []
    for order in (lines, lines[::-1]):
        (tmp_path / "v.ttl").write_text(SKOS + "".join(order), encoding="utf8")
        found.append(matches([CNN], tmp_path / "v.ttl"))
    assert found[0] == found[1]
    assert len(found[0]) == 5
    assert {match.score for match in found[0]} == {0.11}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, nx.MultiDiGraph]:
    folder = tmp_path_factory.mktemp("workspace")
    graph = build(PAPERS, folder, formats=(), extractor=GoldenExtractor())
    label = next(data["label"] for _, data in graph.nodes(data=True) if data["kind"] == "Method")
    (folder / "v.ttl").write_text(f"{SKOS}ex:a skos:prefLabel {json.dumps(label)} .\n", encoding="utf8")
    graph = build(None, folder, formats=(), extractor=GoldenExtractor(), vocabularies=[folder / "v.ttl"])
    return folder, graph


def matched_nodes(graph: nx.MultiDiGraph) -> dict[str, tuple[Match, ...]]:
    return {key: found for key, found in graph.nodes(data="matches") if found}


def test_the_workspace_remembers_its_vocabularies(workspace: tuple[Path, nx.MultiDiGraph]) -> None:
    folder, graph = workspace
    ((key, (match,)),) = matched_nodes(graph).items()
    assert (match.kind, match.iri, match.vocabulary) == ("exact", "http://example.org/a", "v.ttl")
    assert matched_nodes(load(folder)) == {key: (match,)}
    again = build(None, folder, formats=(), extractor=GoldenExtractor())
    assert matched_nodes(again) == {key: (match,)}


def test_rdf_says_what_matches_and_why(workspace: tuple[Path, nx.MultiDiGraph]) -> None:
    folder, graph = workspace
    lines = [str(triple) for triple in triples(graph)]
    assert any("core#exactMatch> <http://example.org/a>" in line for line in lines)
    assert any("ontology#matchedLabel>" in line for line in lines)
    assert validate(graph).conforms
    with opened(folder) as stored:
        assert [str(triple) for triple in triples(stored)] == lines


def test_exports_and_page_have_the_matches(workspace: tuple[Path, nx.MultiDiGraph]) -> None:
    _, graph = workspace
    ((key, (match,)),) = matched_nodes(graph).items()
    row = dict(node_rows(graph))[key]
    assert split(str(row["matches"])) == [f"exactMatch http://example.org/a ({match.label}, 0.98)"]
    found = compact(graph, layout(graph))["matches"]
    assert found == {
        str(sorted(graph).index(key)): [["http://example.org/a", match.label, "exact", 0.98, "v.ttl", match.reason]]
    }
    assert "http://example.org/a" not in page(graph)  # it travels deflated


def test_kg_show_tells_the_matches(workspace: tuple[Path, nx.MultiDiGraph]) -> None:
    folder, graph = workspace
    ((key, (match,)),) = matched_nodes(graph).items()
    shown = CliRunner().invoke(main, ["show", str(folder), key])
    assert f"exact 0.98  {match.label}  http://example.org/a" in shown.output
    told = json.loads(CliRunner().invoke(main, ["show", str(folder), key, "--json"]).output)
    assert told[0]["matches"][0]["iri"] == "http://example.org/a"


def test_a_vocabulary_that_is_gone_is_an_error_until_it_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "v.ttl").write_text(SKOS + 'ex:a skos:prefLabel "Beta .\n', encoding="utf8")
    report = BuildReport()
    build(
        PAPERS,
        tmp_path / "out",
        formats=(),
        extractor=GoldenExtractor(),
        vocabularies=[tmp_path / "v.ttl"],
        report=report,
    )
    assert [problem.line for problem in report.vocabularies] == [3, None]
    (tmp_path / "v.ttl").unlink()
    with pytest.raises(ConfigError, match="--no-vocabulary"):
        build(None, tmp_path / "out", formats=(), extractor=GoldenExtractor())
    graph = build(None, tmp_path / "out", formats=(), extractor=GoldenExtractor(), vocabularies=())
    assert matched_nodes(graph) == {}


def test_the_options_of_the_command(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", "x.jsonl", "--vocabulary", "none.ttl"])
    assert result.exit_code == 2
    (tmp_path / "v.ttl").write_text("", encoding="utf8")
    result = CliRunner().invoke(main, ["build", "--vocabulary", str(tmp_path / "v.ttl"), "--no-vocabulary"])
    assert result.exit_code == 2
    assert "contradict" in result.stderr


def test_settings_name_vocabularies_beside_their_file(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text('[kg]\nvocabularies = ["v.ttl"]\n', encoding="utf8")
    assert load_settings(tmp_path / "kg.toml") == Settings(vocabularies=(str((tmp_path / "v.ttl").resolve()),))
    (tmp_path / "kg.toml").write_text("[kg]\nvocabularies = [1]\n", encoding="utf8")
    with pytest.raises(ConfigError, match="list of texts"):
        load_settings(tmp_path / "kg.toml")
