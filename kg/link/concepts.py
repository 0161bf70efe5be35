"""What names a concept in the vocabularies that are in use, and which of their nodes stand for one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.iri import NAMESPACES
from kg.link.names import abbreviates, compress, read_name
from kg.read.vocabulary import RELATIVE, read_statements

PREFERRED, ALTERNATIVE, RELATED = 0, 1, 2

_RDF, _RDFS, _SKOS, _OWL = NAMESPACES["rdf"], NAMESPACES["rdfs"], NAMESPACES["skos"], NAMESPACES["owl"]
_XL = "http://www.w3.org/2008/05/skos-xl#"
_MESH = "http://id.nlm.nih.gov/mesh/vocab#"
_OBO = "http://www.geneontology.org/formats/oboInOwl#"
_CSO = ("http://cso.kmi.open.ac.uk/schema/cso#", "https://cso.kmi.open.ac.uk/schema/cso#")
_SCHEMA = ("http://schema.org/", "https://schema.org/")
_WIKIDATA = "http://www.wikidata.org/"

LABELS: dict[str, int] = {
    _RDFS + "label": PREFERRED,
    _SKOS + "prefLabel": PREFERRED,
    _XL + "literalForm": PREFERRED,
    _MESH + "prefLabel": PREFERRED,
    **{space + "name": PREFERRED for space in _SCHEMA},
    _SKOS + "altLabel": ALTERNATIVE,
    _SKOS + "hiddenLabel": ALTERNATIVE,
    _MESH + "altLabel": ALTERNATIVE,
    _OBO + "hasExactSynonym": ALTERNATIVE,
    "http://purl.obolibrary.org/obo/IAO_0000118": ALTERNATIVE,
    **{space + "alternateName": ALTERNATIVE for space in _SCHEMA},
    _OBO + "hasRelatedSynonym": RELATED,
}
_LABELLED_BY: dict[str, int] = {  # the object is a node that holds labels of the subject
    _XL + "prefLabel": PREFERRED,
    _XL + "altLabel": ALTERNATIVE,
    _XL + "hiddenLabel": ALTERNATIVE,
    _MESH + "preferredConcept": PREFERRED,
    _MESH + "preferredTerm": PREFERRED,
    _MESH + "term": ALTERNATIVE,
    _MESH + "concept": RELATED,  # of a descriptor: often a narrower one
}
_PREFER = frozenset(space + "preferentialEquivalent" for space in _CSO)
_SAME = frozenset((_OWL + "sameAs", _OWL + "equivalentClass", *(space + "relatedEquivalent" for space in _CSO)))
_KIND = frozenset((_RDF + "type", _WIKIDATA + "prop/direct/P31"))
_DEPRECATED = _OWL + "deprecated"
_STRUCTURE = frozenset((*_LABELLED_BY, *_PREFER, *_SAME, *_KIND, _DEPRECATED))
_NO_CONCEPT = frozenset(
    (
        *(_OWL + name for name in ("Ontology", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
        *(_SKOS + name for name in ("ConceptScheme", "Collection", "OrderedCollection")),
        _RDF + "Property",
        # Wikidata: human, given and family name, scholarly article, pages of Wikipedia that are no articles
        *(f"{_WIKIDATA}entity/Q{n}" for n in (5, 202444, 101352, 13442814, 4167410, 4167836, 11266439, 13406463)),
    )
)
_MOST_STEPS = 5  # from a node that holds a label up to its concept; MeSH has two
_ACM = re.compile(r"(?:\d{8}\.)*\d{8}")
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')


class Label(NamedTuple):
    """A label of a concept; the least of several tells best that it is called so."""

    foreign: bool  # in another language than English
    variant: bool  # turned round ('networks, neural') or without what stands behind it in brackets
    tier: int  # PREFERRED, ALTERNATIVE or RELATED
    text: str


def label_keys(text: str) -> Iterator[tuple[str, bool]]:
    """The folded names that a label gives, and whether the label must be changed for it, unchanged ones first.

    What stands in brackets behind it tells it from other things, unless it is its abbreviation.

    >>> list(label_keys("Attention (Psychology)")), list(label_keys("Principal Component Analysis (PCA)"))
    ([('attentionpsychology', False), ('attention', True)], [('principalcomponentanalysis', False)])
    >>> list(label_keys("Neural Networks, Deep"))
    [('neuralnetworkdeep', False), ('deepneuralnetwork', True), ('deepnetwork', True)]
    """
    before, _, bracket = text.rpartition(" (")
    inner = bracket[:-1] if before and bracket.endswith(")") else ""
    qualified = bool(inner) and not abbreviates(inner, before)
    head, _, rest = text.partition(", ")
    turned = f"{rest} {head}" if rest and "," not in rest and not inner else ""
    seen: set[str] = set()
    for form, changed in (
        (f"{before} {inner}" if qualified else text, False),
        (before if qualified else "", True),
        (turned, True),
    ):
        if form:
            words = read_name.__wrapped__(form).words  # a vocabulary would drive all else out of the cache
            for key in ("".join(words), "".join(compress(words))):
                if key not in seen:
                    seen.add(key)
                    yield key, changed


class Concepts(NamedTuple):
    """For each node the concepts that it stands for and by what kind of label; and of each concept its group.

    Concepts of one group are the same, as the vocabulary itself says.
    """

    of: dict[str, dict[str, int]]
    group: dict[str, str]


def lift(path: Path, nodes: Collection[str]) -> Concepts:
    """The concepts that the nodes stand for.

    A node is its own concept, unless it holds labels for others (SKOS-XL, MeSH) or another is preferred to it (CSO).
    What is deprecated or no concept (a property, a scheme, a person) is left out. The file is read once, and again for
    every step up.
    """
    found = _Structure(set(nodes))
    for _ in range(_MOST_STEPS):
        before = len(found.known)
        for subject, predicate, value, _language in read_statements(path, _STRUCTURE, lambda line, reason: None):
            found.add(subject, predicate, value)
        if len(found.known) == before:
            break
    of = {node: found.concepts(node) for node in sorted(nodes)}
    return Concepts(of, {concept: found.group(concept) for concepts in of.values() for concept in concepts})


class _Structure:
    """How the nodes that are known hang together, and which of them are no concepts."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self._above: dict[str, dict[str, int]] = {}
        self._same: dict[str, set[str]] = {}
        self._preferred: dict[str, str] = {}
        self._dropped: set[str] = set()

    def add(self, subject: str, predicate: str, value: str) -> None:
        if predicate in _LABELLED_BY:
            if value in self.known:
                above = self._above.setdefault(value, {})
                above[subject] = min(_LABELLED_BY[predicate], above.get(subject, RELATED))
                self.known.add(subject)
        elif subject not in self.known:
            return
        elif predicate in _KIND:
            if value in _NO_CONCEPT:
                self._dropped.add(subject)
        elif predicate == _DEPRECATED:
            if value in ("true", "1"):
                self._dropped.add(subject)
        elif predicate in _PREFER:
            self._preferred[subject] = min(value, self._preferred.get(subject, value))
        elif value in self.known:
            self._same.setdefault(subject, set()).add(value)
            self._same.setdefault(value, set()).add(subject)

    def concepts(self, node: str) -> dict[str, int]:
        found: dict[str, int] = {}
        todo, seen = [(node, PREFERRED)], {node}
        while todo:
            at, tier = todo.pop()
            for above, more in self._above.get(at, {}).items():
                if above not in seen:
                    seen.add(above)
                    todo.append((above, max(tier, more)))
            if at not in self._above and at not in self._dropped:
                concept = self._preferred.get(at, at)
                kind = tier if concept == at else max(tier, ALTERNATIVE)
                found[concept] = min(kind, found.get(concept, RELATED))
        return found

    def group(self, concept: str) -> str:
        """The least IRI of the concepts that are the same."""
        todo, seen = [concept], {concept}
        while todo:
            others = self._same.get(todo.pop(), set()) - seen
            seen |= others
            todo += others
        return min(self._preferred.get(other, other) for other in seen)


def concept_iri(name: str) -> str | None:
    """The absolute IRI of a concept, what may not stand in one percent-encoded; None if it cannot be linked to.

    The numbers of the ACM Computing Classification System, which its file gives as relative IRIs, stand under the pages
    of the ACM Digital Library.

    >>> concept_iri("http://example.org/a b"), concept_iri("javascript:alert(1)")
    ('http://example.org/a%20b', None)
    """
    relative = name.removeprefix(RELATIVE)
    if relative != name:
        return f"https://dl.acm.org/topic/ccs2012/{relative}" if _ACM.fullmatch(relative) else None
    iri = _NOT_IN_IRI.sub(lambda match: f"%{ord(match[0]):02X}", name)
    return iri if re.match(r"https?://[^/]|urn:[A-Za-z0-9][A-Za-z0-9-]+:.", iri) else None
