"""Values for the variables of a query: terms of the RDF library, put in place of variable tokens.

The library's own substitutions reach only variables that SELECT projects. So the query is cut into SPARQL's tokens, and
a token that is a bound variable becomes the term as the library writes it, quoted and escaped. Text of a value can
never become syntax, and a '$name' in a string, comment or IRI stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.iri import NAMESPACES, expand
from kg.text import storable

Term = NamedNode | Literal

_XSD = NAMESPACES["xsd"]
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
# What is not syntax: IRIs, strings, comments; and variables, whose name is a group of its own.
TOKEN = re.compile(
    r"""<(?![?$])[^<>"{}|^`\\\x00-\x20]*>"""  # IRI (one that starts like a variable is a comparison)
    r'''|"""(?:"{0,2}(?:[^"\\]|\\.))*"""|\'\'\'(?:'{0,2}(?:[^'\\]|\\.))*\'\'\''''  # long strings
    r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*\'"""  # strings
    r"|\\.|\#[^\n\r]*"  # escaped character of a name, comment
    r"|[?$](?P<name>\w+)",
    re.DOTALL,
)


def bind(query: str, terms: Mapping[str, Term]) -> str:
    """The query with each variable of `terms` replaced by its term. Raises QueryError for one that it does not have.

    >>> bind("SELECT * { ?s ?p $o } # $o", {"o": Literal('a" . } #')})
    'SELECT * { ?s ?p  "a\\\\" . } #"  } # $o'
    """
    seen: set[str] = set()

    def replace(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in terms:
            return found[0]
        seen.add(name)
        return f" {terms[name]} "

    bound = TOKEN.sub(replace, query)
    for name in terms:
        if name not in seen:
            raise QueryError(f"the query has no variable ${name} to give a value to")
    return bound


def guess(value: str) -> Term:
    """The term that a person means: `<IRI>`, a prefixed name, a number, `"text"`, else text.

    Raises QueryError for a malformed IRI.
    """
    value = storable(value)
    if value.startswith("<") and value.endswith(">"):
        return iri(value[1:-1])
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        return Literal(value[1:-1])
    if _INTEGER.fullmatch(value):
        return integer(value)
    if _NUMBER.fullmatch(value):
        return Literal(value, datatype=NamedNode(_XSD + ("double" if "e" in value.lower() else "decimal")))
    expanded = expand(value)
    return iri(expanded) if expanded != value and not re.search(r"\s", value) else Literal(value)


def iri(text: str) -> NamedNode:
    """The IRI. Raises QueryError where it is none."""
    try:
        return NamedNode(text)
    except ValueError as error:
        raise QueryError(f"<{text}> is no IRI: {error}") from error


def integer(value: str) -> Literal:
    """The integer. Raises QueryError where it is none."""
    if not _INTEGER.fullmatch(value):
        raise QueryError(f"{value!r} is no integer; expected for example 2020")
    return Literal(value, datatype=NamedNode(_XSD + "integer"))
