"""Corrections against each other: what a merge joined can be taken apart, and rows about what rows made still match."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.link import resolve
from kg.link.curation import Curation, Row, add_rows, read_curation, without_last_row
from kg.model import Extraction, Paper, Rejection, Resolved

Records = tuple[list[Paper], list[Extraction]]


def corrected(records: Records, *rows: Row) -> tuple[Resolved, list[Rejection]]:
    problems: list[Rejection] = []
    numbered = tuple(
        Row(action=r.action, entity=r.entity, relation=r.relation, value=r.value, paper=r.paper, line=n)
        for n, r in enumerate(rows, 2)
    )
    return resolve(*records, curation=Curation(rows=numbered), problems=problems), problems


def merge(a: str, b: str) -> Row:
    return Row(action="merge", entity=a, value=b)


def split(a: str, b: str) -> Row:
    return Row(action="split", entity=a, value=b)


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_splitting_what_was_merged_restores_it(golden_records: Records, data: st.DataObject) -> None:
    before = resolve(*golden_records)
    keys = [entity.id for entity in before.entities]
    some = st.sampled_from(keys[:: len(keys) // 8])
    drawn = data.draw(st.lists(st.tuples(some, some).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=5))
    # A pair that is one by way of others is merged by no row, so there is none to take back: of each circle one stays.
    pairs: list[tuple[str, str]] = []
    home = {key: key for key in keys}
    for a, b in drawn:
        if home[a] != home[b]:
            pairs.append((a, b))
            home = {key: home[a] if there == home[b] else there for key, there in home.items()}
    rows = [merge(a, b) for a, b in pairs]
    merged, problems = corrected(golden_records, *rows)
    assert problems == []
    assert len(merged.entities) == len(before.entities) - len(pairs)
    apart = data.draw(st.permutations([split(a, b) for a, b in pairs]))
    restored, problems = corrected(golden_records, *rows, *apart)
    assert problems == []
    assert restored == before


def test_a_merge_that_holds_already_changes_nothing(golden_records: Records) -> None:
    found, problems = corrected(golden_records, merge("SchNet", "DimeNet"), merge("DimeNet", "SchNet"))
    assert problems == []
    assert found == corrected(golden_records, merge("SchNet", "DimeNet"))[0]


def test_splitting_one_of_three_leaves_two(golden_records: Records) -> None:
    rows = (merge("SchNet", "DimeNet"), merge("DimeNet", "MolMAE"))
    found, _ = corrected(golden_records, *rows, split("SchNet", "DimeNet"))
    labels = {entity.label: {*entity.aliases} for entity in found.entities}
    assert "MolMAE" in labels["DimeNet"]
    assert "DimeNet" not in labels["SchNet"]


def test_rows_may_use_the_name_type_and_key_that_other_rows_gave(golden_records: Records) -> None:
    rename = Row(action="rename", entity="SchNet", value="Continuous-filter network")
    retype = Row(action="retype", entity="Metric:latency", value="Task")
    retyped, _ = corrected(golden_records, retype)
    (key,) = (entity.id for entity in retyped.entities if entity.label == "latency")
    assert key.startswith("task/")
    found, problems = corrected(
        golden_records,
        merge("Continuous-filter network", "DimeNet"),
        rename,
        retype,
        Row(action="rename", entity=key, value="delay"),
    )
    assert problems == []
    labels = {entity.label: entity for entity in found.entities}
    assert "DimeNet" in labels["Continuous-filter network"].aliases
    assert labels["delay"].type == "Task"


def test_what_was_split_off_has_a_key_of_its_own(golden_records: Records) -> None:
    before = {entity.label: entity.id for entity in resolve(*golden_records).entities}
    for paper in ("g01", "g10"):
        found, problems = corrected(golden_records, Row(action="split", entity="ImageNet", paper=paper))
        assert problems == []
        keys = {entity.id: len(entity.members) for entity in found.entities if entity.label == "ImageNet"}
        assert keys.pop(before["ImageNet"]) == 3  # whichever paper leaves, what stays keeps the key
        ((key, members),) = keys.items()
        assert (key.startswith(f"dataset/imagenet-of-{paper}-"), members) == (True, 1)
        again, problems = corrected(
            golden_records,
            Row(action="split", entity="ImageNet", paper=paper),
            Row(action="rename", entity=key, value="ImageNet-Q"),
        )
        assert problems == []
        assert "ImageNet-Q" in {entity.label for entity in again.entities}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((merge("SchNet", "DimeNet"), Row(action="reject", entity="DimeNet")), "DimeNet is merged into method/schnet"),
        (
            (Row(action="reject", entity="SchNet"), Row(action="rename", entity="SchNet", value="x"), Row(
                action="reject", entity="SchNet", relation="comparedWith", value="DimeNet")),
            "'SchNet' is rejected by line 2",
        ),
        (
            tuple(Row(action="retype", entity="SchNet", value=kind) for kind in ("Task", "Metric")),
            "SchNet is retyped to Task already",
        ),
    ],
)  # fmt: skip
def test_rows_in_conflict_are_told_as_such(golden_records: Records, rows: tuple[Row, ...], reason: str) -> None:
    _, problems = corrected(golden_records, *rows)
    assert [problem.kind for problem in problems] == ["conflict"]
    assert reason in problems[0].reason


def test_a_row_is_added_and_taken_back_without_touching_the_rest() -> None:
    for text in (
        "action\tentity\tvalue\n# mine\nmerge\ta\tb\n",
        "\ufeffaction\tentity\tvalue\r\nmerge\ta\tb\r\n\r\n# end\r\n",
        "entity\taction\tvalue\tquote\nx\trename\ty\tz",
        "",
    ):
        more = add_rows(text, [Row(action="reject", entity="c\td", relation="usedFor", value="e\nf", paper="p")])
        assert more.startswith(text.partition("\n")[0].rstrip("\r") or "action\tentity")
        (row,) = (row for row in read_curation(more).rows if row.action == "reject")
        assert (row.entity, row.relation, row.value, row.paper) == ("c d", "usedFor", "e f", "p")
        assert [r.entity for r in read_curation(without_last_row(more)).rows] == [
            r.entity for r in read_curation(more).rows if r.action != "reject"
        ]
        assert ("\r\n" in more) == ("\r\n" in text)
        assert [line for line in text.splitlines() if line.startswith("#")] == [
            line for line in more.splitlines() if line.startswith("#")
        ]


def test_an_assertion_takes_the_place_of_what_was_read_there(golden_records: Records) -> None:
    before = {(f.head, f.relation, f.tail): f for f in resolve(*golden_records).facts}
    labels = {entity.id: entity.label for entity in resolve(*golden_records).entities}
    triple, fact = next((t, f) for t, f in before.items() if t[1] == "outperforms" and f.score < 1)
    place = fact.evidence[0]
    rows = (
        Row(action="assert", entity=labels[triple[0]], relation="outperforms", value=labels[triple[2]],
            paper=place.paper, quote=place.quote),
    )  # fmt: skip
    problems: list[Rejection] = []
    found = resolve(*golden_records, curation=Curation(rows=rows), problems=problems)
    assert problems == []
    (after,) = (f for f in found.facts if (f.head, f.relation, f.tail) == triple)
    assert after.score == 1.0
    assert [(e.paper, e.start, e.end) for e in after.evidence] == [(e.paper, e.start, e.end) for e in fact.evidence]
