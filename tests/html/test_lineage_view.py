"""The lineage of a method in a browser: who stands where, how it is reached, what is left out, circles in claims."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.export.html import write
from kg.model import Evidence

pytestmark = pytest.mark.slow

SENTENCE = (Evidence(paper="p", start=0, end=1, quote="One is based on the other.", score=0.9),)
LABELS = "[...document.querySelectorAll('.relative .name bdi')].map((e) => e.textContent)"
LEFT = "Object.fromEntries([...document.querySelectorAll('.relative')].map((e) => [e.title, e.offsetLeft]))"


def fact(graph: nx.MultiDiGraph, head: str, relation: str, tail: str, **more: Any) -> None:
    for key in (head, tail):
        graph.add_node(f"method/{key}", kind="Method", label=key, papers=2, first_year=2019, last_year=2021)
    graph.add_edge(f"method/{head}", f"method/{tail}", relation, support=1, score=0.9, evidence=SENTENCE, **more)


@pytest.fixture(scope="session")
def family_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three generations, a circle of claims, a denied fact, and a hub that hundreds are based on."""
    graph = nx.MultiDiGraph(extractor="test", extractor_version="1")
    fact(graph, "child", "basedOn", "parent")
    fact(graph, "child", "basedOn", "stranger", status="negated")
    fact(graph, "parent", "subtypeOf", "grandparent", inferred=True)
    fact(graph, "grandchild", "partOf", "child")
    fact(graph, "grandparent", "basedOn", "grandchild")
    for i in range(400):
        fact(graph, f"copy {i:03}", "basedOn", "hub")
        fact(graph, f"copy of copy {i:03}", "basedOn", f"copy {i:03}")
    return write(graph, tmp_path_factory.mktemp("family") / "graph.html")[0]


def test_ancestors_stand_left_and_descendants_right(family_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(family_page, "view=lineage&root=method/child")
    left = opened.page.evaluate(LEFT)
    assert set(left) == {"child", "parent", "grandparent", "grandchild"}  # the circle ends, the denied is no kin
    assert left["grandchild"] < left["grandparent"] < left["parent"] < left["child"]
    dashes = "(kind) => getComputedStyle(document.querySelector(`.kin.${kind}`)).strokeDasharray"
    assert opened.page.evaluate(dashes, "basedOn") == "none"
    assert opened.page.evaluate(dashes, "inferredSubtypeOf") != "none"
    assert "2019" in opened.page.inner_text(".relative.root .about")
    assert opened.trouble == []


def test_a_name_goes_to_the_middle_and_back_returns(family_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(family_page, "view=lineage&root=method/child")
    page = opened.page
    page.click(".relative[title=parent]")
    assert page.inner_text(".relative.root .name") == "parent"
    assert "root=method/parent" in page.evaluate("location.hash")
    assert page.inner_text("#pane h2") == "parent"
    page.click("#back")
    page.wait_for_function("document.querySelector('.relative.root .name').textContent === 'child'")
    page.fill("#search", "hub")
    page.wait_for_selector("#search-list [role=option]")
    page.press("#search", "Enter")
    assert page.inner_text(".relative.root .name") == "hub"
    assert opened.trouble == []


def test_the_keyboard_reaches_and_chooses_names(family_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(family_page, "node=method/child")
    page = opened.page
    page.keyboard.press("l")
    page.wait_for_selector(".relative.root")
    assert page.evaluate("document.activeElement.title") == "child"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.title") == "parent"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.title") == "parent"
    assert page.inner_text(".relative.root .name") == "parent"
    assert opened.trouble == []


def test_a_line_shows_its_sentences(family_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(family_page, "view=lineage&root=method/child")
    opened.page.click("#view-lineage td button:has-text('based on') >> nth=0")
    assert "One is based on the other." in opened.page.inner_text("#pane")
    assert len(opened.page.evaluate(LABELS)) == 4
    assert opened.trouble == []


def test_a_hub_is_cut_and_says_so(family_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(family_page, "view=lineage&root=method/hub")
    shown = opened.page.evaluate(LABELS)
    assert "hub" in shown and 10 < len(shown) <= 60
    direct = sum(label.startswith("copy") and "of" not in label for label in shown)
    assert f"+{400 - direct}" in opened.page.inner_text(".relative.root .about")
    assert "more relatives" in opened.page.inner_text(".left-out")
    assert opened.trouble == []
