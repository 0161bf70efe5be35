"""The workspace's store: one SQLite file (WAL) with papers, extractions and the graph assembled from them.

Extractions are keyed by the SHA-256 of the paper's text and by the extractor, so a text is never extracted twice and
a changed one is extracted anew. A batch is one transaction: what was committed survives the death of the process.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from kg.errors import StoreError
from kg.model import Extraction, ExtractorInfo, Paper, Rejection
from kg.records import extraction_from_json, extraction_to_json, paper_from_json, paper_to_json
from kg.workspace import DATABASE, LOCK

VERSION = 1
_APPLICATION = 0x6B672D31  # 'kg-1', the mark in the file's header by which a store is known

_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE papers (key TEXT PRIMARY KEY, content TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE extractions (content TEXT, extractor TEXT, record TEXT NOT NULL, PRIMARY KEY (content, extractor))",
    "CREATE TABLE rejections (record TEXT NOT NULL)",
    "CREATE TABLE nodes (key TEXT PRIMARY KEY, attributes TEXT NOT NULL)",
    "CREATE TABLE edges (head TEXT, relation TEXT, tail TEXT, attributes TEXT NOT NULL)",
)
_PENDING = (
    "SELECT record FROM (SELECT min(p.key) AS key, p.record AS record FROM papers p WHERE NOT EXISTS"
    " (SELECT 1 FROM extractions e WHERE e.content = p.content AND e.extractor = ?) GROUP BY p.content) ORDER BY key"
)
_EXTRACTED = (
    "SELECT p.key, e.record FROM papers p JOIN extractions e"
    " ON e.content = p.content AND e.extractor = ? ORDER BY p.key"
)
_ONE_EXTRACTION = "SELECT record FROM extractions WHERE content = ? AND extractor = ?"

Node = tuple[str, Any]
Edge = tuple[str, str, str, Any]


def content_hash(paper: Paper) -> str:
    """SHA-256 of the paper's text: all that its extraction depends on."""
    return hashlib.sha256(paper.text.encode("utf8", "surrogatepass")).hexdigest()


def extractor_key(info: ExtractorInfo) -> str:
    """Name, version and hash in one string; extractions under another key are never used."""
    return f"{info.name} {info.version} {info.hash}"


class Store:
    """The store of one workspace. Make one with `open_store` or `write_store`; use it in a `with` statement.

    Iterators give papers in the order of their ids' JSON text, and read while they are consumed. Methods raise
    StoreError on a damaged file, a full disk or a lock held by another process.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: sqlite3.Connection | None = None) -> None:
        self.folder = folder
        self._db = connection
        self._lock = lock

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and release the lock; closing twice does no harm."""
        if self._lock is not None:
            with _explained(self.folder):
                self._db.execute("DELETE FROM meta WHERE key = 'holder'")
            self._lock.close()
            self._lock = None
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside becomes visible at once, or not at all where an exception leaves it."""
        with _explained(self.folder):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    # Papers

    def replace_papers(self, papers: Iterable[Paper]) -> None:
        """Make `papers` the papers of the workspace, in one transaction. Raises StoreError where an id comes twice."""
        with self.transaction():
            self.note("complete", False)
            self._db.execute("DELETE FROM papers")
            self._insert_papers(papers)

    def _insert_papers(self, papers: Iterable[Paper]) -> None:
        for paper in papers:
            if not paper.id:
                raise StoreError(f"a paper has no id: {paper.text[:60]!r}; give each paper an id of its own")
            row = (json.dumps(paper.id), content_hash(paper), json.dumps(paper_to_json(paper)))
            try:
                self._db.execute("INSERT INTO papers VALUES (?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise StoreError(
                    f"two papers have the id {paper.id!r} but different texts; give each paper an id of its own"
                ) from error

    def papers(self) -> Iterator[Paper]:
        """All papers."""
        with _explained(self.folder):
            for (record,) in self._db.execute("SELECT record FROM papers ORDER BY key"):
                yield paper_from_json(json.loads(record))

    def paper(self, id: str) -> Paper | None:
        """The paper with this id, None where there is none."""
        with _explained(self.folder):
            row = self._db.execute("SELECT record FROM papers WHERE key = ?", (json.dumps(id),)).fetchone()
        return None if row is None else paper_from_json(json.loads(row[0]))

    def count_papers(self) -> int:
        """Number of papers."""
        return self._number("SELECT count(*) FROM papers")

    # Extractions

    def pending(self, info: ExtractorInfo) -> list[Paper]:
        """The papers that this extractor has not read yet; of papers with the same text only the first."""
        with _explained(self.folder):
            return [paper_from_json(json.loads(r)) for (r,) in self._db.execute(_PENDING, (extractor_key(info),))]

    def save(self, info: ExtractorInfo, batch: Sequence[tuple[Paper, Extraction]]) -> None:
        """Keep a batch of extractions, in one transaction."""
        key = extractor_key(info)
        rows = [(content_hash(paper), key, json.dumps(extraction_to_json(found))) for paper, found in batch]
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO extractions VALUES (?, ?, ?)", rows)

    def extractions(self, info: ExtractorInfo) -> Iterator[Extraction]:
        """What this extractor read from each paper that it has read, under the paper's present id."""
        with _explained(self.folder):
            for key, record in self._db.execute(_EXTRACTED, (extractor_key(info),)):
                yield replace(extraction_from_json(json.loads(record)), id=json.loads(key))

    def extraction(self, info: ExtractorInfo, paper: Paper) -> Extraction | None:
        """What this extractor read from the paper, None where it has not read it."""
        place = (content_hash(paper), extractor_key(info))
        with _explained(self.folder):
            row = self._db.execute(_ONE_EXTRACTION, place).fetchone()
        return None if row is None else replace(extraction_from_json(json.loads(row[0])), id=paper.id)

    # Rejected records, notes and the assembled graph

    def save_rejections(self, rejections: Iterable[Rejection]) -> None:
        """Keep what reading left out, in place of what was kept before."""
        rows = [(json.dumps([r.source, r.line, r.reason, r.kind, r.of]),) for r in rejections]
        with self.transaction():
            self._db.execute("DELETE FROM rejections")
            self._db.executemany("INSERT INTO rejections VALUES (?)", rows)

    def rejections(self) -> Iterator[Rejection]:
        """What reading left out, in the order it was met."""
        with _explained(self.folder):
            for (record,) in self._db.execute("SELECT record FROM rejections ORDER BY rowid"):
                source, line, reason, kind, of = json.loads(record)
                yield Rejection(source=source, line=line, reason=reason, kind=kind, of=of)

    def note(self, key: str, value: Any) -> None:
        """Keep a small JSON value under `key`."""
        with _explained(self.folder):
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def noted(self, key: str) -> Any:
        """The value under `key`, None where there is none."""
        with _explained(self.folder):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def save_graph(self, nodes: Iterable[Node], edges: Iterable[Edge], about: Any) -> None:
        """Keep a graph as (key, attributes) and (head, relation, tail, attributes) with `about` it as JSON values."""
        with self.transaction():
            self._db.execute("DELETE FROM nodes")
            self._db.execute("DELETE FROM edges")
            self._db.executemany("INSERT INTO nodes VALUES (?, ?)", ((k, json.dumps(a)) for k, a in nodes))
            self._db.executemany(
                "INSERT INTO edges VALUES (?, ?, ?, ?)", ((h, r, t, json.dumps(a)) for h, r, t, a in edges)
            )
            self.note("graph", about)

    def node_keys(self) -> Iterator[str]:
        """The keys of the nodes of the graph, in no order."""
        with _explained(self.folder):
            for (key,) in self._db.execute("SELECT key FROM nodes"):
                yield key

    def ends(self, relation: str) -> Iterator[tuple[str, str]]:
        """Head and tail of the edges of a relation, in the order they were saved."""
        with _explained(self.folder):
            yield from self._db.execute("SELECT head, tail FROM edges WHERE relation = ? ORDER BY rowid", (relation,))

    def nodes(self) -> Iterator[Node]:
        """The nodes of the graph in the order they were saved."""
        with _explained(self.folder):
            for key, attributes in self._db.execute("SELECT key, attributes FROM nodes ORDER BY rowid"):
                yield key, json.loads(attributes)

    def edges(self) -> Iterator[Edge]:
        """The edges of the graph in the order they were saved."""
        with _explained(self.folder):
            for *ends, attributes in self._db.execute("SELECT * FROM edges ORDER BY rowid"):
                yield ends[0], ends[1], ends[2], json.loads(attributes)

    def numbered_edges(self) -> Iterator[tuple[int, str, str, str]]:
        """The number by which `edge` finds it, head, relation and tail of each edge, in the order they were saved."""
        with _explained(self.folder):
            yield from self._db.execute("SELECT rowid, head, relation, tail FROM edges ORDER BY rowid")

    def edge(self, number: int) -> Any:
        """The attributes of an edge. Raises KeyError for none."""
        return self._attributes("SELECT attributes FROM edges WHERE rowid = ?", number)

    def node(self, key: str) -> Any:
        """The attributes of a node. Raises KeyError for none."""
        return self._attributes("SELECT attributes FROM nodes WHERE key = ?", key)

    def _attributes(self, query: str, wanted: str | int) -> Any:
        with _explained(self.folder):
            row = self._db.execute(query, (wanted,)).fetchone()
        if row is None:
            raise KeyError(wanted)
        return json.loads(row[0])

    # Health

    def summary(self) -> dict[str, Any]:
        """What the workspace holds, as JSON values; `complete` says whether the last build ran to its end."""
        graph = self.noted("graph") or {}
        return {
            "papers": self.count_papers(),
            "extractions": self._number("SELECT count(*) FROM extractions"),
            "rejected": self._number("SELECT count(*) FROM rejections"),
            "nodes": self._number("SELECT count(*) FROM nodes"),
            "edges": self._number("SELECT count(*) FROM edges"),
            "extractor": " ".join(graph[k] for k in ("extractor", "extractor_version") if k in graph) or None,
            "formats": self.noted("formats") or [],
            "settings": self.noted("settings") or {},
            "written_by": lock_holder(self.folder),
            "complete": self.noted("complete") is True,
        }

    def check(self) -> None:
        """Read everything. Raises StoreError with what is wrong: damaged pages, or texts that do not fit their key."""
        with _explained(self.folder):
            faults = [row[0] for row in self._db.execute("PRAGMA integrity_check")]
            if faults != ["ok"]:
                raise StoreError(f"{self.folder / DATABASE}: {'; '.join(faults[:5])}; {_REBUILD}")
            for key, content, record in self._db.execute("SELECT key, content, record FROM papers"):
                if content != content_hash(paper_from_json(json.loads(record))):
                    raise StoreError(f"{self.folder / DATABASE}: paper {key} does not fit its hash; {_REBUILD}")

    def _number(self, query: str) -> int:
        with _explained(self.folder):
            return int(self._db.execute(query).fetchone()[0])


_REBUILD = "move the file away and build again"


def open_store(folder: Path) -> Store:
    """Open a workspace's store for reading. Raises StoreError where there is none."""
    path = folder / DATABASE
    if not path.is_file():
        raise StoreError(f"{folder}: no workspace here (no {DATABASE}); make one with 'kg build PAPERS --out {folder}'")
    # A store on read-only ground can only be read as a file that nobody changes.
    mode = "mode=rw" if os.access(folder, os.W_OK) and os.access(path, os.W_OK) else "immutable=1"
    return _checked(folder, f"{path.absolute().as_uri()}?{mode}")


def write_store(folder: Path) -> Store:
    """Open a workspace's store for writing, made where there is none. Raises StoreError while another writes."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot make the workspace: {error.strerror}") from error
    with _explained(folder):
        lock = _lock(folder)
    if lock is None:
        holder = lock_holder(folder) or "another process"
        raise StoreError(f"{folder}: being written by {holder}; wait until it is done, or end it")
    try:
        store = _checked(folder, f"{(folder / DATABASE).absolute().as_uri()}?mode=rwc", lock)
        store.note("holder", [os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds")])
    except BaseException:
        lock.close()
        raise
    return store


def memory_store() -> Store:
    """An empty store that lives in memory and vanishes when it is closed."""
    return _checked(Path(":memory:"), "file::memory:", sqlite3.connect(":memory:"))


def lock_holder(folder: Path) -> str | None:
    """Who writes to the workspace, as the writer noted it: process, host and since when. None where nobody does."""
    if not os.access(folder / LOCK, os.W_OK):
        return None
    with _explained(folder):
        lock = _lock(folder)
    if lock is not None:
        lock.close()
        return None
    with open_store(folder) as store:
        holder = store.noted("holder") or ["unknown", "this host", "just now"]
    return f"process {holder[0]} on {holder[1]} since {holder[2]}"


def _lock(folder: Path) -> sqlite3.Connection | None:
    """Take the workspace's lock, None where it is taken; the system frees it when the connection or process ends."""
    lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return None
    return lock


def _checked(folder: Path, uri: str, lock: sqlite3.Connection | None = None) -> Store:
    """Connect and make sure that the file is a store of this version; with a lock, an empty file is set up."""
    with _explained(folder):
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)
        try:
            _prepare(connection, folder, create=lock is not None)
        except BaseException:
            connection.close()
            raise
    return Store(folder, connection, lock)


def _prepare(connection: sqlite3.Connection, folder: Path, *, create: bool) -> None:
    path = folder / DATABASE
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if create and not application and not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
        marks = (f"PRAGMA application_id = {_APPLICATION}", f"PRAGMA user_version = {VERSION}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript("BEGIN IMMEDIATE;" + ";".join((*_TABLES, *marks)) + ";COMMIT")
    elif application != _APPLICATION:
        raise StoreError(f"{path}: a SQLite file, but no store of kg; choose another folder")
    elif version != VERSION:
        raise StoreError(f"{path}: store version {version}, this kg reads version {VERSION}; {_REBUILD}")
    connection.execute("PRAGMA synchronous = NORMAL" if create else "PRAGMA query_only = 1")


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn SQLite's complaints into StoreError with the file's name and what would help."""
    try:
        yield
    except (sqlite3.Error, json.JSONDecodeError) as error:
        help_ = "try again when the other process is done" if "locked" in str(error) else _REBUILD
        if "full" in str(error) or "readonly" in str(error):
            help_ = "make room there, or choose another folder"
        raise StoreError(f"{folder / DATABASE}: {error}; {help_}") from error
