"""The page in a browser: it opens without any network, draws, answers, and runs nothing that a text brings along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.export.html import write
from kg.export.report import write as write_report

pytestmark = pytest.mark.slow

HEADING = "document.querySelector('#pane h2').textContent"
# The page keeps nothing in the global scope, so the drawn nodes are counted in the table view.
DRAWN = "document.querySelector('#view-table tbody').children.length"


def most_named(graph: nx.MultiDiGraph, kind: str | None = None) -> str:
    entities = [k for k, d in graph.nodes(data=True) if "papers" in d and kind in (None, d["kind"])]
    return max(entities, key=lambda k: (graph.nodes[k]["papers"], graph.degree(k), k))


def search(page: Any, text: str) -> None:
    page.fill("#search", text)
    page.wait_for_selector("#search-list [role=option]")


def test_opens_offline_with_nodes_drawn(golden_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(golden_page, "view=table")
    assert 0 < opened.page.evaluate(DRAWN) <= 300
    assert opened.trouble == []


def test_empty_graph_opens(visit: Callable[..., Any], tmp_path: Path) -> None:
    (path,) = write(nx.MultiDiGraph(), tmp_path / "graph.html")
    for view in ("network", "table", "results", "matrix", "lineage"):
        assert visit(path, f"view={view}").trouble == []


def test_years_count_the_papers(golden_graph: nx.MultiDiGraph, golden_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(golden_page, "view=matrix&matrix=method-year")
    label = golden_graph.nodes[most_named(golden_graph, "Method")]["label"]
    row = opened.page.locator("#view-matrix tbody tr", has=opened.page.get_by_role("rowheader", name=label, exact=True))
    numbers = [int(text) for text in row.first.locator("td button").all_inner_texts()]
    assert sum(numbers) == golden_graph.nodes[most_named(golden_graph, "Method")]["papers"]
    assert opened.trouble == []


def test_canvas_is_painted(golden_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(golden_page)
    painted = """() => {
      const canvas = document.querySelector('#canvas canvas');
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let count = 0;
      for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 0) count += 1;
      return count;
    }"""
    assert opened.page.evaluate(painted) > 2000
    assert opened.trouble == []


@pytest.mark.parametrize("start", ["", "view=matrix"])
def test_network_fills_its_place_however_it_is_reached(
    golden_page: Path, visit: Callable[..., Any], start: str
) -> None:
    page = visit(golden_page, start).page
    page.click("#tab-results")
    page.click("#tab-network")
    size = "(([a, b]) => [a.width, a.height, b.clientWidth, b.clientHeight])"
    found = page.evaluate(f"{size}([document.querySelector('#canvas canvas'), document.getElementById('canvas')])")
    assert found[:2] == found[2:]


def test_search_finds_names_and_aliases_and_shows_evidence(
    golden_graph: nx.MultiDiGraph, golden_page: Path, visit: Callable[..., Any]
) -> None:
    opened = visit(golden_page)
    node, alias = next((k, d["aliases"][0]) for k, d in golden_graph.nodes(data=True) if d.get("aliases"))
    label = golden_graph.nodes[node]["label"]
    search(opened.page, alias)
    assert label in opened.page.inner_text("#search-list")
    search(opened.page, label)
    opened.page.press("#search", "Enter")
    assert opened.page.evaluate(HEADING) == label
    opened.page.click("#pane .papers summary >> nth=0")
    quote = opened.page.inner_text("#pane .quotes q >> nth=0")
    assert quote in {e.quote for *_, d in golden_graph.edges(data=True) for e in d["evidence"]}
    assert opened.page.inner_text("#pane .quotes mark >> nth=0").lower() in {
        name.lower() for name in (label, *golden_graph.nodes[node]["aliases"])
    }
    assert opened.trouble == []


def test_a_line_shows_the_sentences_of_its_facts(
    golden_graph: nx.MultiDiGraph, golden_page: Path, visit: Callable[..., Any]
) -> None:
    head, tail, data = next((h, t, d) for h, t, k, d in golden_graph.edges(keys=True, data=True) if k == "usedFor")
    opened = visit(golden_page, f"edge={head}&edge={tail}")
    assert "used for" in opened.page.inner_text("#pane")
    assert opened.page.inner_text("#pane q >> nth=0") in {e.quote for e in data["evidence"]}
    assert opened.trouble == []


def test_expand_centre_back_and_the_address_restore_the_view(star_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(star_page, "node=task/t")
    page = opened.page
    page.click("#pane .actions button:has-text('Centre')")
    assert "at=task/t" in page.evaluate("location.hash")
    before = page.inner_text("#caption")
    page.click("#pane .actions button:has-text('Expand')")
    address, picture = page.evaluate("location.hash"), page.inner_text("#caption")
    assert "more=task/t" in address
    assert picture != before
    page.click("#back")
    page.wait_for_function("!location.hash.includes('more=')")
    assert page.inner_text("#caption") == before
    page.click("#forward")
    page.wait_for_function("location.hash.includes('more=')")
    assert page.inner_text("#caption") == picture
    again = visit(star_page, address[1:])
    assert again.page.inner_text("#caption") == picture
    assert opened.trouble == again.trouble == []


def test_search_centres_what_was_not_drawn(star_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(star_page)
    search(opened.page, "method 499")
    opened.page.press("#search", "Enter")
    assert opened.page.evaluate(HEADING) == "method 499"
    assert "around method 499" in opened.page.inner_text("#caption")
    assert opened.trouble == []


def test_never_more_than_300_nodes_are_drawn(star_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(star_page, "&".join(["view=table", "at=task/t", *["more=task/t"] * 30]))
    assert opened.page.evaluate(DRAWN) == 300
    opened.page.click("#tab-network")
    assert "No more than 300" in opened.page.inner_text("#caption")
    assert opened.trouble == []


def test_paths_lead_over_facts(golden_graph: nx.MultiDiGraph, golden_page: Path, visit: Callable[..., Any]) -> None:
    facts = nx.Graph(
        (h, t)
        for h, t in golden_graph.edges()
        if "papers" in golden_graph.nodes[h] and "papers" in golden_graph.nodes[t]
    )
    start = most_named(golden_graph)
    lengths = nx.single_source_shortest_path_length(facts, start)
    end = max(sorted(lengths), key=lambda k: lengths[k])
    opened = visit(golden_page, f"from={start}&to={end}")
    steps = opened.page.evaluate("document.querySelector('#pane ol.path').children.length")
    assert steps == lengths[end] + 1
    assert opened.trouble == []


def test_filters_results_and_matrix(
    golden_graph: nx.MultiDiGraph, golden_page: Path, visit: Callable[..., Any]
) -> None:
    opened = visit(golden_page, "view=table&kinds=Dataset")
    types = opened.page.locator("#view-table .table").first.locator("tbody td:nth-child(2)").all_inner_texts()
    assert set(types) == {"data set"}
    opened.page.click("#tab-results")
    values = {d["value"] for _, d in golden_graph.nodes(data=True) if d["kind"] == "Result"}
    assert any(value in opened.page.inner_text("#view-results") for value in values)
    opened.page.click("#tab-matrix")
    assert opened.page.evaluate("document.querySelectorAll('#view-matrix td button').length") > 0
    assert opened.trouble == []


def test_keyboard_alone_reaches_nodes_and_help(golden_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(golden_page)
    page = opened.page
    page.focus("#canvas")
    page.keyboard.press("ArrowRight")
    first = page.evaluate("location.hash")
    assert "node=" in first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.inner_text("#status") != ""
    page.keyboard.press("Escape")
    assert "node=" not in page.evaluate("location.hash")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.evaluate("document.getElementById('help').open")
    assert opened.trouble == []


def test_pictures_and_tables_are_saved(golden_page: Path, visit: Callable[..., Any], tmp_path: Path) -> None:
    opened = visit(golden_page, accept_downloads=True)
    starts = {"png": b"\x89PNG", "svg": b"<svg", "csv": b"\xef\xbb\xbf"}
    for name, start in starts.items():
        opened.page.click("#save summary")
        with opened.page.expect_download() as download:
            opened.page.click(f"#save-{name}")
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    assert opened.trouble == []


def test_dark_mode_changes_the_page(golden_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(golden_page, color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    before = opened.page.evaluate(paper)
    opened.page.click("#theme")
    assert opened.page.evaluate(paper) != before
    assert opened.trouble == []


def test_hostile_texts_are_shown_and_do_not_run(
    hostile_graph: nx.MultiDiGraph, hostile_page: Path, visit: Callable[..., Any]
) -> None:
    for node in sorted(hostile_graph):
        opened = visit(hostile_page, f"kinds=Method+Task+Dataset+Metric+Paper+Result&at={node}&node={node}")
        page = opened.page
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        for tab in ("table", "results", "matrix", "lineage", "network"):
            page.click(f"#tab-{tab}")
        search(page, "rtl")
        assert page.evaluate("document.querySelectorAll('#pane b b, #pane script, #view-table script').length") == 0
        assert page.evaluate("typeof window.__xss") == "undefined"
        assert opened.trouble == []


def test_hostile_report_runs_nothing(hostile_page: Path, visit: Callable[..., Any]) -> None:
    opened = visit(hostile_page.with_name("report.html"), ready=False)
    assert opened.page.evaluate("document.scripts.length") == 0
    assert opened.trouble == []


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desktop"])
def test_nothing_hangs_over_the_side(golden_page: Path, visit: Callable[..., Any], size: tuple[int, int]) -> None:
    viewport = {"width": size[0], "height": size[1]}
    for view in ("network", "table", "results", "matrix", "lineage"):
        opened = visit(golden_page, f"view={view}", viewport=viewport)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize(
    "fragment", ["", "view=table", "view=results", "view=matrix&matrix=method-year", "view=lineage", "color=community"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(golden_page: Path, visit: Callable[..., Any], fragment: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is not installed")
    opened = visit(golden_page, fragment, color_scheme=scheme, bypass_csp=True)
    opened.page.evaluate(axe.AXE_FILE_PATH.read_text(encoding="utf8"))
    found = opened.page.evaluate("async () => (await axe.run()).violations")
    serious = [
        (v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found if v["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_the_report(
    golden_graph: nx.MultiDiGraph, visit: Callable[..., Any], tmp_path: Path, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is not installed")
    (path,) = write_report(golden_graph, tmp_path / "report.html")
    opened = visit(path, ready=False, color_scheme=scheme, bypass_csp=True)
    opened.page.evaluate(axe.AXE_FILE_PATH.read_text(encoding="utf8"))
    found = opened.page.evaluate("async () => (await axe.run()).violations")
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
