"""A user's annotations in three formats, and what is told of their faults. No training happens here."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import ReadError
from kg.extract.model import SHIPPED
from kg.model import Paper, Rejection
from kg.schema import load_schema
from kg.train.annotations import Annotation, read_annotations, to_examples
from kg.train.data import RELATION_LABELS, SPAN_LABELS, Example, Words
from kg.train.slots import learn_slots

TITLE = "Plover ranks documents"
ABSTRACT = "Plover extends BERT for document ranking and reaches 40.1 MRR on MS MARCO."
TEXT = f"{TITLE}\n{ABSTRACT}"


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(SHIPPED / "tokenizer.json")


def at(surface: str, start: int = 0) -> tuple[int, int]:
    where = TEXT.index(surface, start)
    return where, where + len(surface)


def span(surface: str, start: int = 0) -> dict[str, int]:
    return dict(zip(("start", "end"), at(surface, start), strict=True))


GOLD: dict[str, Any] = {
    "id": "p1",
    "title": TITLE,
    "abstract": ABSTRACT,
    "entities": [
        {"id": "a", "type": "Method", "mentions": ["Plover"], "proposed": True},
        {"id": "b", "type": "Method", "mentions": [span("BERT")]},
        {"id": "c", "type": "Dataset", "mentions": ["MS MARCO"]},
    ],
    "relations": [["a", "basedOn", "b"], {"head": "a", "type": "evaluatedOn", "tail": "c"}],
    "results": [{"value": "40.1", "method": "a", "dataset": "c"}],
}
PLACES = [
    (*at("Plover"), "Method"),
    (*at("Plover", 10), "Method"),
    (*at("BERT"), "Method"),
    (*at("MS MARCO"), "Dataset"),
    (*at("40.1"), "Value"),
]


PRODIGY = {
    "text": TEXT,
    "answer": "accept",
    "spans": [{"start": a, "end": b, "label": label} for a, b, label in PLACES],
    "relations": [
        {"head_span": span("Plover", 10), "child_span": span("BERT"), "label": "basedOn"},
        {"head_span": span("Plover"), "child_span": span("MS MARCO"), "label": "evaluatedOn"},
    ],
}
DOCCANO = {"id": 7, "text": TEXT, "label": [list(place) for place in PLACES]}
DOCCANO_RELATIONS = {
    "id": 8,
    "text": TEXT,
    "entities": [
        {"id": n, "label": label, "start_offset": a, "end_offset": b} for n, (a, b, label) in enumerate(PLACES, 10)
    ],
    "relations": [
        {"id": 1, "from_id": 10, "to_id": 12, "type": "basedOn"},
        {"id": 2, "from_id": 11, "to_id": 13, "type": "evaluatedOn"},
    ],
}


def write(folder: Path, *records: object, name: str = "data.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf8")
    return path


def read(
    path: Path, words: Words, labels: dict[str, str] | None = None, papers: dict[str, Paper] | None = None
) -> tuple[list[Example], list[Rejection]]:
    problems: list[Rejection] = []
    annotations: list[Annotation] = list(read_annotations([path], papers or {}, labels or {}, problems))
    return list(to_examples(annotations, words, load_schema(), problems)), problems


def stated(example: Example) -> set[tuple[str, str, str]]:
    def name(entity: int) -> str:
        first, last = example.entities[entity][0]
        return example.text[example.offsets[first][0] : example.offsets[last][1]]

    return {(name(a), RELATION_LABELS["kg"][label - 1], name(b)) for (a, b), label in example.relations.items()}


@pytest.mark.parametrize("record", [GOLD, PRODIGY, DOCCANO, DOCCANO_RELATIONS], ids=["gold", "prodigy", "doccano", "2"])
def test_the_formats_say_the_same(record: dict[str, Any], words: Words, tmp_path: Path) -> None:
    (example,), problems = read(write(tmp_path, record), words)
    assert not problems
    found = {
        (example.offsets[a][0], example.offsets[b][1], SPAN_LABELS["kg"][label - 1])
        for (a, b), label in example.spans.items()
    }
    assert found == set(PLACES)
    assert [len(mentions) for mentions in example.entities] == [2, 1, 1]
    if "relations" in record:
        assert stated(example) == {("Plover", "basedOn", "BERT"), ("Plover", "evaluatedOn", "MS MARCO")}


def test_what_nobody_annotated_is_left_to_the_teacher(words: Words, tmp_path: Path) -> None:
    bare = {key: value for key, value in GOLD.items() if key != "relations"}
    examples, _ = read(write(tmp_path, GOLD, bare, PRODIGY, DOCCANO), words)
    spans_alone = {"flag", "slot", "coreference"}
    assert [set(e.taught) for e in examples] == [set(), {"relation"}, spans_alone, {*spans_alone, "relation"}]
    assert examples[0].flags[0] == (True, False)
    assert examples[0].results[0][1] == {0: 0, 2: 2}


def test_texts_may_stand_in_a_file_of_papers(words: Words, tmp_path: Path) -> None:
    record = {key: value for key, value in GOLD.items() if key not in {"title", "abstract"}}
    path = write(tmp_path, record)
    _, problems = read(path, words)
    assert "no text of 'p1'" in problems[0].reason
    (example,), problems = read(path, words, papers={"p1": Paper(id="p1", title=TITLE, abstract=ABSTRACT)})
    assert (example.text, problems) == (TEXT, [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"spans": [{"start": 0, "end": 6, "label": "GENE"}]}, "label 'GENE' of 'Plover' is none of Method, Task"),
        ({"spans": [{"start": 0, "end": 900, "label": "Method"}]}, "span 0-900 is not inside the text"),
        ({"spans": [{"start": 0, "end": 3, "label": "Method"}]}, "'Plo' at 0-3 does not begin and end with a word"),
        ({"spans": [{"start": 0, "label": "Method"}]}, "malformed record"),
        ({"text": None}, "no 'text'"),
        ({"label": [[0, 6]], "spans": []}, "[start, end, label]"),
        ({"relations": [{**PRODIGY["relations"][0], "label": "likes"}]}, "relation 'likes' is not in the schema"),  # type: ignore[index]
        (
            {"relations": [{**PRODIGY["relations"][0], "label": "usedFor", "child_span": span("MS MARCO")}]},  # type: ignore[index]
            "usedFor does not lead from a Method to a Dataset",
        ),
    ],
)
def test_faults_are_told_with_their_line(change: dict[str, Any], reason: str, words: Words, tmp_path: Path) -> None:
    path = write(tmp_path, DOCCANO, {**PRODIGY, **change})
    examples, problems = read(path, words)
    assert len(problems) == 1
    assert (problems[0].source, problems[0].line) == (str(path), 2)
    assert reason in problems[0].reason
    assert len(examples) >= 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"entities": [{"id": "a", "type": "Gene", "mentions": ["Plover"]}]}, "has type 'Gene'; choose from Method"),
        ({"entities": [{"id": "a", "type": "Task", "mentions": ["plovers"]}]}, "'plovers' of 'a' is not in the text"),
        ({"relations": [["a", "likes", "b"]]}, "relation 'likes' is not in the schema"),
        ({"relations": [["a", "basedOn", "z"]]}, "z"),
    ],
)
def test_faults_of_our_own_format_are_told(change: dict[str, Any], reason: str, words: Words, tmp_path: Path) -> None:
    plain = {"results": [], "relations": []} if "entities" in change else {}
    _, problems = read(write(tmp_path, {**GOLD, **plain, **change}), words)
    assert [reason in problem.reason for problem in problems] == [True]


def test_odd_texts_are_taken_as_they_are(words: Words, tmp_path: Path) -> None:
    odd = "\ud800 \x00 BERT \u202e 😀 BERT" + " a" * 3000
    path = write(tmp_path, {"text": odd, "spans": [{"start": 4, "end": 8, "label": "method"}] * 2}, {"text": "\n\n x"})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    (example, empty), problems = read(path, words)
    assert ([*example.spans.values()], empty.spans, problems) == ([1], {}, [])


def test_no_json_is_no_annotation(words: Words, tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "a"}\nnonsense\n', encoding="utf8")
    with pytest.raises(ReadError, match=r"data\.jsonl:2"):
        read(path, words)


def test_labels_are_mapped_left_out_and_rejected_records_skipped(words: Words, tmp_path: Path) -> None:
    spans = [{**span("Plover"), "label": "MODEL"}, {**span("BERT"), "label": "PERSON"}]
    path = write(tmp_path, {"text": TEXT, "spans": spans}, {"text": TEXT, "spans": [], "answer": "reject"})
    (example,), problems = read(path, words, {"MODEL": "Method", "PERSON": ""})
    assert (list(example.spans.values()), problems) == ([1], [])


def test_slots_are_learnt_from_where_entities_stand(words: Words, tmp_path: Path) -> None:
    records = []
    for number in range(8):
        text = f"Rail gains 1{number} on Heron , and 2{number} on Egret ."
        entities = [{"id": n, "type": "Dataset", "mentions": [n]} for n in ("Heron", "Egret")]
        results = [{"value": f"1{number}", "dataset": "Heron"}, {"value": f"2{number}", "dataset": "Egret"}]
        records.append({"id": str(number), "abstract": text, "entities": entities, "relations": [], "results": results})
    examples, problems = read(write(tmp_path, *records), words)
    weights = learn_slots(examples)
    assert not problems
    assert set(weights) == {"dataset"}
    assert weights["dataset"]["same rank"] > 0.2 > -0.2 > weights["dataset"]["other rank"]
    assert weights == learn_slots(reversed(examples))


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["train", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_check_counts_and_tells_faults(tmp_path: Path) -> None:
    good = write(tmp_path, GOLD, DOCCANO)
    code, out, err = run(str(good), "--check")
    assert (code, "faults: 0" in out) == (0, True)
    assert "2 texts: 6 Method, 2 Dataset, 2 Value; 2 relations; faults: 0" in out
    assert "2 texts are few" in err
    bad = write(tmp_path, PRODIGY, {"text": "x", "spans": [{"start": 0, "end": 1, "label": "GENE"}]}, name="bad.jsonl")
    code, out, err = run(str(bad), "--dry-run")
    assert (code, "faults: 1" in out) == (1, True)
    assert f"{bad}:2: label 'GENE'" in err.replace("\n", "")


def test_training_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = str(write(tmp_path, GOLD))
    code, _, err = run(data)
    assert (code, "-o" in err, "--check" in err) == (2, True, True)
    code, _, err = run(data, "--check", "--label", "X=Gene")
    assert (code, "choose from Method" in err) == (2, True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    code, _, err = run(data, "-o", str(tmp_path / "model"))
    assert (code, "pip install 'abstract-kg[train]'" in err) == (2, True)
    assert not (tmp_path / "model").exists()
