"""Questions kept by name in `ontology/queries/*.rq`; their header comments say what they ask and with what.

    # title: Methods for a task
    # description: Which methods are used for a task, best supported first.
    # param task (name): the task, for example: image classification
    # param since (integer) = 2000: the first year that counts

The kind of a parameter is `name` (a label or alias, found whatever its case, hyphens and plural) or `integer`. A
parameter with '= value' may be left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, cast, get_args

from kg.errors import ConfigError, QueryError
from kg.schema import ontology_file

ParameterKind = Literal["name", "integer"]

_FIELD = re.compile(r"# (title|description): *(.+)")
_PARAM = re.compile(r"# param (\w+) \((\w+)\)(?: = ([^:]+))?: *(.+?)(?:, for example: *(.+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a named query wants to be told. `default` is None where it must be; `example` is one value that fits."""

    name: str
    kind: ParameterKind
    description: str
    default: str | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuery:
    """A question with its SPARQL text; `parameters` in the order of the header."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    text: str


def list_queries() -> tuple[NamedQuery, ...]:
    """All named queries, by name."""
    folder = ontology_file("queries")
    return tuple(_read(path) for path in sorted(folder.glob("*.rq")))


def load_query(name: str) -> NamedQuery:
    """The query of this name. Raises QueryError, with near names, where there is none."""
    folder = ontology_file("queries")
    names = sorted(path.stem for path in folder.glob("*.rq"))
    if name not in names:
        near = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? All: " if near else "choose from "
        raise QueryError(f"no query is named {name!r}; {hint}{', '.join(names)}")
    return _read(folder / f"{name}.rq")


def _read(path: Path) -> NamedQuery:
    text = path.read_text(encoding="utf8")
    fields: dict[str, str] = {}
    parameters: list[Parameter] = []
    for line in text.splitlines():
        if found := _FIELD.fullmatch(line):
            fields[found[1]] = found[2].strip()
        elif line.startswith("# param"):
            parameters.append(_parameter(line, path))
    if missing := {"title", "description"} - fields.keys():
        raise ConfigError(f"{path}: no '# {min(missing)}: ...' line")
    return NamedQuery(name=path.stem, parameters=tuple(parameters), text=text, **fields)


def _parameter(line: str, path: Path) -> Parameter:
    found = _PARAM.fullmatch(line)
    if not found or found[2] not in get_args(ParameterKind):
        raise ConfigError(f"{path}: {line!r} is no '# param NAME (KIND) = DEFAULT: DESCRIPTION, for example: VALUE'")
    name, kind, default, description, example = found.groups()
    return Parameter(
        name=name,
        kind=cast(ParameterKind, kind),
        description=description,
        default=default.strip() if default else None,
        example=example,
    )
