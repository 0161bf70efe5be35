"""The shipped pipeline, made once."""

from __future__ import annotations

import pytest
from spacy.language import Language

from kg.extract import build_pipeline


@pytest.fixture(scope="session")
def nlp() -> Language:
    return build_pipeline()
