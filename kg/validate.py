"""Check a graph against the SHACL shapes of `ontology/shapes.ttl`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import networkx as nx
import rdflib
from pyoxigraph import DefaultGraph, Quad, QuerySolutions, RdfFormat, Store, Triple, parse
from rdflib.namespace import RDF, SH

from kg.errors import ConfigError, ReadError
from kg.iri import compact
from kg.rdf import to_rdf, triples
from kg.schema import ontology_file

SHOWN = 5  # violations of one kind that the text lists
LONGEST = 200  # characters of a value that are shown


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Violation:
    """What is wrong with which node: `message` is the rule of the shape, `node` and `value` prefixed names or IRIs."""

    message: str
    node: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Whether a graph conforms; `violations` are sorted, `text` tells a person."""

    conforms: bool
    violations: tuple[Violation, ...]
    text: str


def validate(graph: nx.MultiDiGraph | Path) -> Report:
    """Check a graph, or the default graph of an RDF file, against the shapes.

    Core constraints are checked by pySHACL; the queries of sh:sparql, which look at all triples, by Oxigraph, which
    answers them a hundred times faster. Raises ReadError for a file that is no RDF.
    """
    found = list(triples(graph) if isinstance(graph, nx.MultiDiGraph) else _read(graph))
    shapes = rdflib.Graph().parse(data=ontology_file("shapes.ttl").read_bytes(), format="turtle")
    number = len(set(shapes.subjects(RDF.type, SH.NodeShape)))
    violations = tuple(sorted({*_queried(found, shapes), *_core(found, shapes)}))
    return Report(conforms=not violations, violations=violations, text=_text(violations, len(found), number))


def _queried(found: list[Triple], shapes: rdflib.Graph) -> Iterator[Violation]:
    """Violations of the sh:sparql constraints. The queries need no $this: they look at the graph as a whole."""
    store = Store()
    store.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in found)
    store.load(path=ontology_file("kg.ttl"), format=RdfFormat.TURTLE)
    declared = shapes.objects(None, SH.declare)
    prefixes = {str(shapes.value(d, SH.prefix)): str(shapes.value(d, SH.namespace)) for d in declared}
    for constraint in shapes.objects(None, SH.sparql):
        solutions = store.query(str(shapes.value(constraint, SH.select)), prefixes=prefixes)
        assert isinstance(solutions, QuerySolutions)  # noqa: S101 - sh:select is a SELECT
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            message = str(shapes.value(constraint, SH.message))
            values = {n: _short(term) for n, term in zip(names, solution, strict=True) if term is not None}
            for name, value in values.items():
                message = message.replace(f"{{?{name}}}", "it" if name == "value" else value)
            yield Violation(message=message, node=values["value"])


def _core(found: list[Triple], shapes: rdflib.Graph) -> Iterator[Violation]:
    from pyshacl import validate as check  # takes half a second to load

    core = rdflib.Graph() + shapes
    core.remove((None, SH.sparql, None))
    data = to_rdf(found).parse(data=ontology_file("kg.ttl").read_bytes(), format="turtle")
    _, results, text = check(data, shacl_graph=core, inplace=True, inference="none")
    if not isinstance(results, rdflib.Graph):
        raise ConfigError(f"the shapes cannot be checked: {text}")
    for result in results.subjects(RDF.type, SH.ValidationResult):
        message, node, value = (results.value(result, p) for p in (SH.resultMessage, SH.focusNode, SH.value))
        yield Violation(message=str(message), node=_short(node), value="" if value is None else _short(value))


def _read(path: Path) -> Iterator[Triple]:
    try:
        for quad in parse(path=path, format=RdfFormat.from_extension(path.suffix.lstrip("."))):
            if quad.graph_name == DefaultGraph():
                yield quad.triple
    except (SyntaxError, ValueError, OSError) as error:
        raise ReadError(f"no RDF: {error}", source=str(path)) from error


def _short(term: object) -> str:
    text = compact(str(getattr(term, "value", term)))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _text(violations: tuple[Violation, ...], size: int, shapes: int) -> str:
    if not violations:
        return f"The graph conforms: {size:,} triples, {shapes} shapes."
    lines = [f"The graph does not conform: {len(violations):,} violations in {size:,} triples."]
    for message, group in groupby(violations, key=lambda v: v.message):
        found = list(group)
        lines.append(f"\n{message} ({len(found):,})")
        lines += [f"  {v.node}" + (f"  value {v.value}" if v.value else "") for v in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"  and {len(found) - SHOWN:,} more")
    return "\n".join(lines)
