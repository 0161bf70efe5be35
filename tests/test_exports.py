"""The outputs of the sample corpus in exports/ are what this version writes, byte for byte."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
EXPORTS = ROOT / "exports"
KEPT = {"README.md", "rebuild.py", "extractions.jsonl"}


def test_the_exports_are_rebuilt_byte_for_byte(rebuild: ModuleType, tmp_path: Path) -> None:
    made = rebuild.rebuild(EXPORTS / rebuild.EXTRACTIONS, tmp_path)
    kept = {
        path.relative_to(EXPORTS) for path in EXPORTS.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(made) == kept - {Path(name) for name in KEPT}
    for name in made:
        assert (tmp_path / name).read_bytes() == (EXPORTS / name).read_bytes(), f"{name}: run python exports/rebuild.py"


@pytest.mark.slow
def test_the_model_reads_the_sample_as_recorded(rebuild: ModuleType, tmp_path: Path) -> None:
    rebuild.record(tmp_path / "extractions.jsonl")
    assert (tmp_path / "extractions.jsonl").read_bytes() == (EXPORTS / "extractions.jsonl").read_bytes()
