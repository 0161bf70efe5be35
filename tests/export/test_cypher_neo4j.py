"""The Cypher script and the import folder, read back as their consumers read them.

tests/integration loads both into Neo4j itself.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import tempfile
from pathlib import Path

import networkx as nx
import pytest
from hostile import HOSTILE, graphs
from hypothesis import given, settings

from kg.export import write
from kg.export.cypher import literal, statements
from kg.export.neo4j import DELIMITER
from kg.export.propertygraph import identifier, properties, relationship_type
from kg.text import storable

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def read_nodes(folder: Path) -> dict[str, dict[str, str]]:
    found = {}
    for path in sorted(folder.glob("nodes-*.csv")):
        with path.open(encoding="utf8", newline="") as stream:
            for row in csv.DictReader(stream):
                found[row["key:ID(Node)"]] = row
    return found


def test_statements_merge_by_key_after_constraints(golden_graph: nx.MultiDiGraph) -> None:
    found = list(statements(golden_graph))
    kinds = ["CREATE" if s.startswith("CREATE") else re.findall(r"MERGE \(node|MERGE \(head", s)[0] for s in found]
    assert kinds == sorted(kinds, key=["CREATE", "MERGE (node", "MERGE (head"].index)
    assert all("IF NOT EXISTS" in s for s in found if s.startswith("CREATE"))
    assert any("FULLTEXT" in s for s in found)
    rows = sum(s.count("\n  {") for s in found)
    assert rows == len(golden_graph) + golden_graph.number_of_edges()


def test_no_text_leaves_its_literal(hostile_graph: nx.MultiDiGraph) -> None:
    rest = STRING.sub("", "\n".join(statements(hostile_graph)))
    words = set(re.findall(r"[A-Za-z_]+", rest))
    assert not words & {"DETACH", "DELETE", "DROP", "alert", "calc", "users", "jndi"}
    assert rest.count('"') == 0


@settings(max_examples=40, deadline=None)
@given(graph=graphs)
def test_literals_hold_any_text(graph: nx.MultiDiGraph) -> None:
    script = "\n".join(statements(graph))
    labels = [json.loads(m) for m in re.findall(r'\blabel: ("(?:[^"\\]|\\.)*")', script)]
    assert sorted(labels) == sorted(storable(label) for _, label in graph.nodes(data="label"))


def test_property_values_that_are_missing_are_taken_off(golden_graph: nx.MultiDiGraph) -> None:
    assert "unit: null" in "\n".join(statements(golden_graph))


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("Method", "Method"), ("a`b", "`a``b`"), ("two words", "`two words`"), ("\\u0060", "`\ufffdu0060`"), ("", "``")],
)
def test_identifiers_are_quoted(name: str, quoted: str) -> None:
    assert identifier(name) == quoted


@pytest.mark.parametrize(("relation", "type_"), [("usedFor", "USED_FOR"), ("mentions", "MENTIONS"), ("a2B", "A2_B")])
def test_relationship_types(relation: str, type_: str) -> None:
    assert relationship_type(relation) == type_


def test_numbers_and_truth_values() -> None:
    assert literal([True, None, 3, 0.25]) == "[true, null, 3, 0.25]"
    with pytest.raises(ValueError, match="JSON compliant"):
        literal(float("nan"))


def test_import_files_have_typed_headers_and_all_rows(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    files = write(golden_graph, "neo4j", tmp_path)
    command = (tmp_path / "import.sh").read_text(encoding="utf8")
    data = [path.name for path in files if path.suffix == ".csv"]
    assert sorted(re.findall(r"=([a-z-]+\.csv)", command)) == sorted(data)
    header = (tmp_path / "nodes-method.csv").read_text(encoding="utf8").splitlines()[0]
    assert header.startswith("key:ID(Node),label:string,aliases:string[],papers:long,first_year:long")
    ends = set()
    for path in sorted(tmp_path.glob("relationships-*.csv")):
        type_ = re.search(rf"--relationships=(\S+)={path.name}", command)
        assert type_
        with path.open(encoding="utf8", newline="") as stream:
            ends |= {(r[":START_ID(Node)"], r[":END_ID(Node)"], type_[1]) for r in csv.DictReader(stream)}
    assert ends == {(head, tail, relationship_type(key)) for head, tail, key in golden_graph.edges(keys=True)}
    assert set(read_nodes(tmp_path)) == set(golden_graph)


@settings(max_examples=30, deadline=None)
@given(graph=graphs)
def test_any_text_survives_in_import_files(graph: nx.MultiDiGraph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(graph, "neo4j", Path(folder))
        found = read_nodes(Path(folder))
    for key, data in graph.nodes(data=True):
        expected = properties(data)
        assert found[key]["label:string"] == expected["label"]
        if aliases := expected.get("aliases"):
            assert found[key]["aliases:string[]"].split(DELIMITER) == aliases


def test_hostile_texts_keep_list_items_apart(hostile_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    write(hostile_graph, "neo4j", tmp_path)
    last = read_nodes(tmp_path)[f"method/{len(HOSTILE) - 1:03d}"]
    assert last["aliases:string[]"].split(DELIMITER) == [storable(text) for text in HOSTILE.values()]


def test_files_of_an_earlier_graph_go(
    golden_graph: nx.MultiDiGraph, hostile_graph: nx.MultiDiGraph, tmp_path: Path
) -> None:
    (tmp_path / "notes.csv").write_text("mine", encoding="utf8")
    write(golden_graph, "neo4j", tmp_path)
    files = write(hostile_graph, "neo4j", tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*files, tmp_path / "notes.csv"])


def test_compressed_files_hold_the_same(golden_graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    plain = {path.name: path.read_bytes() for path in write(golden_graph, "neo4j", tmp_path)}
    packed = {path.name: path.read_bytes() for path in write(golden_graph, "neo4j-gzip", tmp_path)}
    assert {path.name for path in tmp_path.iterdir()} == set(packed)
    assert {n.removesuffix(".gz"): gzip.decompress(d) for n, d in packed.items() if n.endswith(".gz")} == {
        name: data for name, data in plain.items() if name.endswith(".csv")
    }
    assert packed["import.sh"] == plain["import.sh"].replace(b".csv", b".csv.gz")


def test_labels_that_look_alike_in_file_names_get_files_of_their_own(tmp_path: Path) -> None:
    graph = nx.MultiDiGraph()
    for i, kind in enumerate(["A b", "A-b", "$(rm -rf x)'"]):
        graph.add_node(str(i), kind=kind, label=kind)
    files = write(graph, "neo4j", tmp_path)
    assert [path.name for path in files if path.suffix == ".csv"] == [
        "nodes-a-b-2.csv",
        "nodes-a-b.csv",
        "nodes-rm-rf-x.csv",
    ]
    command = (tmp_path / "import.sh").read_text(encoding="utf8")
    assert """--nodes='$(rm -rf x)'"'"''=nodes-rm-rf-x.csv""" in command
