"""Corrections: read with their line, applied in a defined order, undone by the opposite row."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ReadError
from kg.link import link_entities, load_curation, resolve
from kg.link.curation import Curation, Row, read_curation, write_curation
from kg.model import Extraction, Paper, Rejection, Resolved

Records = tuple[list[Paper], list[Extraction]]
HEADER = "action\tentity\trelation\tvalue\tpaper\tquote\n"


def corrected(records: Records, *rows: str) -> tuple[Resolved, list[str]]:
    """The corrected records and what did not fit, as 'line: reason'."""
    problems: list[Rejection] = []
    curation = read_curation(HEADER + "\n".join(rows) + "\n")
    return resolve(*records, curation=curation, problems=problems), [f"{p.line}: {p.reason}" for p in problems]


def labels(resolved: Resolved) -> set[str]:
    return {entity.label for entity in resolved.entities}


def test_merge_joins_two_entities_and_says_so(golden_records: Records) -> None:
    resolved, problems = corrected(golden_records, "merge\tSchNet\t\tDimeNet")
    assert problems == []
    (entity,) = (e for e in resolved.entities if e.label == "SchNet")
    assert "DimeNet" in entity.aliases
    assert "merged in curation.tsv:2" in {merge.reason for merge in entity.merges}
    assert not any(fact.head == fact.tail for fact in resolved.facts)


def test_split_restores_what_merge_joined(golden_records: Records) -> None:
    resolved, problems = corrected(
        golden_records, "merge\tSchNet\t\tGraph neural networks", "split\tSchNet\t\tgraph neural network"
    )
    assert problems == []
    assert resolved == resolve(*golden_records)


def test_split_takes_a_paper_out(golden_records: Records) -> None:
    resolved, problems = corrected(golden_records, "split\tImageNet\t\t\tg10")
    assert problems == []
    members = [entity.members for entity in resolved.entities if entity.label == "ImageNet"]
    assert sorted(map(len, members)) == [1, 3]


def test_rename_and_retype(golden_records: Records) -> None:
    resolved, problems = corrected(
        golden_records, "rename\tSchNet\t\tSchNet (molecules)", "retype\tMetric:latency\t\tTask"
    )
    assert problems == []
    (entity,) = (e for e in resolved.entities if e.label == "SchNet (molecules)")
    assert "SchNet" in entity.aliases
    assert "latency" in {e.label for e in resolved.entities if e.type == "Task"}
    assert not any(f.relation == "measuredBy" and "latency" in f.tail for f in resolved.facts)


def test_reject_takes_an_entity_and_its_facts(golden_records: Records) -> None:
    before = resolve(*golden_records)
    (gone,) = (e.id for e in before.entities if e.label == "SchNet")
    resolved, problems = corrected(golden_records, "reject\tSchNet")
    assert problems == []
    assert "SchNet" not in labels(resolved)
    assert not any(gone in (fact.head, fact.tail) for fact in resolved.facts)
    assert not any(gone == node for result in resolved.results for _, node in result.slots)


def test_reject_and_assert_facts(golden_records: Records) -> None:
    before = {(f.head, f.relation, f.tail) for f in resolve(*golden_records).facts}
    resolved, problems = corrected(
        golden_records,
        "reject\tLadderFormer\tsubtypeOf\tvision transformers",
        "assert\tLadderFormer\tusedFor\timage classification\tg06",
        "assert\tMolMAE\tcomparedWith\tSchNet\tg09",
        "assert\tMolMAE\tcomparedWith\tDimeNet\tg09\tquote that is not there",
    )
    after = {(f.head, f.relation, f.tail): f for f in resolved.facts}
    assert [gone[1] for gone in before - after.keys()] == ["subtypeOf"]
    assert problems == [
        "3: no sentence of paper g06 names both LadderFormer and image classification; give the quote",
        "5: the quote does not stand in paper g09",
    ]
    assert len(after.keys() - before) == 1
    for triple in after.keys() - before:
        (item,) = after[triple].evidence
        text = next(paper.text for paper in golden_records[0] if paper.id == item.paper)
        assert item.quote == text[item.start : item.end]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("frob\tSchNet", "unknown action 'frob'"),
        ("merge\t\t\tSchNet", "no entity is named"),
        ("merge\tSchNet", "merge needs a value"),
        ("retype\tSchNet\t\tAnimal", "unknown type 'Animal'"),
        ("assert\tSchNet\tlikes\tDimeNet\tg01", "unknown relation 'likes'"),
        ("assert\tSchNet\tusedFor\tDimeNet", "assert needs a paper"),
        ("reject\tSchNet\tusedFor", "reject of a fact needs"),
        ("split\tSchNet", "split needs a value or a paper"),
        ("merge\tSchNet\t\tx\t\t\t\textra", "8 cells under 6 columns"),
        ("merge\tSchNet\t\tNo Such Thing", "no entity is called 'No Such Thing'"),
        ("rename\tLAN\t\tx", "'LAN' is the name of several entities"),
        ("split\tSchNet\t\tnothing", "has no member"),
        ("reject\tSchNet\tusedFor\tDimeNet", "no such fact"),
        ("assert\tSchNet\tevaluatedOn\tDimeNet\tg01", "may not join Method and Method"),
        ("assert\tSchNet\toutperforms\tDimeNet\tnowhere", "no paper has the id 'nowhere'"),
        ("assert\tSchNet\toutperforms\tDimeNet\tg01", "no sentence of paper g01 names both"),
    ],
)
def test_a_bad_row_is_reported_and_the_rest_holds(golden_records: Records, row: str, reason: str) -> None:
    resolved, problems = corrected(golden_records, row, "rename\tDimeNet\t\tDimeNet++")
    assert len(problems) == 1
    assert problems[0].startswith("2: ")
    assert reason in problems[0]
    assert "DimeNet++" in labels(resolved)


def test_conflicting_rows_are_reported(golden_records: Records) -> None:
    resolved, problems = corrected(golden_records, "rename\tSchNet\t\tA", "rename\tSchNet\t\tB")
    assert "A" in labels(resolved)
    assert problems == ["3: SchNet is renamed to 'A' already"]


def test_links_follow_the_curation(golden_records: Records) -> None:
    papers, extractions = golden_records
    curation = Curation(rows=(Row(action="merge", entity="SchNet", value="DimeNet"),))
    links = link_entities(extractions, papers, curation=curation)
    assert set(links.values()) == {entity.id for entity in resolve(papers, extractions, curation=curation).entities}


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows = (Row(action="rename", entity="a", value='"x, ü'), Row(action="split", entity="b", paper="p"))
    path = tmp_path / "curation.tsv"
    path.write_text(write_curation(Curation(rows=rows)), encoding="utf8")
    found = load_curation(path)
    assert [(r.action, r.entity, r.value, r.paper) for r in found.rows] == [
        ("rename", "a", '"x, ü', ""),
        ("split", "b", "", "p"),
    ]
    assert [row.line for row in found.rows] == [2, 3]


def test_comments_and_empty_lines_are_skipped() -> None:
    assert read_curation("action\tentity\tvalue\r\n\r\n# remark\r\nrename\ta\tb\r\n").rows[0].line == 4


@pytest.mark.parametrize("text", ["", "merge\tSLAM\tSLAM", "action\tentity\tcolour\n", "action\taction\tentity\n"])
def test_a_file_without_header_is_an_error(text: str) -> None:
    with pytest.raises(ReadError, match="expected a header"):
        read_curation(text)


def test_a_missing_or_binary_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_bytes(b"\xff\xfe\xff")
    for name in ("x.tsv", "nowhere.tsv"):
        with pytest.raises(ReadError):
            load_curation(tmp_path / name)
