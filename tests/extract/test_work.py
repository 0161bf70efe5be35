"""Extraction in several processes: order, memory, interruption, and the death of a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.extract import extract, work
from kg.model import Paper

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ENDLESS = """
import itertools, sys
from kg.extract import extract
from kg.model import Paper

if __name__ == "__main__":
    papers = (Paper(id=str(n), title="", abstract=f"We train Plover{n} for parsing.") for n in itertools.count())
    try:
        for found in extract(papers, workers=2):
            print(found.id, flush=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def papers(taken: list[int]) -> Iterator[Paper]:
    """Papers without end; notes which were asked for."""
    while True:
        number = len(taken)
        taken.append(number)
        yield Paper(id=str(number), title="", abstract=f"We train Plover{number} for parsing.")


def test_papers_are_read_no_further_ahead_than_the_workers_need() -> None:
    taken: list[int] = []
    found = extract(papers(taken), workers=2)
    assert [record.id for record in islice(found, 20)] == [str(number) for number in range(20)]
    assert len(taken) <= 20 + (2 * work.AHEAD + 1) * work.CHUNK
    found.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_a_killed_worker_is_told_with_advice() -> None:
    found = extract(papers([]), workers=2)
    next(found)
    multiprocessing.active_children()[0].kill()
    with pytest.raises(KgError, match="fewer workers"):
        for _ in found:
            pass
    assert multiprocessing.active_children() == []


def test_what_a_worker_inherits_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    before = signal.getsignal(signal.SIGINT)
    with work._for_workers():
        assert [os.environ[name] for name in work.THREADS] == ["1", "1"]
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert (os.environ["OMP_NUM_THREADS"], "OPENBLAS_NUM_THREADS" in os.environ) == ("7", False)
    assert signal.getsignal(signal.SIGINT) is before


def started(folder: Path) -> subprocess.Popen[str]:
    """An extraction without end in a process group of its own, once it has given its first record."""
    script = folder / "endless.py"
    script.write_text(ENDLESS, encoding="utf8")
    process = subprocess.Popen(
        [sys.executable, script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    return process


def assert_all_end(group: int) -> None:
    """No process of the group is left after a while."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("a worker process is left")


@pytest.mark.skipif(os.name != "posix", reason="a terminal's Ctrl-C goes to a process group on POSIX systems alone")
def test_an_interruption_ends_all_processes_without_noise(tmp_path: Path) -> None:
    process = started(tmp_path)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert (process.returncode, errors) == (130, "")
    assert_all_end(process.pid)


@pytest.mark.skipif(os.name != "posix", reason="process groups are those of POSIX systems")
def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    process = started(tmp_path)
    process.kill()
    process.communicate(timeout=300)
    assert_all_end(process.pid)


def test_the_vocabulary_is_renewed_and_nothing_else_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    few = list(islice(papers([]), 6))
    usual = list(extract(few))
    monkeypatch.setattr(work, "WORDS", 0)
    assert list(extract(few)) == usual
