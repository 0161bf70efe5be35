"""Finding nodes by what people call them: an index of names and aliases that lives in memory (SQLite FTS5)."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from threading import Lock

import networkx as nx

from kg.text import storable

KINDS = ("Method", "Task", "Dataset", "Metric", "Paper")
LONGEST = 300  # characters of a name that are searched
_CANDIDATES = 200
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015_/]+")
_WORD = re.compile(r"\w+")
_ALIKE = 0.6  # least similarity of a misspelt name


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A node that a search found, and the form of its name that matched."""

    key: str
    form: str


class Finder:
    """The names of a graph. Searching takes milliseconds; several threads may search at once."""

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._lock = Lock()
        self._db.execute(
            "CREATE TABLE names (id INTEGER PRIMARY KEY, key TEXT, kind TEXT, form TEXT, folded TEXT, main)"
        )
        self._db.execute(
            "CREATE VIRTUAL TABLE words USING fts5(folded, content='names', content_rowid='id', prefix='1 2')"
        )
        self._db.execute(
            "CREATE VIRTUAL TABLE parts USING fts5(folded, content='names', content_rowid='id', tokenize='trigram')"
        )
        self._db.executemany("INSERT INTO names VALUES (?, ?, ?, ?, ?, ?)", _rows(graph))
        self._db.execute("CREATE INDEX by_folded ON names (folded)")
        for table in ("words", "parts"):
            self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")  # noqa: S608 - one of two

    def find(self, query: str, *, kind: str | None = None, limit: int = 12) -> list[Match]:
        """The best nodes for `query`: whole names first, then beginnings, words, parts of words and misspellings.

        Among equals, those in most papers come first. Case, accents, hyphens and spacing do not matter.
        """
        wanted = folded(query)[:LONGEST]
        if not wanted:
            return []
        best: dict[str, tuple[float, int, str]] = {}
        for number, key, _, form, text, main in self._candidates(wanted, kind, limit):
            value = _quality(text, wanted) * 10 - number / 1e6 + (0.5 if main else 0)
            if key not in best or best[key][0] < value:
                best[key] = (value, number, form)
        ranked = sorted(best, key=lambda key: (-best[key][0], best[key][1]))
        return [Match(key=key, form=best[key][2]) for key in ranked[:limit]]

    def _candidates(self, wanted: str, kind: str | None, limit: int) -> list[tuple[int, str, str, str, str, int]]:
        """Rows (number, key, kind, form, folded, main), the heaviest nodes of each way to match."""
        words = _WORD.findall(wanted)
        beginning = ("folded >= ? AND folded < ?", (wanted, wanted + "\U0010ffff"))
        found = self._select("folded = ?", (wanted,), kind) + self._select(*beginning, kind)
        if words:
            match = " ".join(f'"{word}"*' for word in words)
            found += self._select(
                "id IN (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT 2000)", (match,), kind
            )
        if len({row[1] for row in found}) < limit and len(wanted) >= 3:
            match = '"' + wanted.replace('"', '""') + '"'
            found += self._select(
                "id IN (SELECT rowid FROM parts WHERE parts MATCH ? ORDER BY rowid LIMIT 2000)", (match,), kind
            )
        if not found and len(wanted) >= 4:
            found = self._misspelt(wanted, kind)
        return found

    def _misspelt(self, wanted: str, kind: str | None) -> list[tuple[int, str, str, str, str, int]]:
        """Names that share groups of three letters with `wanted` and are spelt much like it."""
        groups = dict.fromkeys(wanted[i : i + 3] for i in range(min(len(wanted), 40) - 2))
        match = " OR ".join('"' + group.replace('"', '""') + '"' for group in groups)
        near = "id IN (SELECT rowid FROM parts WHERE parts MATCH ? ORDER BY rank LIMIT 200)"
        rows = self._select(near, (match,), kind)
        return [row for row in rows if _alike(row[4], wanted) >= _ALIKE]

    def _select(
        self, where: str, values: tuple[str, ...], kind: str | None
    ) -> list[tuple[int, str, str, str, str, int]]:
        only = " AND kind = ?" if kind else ""
        query = f"SELECT * FROM names WHERE {where}{only} ORDER BY id LIMIT {_CANDIDATES}"  # noqa: S608 - our own text
        with self._lock:
            return self._db.execute(query, (*values, kind) if kind else values).fetchall()


def folded(text: str) -> str:
    """Without case, accents, hyphens and spacing: the page's own search folds alike (`search.js`).

    >>> folded("Naïve  Bayes-Net")
    'naive bayes net'
    """
    plain = text[: 4 * LONGEST]
    if not plain.isascii():
        spread = unicodedata.normalize("NFKD", storable(plain))
        plain = "".join(c for c in spread if not unicodedata.category(c).startswith("M"))
    return _SEPARATORS.sub(" ", plain.lower()).strip()


def _rows(graph: nx.MultiDiGraph) -> Iterable[tuple[int, str, str, str, str, bool]]:
    """Names numbered from the heaviest node on, so that the order of numbers is the order of weight."""
    nodes = ((key, data) for key, data in graph.nodes(data=True) if data["kind"] in KINDS)
    number = 0
    for key, data in sorted(nodes, key=lambda item: (-item[1].get("papers", 0), -item[1].get("year", 0), item[0])):
        for form in dict.fromkeys((data["label"], *data.get("aliases", ()))):
            yield number, key, data["kind"], storable(form[:LONGEST]), folded(form)[:LONGEST], form == data["label"]
            number += 1


def _quality(text: str, wanted: str) -> float:
    at = text.find(wanted)
    if at == 0:
        return 6.0 if text == wanted else 4.0
    if at > 0:
        return 3.0 if text[at - 1] == " " else 1.0
    words = [f" {word}" for word in wanted.split(" ")]
    if all(word in f" {text}" for word in words):
        return 2.0
    return _alike(text, wanted) - 1.0


def _alike(text: str, wanted: str) -> float:
    """How alike `wanted` is to the most similar run of as many words of `text`, in [0, 1]."""
    words = text.split(" ")
    length = wanted.count(" ") + 1
    runs = [" ".join(words[i : i + length]) for i in range(min(max(len(words) - length, 0), 12) + 1)]
    return max(SequenceMatcher(None, wanted, run).ratio() for run in runs)
