"""Search finds names, aliases, words and misspellings, fast enough to complete while one types."""

from __future__ import annotations

import statistics
import time
from random import Random

import networkx as nx
import pytest

from kg.serve.finder import Finder, folded
from serve_pages.pages_server import Served

BUDGET = 0.1  # seconds


@pytest.fixture(scope="module")
def finder() -> Finder:
    graph = nx.MultiDiGraph()
    named = [("Method", "Residual Network", ("ResNet",), 9), ("Method", "Residual Attention Network", (), 2)]
    named += [("Task", "naïve-bayes pruning", (), 1), ("Method", "U-Net", (), 5), ("Dataset", "ImageNet", (), 20)]
    for i, (kind, label, aliases, papers) in enumerate(named):
        graph.add_node(f"n/{i}", kind=kind, label=label, aliases=aliases, papers=papers)
    graph.add_node("result/1", kind="Result", label="80% on ImageNet", value="80%")
    return Finder(graph)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("resid", "n/0"),
        ("ResNet", "n/0"),
        ("RESNET", "n/0"),
        ("attention", "n/1"),
        ("residual attention", "n/1"),
        ("network residual attention", "n/1"),
        ("u net", "n/3"),
        ("NAIVE bayes", "n/2"),
        ("gene", "n/4"),
        ("Imagnet", "n/4"),
        ("residal netwrk", "n/0"),
    ],
)
def test_the_best_match_comes_first(finder: Finder, query: str, first: str) -> None:
    assert finder.find(query)[0].key == first


@pytest.mark.parametrize(
    "query", ["", "   ", "zzzzqqqq", '"', "a OR b*", "NEAR(", "'; DROP TABLE names", "\x00", "\ud800", "x" * 9999]
)
def test_no_query_breaks_it(finder: Finder, query: str) -> None:
    assert isinstance(finder.find(query), list)


def test_kinds_and_limits(finder: Finder) -> None:
    assert {match.key for match in finder.find("net", kind="Dataset")} == {"n/4"}
    assert len(finder.find("net", limit=1)) == 1
    assert all(not match.key.startswith("result") for match in finder.find("80"))


def test_folding_ignores_case_accents_and_hyphens() -> None:
    assert folded("Naïve‐Bayes_Net") == folded("naive bayes net")


def test_fifty_thousand_names_are_searched_in_time() -> None:
    random = Random(1)
    words = [f"{a}{b}" for a in ("net", "graph", "trans", "deep", "multi", "self") for b in range(300)]
    graph = nx.MultiDiGraph()
    for i in range(50_000):
        graph.add_node(
            f"method/{i}",
            kind="Method",
            label=" ".join(random.choices(words, k=3)),
            aliases=(),
            papers=random.randint(1, 99),
        )
    finder = Finder(graph)
    took = []
    for query in ("n", "graph", "graph1 tra", "deep12 multi", "ulti7", "grahp12 neet5", "nothing like it"):
        start = time.perf_counter()
        finder.find(query)
        took.append(time.perf_counter() - start)
    assert statistics.median(took) < 5 * BUDGET


def test_api_completes_names_and_aliases(served: Served) -> None:
    key, data = next((k, d) for k, d in served.graph.nodes(data=True) if d.get("aliases"))
    alias = data["aliases"][0]
    found = served.json("/api/search", q=alias)["results"]
    mine = next(one for one in found if one["key"] == key)
    assert (mine["label"], mine["form"], mine["kind"]) == (data["label"], alias, data["kind"])
    assert mine["iri"] == served.graph.graph["base"] + key
    assert served.json("/api/search", q="") == {"query": "", "results": []}


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1000", "kind=none", "limit=²"])
def test_bad_parameters_are_told(served: Served, query: str) -> None:
    assert served.client.get(f"/api/search?q=a&{query}").status_code == 400


def test_page_of_matches(served: Served) -> None:
    label = max((d["papers"], d["label"]) for _, d in served.graph.nodes(data=True) if "papers" in d)[1]
    page = served.client.get("/search", params={"q": label[:3]})
    assert label in page.text
    assert "Nothing in this graph" in served.client.get("/search?q=zzzzqqqq").text
    assert served.client.get("/search").status_code == 200
    assert "<script>alert" not in served.client.get("/search", params={"q": "<script>alert(1)</script>"}).text
