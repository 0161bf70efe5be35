"""The page of errors in a browser: no script, no network, every filter, and narrow screens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.evaluate import compare, evaluate
from kg.evaluate.page import write
from kg.model import Extraction
from kg.records import extraction_from_json, paper_from_json

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def errors_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The annotated sample against itself: of every other paper an entity and the results lost; and a hostile paper."""

    def rows(name: str) -> list[dict[str, Any]]:
        return [json.loads(row) for row in (EXAMPLES / name).read_text(encoding="utf8").splitlines() if row]

    papers = {paper.id: paper for paper in map(paper_from_json, rows("papers.jsonl"))}
    gold = [extraction_from_json(row, papers[row["id"]].text) for row in rows("gold.jsonl")]
    given = {
        g.id: Extraction(id=g.id, entities=g.entities[1:])
        if number % 2
        else Extraction(id=g.id, entities=g.entities, results=g.results)
        for number, g in enumerate(gold)
    }
    found = [compare(g, given[g.id], papers[g.id].text) for g in gold]
    text = "</p><script>alert(1)</script>" + "a" * 3000
    found.append(compare(Extraction(id="x"), Extraction(id="x"), text))
    return write(found, evaluate(gold, given), tmp_path_factory.mktemp("errors") / "errors.html")[0]


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 360, "height": 740}}, {"color_scheme": "dark"}])
def test_the_page_fits_every_screen_and_asks_for_nothing(
    visit: Callable[..., Any], errors_page: Path, options: dict[str, Any]
) -> None:
    opened = visit(errors_page, ready=False, **options)
    assert opened.trouble == []
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.page.locator("mark.is-missed").count() > 0
    assert opened.page.locator("script").count() == 0


def test_the_filter_shows_papers_with_such_errors(visit: Callable[..., Any], errors_page: Path) -> None:
    page = visit(errors_page, ready=False).page
    whole = page.locator("article:visible").count()
    page.check("#show-missed")
    missed = page.locator("article:visible").count()
    assert 0 < missed < whole
    assert page.locator("li:visible:not(.is-missed)").count() == 0
    page.check("#part-results")
    assert page.locator(".part-relations:visible").count() == 0
    assert page.locator("article:visible").count() < missed
