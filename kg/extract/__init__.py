"""Extraction: a spaCy pipeline, and papers in, records out. Nothing that spaCy owns leaves this package.

The heavy imports happen inside the functions, so that the package can be named without loading spaCy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kg.model import Extraction, ExtractorInfo, Paper
from kg.settings import Settings

if TYPE_CHECKING:
    from spacy.language import Language

PIPES = ("kg_sentences", "kg_encoder", "kg_mentions", "kg_coreference", "kg_relations", "kg_results", "kg_assertion")


def build_pipeline(settings: Settings | None = None) -> Language:
    """The spaCy pipeline with the shipped model: `doc.ents` and `doc.spans["kg"]` hold the mentions.

    Raises ConfigError where the model files are missing or damaged.
    """
    import spacy

    import kg.extract.components  # noqa: F401 - registers the factories
    from kg.extract.model import load_model
    from kg.extract.tokens import make_tokenizer

    load_model()
    nlp = spacy.blank("en")
    nlp.tokenizer = make_tokenizer(nlp)
    nlp.max_length = 10_000_000
    for name in PIPES:
        nlp.add_pipe(f"{name}_v1", name=name)
    return nlp


def extract(papers: Iterable[Paper], settings: Settings | None = None, *, workers: int = 1) -> Iterator[Extraction]:
    """Read `papers`; extractions come in the order of the papers, and depend on nothing but each paper's text.

    `workers` processes load one model each; 1 reads in this process.
    """
    from kg.extract.work import extract_all

    return extract_all(papers, settings or Settings(), workers=workers)


def extractor_info() -> ExtractorInfo:
    """Name, version and hash of the shipped extractor. Raises ConfigError where its files are missing."""
    from kg.extract.model import model_info

    return model_info()
