"""Loads the graph into a running Neo4j 5 over Bolt, with Neo4j's own driver.

What is written follows from `kg.export.propertygraph`, as in the Cypher script. Each batch is a transaction of its own
that the driver repeats after transient faults; items are merged by key, so that a load which broke off is finished by
loading again, and one that finds all as it should be writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

import networkx as nx

from kg.errors import ExportError
from kg.export.cypher import schema_statements
from kg.export.evidencenodes import PREFIXES, RELATIONS
from kg.export.propertygraph import edges_by_type, identifier, merges, nodes_by_label, relationship_type
from kg.model import SLOTS
from kg.schema import load_schema
from kg.text import storable

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

T = TypeVar("T")
_BATCH = 2000
_OF_PAPERS = ("mentions", "proposes", "addresses", "reports")


class Progress(Protocol):
    """Wraps what is iterated to show how far it is."""

    def __call__(self, items: Iterable[T], doing: str, total: int | None = None) -> Iterable[T]: ...


def no_progress(items: Iterable[T], doing: str, total: int | None = None) -> Iterable[T]:
    """Shows nothing."""
    return items


@dataclass(slots=True, kw_only=True)
class Loaded:
    """What a load changed, as the server counts it.

    `kept` nodes are gone from the graph but stay, since relationships of others hang on them.
    """

    nodes_created: int = 0
    relationships_created: int = 0
    properties_set: int = 0
    nodes_deleted: int = 0
    relationships_deleted: int = 0
    kept: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return any((self.nodes_created, self.relationships_created, self.properties_set)) or self.deleted

    @property
    def deleted(self) -> bool:
        """Whether anything was removed."""
        return bool(self.nodes_deleted or self.relationships_deleted)


def load(
    graph: nx.MultiDiGraph,
    uri: str,
    *,
    user: str = "neo4j",
    password: str = "",
    database: str | None = None,
    prune: bool = False,
    patience: float = 30,
    progress: Progress = no_progress,
) -> Loaded:
    """Make the database at `uri` hold `graph`; loading it again changes nothing.

    An empty password is for servers that ask for none. `database` is by default the server's own. After a transient
    fault a batch is tried again for `patience` seconds. With `prune`, nodes and
    relationships that an earlier load wrote and the graph no longer has are removed: nodes whose key begins with their
    label in lower case and '/', or as those of `evidencenodes` do; relationships of the graph's types that carry quotes
    or start at an Evidence or Fact. A node stays where relationships of others hang on it. Properties and labels that
    others added stay as well.

    Raises ExportError where the driver is missing, the server cannot be reached, does not let the user in, or refuses.
    """
    done = Loaded()
    with _session(uri, user, password, database, patience) as session:
        for statement in schema_statements(nodes_by_label(graph)):
            session.run(statement).consume()
        session.run("CALL db.awaitIndexes(300)").consume()
        work = list(merges(graph, _BATCH))
        for batch in progress(work, "loading", len(work)):
            _execute(session, done, f"UNWIND $rows AS row\n{batch.merge}", batch.rows)
        if prune:
            _prune(session, done, graph, progress)
    return done


@contextmanager
def _session(uri: str, user: str, password: str, database: str | None, patience: float) -> Iterator[Session]:
    """A session whose faults are told as ExportError; passwords never are."""
    place = urlsplit(uri)
    if "@" in place.netloc:
        raise ExportError(
            "the address holds a user or password; give the user by --user, the password in NEO4J_PASSWORD"
        )
    if place.scheme.partition("+")[0] not in ("bolt", "neo4j"):
        raise ExportError(f"{uri}: no address of Bolt; expected one like bolt://localhost:7687")
    try:
        import neo4j
        from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable
    except ImportError as error:
        raise ExportError("loading needs Neo4j's driver: pip install 'abstract-kg[neo4j]'") from error
    try:
        auth = (user, password) if password else None
        with (
            neo4j.GraphDatabase.driver(
                uri, auth=auth, max_transaction_retry_time=patience, notifications_min_severity="OFF"
            ) as driver,
            driver.session(database=database) as session,
        ):
            driver.verify_connectivity()
            yield session
    except AuthError as error:
        raise ExportError(
            f"{uri}: the server does not let user {user!r} in; check --user and NEO4J_PASSWORD ({_line(error)})"
        ) from error
    except (ServiceUnavailable, OSError) as error:
        raise ExportError(
            f"{uri}: no connection; is Neo4j running there, with Bolt? What is written stays: load again to finish it"
            f" ({_line(error)})"
        ) from error
    except (Neo4jError, DriverError, ValueError) as error:
        raise ExportError(f"{uri}: {_line(error)}") from error


def _execute(session: Session, done: Loaded, statement: str, rows: list[dict[str, Any]]) -> None:
    """Run a statement over `rows` in a transaction that is repeated after transient faults."""

    def run(transaction: ManagedTransaction) -> Any:
        return transaction.run(statement, rows=rows).consume().counters

    counters = session.execute_write(run)
    done.nodes_created += counters.nodes_created
    done.relationships_created += counters.relationships_created
    done.properties_set += counters.properties_set
    done.nodes_deleted += counters.nodes_deleted
    done.relationships_deleted += counters.relationships_deleted


def _prune(session: Session, done: Loaded, graph: nx.MultiDiGraph, progress: Progress) -> None:
    """Remove what an earlier load wrote and `graph` no longer has: relationships first, then nodes left alone."""
    labels = sorted({*load_schema().types, "Paper", "Result", *PREFIXES, *nodes_by_label(graph)})
    present = edges_by_type(graph)
    facts = {(storable(head), kind, storable(tail)) for kind, edges in present.items() for head, tail, _ in edges}
    types = sorted({*present, *map(relationship_type, (*load_schema().relations, *_OF_PAPERS, *SLOTS))})
    for label in progress(labels, "pruning relationships", len(labels)):
        quoted = label not in PREFIXES
        kinds = types if quoted else [relationship_type(relation) for relation in RELATIONS]
        _prune_relationships(session, done, label, kinds, quoted, facts)
    keys = {storable(key) for key in graph}
    for label in progress(labels, "pruning nodes", len(labels)):
        _prune_nodes(session, done, label, keys)


def _prune_relationships(
    session: Session, done: Loaded, label: str, types: list[str], quoted: bool, facts: set[tuple[str, str, str]]
) -> None:
    query = (
        f"MATCH (head:{identifier(label)})-[fact]->(tail) WHERE head.key STARTS WITH $prefix"
        " AND type(fact) IN $types AND (fact.quotes IS NOT NULL OR NOT $quoted)"
        " RETURN elementId(fact) AS id, head.key AS head, type(fact) AS kind, tail.key AS tail"
    )
    found = _read(session, query, prefix=_prefix(label), types=types, quoted=quoted)
    stale = [row for row in found if (row["head"], row["kind"], row["tail"]) not in facts]
    delete = (
        "UNWIND $rows AS row MATCH (head)-[fact]->(tail)"
        " WHERE elementId(fact) = row.id AND head.key = row.head AND tail.key = row.tail DELETE fact"
    )
    for start in range(0, len(stale), _BATCH):
        _execute(session, done, delete, stale[start : start + _BATCH])


def _prune_nodes(session: Session, done: Loaded, label: str, keys: set[str]) -> None:
    query = f"MATCH (node:{identifier(label)}) WHERE node.key STARTS WITH $prefix RETURN node.key AS key"
    stale = [row for row in _read(session, query, prefix=_prefix(label)) if row["key"] not in keys]
    before = done.nodes_deleted
    delete = f"UNWIND $rows AS row MATCH (node:{identifier(label)} {{key: row.key}}) WHERE NOT (node)--() DELETE node"
    for start in range(0, len(stale), _BATCH):
        _execute(session, done, delete, stale[start : start + _BATCH])
    done.kept += len(stale) - (done.nodes_deleted - before)


def _read(session: Session, query: str, **parameters: Any) -> list[dict[str, Any]]:
    def run(transaction: ManagedTransaction) -> list[dict[str, Any]]:
        return transaction.run(query, parameters).data()

    return session.execute_read(run)


def _prefix(label: str) -> str:
    return PREFIXES.get(label, f"{label.lower()}/")


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(":")
