"""Extraction over many papers: in this process, or in worker processes with one model each, always in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from itertools import islice

from spacy.language import Language

from kg.errors import KgError
from kg.extract import build_pipeline
from kg.extract.language import foreign_language
from kg.extract.record import to_record
from kg.model import Extraction, Paper
from kg.settings import Settings
from kg.text import storable

CHUNK = 8  # papers a task: so many are at most read in vain where all is interrupted
AHEAD = 4  # tasks in flight a worker: enough to keep it busy, few enough to bound memory
WORDS = 60_000  # lexemes that a spaCy vocabulary may hold; it never forgets one, so then another takes its place
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")  # of NumPy's products; onnxruntime is told in kg.extract.model


def read_paper(nlp: Language, paper: Paper) -> Extraction:
    """The extraction of one paper; an empty text has nothing in it, and one that is not English is not read."""
    if not paper.text.strip():
        return Extraction(id=paper.id)
    if language := foreign_language(paper.text):
        return Extraction(id=paper.id, language=language)
    return to_record(nlp(storable(paper.text)), paper.id, paper.text)


class Reader:
    """Reads one paper after the other in bounded memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._nlp = build_pipeline(settings)

    def read(self, paper: Paper) -> Extraction:
        if len(self._nlp.vocab) > WORDS:
            self._nlp = build_pipeline(self._settings)
        return read_paper(self._nlp, paper)


@cache
def _reader(settings: Settings) -> Reader:
    return Reader(settings)  # one a worker process


def _read_chunk(settings: Settings, papers: list[Paper]) -> list[Extraction]:
    return [_reader(settings).read(paper) for paper in papers]


def _end_with_parent() -> None:
    """In a worker: end when the process that started it is gone, however that ended; no queue tells of it."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def _for_workers() -> Iterator[None]:
    """What processes that start inside inherit: one thread, and Ctrl-C left to this process, which then ends them."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, handler)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def extract_all(papers: Iterable[Paper], settings: Settings, *, workers: int) -> Iterator[Extraction]:
    """Extractions in the order of `papers`; with more than one worker at most AHEAD chunks a worker are in flight.

    Raises KgError where a worker process is killed; what was yielded before stays good.
    """
    if workers <= 1:
        reader = Reader(settings)
        yield from map(reader.read, papers)
        return
    stream, flying = iter(papers), deque[Future[list[Extraction]]]()
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    try:
        while True:
            while len(flying) < workers * AHEAD and (chunk := list(islice(stream, CHUNK))):
                with _for_workers():  # the first task starts all processes
                    flying.append(pool.submit(_read_chunk, settings, chunk))
            if not flying:
                return
            yield from flying.popleft().result()
    except BrokenProcessPool as error:
        raise KgError(
            "a worker process of the extraction was killed, by the system where memory ran out; free some, or ask for "
            "fewer workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
