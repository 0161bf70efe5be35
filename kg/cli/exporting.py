"""The command that writes the graph in other formats, or loads it into a server that runs."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.arguments import with_options, workspace
from kg.cli.printing import one_line
from kg.cli.progress import bar

if TYPE_CHECKING:
    import networkx as nx

_PROPERTY_GRAPHS = ("cypher", "ladybug", "neo4j", "neo4j-gzip")
_KINDS = ("fuseki", "graphdb", "neptune", "oxigraph", "virtuoso")


_FILES = (
    click.option(
        "-o", "--output", type=click.Path(path_type=Path), help="File or folder; by default in the workspace."
    ),
    click.option("--compress", type=click.Choice(["gzip", "zstd"]), help="Compress RDF; -o FILE.gz, FILE.zst do, too."),
    click.option("--rdf12", is_flag=True, help="RDF 1.2: statements with triple terms (nt, nq, ttl, trig)."),
    click.option("--evidence-nodes", is_flag=True, help="Sentences, facts as nodes as well (neo4j, cypher, ladybug)."),
    click.option("--gephi-lite", is_flag=True, help="Tell what of it Gephi Lite does not show or bear (gexf)."),
)
_PARTS = (
    click.option("--around", metavar="NAME", help="Only what stands around this entity or paper."),
    click.option("--hops", type=click.IntRange(1), default=1, show_default=True, help="Facts from it, with --around."),
    click.option("--top", type=click.IntRange(1), metavar="N", help="Only the N entities that most papers name."),
    click.option("--year", "span", metavar="FIRST-LAST", help="Only what papers of these years say, or of one year."),
)
_SERVERS = (
    click.option("--uri", metavar="bolt://...", help="Load into the Neo4j that runs there (format neo4j)."),
    click.option("--database", help="Database of that Neo4j; by default its own default."),
    click.option("--prune", is_flag=True, help="Remove from it what the graph no longer has."),
    click.option("--endpoint", metavar="URL", help="Load into the triple store that runs there (format sparql)."),
    click.option("--store", type=click.Choice(_KINDS), default="fuseki", show_default=True, help="What it is."),
    click.option("--graph", "name", metavar="IRI", help="Named graph replaced there; by default the graph's base."),
    click.option("--user", help="User of the Neo4j (by default neo4j) or triple store (by default none)."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What is asked for beside the formats."""

    output: Path | None
    compress: str | None
    rdf12: bool
    evidence_nodes: bool
    gephi_lite: bool
    around: str | None
    hops: int
    top: int | None
    span: str | None
    uri: str | None
    database: str | None
    prune: bool
    endpoint: str | None
    store: str
    name: str | None
    user: str | None

    @property
    def part(self) -> bool:
        """Whether only a part of the graph is asked for."""
        return not (self.around is None and self.top is None and self.span is None)


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DIR] FORMAT...")
@with_options(*_FILES, *_PARTS, *_SERVERS)
@click.option("--list", "listing", is_flag=True, help="Name the formats.")
def export(arguments: tuple[str, ...], listing: bool, **options: Any) -> None:
    """Write the graph of DIR, or a part of it, in each FORMAT.

    Prints the files written; a part is written beside the whole, as graph-part. A running Neo4j is
    loaded with --uri, a running triple store with --endpoint. Their passwords are taken from
    NEO4J_PASSWORD and SPARQL_PASSWORD, or asked for.

    \b
    Examples:
      kg export gexf                 out/graph.gexf, for Gephi
      kg export out neo4j csv        folders of tables
      kg export gexf --around BERT --hops 2 --top 100
      kg export html --year 2020-2025 -o recent.html
      kg export nt -o graph.nt.gz    compressed by its name
      kg export ttl --rdf12          statements as RDF 1.2 reifies them
      kg export neo4j --uri bolt://localhost:7687 --prune
      kg export cypher --evidence-nodes
      kg export sparql --endpoint http://localhost:3030/kg --graph https://example.org/kg
      kg export --list
    """
    from kg.export import WRITERS

    formats = (*WRITERS, "sparql")
    if listing:
        click.echo("\n".join(formats))
        return
    given = arguments[0] if len(arguments) > 1 and arguments[0] not in formats else None
    folder = workspace(Path(given) if given else None)
    wanted = arguments[1:] if given else arguments
    asked = _Options(**options)
    if not wanted or (asked.output and len(wanted) > 1):
        raise click.UsageError(f"name {'one format' if asked.output else 'a format'} of: {', '.join(formats)}")
    _check(wanted, asked)
    _carry_out(folder, wanted, asked)


def _check(wanted: tuple[str, ...], asked: _Options) -> None:
    """Refuse options that do not go together."""
    _check_loading(
        wanted, asked.output, "neo4j", "--uri", asked.uri, asked.prune and "--prune", asked.database and "--database"
    )
    _check_loading(wanted, asked.output, "sparql", "--endpoint", asked.endpoint, asked.name and "--graph")
    if asked.evidence_nodes and not set(wanted) <= set(_PROPERTY_GRAPHS):
        raise click.UsageError(f"--evidence-nodes goes with {', '.join(_PROPERTY_GRAPHS)}")
    if asked.gephi_lite and "gexf" not in wanted:
        raise click.UsageError("--gephi-lite goes with gexf")
    if asked.part and (asked.uri or asked.endpoint):
        raise click.UsageError("--around, --top and --year go with files; a server is loaded with the whole graph")
    if asked.hops > 1 and asked.around is None:
        raise click.UsageError("--hops goes with --around")
    if asked.span is not None:
        _years(asked.span)


def _carry_out(folder: Path, wanted: tuple[str, ...], asked: _Options) -> None:
    if asked.uri is not None:
        _load_neo4j(folder, asked.uri, asked.user or "neo4j", asked.database, asked.prune, asked.evidence_nodes)
    elif asked.endpoint is not None:
        _load_sparql(folder, asked.endpoint, asked.store, asked.name, asked.user or "")
    else:
        _write(folder, tuple(_form(form, asked.rdf12) for form in wanted), asked)
        if asked.gephi_lite:
            _tell_gephi_lite(_target(folder, "gexf", asked))


def _years(span: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", span, re.ASCII)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise click.UsageError(f"--year {span}: expected a year or FIRST-LAST, as 2020-2025")
    return first, last


def _part(graph: nx.MultiDiGraph, asked: _Options) -> nx.MultiDiGraph:
    """The part asked for: of these years, then around the name, then the most named. Raises QueryError."""
    from kg.part import around, top, years

    if asked.span is not None:
        graph = years(graph, *_years(asked.span))
    if asked.around is not None:
        graph = around(graph, asked.around, asked.hops)
    return graph if asked.top is None else top(graph, asked.top)


def _tell_gephi_lite(path: Path) -> None:
    from kg.export.gephilite import check

    for line in check(path):
        click.echo(f"kg: in Gephi Lite, {line}", err=True)


def _check_loading(
    formats: tuple[str, ...],
    output: Path | None,
    form: str,
    option: str,
    address: str | None,
    *others: str | bool | None,
) -> None:
    """Refuse options that do not go together."""
    if address is not None and (formats != (form,) or output):
        raise click.UsageError(f"{option} goes with the one format {form}, without -o")
    if address is None and form == "sparql" and form in formats:
        raise click.UsageError("sparql loads a triple store that runs; say where with --endpoint URL")
    for other in others:
        if address is None and other:
            raise click.UsageError(f"{other} goes with {option}")


def _form(form: str, rdf12: bool) -> str:
    from kg.export import WRITERS

    form = "ttl" if rdf12 and form == "turtle" else form
    if rdf12 and form in WRITERS and f"{form}12" not in WRITERS:
        raise click.UsageError(f"{form} has no form of RDF 1.2; --rdf12 goes with nq, nt, trig and ttl")
    return f"{form}12" if rdf12 and form in WRITERS else form


def _write(folder: Path, formats: tuple[str, ...], asked: _Options) -> None:
    from kg.export import RDF, write, writer
    from kg.snapshot import load, opened

    for form in formats:
        writer(form)  # an unknown format is told before the work
        if asked.compress and form not in RDF:
            raise click.UsageError(f"--compress goes with RDF: {', '.join(RDF)}")

    def to(graph: nx.MultiDiGraph) -> None:
        for form in bar(formats, "writing", len(formats)):
            for path in write(graph, form, _target(folder, form, asked)):
                click.echo(one_line(str(path)))

    if set(formats) <= set(RDF) and not asked.part:
        with opened(folder) as graph:
            to(graph)
    else:
        to(_with_evidence(_part(load(folder), asked), asked.evidence_nodes))


def _target(folder: Path, form: str, asked: _Options) -> Path:
    """Where a format is written."""
    from kg.export.compressed import COMPRESSIONS
    from kg.workspace import export_path

    suffix = COMPRESSIONS[asked.compress] if asked.compress else ""
    path = asked.output or export_path(folder, form)
    if asked.part and asked.output is None:
        path = path.with_name(f"{path.stem}-part{path.suffix}")
    return path if path.name.endswith(suffix) else path.with_name(path.name + suffix)


def _with_evidence(graph: nx.MultiDiGraph, wanted: bool) -> nx.MultiDiGraph:
    from kg.export.evidencenodes import with_evidence_nodes

    return with_evidence_nodes(graph) if wanted else graph


def _password(variable: str, user: str) -> str:
    password = os.environ.get(variable)
    if password is None:
        if not sys.stdin.isatty():
            raise click.UsageError(f"there is no terminal to ask on; set {variable}")
        password = click.prompt(f"Password of {user}", hide_input=True, default="", show_default=False, err=True)
    return password


def _load_sparql(folder: Path, endpoint: str, store: str, name: str | None, user: str) -> None:
    from typing import cast

    from kg.export.sparql import Kind, Login, load
    from kg.rdf import base_of
    from kg.snapshot import opened

    login = Login(user=user, password=_password("SPARQL_PASSWORD", user)) if user else Login()
    with opened(folder) as graph:
        name = name or base_of(graph)
        done = load(graph, endpoint, name=name, kind=cast(Kind, store), login=login, progress=bar)
    told = (
        f"{done.sent} batches sent, {done.resumed} there from a load that broke off"
        if done.changed
        else "all there already"
    )
    click.echo(one_line(f"{done.triples} triples in <{name}>: {told}"))


def _load_neo4j(folder: Path, uri: str, user: str, database: str | None, prune: bool, evidence_nodes: bool) -> None:
    from kg.export.bolt import load
    from kg.snapshot import load as loaded

    graph = _with_evidence(loaded(folder), evidence_nodes)
    password = _password("NEO4J_PASSWORD", user)
    done = load(graph, uri, user=user, password=password, database=database, prune=prune, progress=bar)
    click.echo(
        f"{len(graph)} nodes, {graph.number_of_edges()} relationships: "
        + (
            f"{done.nodes_created} and {done.relationships_created} new, {done.properties_set} properties set, "
            f"{done.nodes_deleted} and {done.relationships_deleted} removed"
            if done.changed
            else "all there already"
        )
    )
    if done.kept:
        click.echo(
            f"kg: kept {done.kept} nodes that the graph no longer has: other relationships hang on them", err=True
        )
