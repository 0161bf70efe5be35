"""Fixtures for the pages of docs/."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_workspace import make_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workspace of the sample corpus in out/; tests only read it."""
    return make_sample(tmp_path_factory.mktemp("sample"))
