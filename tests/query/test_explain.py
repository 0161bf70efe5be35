"""`--explain` tells the algebra and counts; `--rdflib` answers alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import QueryError
from kg.query import list_queries, load_query
from kg.query.explain import explain
from kg.query.reference import ask_rdflib
from kg.query.run import ask
from kg.query.store import open_store

QUERIES = {query.name: query for query in list_queries()}


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_is_explained(name: str, golden_store: Path) -> None:
    query = QUERIES[name]
    given = {p.name: p.example for p in query.parameters if p.example is not None}
    text = explain(open_store(golden_store), query, given)
    assert text.startswith("SelectQuery\n  ")
    assert "Project ?" in text
    assert "  BGP\n" in text
    assert " triples\n" in text


def test_steps_stand_in_order_with_what_they_do(golden_store: Path) -> None:
    query = "SELECT DISTINCT ?l { ?m a kg:Method ; skos:prefLabel ?l FILTER(?l != $x) . ?m kg:basedOn+ ?o } LIMIT 3"
    text = explain(open_store(golden_store), query, {"x": 'a "quoted" </b>'})
    assert [line.split()[0] for line in text.splitlines() if not line.lstrip().startswith("?")] == [
        "SelectQuery",
        "Slice",
        "Distinct",
        "Project",
        "Filter",
        "BGP",
    ]
    assert '?l, !=, "a \\"quoted\\" </b>"' in text
    assert "?m kg:basedOn+ ?o  # a path" in text


def test_counts_are_those_of_the_store(golden_store: Path) -> None:
    (count,) = next(ask(open_store(golden_store), "SELECT (COUNT(*) AS ?n) { ?m a kg:Method }", {}).rows())
    assert f"?m rdf:type kg:Method  # {count} triples" in explain(
        open_store(golden_store), "SELECT * { ?m a kg:Method }", {}
    )
    assert "# nothing matches" in explain(
        open_store(golden_store), 'SELECT * { ?s ?p ?o . BIND("x" AS ?y) . "x" ?p ?z }', {}
    )


@pytest.mark.parametrize(
    "query",
    ["SELECT", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SELECT * FROM <http://x.example/> {}"],
)
def test_what_cannot_be_asked_is_not_explained_either(query: str, golden_store: Path) -> None:
    with pytest.raises(QueryError):
        explain(open_store(golden_store), query, {})
    with pytest.raises(QueryError):
        ask_rdflib(open_store(golden_store), query, {})


@pytest.mark.parametrize(
    ("query", "format"),
    [
        ("SELECT ?label ?n { ?m a kg:Method ; skos:prefLabel ?label ; kg:papers ?n } ORDER BY ?label", "json"),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?p a kg:Paper } }", "table"),
        ("ASK { ?m a kg:Method }", "xml"),
        ("CONSTRUCT { ?m skos:prefLabel ?l } { ?m a kg:Method ; skos:prefLabel ?l }", "ttl"),
    ],
)
def test_rdflib_answers_alike(query: str, format: str, golden_store: Path, tmp_path: Path) -> None:
    ask(open_store(golden_store), query, {}).write(tmp_path / "ours", format)
    ask_rdflib(open_store(golden_store), query, {}).write(tmp_path / "theirs", format)
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_rdflib_answers_questions_by_name(golden_store: Path) -> None:
    given = {"task": "image classification"}
    ours = ask(open_store(golden_store), load_query("methods-for-task"), given)
    theirs = ask_rdflib(open_store(golden_store), load_query("methods-for-task"), given)
    assert ours.columns == theirs.columns
    assert list(ours.rows()) == list(theirs.rows())


def test_the_command_takes_both(golden_store: Path) -> None:
    folder = golden_store.parent
    (folder / "kg.sqlite").touch()
    query = "SELECT ?label { ?m a kg:Method ; skos:prefLabel ?label } ORDER BY ?label LIMIT 2"
    plain, theirs, explained = (
        CliRunner().invoke(main, ["query", str(folder), query, *option]) for option in ([], ["--rdflib"], ["--explain"])
    )
    assert plain.exit_code == theirs.exit_code == explained.exit_code == 0
    assert plain.output == theirs.output
    assert explained.output.startswith("SelectQuery\n  Slice length 2\n")
