"""Extraction: a spaCy pipeline, and papers in, records out. Nothing that spaCy owns leaves this package.

The heavy imports happen inside the functions, so that the package can be named without loading spaCy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.model import Extraction, ExtractorInfo, Paper
from kg.settings import Settings

if TYPE_CHECKING:
    from spacy.language import Language

PIPES = ("kg_sentences", "kg_encoder", "kg_mentions", "kg_coreference", "kg_relations", "kg_results", "kg_assertion")
WITHOUT_MODEL = ("kg_sentences", "kg_assertion")  # pipes that work by rule alone


def build_pipeline(settings: Settings | None = None) -> Language:
    """The spaCy pipeline with the model of the settings, by default the shipped one.

    `doc.ents` and `doc.spans["kg"]` hold the mentions. Raises ConfigError where model files are missing or damaged.
    """
    import spacy

    import kg.extract.components  # noqa: F401 - registers the factories
    from kg.extract.model import SHIPPED, load_model
    from kg.extract.tokens import make_tokenizer

    folder = settings.model if settings else ""
    load_model(Path(folder) if folder else SHIPPED)
    nlp = spacy.blank("en")
    nlp.tokenizer = make_tokenizer(nlp)
    nlp.max_length = 10_000_000
    for name in PIPES:
        nlp.add_pipe(f"{name}_v1", name=name, config={"model": folder} if folder and name not in WITHOUT_MODEL else {})
    return nlp


def extract(papers: Iterable[Paper], settings: Settings | None = None, *, workers: int = 1) -> Iterator[Extraction]:
    """Read `papers`; extractions come in the order of the papers, and depend on nothing but each paper's text.

    `workers` processes load one model each; 1 reads in this process.
    """
    from kg.extract.work import extract_all

    return extract_all(papers, settings or Settings(), workers=workers)


def calibration_measured(folder: str = "") -> dict[str, Any]:
    """How far the scores of a model, by default the shipped one, were right on annotated papers; {} if not measured.

    The form is that of `kg.evaluate.calibration`.
    """
    from kg.extract.model import SHIPPED, measured

    return measured(Path(folder) if folder else SHIPPED)


def extractor_info() -> ExtractorInfo:
    """Name, version and hash of the shipped extractor. Raises ConfigError where its files are missing."""
    from kg.extract.model import model_info

    return model_info()


@dataclass(frozen=True, slots=True)
class Trained:
    """The extractor of a model folder that `kg train` made; to a build it is what this package is by default."""

    folder: str

    def extractor_info(self) -> ExtractorInfo:
        """Name, version and hash. Raises ConfigError where files are missing."""
        from kg.extract.model import model_info

        return model_info(Path(self.folder))

    def calibration_measured(self) -> dict[str, Any]:
        """As `kg.extract.calibration_measured`, of this model."""
        return calibration_measured(self.folder)

    def extract(
        self, papers: Iterable[Paper], settings: Settings | None = None, *, workers: int = 1
    ) -> Iterator[Extraction]:
        """As `kg.extract.extract`, with this model."""
        return extract(papers, replace(settings or Settings(), model=self.folder), workers=workers)
