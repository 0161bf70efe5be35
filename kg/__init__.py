"""kg builds knowledge graphs from the titles and abstracts of scientific papers.

    >>> import kg
    >>> paper = kg.Paper(id="p1", title="SLAM", abstract="We present SLAM for image generation.")
    >>> paper.text
    'SLAM\\nWe present SLAM for image generation.'

`kg.read_papers` reads files of papers, `kg.build` turns papers into a `networkx.MultiDiGraph` and, where told a folder,
leaves a workspace there, and `kg.load` gives the graph of a workspace. Names are loaded on first use, so that importing
kg costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kg.build import BuildReport, build
    from kg.errors import ConfigError, ExportError, KgError, QueryError, ReadError, StoreError
    from kg.frames import to_arrow, to_igraph, to_networkx, to_pandas, to_polars
    from kg.model import (
        Entity,
        Evidence,
        Extraction,
        ExtractorInfo,
        Fact,
        Mention,
        Merge,
        Paper,
        PaperEntity,
        ReadReport,
        Rejection,
        Relation,
        ReportedResult,
        Resolved,
        Result,
        Span,
    )
    from kg.notebook import load, view
    from kg.read import read_papers
    from kg.settings import Settings, load_settings

__all__ = [
    "BuildReport",
    "ConfigError",
    "Entity",
    "Evidence",
    "ExportError",
    "Extraction",
    "ExtractorInfo",
    "Fact",
    "KgError",
    "Mention",
    "Merge",
    "Paper",
    "PaperEntity",
    "QueryError",
    "ReadError",
    "ReadReport",
    "Rejection",
    "Relation",
    "ReportedResult",
    "Resolved",
    "Result",
    "Settings",
    "Span",
    "StoreError",
    "build",
    "load",
    "load_settings",
    "read_papers",
    "to_arrow",
    "to_igraph",
    "to_networkx",
    "to_pandas",
    "to_polars",
    "view",
]

_HOMES = {
    "BuildReport": "kg.build",
    "build": "kg.build",
    "load": "kg.notebook",
    "view": "kg.notebook",
    "to_arrow": "kg.frames",
    "to_igraph": "kg.frames",
    "to_networkx": "kg.frames",
    "to_pandas": "kg.frames",
    "to_polars": "kg.frames",
    "read_papers": "kg.read",
    "Settings": "kg.settings",
    "load_settings": "kg.settings",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    home = _HOMES.get(name) or ("kg.errors" if name.endswith("Error") else "kg.model")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
