"""What is compared: the papers, entities, facts and results of one graph, of a workspace or read from a file of RDF."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import networkx as nx
from pyoxigraph import RdfFormat, Store

from kg.errors import ReadError
from kg.iri import NAMESPACES, web_address
from kg.model import SLOTS
from kg.schema import load_schema
from kg.snapshot import load
from kg.text import fold
from kg.workspace import is_workspace

_FORMATS = {
    "nt": RdfFormat.N_TRIPLES,
    "ttl": RdfFormat.TURTLE,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
_NOT_FACTS = frozenset(("mentions", "reports", *SLOTS))

Triple = tuple[str, str, str]  # head key, relation, tail key


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperInfo:
    """A paper by its id; `key` is its node."""

    id: str
    key: str
    title: str
    year: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Quote:
    """A sentence of the paper with this id that states something, and where it begins."""

    paper: str
    start: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityInfo:
    """An entity; `papers` are the ids of those that mention it, sorted, and `names` its label and aliases."""

    key: str
    kind: str
    label: str
    names: tuple[str, ...]
    papers: tuple[str, ...]

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """Where it is called what: paper and folded name."""
        forms = {fold(name) for name in self.names}
        return frozenset((paper, form) for paper in self.papers for form in forms)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactInfo:
    """A fact with its quotes, sorted."""

    support: int
    score: float
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultInfo:
    """A result: its label, the number as written, and what fills its slots by key."""

    label: str
    value: str
    slots: tuple[tuple[str, str], ...]
    quotes: tuple[Quote, ...]


@dataclass(slots=True, kw_only=True)
class Side:
    """One of two graphs. Everything is by key, papers by their id."""

    name: str
    papers: dict[str, PaperInfo] = field(default_factory=dict)
    entities: dict[str, EntityInfo] = field(default_factory=dict)
    facts: dict[Triple, FactInfo] = field(default_factory=dict)
    results: dict[str, ResultInfo] = field(default_factory=dict)
    moved: dict[str, list[str]] = field(default_factory=dict)


def read_side(path: Path) -> Side:
    """The graph of a workspace, or of a file that 'kg export' wrote in a form of RDF.

    Raises ReadError for anything else.
    """
    if path.is_dir():
        if not is_workspace(path):
            raise ReadError("a folder, but no workspace; make one with 'kg build'", source=str(path))
        return side_of(load(path), str(path))
    form = _FORMATS.get(path.suffix.lstrip("."))
    if form is None:
        raise ReadError(
            f"neither a workspace nor a graph in RDF; expected a folder or a file ending in .{', .'.join(_FORMATS)}",
            source=str(path),
        )
    return _from_rdf(path, form)


def side_of(graph: nx.MultiDiGraph, name: str) -> Side:
    """The side that a graph in memory is."""
    side = Side(name=name, moved=dict(graph.graph.get("moved", {})))
    ids = {key: str(data["paper_id"]) for key, data in graph.nodes(data=True) if data["kind"] == "Paper"}
    mentions: dict[str, set[str]] = {}
    for head, tail, relation, data in graph.edges(keys=True, data=True):
        if relation == "mentions":
            mentions.setdefault(tail, set()).add(ids[head])
        elif relation not in _NOT_FACTS:
            side.facts[head, relation, tail] = FactInfo(
                support=data["support"], score=data["score"], quotes=_quotes(data["evidence"])
            )
    for key, data in graph.nodes(data=True):
        if data["kind"] == "Paper":
            side.papers[ids[key]] = PaperInfo(
                id=ids[key], key=key, title=data["label"], year=data.get("year"), url=web_address(data)
            )
        elif data["kind"] == "Result":
            slots = ((slot, tail) for _, tail, slot in graph.out_edges(key, keys=True) if slot in SLOTS)
            told = (item for _, _, found in graph.in_edges(key, data="evidence") for item in found)
            side.results[key] = ResultInfo(
                label=data["label"], value=data["value"], slots=tuple(sorted(slots)), quotes=_quotes(told)
            )
        else:
            side.entities[key] = EntityInfo(
                key=key,
                kind=data["kind"],
                label=data["label"],
                names=tuple(sorted({data["label"], *data.get("aliases", ())})),
                papers=tuple(sorted(mentions.get(key, ()))),
            )
    return side


def _quotes(evidence: Any) -> tuple[Quote, ...]:
    return tuple(sorted({Quote(paper=item.paper, start=item.start, text=item.quote) for item in evidence}))


class _Rdf:
    """A file of RDF in memory, asked by prefixed names."""

    def __init__(self, path: Path, format: RdfFormat) -> None:
        self.store = Store()
        try:
            self.store.bulk_load(path=str(path), format=format)
        except (OSError, SyntaxError, ValueError) as error:
            raise ReadError(f"no RDF of this form: {error}", source=str(path)) from error
        bases = [row["base"].value for row in self.rows("?set void:uriSpace ?base")]
        if len(bases) != 1:
            raise ReadError("RDF, but no graph that 'kg export' wrote (void:uriSpace is missing)", source=str(path))
        self.base = bases[0]

    def rows(self, pattern: str) -> Any:
        """Solutions of a pattern of ours over the default graph."""
        return self.store.query(f"SELECT * {{ {pattern} }}", prefixes=NAMESPACES)

    def key(self, node: Any) -> str:
        return unquote(str(node.value).removeprefix(self.base))

    def many(self, pattern: str) -> dict[str, list[Any]]:
        """What stands at ?o, by the key of ?s."""
        found: dict[str, list[Any]] = {}
        for row in self.rows(pattern):
            found.setdefault(self.key(row["s"]), []).append(row["o"])
        return found

    def one(self, pattern: str) -> dict[str, str]:
        return {key: min(str(value.value) for value in values) for key, values in self.many(pattern).items()}


def _from_rdf(path: Path, format: RdfFormat) -> Side:
    rdf = _Rdf(path, format)
    side = Side(name=str(path))
    ids = rdf.one("?s a kg:Paper ; dcterms:identifier ?o")
    titles, years = rdf.one("?s a kg:Paper ; dcterms:title ?o"), rdf.one("?s a kg:Paper ; kg:year ?o")
    places = {
        name: rdf.one(f"?s a kg:Paper ; {term} ?o")
        for name, term in (("doi", "prism:doi"), ("arxiv", "fabio:hasArXivId"), ("url", "schema:url"))
    }
    for key, paper in ids.items():
        year = int(years[key]) if key in years else None
        url = web_address({name: found[key] for name, found in places.items() if key in found})
        side.papers[paper] = PaperInfo(id=paper, key=key, title=titles.get(key, paper), year=year, url=url)
    quotes = _rdf_quotes(rdf, ids)
    _rdf_entities(rdf, side, ids)
    _rdf_facts(rdf, side, quotes)
    labels, values = rdf.one("?s a kg:Result ; rdfs:label ?o"), rdf.one("?s a kg:Result ; kg:value ?o")
    derived = rdf.many("?s a kg:Result ; prov:wasDerivedFrom ?o")
    slots = {slot: rdf.many(f"?s a kg:Result ; kg:{slot} ?o") for slot in SLOTS}
    for key, label in labels.items():
        filled = ((slot, rdf.key(node)) for slot in SLOTS for node in slots[slot].get(key, ()))
        told = sorted({quotes[rdf.key(node)] for node in derived.get(key, ())})
        side.results[key] = ResultInfo(
            label=label, value=values.get(key, ""), slots=tuple(sorted(filled)), quotes=tuple(told)
        )
    for key, nodes in rdf.many("?s dcterms:isReplacedBy ?o").items():
        side.moved[key] = sorted(map(rdf.key, nodes))
    return side


def _rdf_quotes(rdf: _Rdf, ids: dict[str, str]) -> dict[str, Quote]:
    found = {}
    for row in rdf.rows("?s nif:anchorOf ?text ; nif:beginIndex ?start ; kg:inPaper ?paper"):
        paper = ids[rdf.key(row["paper"])]
        found[rdf.key(row["s"])] = Quote(paper=paper, start=int(row["start"].value), text=row["text"].value)
    return found


def _rdf_entities(rdf: _Rdf, side: Side, ids: dict[str, str]) -> None:
    labels = rdf.one("?s skos:prefLabel ?o")
    others = rdf.many("?s skos:altLabel ?o")
    mentions: dict[str, set[str]] = {}
    for row in rdf.rows("?paper kg:mentions ?s"):
        mentions.setdefault(rdf.key(row["s"]), set()).add(ids[rdf.key(row["paper"])])
    for kind in load_schema().types:
        for row in rdf.rows(f"?s a kg:{kind}"):
            key = rdf.key(row["s"])
            names = {labels[key], *(name.value for name in others.get(key, ()))}
            side.entities[key] = EntityInfo(
                key=key,
                kind=kind,
                label=labels[key],
                names=tuple(sorted(names)),
                papers=tuple(sorted(mentions.get(key, ()))),
            )


def _rdf_facts(rdf: _Rdf, side: Side, quotes: dict[str, Quote]) -> None:
    derived = rdf.many("?s a rdf:Statement ; prov:wasDerivedFrom ?o")
    supports = rdf.one("?s a rdf:Statement ; kg:support ?o")
    scores = rdf.one("?s a rdf:Statement ; kg:confidence ?o")
    for row in rdf.rows("?s a rdf:Statement ; rdf:subject ?head ; rdf:predicate ?relation ; rdf:object ?tail"):
        relation = row["relation"].value.removeprefix(NAMESPACES["kg"])
        key = rdf.key(row["s"])
        if relation not in _NOT_FACTS:
            side.facts[rdf.key(row["head"]), relation, rdf.key(row["tail"])] = FactInfo(
                support=int(supports.get(key, "0")),
                score=float(scores.get(key, "0")),
                quotes=tuple(sorted({quotes[rdf.key(node)] for node in derived.get(key, ())})),
            )
