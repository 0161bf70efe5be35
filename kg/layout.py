"""Where and how nodes are drawn: positions, sizes, colours and communities, from the graph alone.

The work is igraph's: Fruchterman and Reingold (1991) for positions, Leiden (Traag et al. 2019) by modularity for
communities. Both draw from one seeded generator, so equal graphs give equal layouts in every process.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

import igraph
import networkx as nx

from kg.text import shortened

# Pairwise distinct under protanopia, deuteranopia and tritanopia, and of at least 3:1 contrast (WCAG 2.2, 1.4.11)
# both on white and on a dark page; tests/test_layout.py computes both.
KIND_COLORS: dict[str, str] = {
    "Method": "#2563eb",
    "Task": "#c0392b",
    "Dataset": "#20985c",
    "Metric": "#e11db0",
    "Paper": "#65656a",
    "Result": "#a59014",
}
OTHER_COLOR = "#65656a"
SEED = 20
SPACING = 40.0  # length of the side of the square that each node has to itself on average
_EXACT_UNTIL = 600  # nodes; beyond, repulsion is counted within grid cells only, which keeps time near linear
_NAMED_BY = ("Task", "Method", "Dataset", "Metric")
_NAME_PARTS = 3
_NAME_LENGTH = 40

_generator = Lock()  # igraph has one random number generator a process


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to draw each node, by node key, keys sorted.

    `position` is (x, y), centred on (0, 0), y pointing up, two decimals; `size` is a diameter in the same unit;
    `color` is '#rrggbb'. `community` numbers communities from 0, the largest first, and `community_name` names each by
    its top entities.
    """

    position: dict[str, tuple[float, float]]
    size: dict[str, float]
    color: dict[str, str]
    community: dict[str, int]
    community_name: tuple[str, ...]


def layout(graph: nx.MultiDiGraph) -> Layout:
    """Lay `graph` out; depends on its nodes, edges, `kind`, `label`, `papers` and `support`, not on their order.

    Takes about a second for 5,000 nodes.
    """
    keys = sorted(graph)
    flat = _flatten(graph, keys)
    with _seeded():
        membership = _membership(flat)
        places = _places(flat, membership)
    community = _number(keys, membership)
    return Layout(
        position=dict(zip(keys, places, strict=True)),
        size={key: diameter(graph, key) for key in keys},
        color={key: KIND_COLORS.get(str(graph.nodes[key].get("kind")), OTHER_COLOR) for key in keys},
        community=community,
        community_name=_names(graph, community),
    )


def communities(graph: nx.MultiDiGraph) -> tuple[dict[str, int], tuple[str, ...]]:
    """The community of each node and the communities' names, as `layout` gives them, without placing anything."""
    keys = sorted(graph)
    with _seeded():
        membership = _membership(_flatten(graph, keys))
    community = _number(keys, membership)
    return community, _names(graph, community)


@contextmanager
def _seeded() -> Iterator[None]:
    with _generator:
        igraph.set_random_number_generator(random.Random(SEED))  # noqa: S311
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)


def _flatten(graph: nx.MultiDiGraph, keys: list[str]) -> igraph.Graph:
    """The simple undirected graph over `keys`; parallel edges add up in `weight`, damped."""
    index = {key: i for i, key in enumerate(keys)}
    support: dict[tuple[int, int], int] = {}
    for head, tail, data in graph.edges(data=True):
        if head != tail:
            pair = (min(index[head], index[tail]), max(index[head], index[tail]))
            support[pair] = support.get(pair, 0) + int(data.get("support", 1))
    pairs = sorted(support)
    flat = igraph.Graph(n=len(keys), edges=pairs)
    flat.es["weight"] = [1.0 + math.log2(max(1, support[pair])) for pair in pairs]
    return flat


def _places(flat: igraph.Graph, membership: list[int]) -> list[tuple[float, float]]:
    """Each connected component laid out by itself; the largest in the middle, the others in rings around it."""
    places: list[tuple[float, float]] = [(0.0, 0.0)] * flat.vcount()
    parts = sorted(flat.connected_components(), key=lambda part: (-len(part), part[0]))
    shapes = [_shape(flat.induced_subgraph(part), [membership[v] for v in part]) for part in parts]
    for part, shape, (x, y) in zip(parts, shapes, _rings([_radius(shape) for shape in shapes]), strict=True):
        for vertex, (dx, dy) in zip(part, shape, strict=True):
            places[vertex] = (round(x + dx, 2) + 0.0, round(y + dy, 2) + 0.0)
    return places


def _shape(part: igraph.Graph, membership: list[int]) -> list[tuple[float, float]]:
    """Positions in a connected graph, centred; each node has SPACING² to itself on average."""
    if part.vcount() == 1:
        return [(0.0, 0.0)]
    large = part.vcount() > _EXACT_UNTIL
    seed = _grouped(part, membership) if large else None
    temperature = {"start_temp": 5.0} if large else {}
    raw = part.layout_fruchterman_reingold(
        weights="weight", niter=200 if large else 500, grid=large, seed=seed, **temperature
    ).coords
    middle_x, middle_y = (sum(axis) / len(raw) for axis in zip(*raw, strict=True))
    spread = math.sqrt(sum((x - middle_x) ** 2 + (y - middle_y) ** 2 for x, y in raw) / len(raw)) or 1.0
    # A full disc of n nodes, SPACING² each, has the root mean square radius SPACING * sqrt(n / 2π).
    scale = SPACING * math.sqrt(len(raw) / (2 * math.pi)) / spread
    return [((x - middle_x) * scale, (y - middle_y) * scale) for x, y in raw]


def _grouped(part: igraph.Graph, membership: list[int]) -> list[tuple[float, float]]:
    """A start for the layout that knows the communities: each node near the place of its community."""
    numbers = {group: i for i, group in enumerate(sorted(set(membership)))}
    group = [numbers[m] for m in membership]
    whole = part.copy()
    whole.contract_vertices(group)
    whole.simplify(combine_edges="sum")
    centres = whole.layout_fruchterman_reingold(weights="weight", niter=500, grid=False).coords
    spread = math.sqrt(part.vcount() / len(numbers))
    noise = random.Random(SEED)  # noqa: S311
    jitter = [(noise.gauss(0, spread / 3), noise.gauss(0, spread / 3)) for _ in group]
    return [
        (centres[g][0] * spread + dx, centres[g][1] * spread + dy) for g, (dx, dy) in zip(group, jitter, strict=True)
    ]


def _radius(shape: list[tuple[float, float]]) -> float:
    return max(math.hypot(x, y) for x, y in shape) + SPACING / 2


def _rings(radii: list[float]) -> list[tuple[float, float]]:
    """Centres for discs that do not overlap: the first at the origin, the others, largest first, in rings about it."""
    centres = [(0.0, 0.0)][: len(radii)]
    inner, i = radii[0] if radii else 0.0, 1
    while i < len(radii):
        distance, angle = inner + radii[i], 0.0
        inner += 2 * radii[i]
        while i < len(radii):
            half = math.asin(radii[i] / distance)
            if angle + 2 * half > 2 * math.pi:
                break
            centres.append((distance * math.cos(angle + half), distance * math.sin(angle + half)))
            angle += 2 * half
            i += 1
    return centres


def _membership(flat: igraph.Graph) -> list[int]:
    if not flat.ecount():
        return list(range(flat.vcount()))
    clusters = flat.community_leiden(objective_function="modularity", weights="weight", n_iterations=10)
    return list(clusters.membership)


def _number(keys: list[str], membership: list[int]) -> dict[str, int]:
    """Communities renumbered from the largest; among equals the one with the smallest key first."""
    members: dict[int, list[str]] = {}
    for key, group in zip(keys, membership, strict=True):
        members.setdefault(group, []).append(key)
    ordered = sorted(members.values(), key=lambda group: (-len(group), group[0]))
    number = {key: i for i, group in enumerate(ordered) for key in group}
    return {key: number[key] for key in keys}


def _names(graph: nx.MultiDiGraph, community: Mapping[str, int]) -> tuple[str, ...]:
    """Each community's name: labels of its entities in most papers, tasks first among equals, or of any node."""
    groups: dict[int, list[str]] = {}
    for key, number in community.items():
        groups.setdefault(number, []).append(key)

    def rank(key: str) -> tuple[bool, int, int, int, str]:
        data = graph.nodes[key]
        kind = str(data.get("kind"))
        named = kind in _NAMED_BY
        place = _NAMED_BY.index(kind) if named else len(_NAMED_BY)
        return not named, -int(data.get("papers", 0)), place, -graph.degree(key), key

    names = []
    for number in sorted(groups):
        top = sorted(groups[number], key=rank)[:_NAME_PARTS]
        top = [key for key in top if graph.nodes[key].get("kind") in _NAMED_BY] or top[:1]
        names.append(" · ".join(shortened(str(graph.nodes[key].get("label", key)), _NAME_LENGTH) for key in top))
    return tuple(names)


def diameter(graph: nx.MultiDiGraph, key: str) -> float:
    """How large a node is drawn: area grows with an entity's papers, or with its support where these are unknown."""
    data = graph.nodes[key]
    if data.get("kind") == "Paper":
        return 8.0
    if data.get("kind") == "Result":
        return 6.0
    papers = data.get("papers") or max((d.get("support", 1) for *_, d in graph.in_edges(key, data=True)), default=1)
    return round(min(8.0 + 6.0 * math.sqrt(max(0, int(papers) - 1)), 60.0), 2)
