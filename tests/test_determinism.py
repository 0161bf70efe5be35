"""Equal papers give equal bytes: whatever their order, the hash seed of Python and the number of workers."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from golden_extractor import PAPERS
from pyoxigraph import Store

from kg.export import WRITERS

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "papers.jsonl"
PROGRAM = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from golden_extractor import GoldenExtractor
from kg.build import build
build({papers!r}, {out!r}, formats={formats!r}, extractor=GoldenExtractor())
"""
# Its bytes hold page numbers and log names of their own; what it says is compared instead.
NOT_BYTES = ("kg.sqlite", "kg.lock")


def shuffled(papers: Path, target: Path, seed: int) -> Path:
    lines = papers.read_text(encoding="utf8").splitlines(keepends=True)
    random.Random(seed).shuffle(lines)
    target.write_text("".join(lines), encoding="utf8")
    return target


def contents(out: Path) -> dict[str, str]:
    """Digest by file of the workspace; of the two databases, what they say in place of their bytes."""
    files = {str(path.relative_to(out)): path for path in sorted(out.rglob("*")) if path.is_file()}
    found = {name: path.read_bytes() for name, path in files.items() if name not in NOT_BYTES and name[:6] != "store/"}
    database = sqlite3.connect(f"file:{out / 'kg.sqlite'}?mode=ro", uri=True)
    # Where a record was left out depends on the order of the file.
    told = (line for line in database.iterdump() if not line.startswith('INSERT INTO "rejections"'))
    found["kg.sqlite"] = "\n".join(sorted(told)).encode("utf8", "surrogatepass")
    database.close()
    found["store/"] = "\n".join(sorted(map(str, Store.read_only(str(out / "store"))))).encode()
    return {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


def build_with_seed(papers: Path, out: Path, seed: str, command: list[str]) -> None:
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, *command], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=300)


def test_order_and_hash_seed_change_no_byte_of_any_file(tmp_path: Path) -> None:
    found = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        papers = shuffled(PAPERS, folder / "papers.jsonl", int(seed))
        program = PROGRAM.format(
            root=str(ROOT), tests=str(ROOT / "tests"), papers=str(papers), out=str(folder / "out"), formats=[*WRITERS]
        )
        build_with_seed(papers, folder / "out", seed, ["-c", program])
        found.append(contents(folder / "out"))
    assert len(found[0]) > len(WRITERS)
    assert found[0] == found[1]


@pytest.mark.slow
def test_the_model_too_gives_equal_bytes_whatever_order_seed_and_workers(tmp_path: Path) -> None:
    found = []
    for seed, workers in (("3", "1"), ("4", "2")):
        folder = tmp_path / seed
        folder.mkdir()
        papers = shuffled(EXAMPLES, folder / "papers.jsonl", int(seed))
        build_with_seed(
            papers,
            folder / "out",
            seed,
            ["-m", "kg", "build", str(papers), "-o", str(folder / "out"), "--workers", workers],
        )
        found.append(contents(folder / "out"))
    assert found[0] == found[1]
