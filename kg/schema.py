"""The schema as `ontology/kg.ttl` states it: the only home of entity types and relations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import ConfigError

KG = "https://w3id.org/abstract-kg/ontology#"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationType:
    """A relation between entities: `pairs` are the (head type, tail type) that it may join; `reads` explains it."""

    name: str
    label: str
    reads: str
    pairs: frozenset[tuple[str, str]]
    symmetric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Entity types and relations, each in alphabetical order."""

    types: tuple[str, ...]
    relations: dict[str, RelationType]

    def permits(self, head_type: str, relation: str, tail_type: str) -> bool:
        """Whether the schema lets `relation` join entities of these types."""
        kind = self.relations.get(relation)
        return kind is not None and (head_type, tail_type) in kind.pairs


def ontology_file(name: str) -> Path:
    """The path of a file of `ontology/`: the copy inside an installed wheel, or the repository's own."""
    here = Path(__file__).parent
    for folder in (here / "_ontology", here.parent / "ontology"):
        if (folder / name).exists():
            return folder / name
    raise ConfigError(f"ontology file {name!r} is missing from {here / '_ontology'}; reinstall the package")


@cache
def load_schema() -> Schema:
    """Read types and relations from `ontology/kg.ttl`."""
    raise NotImplementedError
