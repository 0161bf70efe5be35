"""What a person corrected: the rows of a `curation.tsv`, read and checked.

A header line, then tab-separated rows with the columns of COLUMNS. An entity is named by node key, by `Type:name`, or
by a name that only one entity has.

| action | entity | relation | value | paper | quote |
|---|---|---|---|---|---|
| merge | the one that stays | | the one that joins it | | remark |
| split | the one that is left | | key or name of what leaves | only of this paper | remark |
| retype | which | | the new type | | remark |
| rename | which | | the new label | | remark |
| reject | which | or: of the fact | of the fact | only in this paper | remark |
| assert | head | of the fact | tail | that states it | where it does |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from kg.errors import ReadError
from kg.model import Rejection
from kg.schema import load_schema

Action = Literal["merge", "split", "retype", "rename", "reject", "assert"]
ACTIONS: tuple[Action, ...] = get_args(Action)  # in the order in which they are applied
COLUMNS = ("action", "entity", "relation", "value", "paper", "quote")

_NEEDED: dict[str, tuple[str, ...]] = {"assert": ("relation", "value", "paper"), "split": (), "reject": ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One correction; what a row does not say is ''. `line` is 1-based."""

    action: Action
    entity: str
    relation: str = ""
    value: str = ""
    paper: str = ""
    quote: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Curation:
    """The rows of one file in its order, and what of it could not be read."""

    source: str = "curation.tsv"
    rows: tuple[Row, ...] = ()
    problems: tuple[Rejection, ...] = ()


def load_curation(path: Path) -> Curation:
    """Read `path`; a malformed row is a problem with its line, and the others hold.

    Raises ReadError where the file cannot be read or has no header with the columns of COLUMNS.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(str(error), source=str(path)) from error
    return read_curation(text, source=str(path))


def read_curation(text: str, *, source: str = "curation.tsv") -> Curation:
    """The rows of the text of a curation file.

    >>> read_curation("action\\tentity\\tvalue\\nmerge\\tSLAM\\tvisual SLAM\\n").rows[0].value
    'visual SLAM'
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    header = [name.strip() for name in lines[0].split("\t")]
    if not {"action", "entity"} <= set(header) or set(header) - set(COLUMNS) or len(set(header)) < len(header):
        raise ReadError(f"expected a header with the columns {', '.join(COLUMNS)} between tabs", source=source, line=1)
    rows, problems = [], []
    for number, line in enumerate(lines[1:], 2):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells) or line.startswith("#"):
            continue
        problem = _problem(header, cells)
        if problem:
            problems.append(Rejection(source=source, line=number, reason=problem))
        else:
            given = {name: cell for name, cell in zip(header, cells, strict=False) if name != "action"}
            action = cast(Action, cells[header.index("action")])
            rows.append(Row(action=action, line=number, **given))
    return Curation(source=source, rows=tuple(rows), problems=tuple(problems))


def write_curation(curation: Curation) -> str:
    """The text of a curation file with these rows; tabs and line breaks within a cell become spaces."""
    lines = ["\t".join(COLUMNS)]
    for row in curation.rows:
        lines.append(_line(row, COLUMNS))
    return "\n".join(lines) + "\n"


def add_rows(text: str, rows: Iterable[Row]) -> str:
    """The text of a curation file with rows added at its end; all that stood there stays as it was.

    Where the header lacks a column that a row needs, it is added at its end.

    >>> add_rows("action\\tentity\\tvalue\\n# mine\\n", [Row(action="merge", entity="SLAM", value="visual SLAM")])
    'action\\tentity\\tvalue\\n# mine\\nmerge\\tSLAM\\tvisual SLAM\\n'
    """
    rows = list(rows)
    end = "\r\n" if "\r\n" in text else "\n"
    text = text if text.strip("\ufeff \t\r\n") else "\t".join(COLUMNS) + end
    first, _, rest = text.partition(end)
    header = [name.strip() for name in first.removeprefix("\ufeff").split("\t")]
    missing = [name for name in COLUMNS if name not in header and any(getattr(row, name) for row in rows)]
    first += "".join(f"\t{name}" for name in missing)
    if rest and not rest.endswith("\n"):
        rest += end
    return first + end + rest + "".join(_line(row, (*header, *missing)) + end for row in rows)


def without_last_row(text: str) -> str:
    """The text of a curation file without its last row, be it well-formed or not; comments stay.

    Raises ReadError where there is no row.
    """
    lines = re.split(r"(?<=\n)", text)
    for number in range(len(lines) - 1, 0, -1):
        if lines[number].strip() and not lines[number].startswith("#"):
            return "".join(lines[:number] + lines[number + 1 :])
    raise ReadError("there is no row to take back", source="curation.tsv")


def _line(row: Row, columns: Iterable[str]) -> str:
    return "\t".join(" ".join(getattr(row, column).split()) for column in columns)


def _problem(header: list[str], cells: list[str]) -> str | None:
    if len(cells) > len(header):
        return f"{len(cells)} cells under {len(header)} columns"
    row = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
    schema = load_schema()
    if row["action"] not in ACTIONS:
        return f"unknown action {row['action']!r}; choose from {', '.join(ACTIONS)}"
    if not row["entity"]:
        return "no entity is named"
    needed = _NEEDED.get(row["action"], ("value",))
    missing = [name for name in needed if not row[name]]
    if missing:
        return f"{row['action']} needs a {missing[0]}"
    if row["action"] == "split" and not row["value"] and not row["paper"]:
        return "split needs a value or a paper"
    if row["action"] == "retype" and row["value"] not in schema.types:
        return f"unknown type {row['value']!r}; choose from {', '.join(schema.types)}"
    if row["relation"] and (row["action"] not in ("assert", "reject") or row["relation"] not in schema.relations):
        return f"unknown relation {row['relation']!r}; choose from {', '.join(sorted(schema.relations))}"
    if bool(row["relation"]) != bool(row["value"]) and row["action"] == "reject":
        return "reject of a fact needs its relation and its value (the tail)"
    return None
