"""Small records for the tests of linking, written as papers say them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kg.model import Extraction, Mention, Paper, PaperEntity

Build = Callable[..., tuple[list[Paper], list[Extraction]]]


def _entity(text: str, number: int, kind: str, forms: Sequence[str]) -> PaperEntity:
    mentions = [Mention(start=at, end=at + len(f), text=f, score=0.9) for f in forms if (at := text.find(f)) >= 0]
    assert len(mentions) == len(forms), f"{forms} are not all in {text!r}"
    return PaperEntity(id=f"e{number}", type=kind, mentions=tuple(sorted(mentions, key=lambda m: m.start)), score=0.9)


@pytest.fixture
def corpus() -> Build:
    """Papers from `name=(text, {form or forms: type})`: the records that `resolve` takes."""

    def build(**given: tuple[str, dict[str | tuple[str, ...], str]]) -> tuple[list[Paper], list[Extraction]]:
        papers, extractions = [], []
        for name, (text, entities) in given.items():
            papers.append(Paper(id=name, title="", abstract=text))
            found = [
                _entity(text, n, kind, (forms,) if isinstance(forms, str) else forms)
                for n, (forms, kind) in enumerate(entities.items(), 1)
            ]
            extractions.append(Extraction(id=name, entities=tuple(found)))
        return papers, extractions

    return build
