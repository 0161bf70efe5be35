"""Facts, results, node keys and labels; and that neither order nor repetition changes them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import KgError
from kg.link import link_entities, resolve
from kg.link.facts import fit_relation, noisy_or
from kg.model import Extraction, Mention, Paper, PaperEntity, Relation, Result, Span
from kg.schema import load_schema
from kg.settings import Settings

from .conftest import Build

Records = tuple[list[Paper], list[Extraction]]


def test_golden_homonyms_and_variants(golden_records: Records) -> None:
    resolved = resolve(*golden_records)
    senses = {entity.label for entity in resolved.entities if "LAN" in entity.aliases}
    assert senses == {"Ladder Attention Network", "Local Affine Normalization"}
    masked, error = (entity for entity in resolved.entities if "MAE" in entity.aliases)
    assert {masked.type, error.type} == {"Method", "Metric"}
    (network,) = (entity for entity in resolved.entities if entity.id.startswith("method/graph-neural-network-"))
    assert {"GNN", "GNNs"} <= set(network.aliases)


def test_every_member_stands_in_one_entity(golden_records: Records) -> None:
    papers, extractions = golden_records
    members = [member for entity in resolve(papers, extractions).entities for member in entity.members]
    assert sorted(members) == sorted((x.id, e.id) for x in extractions for e in x.entities)


def test_evidence_quotes_the_text(golden_records: Records) -> None:
    papers, extractions = golden_records
    texts = {paper.id: paper.text for paper in papers}
    resolved = resolve(papers, extractions)
    items = [item for fact in resolved.facts for item in fact.evidence] + [r.evidence for r in resolved.results]
    assert items
    for item in items:
        assert item.quote == texts[item.paper][item.start : item.end] != ""


def test_mentions_quote_a_sentence_with_the_mention(golden_records: Records) -> None:
    resolved = resolve(*golden_records)
    entities = {entity.id: entity for entity in resolved.entities}
    mentions = [fact for fact in resolved.facts if fact.relation == "mentions"]
    assert len(mentions) == sum(len({paper for paper, _ in entity.members}) for entity in resolved.entities)
    for fact in mentions:
        entity = entities[fact.tail]
        assert any(form in fact.evidence[0].quote for form in (entity.label, *entity.aliases))


@pytest.mark.parametrize("seed", range(3))
def test_order_of_papers_changes_nothing(golden_records: Records, seed: int) -> None:
    papers, extractions = ([*golden_records[0]], [*golden_records[1]])
    random.Random(seed).shuffle(papers)
    random.Random(seed + 7).shuffle(extractions)
    assert resolve(papers, extractions) == resolve(*golden_records)


def test_resolving_what_was_resolved_changes_nothing(golden_records: Records) -> None:
    """Entities renamed to their labels fall into the same entities again."""
    papers, extractions = golden_records
    before = resolve(papers, extractions)
    label = {member: entity.label for entity in before.entities for member in entity.members}
    again = [
        replace(x, entities=tuple(replace(e, mentions=(*e.mentions, _unplaced(label[x.id, e.id]))) for e in x.entities))
        for x in extractions
    ]
    after = resolve(papers, again)
    assert [e.members for e in after.entities] == [e.members for e in before.entities]


def test_keys_stay_when_papers_are_added(golden_records: Records) -> None:
    papers, extractions = golden_records
    all_keys = link_entities(extractions, papers)
    some = link_entities([x for x in extractions if x.id != "g10"], papers)
    kept = sum(all_keys[member] == key for member, key in some.items())
    assert kept >= 0.97 * len(some)


def test_the_same_fact_of_two_papers_is_one_with_support() -> None:
    text = "X1 solves parsing."
    papers = [Paper(id=name, title="", abstract=text) for name in "ab"]
    extractions = [_pair(paper.id, "usedFor", score=0.5) for paper in papers]
    resolved = resolve(papers, extractions)
    (fact,) = (fact for fact in resolved.facts if fact.relation == "usedFor")
    assert (fact.support, fact.score) == (2, 0.75)
    assert [item.paper for item in fact.evidence] == ["a", "b"]


def test_min_score_drops_what_is_below() -> None:
    papers = [Paper(id="a", title="", abstract="X1 solves parsing.")]
    resolved = resolve(papers, [_pair("a", "usedFor", score=0.5)], Settings(min_score=0.6))
    assert {fact.relation for fact in resolved.facts} == {"mentions"}


def test_compared_with_is_stored_once_smaller_key_first() -> None:
    papers = [
        Paper(id="a", title="", abstract="X1 solves parsing."),
        Paper(id="b", title="", abstract="X1 solves parsing."),
    ]
    one, two = (
        _pair("a", "comparedWith", kinds=("Method", "Method")),
        _pair("b", "comparedWith", kinds=("Method", "Method")),
    )
    two = replace(two, relations=tuple(replace(r, head=r.tail, tail=r.head) for r in two.relations))
    (fact,) = (f for f in resolve(papers, [one, two]).facts if f.relation == "comparedWith")
    assert fact.head < fact.tail
    assert fact.support == 2


def test_a_changed_type_retypes_the_relation_or_drops_it() -> None:
    schema = load_schema()
    method, task, dataset, metric = (("m", "Method"), ("t", "Task"), ("d", "Dataset"), ("x", "Metric"))
    assert fit_relation(schema, method, "usedFor", dataset) == ("m", "evaluatedOn", "d")
    assert fit_relation(schema, method, "evaluatedOn", task) == ("m", "usedFor", "t")
    assert fit_relation(schema, dataset, "usedFor", method) == ("m", "evaluatedOn", "d")
    assert fit_relation(schema, method, "usedFor", metric) == ("m", "measuredBy", "x")
    assert fit_relation(schema, task, "basedOn", method) is None
    assert fit_relation(schema, method, "usedFor", method) is None


def test_results_keep_the_slots_that_fit_and_their_key_depends_on_the_paper_alone() -> None:
    paper = Paper(id="a", title="", abstract="X1 solves parsing.")
    result = Result(
        value="80%", number=80.0, unit="percent", score=0.9, evidence=Span(start=0, end=18), method="e1", metric="e2"
    )
    extraction = replace(_pair("a", "usedFor"), results=(result, result))
    (alone,) = resolve([paper], [extraction]).results
    assert [slot for slot, _ in alone.slots] == ["method"]
    other = Paper(id="b", title="", abstract="X1 solves parsing.")
    assert alone.id in {r.id for r in resolve([paper, other], [extraction, _pair("b", "usedFor")]).results}


def test_labels_prefer_running_text_and_long_forms(corpus: Build) -> None:
    papers, extractions = corpus(
        a=("Graph Search works. We use graph search (GS).", {("Graph Search", "graph search", "GS"): "Method"}),
        b=("Graph search wins.", {"Graph search": "Method"}),
    )
    (entity,) = resolve(papers, extractions).entities
    assert (entity.label, entity.aliases) == ("graph search", ("GS", "Graph Search", "Graph search"))


def test_what_belongs_to_no_paper_is_an_error() -> None:
    with pytest.raises(KgError, match="belongs to none of the papers"):
        resolve([], [Extraction(id="a")])
    with pytest.raises(KgError, match="two extractions have the id 'a'"):
        resolve([Paper(id="a", title="", abstract="")], [Extraction(id="a"), Extraction(id="a")])


def test_papers_without_entities_stay() -> None:
    resolved = resolve([Paper(id="a", title="", abstract="")], [])
    assert [paper.id for paper in resolved.papers] == ["a"]
    assert not resolved.entities


_FORMS = st.text(alphabet="aAbs-() \\$\ud800\u202e'<", min_size=1, max_size=12)
_TYPES = st.sampled_from(("Method", "Task", "Dataset", "Metric"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(_FORMS, _TYPES), max_size=3), max_size=4), st.randoms())
def test_any_forms_link_alike_in_any_order(given_forms: list[list[tuple[str, str]]], random: random.Random) -> None:
    extractions = [
        Extraction(
            id=f"p{n}",
            entities=tuple(
                PaperEntity(id=f"e{m}", type=kind, mentions=(_unplaced(form),))
                for m, (form, kind) in enumerate(entities)
            ),
        )
        for n, entities in enumerate(given_forms)
    ]
    papers = [Paper(id=x.id, title="T", abstract="A.") for x in extractions]
    expected = resolve(papers, extractions)
    shuffled = random.sample(extractions, len(extractions))
    assert resolve(papers, shuffled) == expected
    assert len({entity.id for entity in expected.entities}) == len(expected.entities)


def test_noisy_or_takes_the_best_of_each_paper() -> None:
    assert noisy_or([("a", 0.5), ("a", 0.5)]) == 0.5
    assert noisy_or([]) == 0.0


def _unplaced(form: str) -> Mention:
    return Mention(start=0, end=0, text=form, score=1.0)


def _pair(paper: str, relation: str, *, score: float = 1.0, kinds: tuple[str, str] = ("Method", "Task")) -> Extraction:
    """X1 relation parsing, in 'X1 solves parsing.'"""
    first = PaperEntity(id="e1", type=kinds[0], mentions=(Mention(start=0, end=2, text="X1", score=1.0),))
    second = PaperEntity(id="e2", type=kinds[1], mentions=(Mention(start=10, end=17, text="parsing", score=1.0),))
    stated = Relation(head="e1", type=relation, tail="e2", score=score, evidence=Span(start=0, end=18))
    return Extraction(id=paper, entities=(first, second), relations=(stated,))
