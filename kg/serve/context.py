"""What the routes of the server share: the workspace, its graph, and questions answered by the pool of workers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kg.errors import KgError, StoreError
from kg.workspace import RDF_STORE

if TYPE_CHECKING:
    import networkx as nx

JSON_RESULTS = "application/sparql-results+json"
TURTLE = "text/turtle"
_SWAP, _LOOKS = 0.3, 30  # seconds that a swap of stores may take, at most, and looks in them


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a query and a request may cost.

    `deadline` is in seconds, from the arrival of a question to its answer, waiting included; `max_bytes` is of an
    answer's body, `max_memory` of one worker beyond what it needs when idle, `max_request` of a request's body.
    `queue` is how many questions may wait for one of the `workers`.
    """

    deadline: float = 10.0
    max_rows: int = 100_000
    max_bytes: int = 64 << 20
    max_memory: int = 1 << 30
    max_request: int = 1 << 20
    workers: int = 4
    queue: int = 64


class RequestError(KgError):
    """A request that is answered with an error: `status` of HTTP, text for people, and seconds after which to retry.

    Raised anywhere below a route; the application answers it as application/problem+json (RFC 9457).
    """

    def __init__(self, status: int, message: str, *, retry_after: int | None = None, outcome: str = "refused") -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.outcome = outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query. `name` asks the question of that name in place of `query`; values of `params` are bound as terms.

    `rows` and `triples` are the media types that the answer is written in, whichever of both it is; None accepts no
    answer of that kind. The graphs are those of the SPARQL protocol: where one of both lists is given, the data set is
    made of them alone.
    """

    query: str = ""
    name: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    rows: str | None = JSON_RESULTS
    triples: str | None = TURTLE
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer. `identity` names the store that gave it."""

    body: bytes
    media_type: str
    identity: str

    def json(self) -> Any:
        """The body of SPARQL results in JSON as an object."""
        return json.loads(self.body)


class Asks(Protocol):
    """What answers questions: the pool of workers."""

    async def ask(self, question: Question) -> Reply: ...


@dataclass(slots=True)
class _Loaded:
    """The graph of the store with this identity."""

    identity: str = ""
    graph: nx.MultiDiGraph | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeContext:
    """What routes are made from: `routes(context) -> list[Route]`."""

    workspace: Path
    base: str
    limits: Limits
    asks: Asks
    _loaded: _Loaded = field(default_factory=_Loaded)

    @property
    def store(self) -> Path:
        """The folder of the SPARQL store."""
        return self.workspace / RDF_STORE

    def identity(self) -> str:
        """What names the store as it stands now; another one after each build. Raises StoreError without a store."""
        return store_identity(self.store)

    async def ask(
        self, query: str, params: Mapping[str, str] | None = None, *, rows: str = JSON_RESULTS, triples: str = TURTLE
    ) -> Reply:
        """Answer SPARQL under all limits, in a worker. Raises RequestError."""
        return await self.asks.ask(Question(query=query, params=params or {}, rows=rows, triples=triples))

    async def graph(self) -> nx.MultiDiGraph:
        """The graph of the workspace's last build, loaded when first asked for and again after a build.

        Raises StoreError where there is none. Routes share it and never change it.
        """
        from kg.snapshot import load

        identity = self.identity()
        async with self._loaded.lock:
            if self._loaded.graph is None or self._loaded.identity != identity:
                self._loaded.graph = await asyncio.to_thread(load, self.workspace)
                self._loaded.identity = identity
            return self._loaded.graph


def base_at(workspace: Path) -> str:
    """The IRI under which the things of the workspace's graph are named. Raises StoreError where there is no graph."""
    from kg.snapshot import about
    from kg.store import open_store

    with open_store(workspace) as store:
        return str(about(store)["base"])


def store_identity(store: Path) -> str:
    """The identity of the store in this folder: RocksDB gives each a random one.

    Between the two renames that put a rebuilt store in place there is none for a moment, so it is looked for again.
    Raises StoreError without a store.
    """
    try:
        for _ in range(_LOOKS):
            with suppress(FileNotFoundError):
                return _read_identity(store)
            time.sleep(_SWAP / _LOOKS)
        return _read_identity(store)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{store}: no store; make it with 'kg build INPUT --out {store.parent}'") from error


def _read_identity(store: Path) -> str:
    return (store / "IDENTITY").read_text(encoding="ascii").strip()
