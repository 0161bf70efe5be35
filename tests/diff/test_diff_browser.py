"""The page of a difference in a browser: offline, readable in light and dark, nothing runs that a text brings along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.diff import Side, compare, side_of
from kg.diff.page import write

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_offline_and_fits_a_phone(
    browser: Any, golden_graph: nx.MultiDiGraph, hostile_graph: nx.MultiDiGraph, tmp_path: Path, scheme: str
) -> None:
    for number, graph in enumerate((golden_graph, hostile_graph)):
        path = write(compare(Side(name="nothing"), side_of(graph, "all")), tmp_path / f"{number}.html")
        context = browser.new_context(
            offline=True, viewport={"width": 390, "height": 800}, color_scheme=scheme, java_script_enabled=True
        )
        page, trouble = context.new_page(), []
        page.on("request", lambda r, t=trouble: t.append(r.url) if r.resource_type != "document" else None)
        page.on("dialog", lambda d, t=trouble: (t.append(d.message), d.dismiss()))
        page.on("pageerror", lambda e, t=trouble: t.append(str(e)))
        page.on("console", lambda m, t=trouble: t.append(m.text))
        page.goto(path.as_uri())
        assert page.inner_text("h1") == "What is new"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
        assert dark == (scheme == "dark")
        assert page.locator("q").count() > 0
        assert page.locator("b b, q b, script").count() == 0
        assert trouble == []
        context.close()
