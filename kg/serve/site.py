"""What the pages of a graph need at hand: its names to search, its nodes by weight, its numbers. Made once a build."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from urllib.parse import quote

import networkx as nx

from kg.iri import encode, node_iri
from kg.model import SLOTS, Evidence
from kg.serve.context import ServeContext
from kg.serve.finder import Finder
from kg.text import shortened

ENTITIES = ("Method", "Task", "Dataset", "Metric")
KINDS = (*ENTITIES, "Paper", "Result")
KIND_NAMES = {
    "Method": ("method", "methods"),
    "Task": ("task", "tasks"),
    "Dataset": ("data set", "data sets"),
    "Metric": ("metric", "metrics"),
    "Paper": ("paper", "papers"),
    "Result": ("result", "results"),
}
ABOUT_PAPERS = ("proposes", "addresses", "mentions")
RESULT_EDGES = frozenset({"reports", *SLOTS})
NOT_FACTS = RESULT_EDGES.union(ABOUT_PAPERS)  # every other relation joins two entities
INVERSE = {
    "usedFor": "uses",
    "evaluatedOn": "used to evaluate",
    "measuredBy": "measures",
    "partOf": "has part",
    "basedOn": "basis of",
    "subtypeOf": "has kind",
    "comparedWith": "compared with",
    "outperforms": "outperformed by",
    "mentions": "named in",
    "proposes": "proposed in",
    "addresses": "addressed in",
    "reports": "reported in",
}  # as the explorer names them (`data.js`)

_making = Lock()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Site:
    """A graph with its indices. `ranked` has the keys of each kind, the heaviest first; papers the newest first."""

    graph: nx.MultiDiGraph
    base: str
    identity: str
    finder: Finder
    ranked: dict[str, tuple[str, ...]]
    relations: dict[str, int]
    papers: dict[str, str]  # paper id -> key
    odd: dict[str, str]  # path -> key, where the two differ

    def key_at(self, path: str) -> str | None:
        """The key of the node whose IRI ends in this path, percent-encoded as in the IRI, None where there is none."""
        if path in self.odd:
            return self.odd[path]
        return path if path in self.graph and encode(path) == path else None

    def label(self, key: str) -> str:
        """What the node is called."""
        return str(self.graph.nodes[key].get("label") or key)

    def weight(self, key: str) -> float:
        """How much there is to say about a node: papers first, then facts. The explorer's `Graph.weight` is alike."""
        return _weight(self.graph, key)

    def years(self) -> tuple[int, int] | None:
        """The first and the last year of the papers."""
        found = [self.graph.nodes[key]["year"] for key in self.ranked["Paper"] if "year" in self.graph.nodes[key]]
        return (min(found), max(found)) if found else None

    def best(self, evidence: Iterable[Evidence], limit: int) -> list[Evidence]:
        """The surest sentences, each once."""
        ordered = heapq.nsmallest(limit * 2, set(evidence), key=lambda e: (-e.score, e))
        unique = {(e.paper, e.start, e.end): e for e in reversed(ordered)}
        return sorted(unique.values(), key=lambda e: (-e.score, e))[:limit]


async def site_of(context: ServeContext) -> Site:
    """The site of the workspace's present graph."""
    graph = await context.graph()
    return await asyncio.to_thread(_site, graph, context.base, context.identity())


def _site(graph: nx.MultiDiGraph, base: str, identity: str) -> Site:
    with _making:
        return _made(graph, base, identity)


@lru_cache(maxsize=1)
def _made(graph: nx.MultiDiGraph, base: str, identity: str) -> Site:
    ranked: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for key, kind in graph.nodes(data="kind"):
        ranked.setdefault(kind, []).append(key)

    def order(key: str) -> tuple[float, int, str]:
        return -_weight(graph, key), -int(graph.nodes[key].get("year", 0)), key

    for keys in ranked.values():
        keys.sort(key=order)
    ranked["Paper"].sort(key=lambda key: (-int(graph.nodes[key].get("year", 0)), key))
    return Site(
        graph=graph,
        base=base,
        identity=identity,
        finder=Finder(graph),
        ranked={kind: tuple(keys) for kind, keys in ranked.items()},
        relations=dict(sorted(Counter(relation for *_, relation in graph.edges(keys=True)).items())),
        papers={graph.nodes[key]["paper_id"]: key for key in ranked["Paper"]},
        odd={encode(key): key for key in graph if encode(key) != key},
    )


def _weight(graph: nx.MultiDiGraph, key: str) -> float:
    return int(graph.nodes[key].get("papers", 0)) + 0.01 * float(min(graph.degree(key), 90))


def path_of(key: str) -> str:
    """The address of a node's IRI on this server.

    >>> path_of("method/slam 1")
    '/method/slam%201'
    """
    return node_iri("/", key)


def line(text: object, limit: int = 300) -> str:
    """`text` on one line, without control characters, cut to `limit` characters."""
    plain = (c if c.isprintable() or c.isspace() or ord(c) > 0x9F else " " for c in str(text)[: 4 * limit])
    return shortened("".join(plain), limit)


def paper_links(data: dict[str, object]) -> list[tuple[str, str]]:
    """(name, address) of a paper's DOI, arXiv and web pages, nothing but http and https."""
    found = []
    doi = str(data.get("doi", "")).strip()
    for start in ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"):
        doi = doi[len(start) :] if doi.lower().startswith(start) else doi
    if doi.startswith("10."):
        found.append(("DOI", "https://doi.org/" + encode(doi)))
    if arxiv := str(data.get("arxiv", "")).strip():
        found.append(("arXiv", "https://arxiv.org/abs/" + encode(arxiv)))
    url = str(data.get("url", ""))
    if url.lower().startswith(("http://", "https://")):
        found.append(("Web page", quote(url, safe="/:?#[]@!$&'()*+,;=%~-._", errors="replace")))
    return found
