"""Rebuild `index.html`, the page of the ontology, from `kg.ttl` and `shapes.ttl`: `python ontology/rebuild.py`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH, SKOS, VANN

HERE = Path(__file__).parent
PAGE = "index.html"
GROUPS = {
    "Classes": (OWL.Class,),
    "Relations between entities": (rdflib.URIRef("https://w3id.org/abstract-kg/ontology#Relation"),),
    "Further object properties": (OWL.ObjectProperty,),
    "Datatype properties": (OWL.DatatypeProperty,),
    "Annotation properties": (OWL.AnnotationProperty,),
}
FACTS = {
    "subclass of": RDFS.subClassOf,
    "subproperty of": RDFS.subPropertyOf,
    "domain": RDFS.domain,
    "range": RDFS.range,
    "joins": rdflib.URIRef("https://w3id.org/abstract-kg/ontology#joins"),
    "disjoint with": OWL.disjointWith,
    "close to": SKOS.closeMatch,
    "same as": SKOS.exactMatch,
}
BACK = {"superclass of": RDFS.subClassOf, "domain of": RDFS.domain, "range of": RDFS.range}
MARKS = {OWL.FunctionalProperty: "functional", OWL.SymmetricProperty: "symmetric"}


class Page:
    """The ontology as the template wants it; every list is sorted, so that the same files give the same bytes."""

    def __init__(self) -> None:
        self.graph = rdflib.Graph(bind_namespaces="none").parse(HERE / "kg.ttl")  # with the prefixes of the file alone
        self.shapes = rdflib.Graph().parse(HERE / "shapes.ttl")
        self.prefixes = sorted((prefix, str(space)) for prefix, space in self.graph.namespaces())
        self.iri = next(iter(self.graph.subjects(RDF.type, OWL.Ontology)))
        self.namespace = str(self.graph.value(self.iri, VANN.preferredNamespaceUri))
        self.links: dict[str, str] = {}
        self.anchors: dict[str, str] = {}

    def render(self) -> str:
        """The page as HTML."""
        groups, placed = [], set()
        for title, kinds in GROUPS.items():
            found = {
                s for kind in kinds for s in self.graph.subjects(RDF.type, kind) if str(s).startswith(self.namespace)
            }
            groups.append({"title": title, "terms": [self._term(s) for s in sorted(found - placed)]})
            placed |= found
        loader = jinja2.FileSystemLoader(HERE)
        environment = jinja2.Environment(
            loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
        )
        return (
            environment.get_template(f"{PAGE}.j2").render(
                title=self._one(self.iri, DCTERMS.title),
                description=self._one(self.iri, DCTERMS.description),
                iri=str(self.iri),
                prefix=self._one(self.iri, VANN.preferredNamespacePrefix),
                namespace=self.namespace,
                version=self._one(self.iri, OWL.versionInfo),
                licence=self._one(self.iri, DCTERMS.license),
                groups=groups,
                shapes=self._rules(),
                prefixes=[(f"{prefix}:", space) for prefix, space in self.prefixes],
                links=self.links,
                anchors=self.anchors,
            )
            + "\n"
        )

    def _term(self, term: Any) -> dict[str, Any]:
        name = self._name(term)
        anchor = str(term).removeprefix(self.namespace)
        self.anchors[name] = anchor
        facts = [(title, sorted(map(self._name, self.graph.objects(term, p)))) for title, p in FACTS.items()]
        facts += [(title, sorted(map(self._name, self.graph.subjects(p, term)))) for title, p in BACK.items()]
        marks = sorted(mark for kind, mark in MARKS.items() if (term, RDF.type, kind) in self.graph)
        return {
            "anchor": anchor,
            "iri": str(term),
            "label": self._one(term, RDFS.label),
            "comment": self._one(term, RDFS.comment),
            "facts": [{"name": n, "values": v} for n, v in [("is", marks), *facts] if v],
        }

    def _one(self, subject: Any, predicate: Any) -> str:
        (value,) = self.graph.objects(subject, predicate)
        return str(value)

    def _name(self, term: Any) -> str:
        """The prefixed name of a term, for which its address is kept."""
        for prefix, space in self.prefixes:
            if str(term).startswith(space) and re.fullmatch(r"[\w-]+", local := str(term).removeprefix(space)):
                if space != self.namespace:
                    self.links[f"{prefix}:{local}"] = str(term)
                return f"{prefix}:{local}"
        return str(term)

    def _rules(self) -> list[tuple[str, list[str]]]:
        """The label of each shape with its messages; names of variables become dots."""
        found = []
        for shape in self.shapes.subjects(RDF.type, SH.NodeShape):
            parts = [*self.shapes.objects(shape, SH.property), *self.shapes.objects(shape, SH.sparql)]
            said = (str(m) for part in parts for m in self.shapes.objects(part, SH.message))
            rules = sorted({re.sub(r"\{\?\w+\}", "…", message) for message in said})
            found.append((str(self.shapes.value(shape, RDFS.label)), rules))
        return sorted(found)


if __name__ == "__main__":
    (HERE / PAGE).write_text(Page().render(), encoding="utf8", newline="\n")
