"""The shipped model in its spaCy pipeline: what it promises of any text, and how well it reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup
from well_formed import check

from kg.errors import ConfigError
from kg.evaluate import evaluate
from kg.extract import PIPES, Trained, build_pipeline, extract, extractor_info
from kg.extract.attributes import SPANS, get_entities, get_relations
from kg.extract.model import SHIPPED, Model
from kg.extract.record import to_record
from kg.model import Paper
from kg.records import extraction_from_json, extraction_to_json, paper_from_json
from kg.settings import load_settings

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SHARED = ROOT.parent / "shared"
MEGABYTE = 2**20

pytestmark = pytest.mark.slow

TEXT = (
    "Accurate Parsing of Noisy Text\n"
    "We introduce CRANE, a neural parser. CRANE outperforms the Stanford parser on the Penn Treebank. We evaluate "
    "CRANE on ImageNet and CIFAR-10 and obtain a mean reciprocal rank (MRR) of 91.5%."
)


def lines(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf8") as rows:
        yield from (json.loads(row) for row in rows if row.strip())


def test_reads_what_a_paper_says(nlp: Language) -> None:
    record = to_record(nlp(TEXT), "crane")
    check(record, TEXT)
    forms = {mention.text: entity for entity in record.entities for mention in entity.mentions}
    assert forms["CRANE"].type == "Method"
    assert forms["CRANE"].proposed
    assert forms["ImageNet"].type == "Dataset"
    assert forms["MRR"] is forms["mean reciprocal rank"]
    assert forms["MRR"].type == "Metric"
    said = {(r.head, r.type, r.tail) for r in record.relations}
    assert (forms["CRANE"].id, "evaluatedOn", forms["ImageNet"].id) in said
    result = next(r for r in record.results if r.value == "91.5%")
    assert (result.number, result.unit, result.metric) == (91.5, "percent", forms["MRR"].id)


ODD = {
    "empty": "",
    "white space": " \n\t ",
    "title only": "Graph Neural Networks for Molecules\n",
    "one word": "GAN",
    "latex": "We gain $+2.66\\%$ over \\textbf{BERT} in $O(k^{-1/4})$ steps, 1.2xsim3.3x faster.",
    "entities": "Q&amp;A with &lt;b&gt;BERT&lt;/b&gt; &#x27;models&#x27;",
    "emoji": "We 🚀 train BERT 👩‍🔬 on SQuAD 🎉. It wins 😀.",
    "unicode math": "𝔸 𝒇-divergence ∑ᵢ ∇θ 𝓛(θ) ≤ ε improves Wasserstein GANs.",
    "control": "We \x07use\x0b BERT\x1b[31m on\u2028SQuAD\u200b.\u202e",
    "capitals": "WE PROPOSE BERT FOR QUESTION ANSWERING ON SQUAD. IT BEATS LSTM BY 2%.",
    "chinese": "我们提出了一种用于图像分类的卷积神经网络。",
    "german": "Wir stellen ein neuronales Netz zur Bildklassifikation vor.",
    "one long word": "a" * 50_000,
    "symbols": "%$#@!()[]{}<>" * 300,
    "no stop": "deep networks and " * 800,
    "lone surrogate": "BERT \ud800 for parsing",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_texts_are_read_or_left(nlp: Language, name: str) -> None:
    paper = Paper(id=name, title="", abstract=ODD[name])
    (record,) = extract([paper])
    check(record, paper.text)


def test_long_texts_are_read_to_the_end(nlp: Language) -> None:
    text = (
        " ".join(f"Part {n}. {TEXT.partition(chr(10))[2]}" for n in range(60))
        + " At last we evaluate Corvid on ImageNet."
    )
    record = to_record(nlp(text), "long")
    check(record, text)
    assert "ImageNet" in {mention.text for entity in record.entities for mention in entity.mentions}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*TEXT.split(), "\n", "\u00a0", "\u0301", "(", "%", "\U0001f600"]), max_size=60))
def test_shuffled_texts_are_quoted_exactly(nlp: Language, words: list[str]) -> None:
    text = " ".join(words)
    check(to_record(nlp(text), "x"), text)


def test_a_paper_is_read_alike_alone_and_in_any_company() -> None:
    papers = [paper_from_json(row) for row in list(lines(EXAMPLES / "papers.jsonl"))[:24]]
    alone = list(extract(papers))
    assert list(extract(reversed(papers)))[::-1] == alone
    assert list(extract(papers, workers=2)) == alone
    assert [record.id for record in alone] == [paper.id for paper in papers]


def test_annotations_survive_serialization(nlp: Language) -> None:
    doc = nlp(TEXT)
    copy = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert to_record(copy, "x") == to_record(doc, "x")
    assert doc.ents == tuple(doc.spans[SPANS])


def test_the_pipeline_is_saved_and_loaded_as_any_other(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    loaded = spacy.load(tmp_path / "pipeline")
    assert to_record(loaded(TEXT), "x") == to_record(nlp(TEXT), "x")


def test_pipe_gives_what_single_calls_give(nlp: Language) -> None:
    texts = [TEXT, "", TEXT[:80], TEXT[10:]]
    assert [to_record(doc, "x") for doc in nlp.pipe(texts, batch_size=3)] == [
        to_record(nlp(text), "x") for text in texts
    ]


def test_another_component_may_find_the_mentions() -> None:
    nlp = build_pipeline()
    assert nlp.analyze_pipes()["problems"] == {name: [] for name in PIPES}
    doc = nlp.make_doc("We train Plover for ranking.")
    for name in PIPES[:2]:
        doc = nlp.get_pipe(name)(doc)
    doc.spans[SPANS] = SpanGroup(doc, spans=[doc.char_span(9, 15, "Method"), doc.char_span(20, 27, "Task")])
    for name in PIPES[3:]:
        doc = nlp.get_pipe(name)(doc)
    assert [entity.type for entity in get_entities(doc)] == ["Method", "Task"]
    assert [(r.head, r.type, r.tail) for r in get_relations(doc)] == [(0, "usedFor", 1)]


def test_mentions_of_another_label_are_refused_with_advice() -> None:
    nlp = build_pipeline()
    doc = nlp.make_doc("We train Plover.")
    for name in PIPES[:2]:
        doc = nlp.get_pipe(name)(doc)
    doc.spans[SPANS] = SpanGroup(doc, spans=[doc.char_span(9, 15, "ORG")])
    with pytest.raises(ValueError, match=r"label 'ORG'.*labelled Method, Task"):
        nlp.get_pipe("kg_coreference")(doc)


def test_the_weights_ship_in_thirty_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 30 * MEGABYTE
    assert len(extractor_info().hash) == 64


def test_a_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"encoder\.onnx.*reinstall"):
        Model(tmp_path)
    for path in SHIPPED.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "pairs.onnx").write_bytes(b"no model")
    with pytest.raises(ConfigError, match="does not load"):
        Model(tmp_path)


def test_the_settings_name_another_model(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text('[kg]\nmodel = "mine"\n', encoding="utf8")
    settings = load_settings(tmp_path / "kg.toml")
    assert settings.model == str(tmp_path.resolve() / "mine")
    with pytest.raises(ConfigError, match=r"mine: model files encoder\.onnx"):
        build_pipeline(settings)
    with pytest.raises(ConfigError, match="no model here"):
        Trained(settings.model).extractor_info()
    (tmp_path / "mine").symlink_to(SHIPPED)
    paper = Paper(id="p", title="", abstract=TEXT)
    ours, theirs = next(extract([paper])), next(Trained(settings.model).extract([paper]))
    assert (ours, extractor_info()) == (theirs, Trained(settings.model).extractor_info())


def test_reads_the_examples_well() -> None:
    papers = {p.id: p for p in map(paper_from_json, lines(EXAMPLES / "papers.jsonl"))}
    gold = [extraction_from_json(row, papers[str(row["id"])].text) for row in lines(EXAMPLES / "gold.jsonl")]
    figures = evaluate(gold, {e.id: e for e in extract(papers[g.id] for g in gold)})
    assert figures["mentions"].f1 > 60
    assert figures["relations"].f1 > 20


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the annotated papers of ../shared/gold are not here")
def test_floors_on_annotated_papers() -> None:
    papers = {p.id: p for p in map(paper_from_json, lines(SHARED / "corpus" / "papers.jsonl"))}
    gold = [extraction_from_json(row, papers[str(row["id"])].text) for row in lines(SHARED / "gold" / "dev.jsonl")]
    figures = evaluate(gold, {e.id: e for e in extract((papers[g.id] for g in gold), workers=2)})
    assert figures["mentions"].f1 >= 65
    assert figures["entities"].f1 >= 60
    assert figures["relations"].f1 >= 24


def test_records_go_to_json_and_back() -> None:
    record = to_record(build_pipeline()(TEXT), "crane")
    assert extraction_from_json(json.loads(json.dumps(extraction_to_json(record)))) == record
