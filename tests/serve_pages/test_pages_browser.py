"""The pages in a browser: nothing from elsewhere, nothing that runs, and the explorer like the page of a build."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest

from kg.export.html import write
from kg.iri import encode
from serve_pages.pages_server import Served, paths, weightiest

pytestmark = pytest.mark.slow

Visit = Callable[..., Any]
PHONE = {"width": 390, "height": 844}


def some_pages(graph: nx.MultiDiGraph) -> list[str]:
    """One page of each sort."""
    found = paths(graph)
    kinds = ("statement", "sentence", "result", "merge", "void")
    entities = [f"/{encode(weightiest(graph, kind))}" for kind in ("Method", "Task", "Dataset", "Paper")]
    return [
        "/",
        "/search?q=net",
        "/method",
        "/ontology",
        "/method/none",
        *entities,
        *(found[k] for k in kinds if k in found),
    ]


def settled(page: Any) -> None:
    page.wait_for_selector("body:not([aria-busy])")


def test_pages_ask_nobody_else_and_fit_a_phone(served: Served, visit: Visit) -> None:
    for path in some_pages(served.graph):
        opened = visit(served.address + path, viewport=PHONE)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        expected = ["console"] if path == "/method/none" else []
        assert [trouble.split()[0] for trouble in opened.trouble] == expected, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(served: Served, visit: Visit, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is not installed")
    source = axe.AXE_FILE_PATH.read_text(encoding="utf8")
    faults = []
    for path in [*some_pages(served.graph), "/explore", "/query"]:
        ready = path in ("/explore", "/query")
        opened = visit(served.address + path, ready=ready, color_scheme=scheme, bypass_csp=True)
        opened.page.evaluate(source)
        found = opened.page.evaluate("async () => (await axe.run({exclude: [['#yasgui']]})).violations")
        faults += [
            (path, v["id"], [n["html"][:120] for n in v["nodes"]][:3])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
    assert faults == []


def test_search_completes_by_keyboard(served: Served, visit: Visit) -> None:
    opened = visit(served.address + "/")
    page = opened.page
    label = served.graph.nodes[weightiest(served.graph, "Method")]["label"]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type(label)
    page.wait_for_selector("#search-list [role=option]")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#search", "aria-activedescendant")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"h1:has-text({label!r})")
    assert opened.trouble == []


def test_the_theme_is_kept_from_page_to_page(served: Served, visit: Visit) -> None:
    page = visit(served.address + "/", color_scheme="light").page
    page.click("#theme")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto(served.address + "/ontology")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_a_question_is_answered_in_the_editor(served: Served, visit: Visit) -> None:
    opened = visit(served.address + "/query#question=papers-about", ready=True)
    opened.page.wait_for_selector(".yasr .dataTable tbody tr")
    opened.page.click("#questions button[data-name=evaluated-on]")
    opened.page.wait_for_selector(".yasr .dataTable tbody tr")
    assert opened.trouble == []


def test_hostile_names_are_shown_and_do_not_run(hostile: Served, visit: Visit) -> None:
    for key in sorted(hostile.graph):
        opened = visit(f"{hostile.address}/{encode(key)}", viewport=PHONE)
        page = opened.page
        assert page.evaluate("document.querySelectorAll('main b b, main script').length") == 0
        assert page.evaluate("[...document.links].every((a) => /^https?:$/.test(a.protocol))")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        explored = visit(f"{hostile.address}/explore#kinds=Method+Paper+Result&at={key}&node={encode(key)}", ready=True)
        settled(explored.page)
        assert opened.trouble == explored.trouble == []


@pytest.fixture(scope="module")
def built_page(served: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page that a build leaves."""
    (path,) = write(served.graph, tmp_path_factory.mktemp("built") / "graph.html")
    return path.as_uri()


@pytest.mark.parametrize("view", ["", "path", "results", "matrix", "filtered", "expanded"])
def test_the_explorer_shows_what_the_page_of_a_build_shows(
    served: Served, visit: Visit, built_page: str, view: str
) -> None:
    graph = served.graph
    method, task = weightiest(graph, "Method"), weightiest(graph, "Task")
    fragment = {
        "": "",
        "path": f"from={method}&to={task}",
        "results": "view=results",
        "matrix": "view=matrix",
        "filtered": "kinds=Method+Dataset&papers=2",
        "expanded": f"at={method}&more={method}&more={task}&node={task}",
    }[view]
    built = visit(f"{built_page}#{fragment}", ready=True)
    opened = visit(f"{served.address}/explore#{fragment}", ready=True)
    settled(opened.page)
    seen = [page.evaluate(SEEN) for page in (built.page, opened.page)]
    assert seen[0] == seen[1]
    assert opened.trouble == []


SEEN = """() => {
  const text = (selector) => [...document.querySelectorAll(selector)].map((node) => node.textContent);
  const view = document.body.dataset.view;
  const values = view === 'results' ? text('#view-results td:first-child').sort() : [];
  const cells = view === 'matrix' ? [text('#view-matrix tbody th').sort(), text('#view-matrix td button').length] : [];
  return [text('#caption'), text('#pane h2'), text('#pane h3').sort(), text('#filters label').sort(), values, cells];
}"""


def test_clicking_leads_on_with_back_and_evidence(served: Served, visit: Visit) -> None:
    opened = visit(served.address + "/explore", ready=True)
    page = opened.page
    label = served.graph.nodes[weightiest(served.graph, "Method")]["label"]
    page.fill("#search", label)
    page.wait_for_selector("#search-list [role=option][aria-selected=true]")
    page.press("#search", "Enter")
    page.wait_for_selector(f"#pane h2:has-text({label!r})")
    settled(page)
    before = page.inner_text("#caption")
    page.click("#pane .papers summary >> nth=0")
    quote = page.inner_text("#pane .quotes q >> nth=0")
    assert quote in {e.quote for *_, d in served.graph.edges(data=True) for e in d["evidence"]}
    page.click("#pane .facts .chip >> nth=0")
    settled(page)
    page.click("#back")
    page.wait_for_selector(f"#pane h2:has-text({label!r})")
    assert page.inner_text("#caption") == before
    page.click("#pane .actions a:has-text('Its page')")
    page.wait_for_selector(f"h1:has-text({label!r})")
    assert opened.trouble == []
