"""Extraction over many papers: in this process, or in worker processes with one model each, always in order."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from spacy.language import Language

from kg.extract import build_pipeline
from kg.extract.language import foreign_language
from kg.extract.record import to_record
from kg.model import Extraction, Paper
from kg.settings import Settings
from kg.text import storable

CHUNK = 16  # papers a task
AHEAD = 4  # tasks in flight a worker: enough to keep it busy, few enough to bound memory

_pipeline: Language | None = None


def read_paper(nlp: Language, paper: Paper) -> Extraction:
    """The extraction of one paper; an empty text has nothing in it, and one that is not English is not read."""
    if not paper.text.strip():
        return Extraction(id=paper.id)
    if language := foreign_language(paper.text):
        return Extraction(id=paper.id, language=language)
    return to_record(nlp(storable(paper.text)), paper.id, paper.text)


def _start(settings: Settings) -> None:
    global _pipeline  # one pipeline a worker process, made when it starts
    _pipeline = build_pipeline(settings)


def _read_chunk(papers: list[Paper]) -> list[Extraction]:
    assert _pipeline is not None  # noqa: S101
    return [read_paper(_pipeline, paper) for paper in papers]


def extract_all(papers: Iterable[Paper], settings: Settings, *, workers: int) -> Iterator[Extraction]:
    """Extractions in the order of `papers`; with more than one worker at most AHEAD chunks a worker are in flight."""
    if workers <= 1:
        nlp = build_pipeline(settings)
        for paper in papers:
            yield read_paper(nlp, paper)
        return
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    stream = iter(papers)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(settings,)) as pool:
        flying: deque[Future[list[Extraction]]] = deque()
        try:
            while True:
                while len(flying) < workers * AHEAD and (chunk := list(islice(stream, CHUNK))):
                    flying.append(pool.submit(_read_chunk, chunk))
                if not flying:
                    return
                yield from flying.popleft().result()
        finally:
            for future in flying:
                future.cancel()
