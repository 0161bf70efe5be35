"""The schema as `ontology/kg.ttl` states it: the only home of entity types and relations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import ConfigError
from kg.iri import KG

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_SYMMETRIC = NamedNode("http://www.w3.org/2002/07/owl#SymmetricProperty")


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
    """Read types and relations from `ontology/kg.ttl`; the file is read once in a process.

    >>> load_schema().types
    ('Dataset', 'Method', 'Metric', 'Task')
    >>> load_schema().permits("Method", "usedFor", "Task")
    True

    Raises ConfigError where the file is missing, is no Turtle, or names a relation without label, comment or pairs.
    """
    path = ontology_file("kg.ttl")
    store = Store()
    try:
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            store.add(quad)
        types = sorted(
            _name(quad.subject) for quad in store.quads_for_pattern(None, _rdfs("subClassOf"), _kg("Entity"), None)
        )
        names = sorted(_name(quad.subject) for quad in store.quads_for_pattern(None, _TYPE, _kg("Relation"), None))
        relations = {name: _relation(store, name) for name in names}
    except (OSError, SyntaxError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return Schema(types=tuple(types), relations=relations)


def _relation(store: Store, name: str) -> RelationType:
    subject = _kg(name)
    pairs = frozenset(
        (_name(_one(store, pair, _kg("headType"))), _name(_one(store, pair, _kg("tailType"))))
        for pair in _objects(store, subject, _kg("joins"))
    )
    if not pairs:
        raise ValueError(f"relation kg:{name} joins no types; state at least one kg:joins")
    return RelationType(
        name=name,
        label=_text(_one(store, subject, _rdfs("label"))),
        reads=_text(_one(store, subject, _rdfs("comment"))),
        pairs=pairs,
        symmetric=Quad(subject, _TYPE, _SYMMETRIC) in store,
    )


def _kg(name: str) -> NamedNode:
    return NamedNode(KG + name)


def _rdfs(name: str) -> NamedNode:
    return NamedNode(_RDFS + name)


def _objects(store: Store, subject: NamedNode, predicate: NamedNode) -> list[object]:
    return [quad.object for quad in store.quads_for_pattern(subject, predicate, None, None)]


def _one(store: Store, subject: object, predicate: NamedNode) -> object:
    if not isinstance(subject, NamedNode):
        raise ValueError(f"expected an IRI, found {subject}")
    values = _objects(store, subject, predicate)
    if len(values) != 1:
        raise ValueError(f"{subject} has {len(values)} values of {predicate}; expected exactly one")
    return values[0]


def _name(term: object) -> str:
    if not isinstance(term, NamedNode) or not term.value.startswith(KG):
        raise ValueError(f"{term} is no term of {KG}")
    return term.value.removeprefix(KG)


def _text(term: object) -> str:
    if not isinstance(term, Literal):
        raise ValueError(f"expected a literal, found {term}")
    return term.value
