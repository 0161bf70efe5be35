"""The workspace of the sample corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "docs"))
from sample_workspace import make_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workspace of the sample corpus in out/; tests only read it."""
    return make_sample(tmp_path_factory.mktemp("sample"))
