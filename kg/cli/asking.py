"""Commands that ask: query, show, stats."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from kg.cli.arguments import folder_argument, key_values, split, suggestion, workspace
from kg.cli.printing import clean, echo_bytes, echo_json, echo_table, one_line

if TYPE_CHECKING:
    from kg.query.answer import Answer
    from kg.query.named import NamedQuery


_FORMATS = ("table", "json", "csv", "tsv", "xml", "ttl", "nt", "jsonld", "rdfxml")


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DIR] [SPARQL]")
@click.option("-n", "--name", help="Ask the question of this name instead of SPARQL; --list names them.")
@click.option("-p", "--param", "pairs", multiple=True, metavar="KEY=VALUE", help="Value of a parameter or variable.")
@click.option(
    "-f", "--format", type=click.Choice(_FORMATS), default="table", show_default=True, help="Form of the answer."
)
@click.option("--list", "listing", is_flag=True, help="Name the questions and their parameters.")
@click.option("--explain", "explaining", is_flag=True, help="Tell the algebra of the query and what its patterns find.")
@click.option("--rdflib", "on_rdflib", is_flag=True, help="Answer with rdflib: the same, slower; to compare.")
def query(
    arguments: tuple[str, ...],
    name: str | None,
    pairs: tuple[str, ...],
    format: str,
    listing: bool,
    explaining: bool,
    on_rdflib: bool,
) -> None:
    """Ask the graph of DIR a question in SPARQL or by name.

    SPARQL is text, the name of a file, or - for standard input.
    The prefixes of the ontology are declared. Values are bound as terms, never pasted into the query.

    \b
    Examples:
      kg query --list
      kg query --name methods-for-task --param task="image classification"
      kg query 'SELECT ?m { ?m a kg:Method } LIMIT 5' --format csv
      kg query out question.rq --format json > answer.json
      kg query out question.rq --explain
    """
    from kg.query.named import load_query
    from kg.query.reference import ask_rdflib
    from kg.query.run import ask
    from kg.query.store import open_store
    from kg.workspace import RDF_STORE

    if listing:
        _list_questions()
        return
    params = key_values("--param", pairs)
    asked: str | NamedQuery
    if name is not None:
        if len(arguments) > 1:
            raise click.UsageError("--name takes the place of SPARQL; give one of them")
        folder, asked = workspace(Path(arguments[0]) if arguments else None), load_query(name)
    elif arguments:
        folder, text = split(arguments, "the query")
        asked = _query_text(text)
    else:
        raise click.UsageError("give a query, or --name NAME; --list names the questions")
    store = open_store(folder / RDF_STORE)
    if explaining:
        from kg.query.explain import explain

        click.echo(clean(explain(store, asked, params)), nl=False)
    else:
        _print((ask_rdflib if on_rdflib else ask)(store, asked, params), format)


def _list_questions() -> None:
    from kg.query.named import list_queries

    rows = (
        (q.name, " ".join(p.name if p.default is None else f"[{p.name}]" for p in q.parameters), q.title)
        for q in list_queries()
    )
    echo_table(("name", "parameters", "question"), rows)


def _query_text(given: str) -> str:
    """The query itself, or what stands in the file (or standard input) that is named."""
    if given == "-":
        data = sys.stdin.buffer.read()
    elif given.endswith((".rq", ".sparql")) or ("{" not in given and Path(given).is_file()):
        data = Path(given).read_bytes()
    else:
        return given
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{given}: no text in UTF-8: {error}") from error


def _print(answer: Answer, format: str) -> None:
    buffer = io.BytesIO()
    answer.write(buffer, format, width=get_terminal_size().columns if sys.stdout.isatty() else None)
    echo_bytes(buffer.getvalue())


@click.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[DIR] NAME")
@click.option("--quotes", type=click.IntRange(0), default=1, show_default=True, help="Quotes a fact.")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Facts a relation.")
@click.option("--json", "as_json", is_flag=True, help="Print all that is known as JSON.")
def show(arguments: tuple[str, ...], quotes: int, limit: int, as_json: bool) -> None:
    """Tell all that is known about NAME, with quotes.

    NAME is a name or alias of an entity, a paper's title or id, or a key of a node.

    \b
    Examples:
      kg show SLAM
      kg show out "image generation" --quotes 3
      kg show CNN --json | jq '.[0].facts[].other.label'
    """
    from kg.cli.portrait import portray
    from kg.describe import describe, find
    from kg.snapshot import load

    folder, name = split(arguments, "NAME")
    graph = load(folder)
    keys = find(graph, name)
    if not keys:
        hint = suggestion(graph, name) or "'kg stats' lists what is met most often"
        raise click.UsageError(f"nothing is called {one_line(name)!r}; {hint}")
    found = [describe(graph, key) for key in keys]
    if as_json:
        echo_json(found)
    else:
        click.echo("\n\n".join(portray(about, quotes, limit) for about in found))


@click.command()
@folder_argument
@click.option("--top", type=click.IntRange(0), default=10, show_default=True, help="Entities of each type to name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats(folder: Path | None, top: int, as_json: bool) -> None:
    """Count what the graph of DIR holds.

    \b
    Examples:
      kg stats
      kg stats out --top 3
      kg stats --json | jq .edges.usedFor
    """
    from kg.counts import count
    from kg.snapshot import load

    found = count(load(workspace(folder)), top)
    if as_json:
        echo_json(found)
        return
    for header, rows in (
        (("nodes", "count"), found["nodes"].items()),
        (("edges", "count"), found["edges"].items()),
        (("year", "papers"), found["papers_by_year"].items()),
        *(((kind, "papers"), [(e["label"], e["papers"]) for e in top]) for kind, top in found["top"].items()),
    ):
        echo_table(header, rows)
        click.echo()
