"""Keys of the nodes of the graph: short, readable, and the same in every build."""

from __future__ import annotations

from kg.iri import digest
from kg.text import slug


def paper_key(paper_id: str) -> str:
    """The node key of the paper with this id.

    >>> paper_key("arXiv:2101.00001")
    'paper/arxiv-2101-00001-615ed82efb65'
    """
    return f"paper/{slug(paper_id)}-{digest('paper', paper_id)[:12]}"


def entity_key(type: str, canonical: str, digits: int = 8) -> str:
    """The node key of the entity of `type` whose canonical folded name is `canonical`; more digits after a collision.

    >>> entity_key("Method", "slam")
    'method/slam-1578023f'
    """
    return f"{slug(type)}/{slug(canonical)}-{digest(type, canonical)[:digits]}"


def result_key(*parts: str) -> str:
    """The node key of a result, told apart by `parts`: its paper, place, value and slots."""
    return f"result/{digest('result', *parts)}"
