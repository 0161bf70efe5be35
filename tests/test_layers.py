"""No module imports upwards, siblings only where the table says so, and no file or function outgrows its ceiling."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "kg"
FILES = sorted(PACKAGE.rglob("*.py"))
FILE_CEILING, FUNCTION_CEILING = 400, 50

# The table of docs/architecture.md: a module imports from lower layers only, and from its own layer where PAIRS say so.
LAYERS: dict[str, int] = {
    "errors": 0,
    "model": 0,
    "records": 0,
    "text": 1,
    "iri": 1,
    "keys": 1,
    "settings": 1,
    "workspace": 1,
    "sentences": 1,
    "abbreviations": 1,
    "sorting": 1,
    "terms": 2,
    "schema": 2,
    "prefixes": 2,
    "read": 2,
    "store": 2,
    "extract": 3,
    "link": 3,
    "graph": 4,
    "layout": 5,
    "subjects": 4,
    "rdf": 5,
    "snapshot": 5,
    "describe": 5,
    "counts": 5,
    "validate": 6,
    "query": 6,
    "export": 6,
    "evaluate": 6,
    "part": 6,
    "history": 6,
    "build": 7,
    "frames": 7,
    "notebook": 7,
    "diff": 7,
    "serve": 7,
    "mcp": 7,
    "cli": 8,
    "train": 8,
    "__main__": 9,
}
PAIRS = {
    ("mcp", "serve"),
    ("records", "errors"),
    ("records", "model"),
    ("abbreviations", "sentences"),
    ("keys", "iri"),
    ("keys", "text"),
    ("evaluate", "export"),
    ("cli", "train"),
}
FACADE = PACKAGE / "__init__.py"  # names everything, loads nothing


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and top module under kg of every import in the file, also those inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            names = [f"kg.{alias.name}" for alias in node.names] if node.module == "kg" else [node.module or ""]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "kg" and len(parts) > 1 and parts[1] != "__version__":
                yield node.lineno, parts[1]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    if path == FACADE:
        return
    module = module_of(path)
    assert module in LAYERS, f"{module} has no layer; give it one here and in docs/architecture.md"
    for line, other in imports(path):
        if other == module:
            continue
        assert other in LAYERS, f"{path}:{line}: {other} has no layer"
        allowed = LAYERS[other] < LAYERS[module] or (module, other) in PAIRS
        assert allowed, f"{path}:{line}: {module} (layer {LAYERS[module]}) imports {other} (layer {LAYERS[other]})"


def test_the_table_names_what_there_is() -> None:
    there = {module_of(path) for path in FILES if path != FACADE}
    assert there == set(LAYERS)
    assert {name for pair in PAIRS for name in pair} <= there


def test_training_is_imported_by_its_own_command_alone() -> None:
    users = {module_of(path) for path in FILES for _, other in imports(path) if other == "train"}
    assert users <= {"train", "cli"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_under_their_ceilings(path: Path) -> None:
    source = path.read_text(encoding="utf8")
    assert path.name != "utils.py"
    assert len(source.splitlines()) <= FILE_CEILING
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            length = (node.end_lineno or first) - node.lineno + 1
            assert length <= FUNCTION_CEILING, f"{path}:{first}: {node.name} has {length} lines"


def test_the_architecture_page_names_every_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf8")
    for module in LAYERS:
        assert f"`{module}.py`" in page or f"`{module}/`" in page, f"docs/architecture.md does not name {module}"
