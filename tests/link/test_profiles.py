"""A coined name goes before the description that a paper gives once."""

from __future__ import annotations

from kg.link import link_entities
from kg.model import Extraction, Mention, PaperEntity


def entity(*forms: str) -> PaperEntity:
    mentions = tuple(Mention(start=0, end=0, text=form, score=1.0) for form in forms)
    return PaperEntity(id="e1", type="Method", mentions=mentions)


def test_a_coined_name_links_papers_that_describe_it_and_those_that_only_use_it() -> None:
    first = Extraction(id="a", entities=(entity("TerraceNet", "Stepped Feature Hierarchies", "TerraceNet"),))
    second = Extraction(id="b", entities=(entity("TerraceNet"),))
    linked = link_entities([first, second])
    assert linked["a", "e1"] == linked["b", "e1"]


def test_a_name_used_no_more_than_its_description_stays_an_alias() -> None:
    first = Extraction(id="a", entities=(entity("Adam", "adaptive moment estimation", "adaptive moment estimation"),))
    second = Extraction(id="b", entities=(entity("adaptive moment estimation"),))
    linked = link_entities([first, second])
    assert linked["a", "e1"] == linked["b", "e1"]
