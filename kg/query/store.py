"""The Oxigraph store of a workspace: built beside the old one, put in its place by rename, opened read-only."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Store

from kg.errors import StoreError

if TYPE_CHECKING:
    import networkx as nx


def build_store(graph: nx.MultiDiGraph, path: Path, base: str | None = None) -> Path:
    """Load all quads of `graph` into a new store that replaces the folder `path`; returns `path`.

    Readers of the old store are not disturbed. Whatever fails, the old store stays. Raises StoreError where the folder
    cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            new, old = Path(folder, "new"), Path(folder, "old")
            _fill(graph, new, base)
            if path.exists():
                path.rename(old)
            try:
                new.rename(path)
            except OSError:
                if old.exists():
                    old.rename(path)
                raise
    except OSError as error:
        raise StoreError(f"{path}: cannot write the store: {error.strerror or error}") from error
    return path


def _fill(graph: nx.MultiDiGraph, folder: Path, base: str | None) -> None:
    from kg.rdf import quads  # loads networkx and rdflib, which asking does not need

    store = Store(folder)
    store.bulk_extend(quads(graph, base=base))
    store.flush()
    store.optimize()


def open_store(path: Path) -> Store:
    """The store in the folder `path`, read-only. Raises StoreError where there is none or it is damaged."""
    if not (path / "CURRENT").is_file():
        raise StoreError(f"{path}: no store; make it with 'kg build INPUT --out {path.parent}'")
    try:
        return Store.read_only(str(path))
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{path}: damaged store ({error}); delete the folder and run 'kg build' again") from error
