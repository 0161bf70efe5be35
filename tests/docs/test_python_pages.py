"""The Python examples of the documentation do what the pages say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


PAGES = [("graph.md", 40), ("neo4j-gephi.md", 6), ("querying.md", 5), ("tutorial.md", 30)]


@pytest.mark.parametrize(("page", "least"), PAGES)
def test_the_examples_hold(
    page: str, least: int, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").symlink_to(sample / "out")  # pages may write beside it
    monkeypatch.chdir(tmp_path)
    text = (DOCS / page).read_text(encoding="utf8")
    blocks = re.findall(r"^```pycon\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert outcome.attempted >= least
    assert not outcome.failed, "".join(said)
