"""How long matching with a large vocabulary takes and what memory it needs.

    python benchmarks/vocabulary.py [--triples 5000000] [--entities 100000]

The vocabulary is invented, in N-Triples: concepts with a type, a broader concept, a preferred and an alternative label,
and a label in another language. One in a hundred is called as an entity is. Seconds are of the processor.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path
from time import process_time

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.link import match_vocabularies
from kg.model import Entity, Rejection

SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ADJECTIVES = ("deep", "sparse", "graph", "neural", "latent", "convex", "robust", "causal", "spectral", "stochastic")
NOUNS = (
    "encoder",
    "policy",
    "kernel",
    "sampler",
    "parser",
    "network",
    "retrieval",
    "segmentation",
    "matching",
    "clustering",
)


def name(number: int) -> str:
    """A name that no other number has."""
    return f"{ADJECTIVES[number % 10]} {ADJECTIVES[number // 10 % 10]} {NOUNS[number // 100 % 10]} {number // 1000}"


def write(path: Path, triples: int) -> None:
    with path.open("w", encoding="utf8") as stream:
        for number in range(triples // 5):
            concept = f"<http://example.org/c/{number}>"
            label = name(number // 100) if number % 100 == 0 else f"{name(number)} of another kind"
            stream.write(
                f"{concept} <{TYPE}> <{SKOS}Concept> .\n"
                f"{concept} <{SKOS}broader> <http://example.org/c/{number // 7}> .\n"
                f'{concept} <{SKOS}prefLabel> "{label}"@en .\n{concept} <{SKOS}altLabel> "{label} (alternative)"@en .\n'
                f'{concept} <{SKOS}prefLabel> "Begriff {number}"@de .\n'
            )


@click.command()
@click.option("--triples", type=click.IntRange(5), default=5_000_000, show_default=True)
@click.option("--entities", type=click.IntRange(1), default=100_000, show_default=True)
def main(triples: int, entities: int) -> None:
    """Measure the matching of entities with an invented vocabulary."""
    known = [
        Entity(id=f"method/{n}", type="Method", label=name(n), aliases=(), members=(("p", "e"),), merges=(), score=1.0)
        for n in range(entities)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocabulary.nt"
        write(path, triples)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        problems: list[Rejection] = []
        start = process_time()
        found = match_vocabularies(known, [path], problems)
        seconds = process_time() - start
    matched = sum(bool(entity.matches) for entity in found)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    click.echo(f"{triples:,} triples, {entities:,} entities: {matched:,} matched, {len(problems)} problems")
    click.echo(f"{seconds:.1f} s, peak memory {memory:,} MB ({before:,} MB before)")


if __name__ == "__main__":
    main()
