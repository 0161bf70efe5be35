"""The command that writes the graph in other formats, or loads it into a server that runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.arguments import workspace
from kg.cli.printing import one_line
from kg.cli.progress import bar

if TYPE_CHECKING:
    import networkx as nx

_PROPERTY_GRAPHS = ("cypher", "ladybug", "neo4j", "neo4j-gzip")
_KINDS = ("fuseki", "graphdb", "neptune", "oxigraph", "virtuoso")


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DIR] FORMAT...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File or folder; by default in the workspace.")
@click.option("--compress", type=click.Choice(["gzip", "zstd"]), help="Compress RDF; -o FILE.gz or FILE.zst does, too.")
@click.option("--rdf12", is_flag=True, help="RDF 1.2: statements with triple terms (nt, nq, ttl, trig).")
@click.option("--uri", metavar="bolt://...", help="Load into the Neo4j that runs there (format neo4j).")
@click.option("--database", help="Database of that Neo4j; by default its own default.")
@click.option("--prune", is_flag=True, help="Remove from it what the graph no longer has.")
@click.option("--evidence-nodes", is_flag=True, help="Sentences and facts as nodes as well (neo4j, cypher, ladybug).")
@click.option("--gephi-lite", is_flag=True, help="Tell what of it Gephi Lite does not show or bear (gexf).")
@click.option("--endpoint", metavar="URL", help="Load into the triple store that runs there (format sparql).")
@click.option("--store", type=click.Choice(_KINDS), default="fuseki", show_default=True, help="What that store is.")
@click.option("--graph", "name", metavar="IRI", help="Named graph that is replaced there; by default the graph's base.")
@click.option("--user", help="User of the Neo4j (by default neo4j) or triple store (by default none).")
@click.option("--list", "listing", is_flag=True, help="Name the formats.")
def export(
    arguments: tuple[str, ...],
    output: Path | None,
    compress: str | None,
    rdf12: bool,
    uri: str | None,
    database: str | None,
    prune: bool,
    evidence_nodes: bool,
    gephi_lite: bool,
    endpoint: str | None,
    store: str,
    name: str | None,
    user: str | None,
    listing: bool,
) -> None:
    """Write the graph of DIR in each FORMAT.

    Prints the files written. A running Neo4j is loaded with --uri, a running triple store with
    --endpoint. Their passwords are taken from NEO4J_PASSWORD and SPARQL_PASSWORD, or asked for.

    \b
    Examples:
      kg export gexf                 out/graph.gexf, for Gephi
      kg export out neo4j csv        folders of tables
      kg export nt -o graph.nt.gz    compressed by its name
      kg export ttl --rdf12          statements as RDF 1.2 reifies them
      kg export neo4j --uri bolt://localhost:7687 --prune
      kg export cypher --evidence-nodes
      kg export sparql --endpoint http://localhost:3030/kg --graph https://example.org/kg
      kg export --list
    """
    from kg.export import WRITERS
    from kg.workspace import export_path

    if listing:
        click.echo("\n".join((*WRITERS, "sparql")))
        return
    formats = (*WRITERS, "sparql")
    given = arguments[0] if len(arguments) > 1 and arguments[0] not in formats else None
    folder = workspace(Path(given) if given else None)
    wanted = arguments[1:] if given else arguments
    if not wanted or (output and len(wanted) > 1):
        raise click.UsageError(f"name {'one format' if output else 'a format'} of: {', '.join(formats)}")
    _check_loading(wanted, output, "neo4j", "--uri", uri, prune and "--prune", database and "--database")
    _check_loading(wanted, output, "sparql", "--endpoint", endpoint, name and "--graph")
    if evidence_nodes and not set(wanted) <= set(_PROPERTY_GRAPHS):
        raise click.UsageError(f"--evidence-nodes goes with {', '.join(_PROPERTY_GRAPHS)}")
    if gephi_lite and "gexf" not in wanted:
        raise click.UsageError("--gephi-lite goes with gexf")
    if uri is not None:
        _load_neo4j(folder, uri, user or "neo4j", database, prune, evidence_nodes)
    elif endpoint is not None:
        _load_sparql(folder, endpoint, store, name, user or "")
    else:
        _write(folder, tuple(_form(form, rdf12) for form in wanted), output, compress, evidence_nodes)
        if gephi_lite:
            _tell_gephi_lite(output or export_path(folder, "gexf"))


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


def _write(
    folder: Path, formats: tuple[str, ...], output: Path | None, compress: str | None, evidence_nodes: bool
) -> None:
    from kg.export import RDF, write, writer
    from kg.export.compressed import COMPRESSIONS
    from kg.snapshot import load, opened
    from kg.workspace import export_path

    for form in formats:
        writer(form)  # an unknown format is told before the work
        if compress and form not in RDF:
            raise click.UsageError(f"--compress goes with RDF: {', '.join(RDF)}")
    suffix = COMPRESSIONS[compress] if compress else ""

    def target(form: str) -> Path:
        path = output or export_path(folder, form)
        return path if path.name.endswith(suffix) else path.with_name(path.name + suffix)

    def to(graph: nx.MultiDiGraph) -> None:
        for form in bar(formats, "writing", len(formats)):
            for path in write(graph, form, target(form)):
                click.echo(one_line(str(path)))

    if set(formats) <= set(RDF):
        with opened(folder) as graph:
            to(graph)
    else:
        to(_with_evidence(load(folder), evidence_nodes))


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
