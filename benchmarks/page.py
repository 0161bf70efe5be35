"""How fast the graph page opens, answers and moves, in headless Chromium.

    python benchmarks/page.py make WORKSPACE graph.html [--papers 5000]
    python benchmarks/page.py measure graph.html [--runs 5]

`make` writes the page of the first papers of a workspace that an extractor has read, whether or not its build is done.
`measure` opens the page several times and prints the best and the median of each figure in milliseconds: what goes
beyond the best is other work of the machine. It needs Chromium and playwright.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import click

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
from linking import extractor_of, read  # noqa: E402

from kg.export.html import write  # noqa: E402
from kg.graph import assemble  # noqa: E402
from kg.link import resolve  # noqa: E402
from kg.schema import load_schema  # noqa: E402

ARGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
READY = """new MutationObserver((_, observer) => {
  if (!document.documentElement?.dataset.ready) return;
  observer.disconnect();
  requestAnimationFrame(() => { window.readyAt = performance.now(); });
}).observe(document, { attributes: true, childList: true, subtree: true });"""
SEARCH = """(query) => {
  const input = document.getElementById('search');
  const start = performance.now();
  input.value = query;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  document.getElementById('search-list').getBoundingClientRect();
  return performance.now() - start;
}"""
EXPAND = """async () => {
  const start = performance.now();
  document.querySelector('#pane .actions button.main').click();
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return performance.now() - start;
}"""
FRAMES = """() => {
  window.frameTimes = [];
  let last = performance.now();
  const tick = (now) => { frameTimes.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
QUERIES = ("a", "net", "transformer", "graph neural", "image classification", "zzzz")


@click.group()
def main() -> None:
    """Measure the page."""


@main.command()
@click.argument("workspace", type=click.Path(path_type=Path, exists=True))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--papers", "number", default=5000, show_default=True)
def make(workspace: Path, target: Path, number: int) -> None:
    """Write the page of the first papers that were extracted."""
    start = time.perf_counter()
    papers, records = read(workspace, number)
    graph = assemble(resolve(papers, records), load_schema(), extractor=extractor_of(workspace))
    write(graph, target)
    click.echo(f"{len(papers)} papers, {graph}; {target.stat().st_size:,} bytes; {time.perf_counter() - start:.0f} s")


@main.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--runs", default=5, show_default=True)
def measure(path: Path, runs: int) -> None:
    """Open the page, search, expand and pan."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    click.echo(f"{path.stat().st_size:,} bytes; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with sync_playwright() as playwright:
        for _ in range(runs):
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
            try:
                _run(browser, path, found)
            finally:
                browser.close()
    click.echo("| what | best | median | processor, best | processor, median |\n|---|---:|---:|---:|---:|")
    for what, pairs in found.items():
        wall, cpu = ([pair[i] for pair in pairs] for i in (0, 1))
        click.echo(f"| {what} | {min(wall):,.0f} | {median(wall):,.0f} | {min(cpu):,.0f} | {median(cpu):,.0f} |")


def _run(browser: Any, path: Path, found: dict[str, list[tuple[float, float]]]) -> None:
    """One opening of the page: (elapsed, time of the processor in the page's main thread) in milliseconds by what."""
    page = browser.new_context(offline=True, viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(120_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        return 1000 * float(metrics["TaskDuration"])

    def note(what: str, script: str, *given: str) -> None:
        before = spent()
        elapsed = float(page.evaluate(script, *given))
        found[what].append((elapsed, spent() - before))

    page.add_init_script(READY)
    page.goto(path.absolute().as_uri())
    page.wait_for_function("window.readyAt")
    found["opening"].append((page.evaluate("window.readyAt"), spent()))
    for query in QUERIES:
        note(f"search for '{query}'", SEARCH, query)
    page.fill("#search", "")
    page.locator("#pane .ranking .chip").first.click()
    page.wait_for_selector("#pane .actions button.main")
    note("expand", EXPAND)
    found["longest frame while panning"].append(_pan(browser, page))


def _pan(browser: Any, page: Any) -> tuple[float, float]:
    """The longest gap between frames while the network is dragged about, and the longest task of the main thread."""
    page.evaluate(FRAMES)
    browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"])
    page.mouse.move(640, 300)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(640 + 8 * (step % 20), 300 + 5 * (step % 20))
    page.mouse.up()
    gap = float(page.evaluate("Math.max(...frameTimes.slice(2))"))
    events = json.loads(browser.stop_tracing())["traceEvents"]
    names = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"}
    tasks = [
        e["tdur"] for e in events if (e["pid"], e["tid"]) in names and e["name"].endswith("RunTask") and "tdur" in e
    ]
    return gap, max(tasks, default=0) / 1000


if __name__ == "__main__":
    main()
