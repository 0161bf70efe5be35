"""The names of what stands in a workspace, the folder that a build leaves."""

from __future__ import annotations

from pathlib import Path

DATABASE = "kg.sqlite"
LOCK = "kg.lock"
CURATION = "curation.tsv"  # the user's corrections, read by every build
RDF_STORE = "store"  # the folder of the SPARQL store

_NAMES = {
    "csv": "csv",
    "ladybug": "ladybug",
    "nanopub": "nanopubs.trig",
    "neo4j": "neo4j",
    "neo4j-gzip": "neo4j-gzip",
    "nq12": "graph-rdf12.nq",
    "nt12": "graph-rdf12.nt",
    "parquet": "parquet",
    "rdfxml": "graph.rdf",
    "report": "report.html",
    "trig12": "graph-rdf12.trig",
    "ttl12": "graph-rdf12.ttl",
    "turtle": "graph.ttl",
}


def is_workspace(folder: Path) -> bool:
    """Whether `folder` is a workspace: a build has been there, if not to its end."""
    return (folder / DATABASE).is_file()


def export_path(folder: Path, format: str) -> Path:
    """Where an export of `format` stands: graph.<format>, or the name that the format has of its own.

    >>> export_path(Path("out"), "gexf").as_posix(), export_path(Path("out"), "report").as_posix()
    ('out/graph.gexf', 'out/report.html')
    """
    return folder / _NAMES.get(format, f"graph.{format}")
