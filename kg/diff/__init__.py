"""What changed between two graphs: papers, entities, facts and results, through merges, splits and renamings."""

from __future__ import annotations

from kg.diff.compare import Difference, compare
from kg.diff.sides import Side, read_side, side_of

__all__ = ["Difference", "Side", "compare", "read_side", "side_of"]
