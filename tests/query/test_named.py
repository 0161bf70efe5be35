"""Every named question has a title, answers with rows, and takes names as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ConfigError, QueryError
from kg.query import list_queries, load_query, run_named
from kg.query.named import Parameter, _read

QUERIES = {query.name: query for query in list_queries()}


def examples(name: str) -> dict[str, str]:
    return {p.name: p.example for p in QUERIES[name].parameters if p.example is not None}


@pytest.fixture
def store(golden_store: Path) -> Path:
    return golden_store


def ask(store: Path, name: str, **params: str) -> list[dict[str, str | None]]:
    answer = run_named(store, name, params=params or examples(name))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows()]


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_answers_with_rows(name: str, store: Path) -> None:
    rows = ask(store, name)
    assert rows
    assert any(all(value is not None for value in row.values()) for row in rows) or name == "leaderboard"


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_says_what_it_asks(name: str) -> None:
    query = QUERIES[name]
    assert len(query.title) > 10
    assert query.description.endswith(".")
    for parameter in query.parameters:
        assert f"${parameter.name}" in query.text
        assert parameter.default or parameter.example


def test_there_are_at_least_ten() -> None:
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("name", ["Image Classification", "image-classification", "image classifications"])
def test_names_match_whatever_their_case_hyphen_and_plural(name: str, store: Path) -> None:
    methods = [row["method"] for row in ask(store, "methods-for-task", task=name)]
    assert methods == ["Ladder Attention Network", "residual networks"]


def test_an_alias_finds_its_entity(store: Path) -> None:
    by_alias = ask(store, "proposed-by", entity="Ladder Attention Networks")
    assert by_alias == ask(store, "proposed-by", entity="Ladder Attention Network")
    assert [row["paper"] for row in by_alias] == ["Ladder Attention Networks for Image Classification"]


def test_what_outperforms_comes_with_its_quote(store: Path) -> None:
    (row,) = ask(store, "outperforms", method="Batch Normalization")
    assert row["better"] == "Local Affine Normalization"
    assert "outperforms batch normalization" in str(row["quote"])


def test_descendants_reach_through_steps(store: Path) -> None:
    rows = {row["descendant"]: row for row in ask(store, "descendants-of-method", method="ResNet-50")}
    assert rows["Ladder Attention Network"]["through"] == "ResNet-50"
    assert "LadderFormer" in str(rows["Sparse LadderFormer"]["through"])


def test_contradictions_quote_both_sides(store: Path) -> None:
    rows = ask(store, "contradictions")
    assert {(row["method"], row["other"]) for row in rows} == {("Ladder Attention Network", "ResNet-50")}
    assert all(row["quote"] != row["counterquote"] for row in rows)


def test_pairs_never_tried_are_not_in_the_graph(store: Path) -> None:
    rows = ask(store, "never-tried", atleast="1")
    tried = {row["method"] for row in ask(store, "methods-for-task", task="semantic segmentation")}
    new = {row["method"] for row in rows if row["task"] == "semantic segmentation"}
    assert "Ladder Attention Network" in new
    assert not new & tried


def test_the_leaderboard_is_in_order_of_number(store: Path) -> None:
    numbers = [
        float(str(row["value"]).rstrip("% "))
        for row in ask(store, "leaderboard", on="ImageNet")
        if row["metric"] == "top-1 accuracy" and str(row["value"]).endswith("%")
    ]
    assert len(numbers) > 2
    assert numbers == sorted(numbers, reverse=True)


def test_a_parameter_moves_the_rise(store: Path) -> None:
    assert ask(store, "rising-methods", since="2000") != ask(store, "rising-methods", since="2023")


def test_a_missing_parameter_is_asked_for_with_an_example(store: Path) -> None:
    with pytest.raises(QueryError, match=r"methods-for-task needs task: the task, for example --param task='image"):
        run_named(store, "methods-for-task")


def test_an_unknown_parameter_names_the_known(store: Path) -> None:
    with pytest.raises(QueryError, match="has no parameter 'tsk'; it takes 'task'"):
        run_named(store, "methods-for-task", params={"tsk": "x"})


def test_an_unknown_name_suggests_near_ones(store: Path) -> None:
    with pytest.raises(
        QueryError, match="nothing is called 'image clasification'; did you mean 'image classification'"
    ):
        run_named(store, "methods-for-task", params={"task": "image clasification"})
    with pytest.raises(QueryError, match="kg stats"):
        run_named(store, "methods-for-task", params={"task": "qqqqqqqqqqqqqqqqqqqqqqq"})


def test_an_unknown_question_suggests_near_ones() -> None:
    with pytest.raises(QueryError, match="did you mean 'methods-for-task'"):
        load_query("method-for-tasks")


def test_a_number_must_be_one(store: Path) -> None:
    with pytest.raises(QueryError, match="'soon' is no integer"):
        run_named(store, "rising-methods", params={"since": "soon"})


HOSTILE = ('"', 'x" . } ; DROP ALL ; #', "\\", "'''", "\x00\ud800", "a\nb", "<http://x>", "x" * 10_000, "$task", "")


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_names_are_only_names(value: str, store: Path) -> None:
    with pytest.raises(QueryError, match="nothing is called"):
        run_named(store, "methods-for-task", params={"task": value})


def test_headers_are_read_in_full(tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(
        "# title: T\n# description: D.\n"
        "# param a (name): the a, for example: b: c\n# param n (integer) = 3: how many\n",
        encoding="utf8",
    )
    assert _read(path).parameters == (
        Parameter(name="a", kind="name", description="the a", example="b: c"),
        Parameter(name="n", kind="integer", description="how many", default="3"),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [("# title: T\n", "no '# description"), ("# title: T\n# description: D\n# param a: b\n", "is no '# param NAME")],
)
def test_a_broken_header_is_named(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(text, encoding="utf8")
    with pytest.raises(ConfigError, match=why):
        _read(path)
