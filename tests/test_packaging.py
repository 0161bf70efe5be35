"""The package that users install: it declares what it imports, and the wheel holds all that it needs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from kg import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
MODEL_LIMIT = 30_000_000  # bytes


def names(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[<>=!~\[ ;]", requirement, maxsplit=1)[0].lower().replace("-", "_") for requirement in requirements
    }


def imported(folder: str) -> Iterator[tuple[str, str]]:
    """Every module of others that is imported under the folder, with the file that does."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            found = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                found = [node.module or ""]
            for name in found:
                module = name.partition(".")[0]
                if module not in sys.stdlib_module_names and module != "kg":
                    yield module, str(path.relative_to(ROOT))


def test_what_is_imported_is_declared() -> None:
    needed = names(PROJECT["dependencies"])
    extras = {
        "kg/train/": "train",
        "kg/export/bolt.py": "neo4j",
        "kg/export/sparql.py": "sparql",
        "kg/frames.py": "notebook",
        "kg/mcp.py": "mcp",
    }
    missing = set()
    for module, path in imported("kg"):
        own = [
            names(PROJECT["optional-dependencies"][extra]) for start, extra in extras.items() if path.startswith(start)
        ]
        if module.lower() not in needed.union(*own):
            missing.add((module, path))
    assert not missing


def test_what_is_declared_is_imported() -> None:
    assert names(PROJECT["dependencies"]) <= {module.lower() for module, _ in imported("kg")}


def test_every_requirement_has_a_lower_bound() -> None:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    assert all(">=" in requirement for group in groups for requirement in group)


def test_the_wheel_holds_code_ontology_model_and_templates_and_its_command_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"abstract_kg-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        sizes = {item.filename: item.file_size for item in archive.infolist()}
        archive.extractall(tmp_path / "site")
    tracked = {
        str(path.relative_to(ROOT)) for path in (ROOT / "kg").rglob("*") if path.suffix != ".pyc" and path.is_file()
    }
    assert tracked <= set(sizes)
    assert {"kg/_ontology/kg.ttl", "kg/_ontology/shapes.ttl", "kg/py.typed"} <= set(sizes)
    assert any(name.startswith("kg/_ontology/queries/") for name in sizes)
    assert 0 < sum(size for name, size in sizes.items() if name.startswith("kg/extract/model/")) <= MODEL_LIMIT
    program = (
        "from kg.schema import load_schema, ontology_file; print(len(load_schema().relations), ontology_file('kg.ttl'))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
    )
    number, place = done.stdout.split()
    assert int(number) >= 8
    assert Path(place) == tmp_path / "site" / "kg" / "_ontology" / "kg.ttl"
