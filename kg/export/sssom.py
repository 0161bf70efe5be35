"""Corrections as a set of SSSOM mappings (TSV with its metadata embedded), https://mapping-commons.github.io/sssom/."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from kg.iri import NAMESPACES, encode
from kg.link.mappings import Statement
from kg.text import storable

COLUMNS = (
    "subject_id",
    "subject_label",
    "subject_category",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "object_category",
    "mapping_justification",
    "comment",
)
_PREDICATES = {None: "skos:exactMatch", "subtypeOf": "skos:broadMatch"}  # every other relation is that of the ontology
_JUSTIFICATION = "semapv:ManualMappingCuration"
_PREFIXES = {"semapv": "https://w3id.org/semapv/vocab/", "kg": NAMESPACES["kg"], "skos": NAMESPACES["skos"]}
_UNSPECIFIED = "https://w3id.org/sssom/license/unspecified"
_KINDS = ("dataset", "method", "metric", "task")


def sssom(statements: Iterable[Statement], base: str) -> str:
    """The text of the mapping set: what is one is skos:exactMatch, what is not has the predicate modifier Not.

    `base` is that of the graph's IRIs. Rows are sorted as the specification asks, by its columns.
    """
    prefixes = {**_PREFIXES, **{kind: f"{base}{kind}/" for kind in _KINDS}}
    about = {
        "license": _UNSPECIFIED,
        "mapping_set_id": f"{base}curation",
        "mapping_set_title": "Corrections of which entities are one",
    }
    head = ["#curie_map:"] + [f"#  {name}: {json.dumps(prefixes[name])}" for name in sorted(prefixes)]
    head += [f"#{name}: {json.dumps(value)}" for name, value in about.items()]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted({_row(statement) for statement in statements}))
    return "\n".join(head) + "\n" + out.getvalue()


def _row(said: Statement) -> tuple[str, ...]:
    return (
        _curie(said.subject),
        _one_line(said.subject_name),
        f"kg:{said.subject_type}",
        _PREDICATES.get(said.relation) or f"kg:{said.relation}",
        "Not" if said.negated else "",
        _curie(said.object),
        _one_line(said.object_name),
        f"kg:{said.object_type}",
        _JUSTIFICATION,
        _one_line(said.comment),
    )


def _curie(key: str) -> str:
    kind, _, rest = key.partition("/")
    return f"{kind}:{encode(rest)}"


def _one_line(text: str) -> str:
    return " ".join(storable(text).split())
