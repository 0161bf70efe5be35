"""Settings: frozen, from defaults or a TOML file (`[kg]` table of `kg.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kg.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a build can be told.

    `base` is the IRI under which entities, papers and facts are minted; it ends in '/' or '#'.
    `min_score` drops relations and results scored below it (a probability in [0, 1]).
    `hierarchy` adds the subtypeOf facts that names give ('sparse autoencoder' under 'autoencoder'), marked as inferred.
    `unasserted` brings in what papers deny, doubt or leave to the future, marked with its status.
    `precision` keeps of each relation the best facts of which on average at least that share is expected to be right.
    `vocabularies` are files of SKOS or OWL with whose concepts the entities are matched.
    `model` is the folder of an extractor that `kg train` made; by default the shipped one reads.
    """

    base: str = "https://w3id.org/abstract-kg/data/"
    min_score: float = 0.0
    hierarchy: bool = True
    unasserted: bool = False
    precision: float = 0.0
    vocabularies: tuple[str, ...] = ()
    model: str = ""

    def __post_init__(self) -> None:
        if not self.base.startswith(("http://", "https://", "urn:")) or not self.base.endswith(("/", "#", ":")):
            raise ConfigError(f"base {self.base!r} is no usable IRI prefix; expected e.g. 'https://example.org/kg/'")
        if not 0.0 <= self.min_score <= 1.0:
            raise ConfigError(f"min_score {self.min_score} is no probability; expected a number from 0 to 1")
        if not 0.0 <= self.precision <= 1.0:
            raise ConfigError(f"precision {self.precision} is no probability; expected a number from 0 to 1")


def settings_from(values: Mapping[str, Any]) -> Settings:
    """The settings of these values, with lists as JSON and TOML have them. Raises ConfigError as Settings does."""
    given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return Settings(**given)


def load_settings(path: Path) -> Settings:
    """Read `path`; relative paths in it begin at its folder.

    Raises ConfigError on malformed TOML, unknown keys or values of the wrong type.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf8")).get("kg", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    types = {f.name: type(f.default) for f in fields(Settings)}
    if unknown := sorted(set(table) - set(types)):
        raise ConfigError(f"{path}: unknown setting {unknown[0]!r}; choose from {', '.join(sorted(types))}")
    for name, value in table.items():
        if types[name] is tuple:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise ConfigError(f"{path}: {name} must be a list of texts, not {value!r}")
        elif not isinstance(value, types[name] if types[name] is not float else (int, float)):
            raise ConfigError(f"{path}: {name} must be a {types[name].__name__}, not {value!r}")
    if "vocabularies" in table:
        table["vocabularies"] = [str((path.parent / name).resolve()) for name in table["vocabularies"]]
    if table.get("model"):
        table["model"] = str((path.parent / table["model"]).resolve())
    return settings_from(table)
