"""Loads the graph into a running triple store, into one named graph that is replaced as a whole.

Batches are added to a graph beside it by the SPARQL 1.1 Graph Store Protocol, each with a triple that tells which batch
it is. When all are there, one SPARQL 1.1 Update moves that graph over the named one. So readers see the old graph or
the new one, a load that broke off goes on where it stopped, and a graph that is there already is not loaded again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

import networkx as nx
from pyoxigraph import Literal as Text
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from kg.errors import ExportError
from kg.export.bolt import Progress, no_progress
from kg.rdf import triples
from kg.terms import term

if TYPE_CHECKING:
    import httpx

Kind = Literal["fuseki", "graphdb", "neptune", "oxigraph", "virtuoso"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BATCH = 10_000  # triples a request

# Where a store answers queries, takes updates and keeps graphs, under the address that its users know it by.
_PLACES: dict[Kind, tuple[str, str, str]] = {
    "fuseki": ("/query", "/update", "/data"),
    "graphdb": ("", "/statements", "/rdf-graphs/service"),
    "neptune": ("/sparql", "/sparql", "/sparql/gsp/"),
    "oxigraph": ("/query", "/update", "/store"),
    "virtuoso": ("/sparql", "/sparql-auth", "/sparql-graph-crud-auth"),
}
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_LOADED, _BATCH_HELD = term("kg:loadedDigest"), term("kg:loadedBatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load did: triples of the graph, requests that carried some, batches that an earlier load had left."""

    triples: int
    sent: int
    resumed: int

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.sent or self.resumed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who asks. An empty user is for stores that ask for none."""

    user: str = ""
    password: str = ""


def load(
    graph: nx.MultiDiGraph,
    endpoint: str,
    *,
    name: str,
    kind: Kind = "fuseki",
    login: Login | None = None,
    patience: float = 60,
    progress: Progress = no_progress,
) -> Loaded:
    """Make the named graph `name` of the store at `endpoint` hold the triples of `graph`'s default graph.

    It also holds one triple more, which tells the digest of the rest; by it and by the number of triples a later load
    knows that there is nothing to do. `endpoint` is the address of the data set or repository: of Fuseki
    `http://host:3030/dataset`, of GraphDB `http://host:7200/repositories/name`, of the others that of the server. A
    request that met a transient fault is made again for `patience` seconds. The graph `name` + ".loading" is this
    loader's own.

    Raises ExportError where the store cannot be reached, does not let the user in, or refuses.
    """
    target = iri(name)
    with _Remote(endpoint, kind, login or Login(), patience) as remote:
        plan = _planned(progress(_batches(graph), "digesting"))
        if remote.digest(target) == plan.digest and remote.size(target) == plan.triples + 1:
            return Loaded(triples=plan.triples, sent=0, resumed=0)
        staging = iri(f"{name}.loading")
        held = remote.batches(staging)
        if not held or held - set(plan.batches):
            remote.update(f"DROP SILENT GRAPH {staging}")
            held = set()
        for digest, (lines, _) in progress(
            zip(plan.batches, _batches(graph), strict=True), "loading", len(plan.batches)
        ):
            if digest not in held:
                mark = Triple(staging, _BATCH_HELD, Text(digest))
                remote.post(staging, lines + _lines([mark]))
        remote.swap(staging, target, plan)
    return Loaded(triples=plan.triples, sent=len(plan.batches) - len(held), resumed=len(held))


def iri(name: str) -> NamedNode:
    """The IRI of a named graph. Raises ExportError where it is none."""
    try:
        if not urlsplit(name).scheme:
            raise ValueError("it has no scheme such as https:")
        return NamedNode(name)
    except ValueError as error:
        raise ExportError(f"{name}: no IRI for a named graph: {error}") from error


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the store shall hold: the number of triples, the digests of the batches, and that of the whole."""

    triples: int
    batches: tuple[str, ...]
    digest: str


def _planned(batches: Iterable[tuple[bytes, int]]) -> _Plan:
    sizes, digests = [], []
    for lines, size in batches:
        sizes.append(size)
        digests.append(hashlib.sha256(lines).hexdigest())
    return _Plan(sum(sizes), tuple(digests), hashlib.sha256("".join(digests).encode()).hexdigest())


def _batches(graph: nx.MultiDiGraph) -> Iterator[tuple[bytes, int]]:
    """The lines of each batch and their number."""
    found = triples(graph)
    while batch := list(islice(found, BATCH)):
        yield _lines(batch), len(batch)


def _lines(found: list[Triple]) -> bytes:
    stream = BytesIO()
    serialize(found, stream, RdfFormat.N_TRIPLES)
    return stream.getvalue()


class _TransientError(ExportError):
    """A fault that may pass."""


class _Remote:
    """The store, asked over HTTP; every fault is told as ExportError, and no message holds the password."""

    def __init__(self, endpoint: str, kind: Kind, login: Login, patience: float) -> None:
        place = urlsplit(endpoint)
        if place.username is not None or place.password is not None:
            raise ExportError(
                "the address holds a user or password; give the user by --user, the password in SPARQL_PASSWORD"
            )
        if place.scheme not in ("http", "https") or not place.hostname:
            raise ExportError(f"{endpoint}: no address of a store; expected one like http://localhost:3030/dataset")
        try:
            import httpx
            import tenacity
        except ImportError as error:
            raise ExportError("loading needs httpx and tenacity: pip install 'abstract-kg[sparql]'") from error
        self._endpoint = endpoint.rstrip("/")
        self._query, self._update, self._store = (self._endpoint + path for path in _PLACES[kind])
        scheme = httpx.DigestAuth if kind == "virtuoso" else httpx.BasicAuth
        auth = scheme(login.user, login.password) if login.user else None
        self._user = login.user
        self._client = httpx.Client(auth=auth, timeout=httpx.Timeout(30, read=600))
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_TransientError),
            wait=tenacity.wait_random_exponential(multiplier=0.25, max=10),
            stop=tenacity.stop_after_delay(patience),
            reraise=True,
        )

    def __enter__(self) -> _Remote:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def digest(self, graph: NamedNode) -> str | None:
        """The digest of what was loaded into a graph."""
        rows = self._select(f"SELECT ?found WHERE {{ GRAPH {graph} {{ {graph} {_LOADED} ?found }} }}")
        return rows[0] if len(rows) == 1 else None

    def size(self, graph: NamedNode) -> int:
        """Number of triples in a graph."""
        return int(self._select(f"SELECT (COUNT(*) AS ?found) WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")[0])

    def batches(self, graph: NamedNode) -> set[str]:
        """The digests of the batches that a graph holds."""
        return set(self._select(f"SELECT ?found WHERE {{ GRAPH {graph} {{ {graph} {_BATCH_HELD} ?found }} }}"))

    def post(self, graph: NamedNode, lines: bytes) -> None:
        """Add the triples of some lines to a graph; doing so again changes nothing."""
        headers = {"Content-Type": "application/n-triples"}
        self._retrying(self._send, self._store, params={"graph": graph.value}, content=lines, headers=headers)

    def update(self, text: str) -> None:
        """Run an update that may be run again."""
        self._retrying(self._send, self._update, data={"update": text})

    def swap(self, staging: NamedNode, target: NamedNode, plan: _Plan) -> None:
        """Move one graph over another, with the digest of what it holds in place of its marks of batches."""
        if (size := self.size(staging)) != plan.triples + len(plan.batches):
            self.update(f"DROP SILENT GRAPH {staging}")
            expected = plan.triples + len(plan.batches)
            raise ExportError(
                f"{self._endpoint}: the store holds {size:,} triples where {expected:,} were sent; does another load"
                " run? The old graph stays: load again"
            )
        # The mark is made only where the batches are, so that an update whose answer was lost does no harm again.
        text = (
            f"INSERT {{ GRAPH {staging} {{ {target} {_LOADED} {Text(plan.digest)} }} }}"
            f" WHERE {{ SELECT * {{ GRAPH {staging} {{ {staging} {_BATCH_HELD} ?batch }} }} LIMIT 1 }} ;\n"
            f"DELETE WHERE {{ GRAPH {staging} {{ {staging} {_BATCH_HELD} ?batch }} }} ;\n"
            f"MOVE GRAPH {staging} TO GRAPH {target}"
        )

        def once() -> None:
            if self.digest(target) != plan.digest or self.size(staging):
                self._send(self._update, data={"update": text})

        self._retrying(once)

    def _select(self, query: str) -> list[str]:
        headers = {"Accept": "application/sparql-results+json"}
        answer = self._retrying(self._send, self._query, data={"query": query}, headers=headers)
        try:
            return [row["found"]["value"] for row in answer.json()["results"]["bindings"]]
        except (ValueError, KeyError, TypeError) as error:
            raise ExportError(f"{self._query}: no answer of SPARQL; is a triple store there?") from error

    def _send(self, place: str, **request: Any) -> httpx.Response:
        """POST once. Raises _TransientError for what may pass, ExportError for what will not."""
        import httpx

        try:
            answer = self._client.post(place, **request)
        except httpx.TransportError as error:
            raise _TransientError(
                f"{place}: no connection ({error}); is the store running there? What is sent stays: load again to"
                " finish it"
            ) from error
        if answer.is_success:
            return answer
        said = " ".join(answer.text.split())[:200]
        told = f"{place}: {answer.status_code} {answer.reason_phrase}" + (f" ({said})" if said else "")
        if answer.status_code in _TRANSIENT:
            raise _TransientError(told)
        if answer.status_code in (401, 403):
            raise ExportError(
                f"{place}: the store does not let user {self._user!r} in; check --user and SPARQL_PASSWORD"
                f" ({answer.status_code})"
            )
        raise ExportError(f"{told}; check the address and --store")
