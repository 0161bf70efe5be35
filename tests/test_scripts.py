"""The two commands of the README, with stand-ins for Python and pip: what they do, say and leave alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "cat", "cksum", "dirname", "id", "mkdir", "chmod", "ln")
# A Python that makes virtual environments out of itself, and notes what is asked of it.
PYTHON = """#!/bin/sh
printf 'python %s\\n' "$*" >>"{log}"
case "$*" in
    "-c import ensurepip"*) exit {ensurepip} ;;
    "-c import sys"*) exit {version} ;;
    "-m venv"*) mkdir -p "$4/bin" && ln -s "{kg}" "$4/bin/kg" && ln -s "$0" "$4/bin/python" ;;
esac
"""


class Clone:
    """A copy of the scripts in an empty folder, with a PATH that holds nothing but a few tools and our Python."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin, self.log = folder / "clone", folder / "bin", folder / "log"
        self.folder.mkdir()
        self.bin.mkdir()
        for name in ("setup.sh", "test.sh", "pyproject.toml"):
            shutil.copy(ROOT / name, self.folder)
        for name in TOOLS:
            (self.bin / name).symlink_to(shutil.which(name) or pytest.skip(f"no {name} here"))

    def add(self, name: str, text: str) -> Path:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def add_python(self, *, ensurepip: int = 0, version: int = 0) -> None:
        kg = self.add("our-kg", f"#!/bin/sh\nprintf 'kg %s\\n' \"$*\" >>'{self.log}'\n")
        self.add("python3", PYTHON.format(log=self.log, kg=kg, ensurepip=ensurepip, version=version))

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", script, *arguments]
        environment |= {"PATH": str(self.bin)}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60)

    def said(self, start: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(start)]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_setup_installs_builds_the_sample_and_says_what_next(clone: Clone) -> None:
    clone.add_python()
    done = clone.run("setup.sh")
    assert done.returncode == 0, done.stderr
    assert clone.said("kg ") == [f"kg build {clone.folder}/examples/papers.jsonl --out out"]
    assert len(clone.said("python -m pip install")) == 1
    for part in ("out/graph.html", "kg query --list", "kg show NAME", ". " + str(clone.folder / ".venv/bin/activate")):
        assert part in done.stdout


def test_setup_again_installs_nothing_and_builds_what_it_is_given(clone: Clone) -> None:
    clone.add_python()
    clone.run("setup.sh")
    assert clone.run("setup.sh", "my papers.bib").returncode == 0
    assert clone.said("kg ")[1:] == ["kg build my papers.bib --out out"]
    assert len(clone.said("python -m pip install")) == len(clone.said("python -m venv")) == 1
    with (clone.folder / "pyproject.toml").open("a") as stream:
        stream.write("# another dependency\n")
    clone.run("setup.sh")
    assert len(clone.said("python -m pip install")) == 2


def test_extras_are_installed_on_request(clone: Clone) -> None:
    clone.add_python()
    clone.run("setup.sh", KG_EXTRAS="test")
    assert clone.said("python -m pip install")[0].endswith(f"{clone.folder}[test]")


@pytest.mark.parametrize("python", [None, {"version": 1}])
def test_setup_without_a_fitting_python_says_what_to_install(clone: Clone, python: dict[str, int] | None) -> None:
    if python:
        clone.add_python(**python)
    done = clone.run("setup.sh")
    assert done.returncode == 2
    assert "no Python 3.11 or later found" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
    assert not (clone.folder / ".venv").exists()


def test_setup_without_venv_says_what_to_install(clone: Clone) -> None:
    clone.add_python(ensurepip=1)
    done = clone.run("setup.sh")
    assert (done.returncode, "apt-get install python3-venv" in done.stderr) == (2, True)
    assert not (clone.folder / ".venv").exists()


def test_the_test_command_sets_up_and_runs_every_check(clone: Clone) -> None:
    clone.add_python()
    for name in ("chromium", "ruff", "mypy", "codespell"):
        clone.add(name, f"#!/bin/sh\nprintf '{name} %s\\n' \"$*\" >>'{clone.log}'\n")
    done = clone.run("test.sh", "-k", "something")
    assert done.returncode == 0, done.stderr
    assert clone.said("ruff") == ["ruff check", "ruff format --check"]
    assert clone.said("mypy")
    assert clone.said("codespell")
    assert clone.said("python -m pytest") == ["python -m pytest -k something"]
    assert "[test]" in clone.said("python -m pip install")[0]


def test_continuous_integration_runs_the_test_command() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert text.rstrip().endswith('exec sh "$(dirname "$0")/../test.sh"')
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
