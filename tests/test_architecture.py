"""The shape of the program: which way imports point, how large a file may grow, and which names say nothing."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
SHORTEST_SECRET = 8
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc", "base_handler"}

ALLOWED: dict[str, set[str]] = {
    "model": set(),
    "observe": {"model"},
    "privacy": {"model"},
    "knowledge": {"model", "privacy"},
    "nlu": {"model", "knowledge"},
    "reckoning": {"model", "knowledge"},
    "channels": {"model", "storage.port", "delivery.crash_points"},
    "storage": {"model", "channels.base", "delivery.crash_points"},
    "delivery": {"model", "storage", "channels", "observe", "privacy"},
    "dialogue": {"model", "knowledge", "nlu", "privacy"},
    "desk": {"model", "knowledge"},
    "pipeline": {"dialogue", "nlu", "knowledge", "privacy", "desk", "model"},
    "webhook": {"channels", "privacy", "delivery", "observe", "model"},
    "simulator": {"channels", "model"},
    "console": {"model", "storage", "observe", "knowledge", "nlu", "privacy", "desk", "delivery"},
    "handlers": {"dialogue", "model", "knowledge", "privacy", "reckoning"},
}
"""Who may import whom. What is missing here (cli, app) wires the rest and may import anything of ours."""
WIRING = {"cli", "app", "serve", "config", "__main__"}
ANYWHERE = {"config"}
"""Modules of plain values that every package outside the pure ones may read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A module of ours, read but never run."""

    path: Path

    @property
    def name(self) -> str:
        """Its path as people name it."""
        return str(self.path.relative_to(ROOT))

    @property
    def package(self) -> str:
        """The part of the program it belongs to."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return parts[0] if parts[0] != "chatbot" else parts[1]

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return _tree(self.path)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported module with its line, wherever in the file it is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}:{node.lineno}: imports are absolute"
                module = node.module or ""
                names = [f"{module}.{alias.name}" for alias in node.names] if module == "chatbot" else [module]
                yield from ((node.lineno, name) for name in names)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _sources(*folders: str) -> list[Source]:
    return [Source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


OURS = _sources("chatbot", "handlers")
EVERYTHING = [*OURS, *_sources("tests", "benchmarks")]


def _names(source: Source) -> str:
    return source.name


@pytest.mark.parametrize("source", OURS, ids=_names)
def test_imports_point_one_way(source: Source) -> None:
    """A package imports only what the table allows."""
    if source.package in WIRING:
        return
    allowed = ALLOWED.get(source.package)
    if allowed is None:
        assert source.path.name == "__init__.py", f"{source.name}: say in ALLOWED what this package may import"
        return
    for line, module in source.imports():
        if not module.startswith("chatbot."):
            continue
        target = module.removeprefix("chatbot.")
        package = target.partition(".")[0]
        fine = package == source.package or package in allowed or target in allowed
        fine = fine or (package in ANYWHERE and source.package != "model")
        assert fine, f"{source.name}:{line}: {source.package} must not import {module}"


@pytest.mark.parametrize("source", _sources("chatbot"), ids=_names)
def test_only_the_wiring_knows_the_skills(source: Source) -> None:
    """`handlers` is loaded by name from the configuration, so the machine never imports it."""
    for line, module in source.imports():
        assert module.partition(".")[0] != "handlers", f"{source.name}:{line}: imports {module}"
    loads = [node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute) and node.attr == "import_module"]
    if source.path != ROOT / "chatbot" / "app.py":
        assert not loads, f"{source.name}: only chatbot/app.py loads packages by name"


@pytest.mark.parametrize("source", EVERYTHING, ids=_names)
def test_size_budget(source: Source) -> None:
    """A function fits a screen, a file fits a head. (A migration is a list of tables and never changes again.)"""
    lines = len(source.path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{source.name}: {lines} lines, at most {LONGEST_FILE}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations" not in source.path.parts:
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{source.name}:{node.lineno}: {node.name} has {length} lines"


@pytest.mark.parametrize("source", EVERYTHING, ids=_names)
def test_names_say_something(source: Source) -> None:
    """Folders and files are named after things of the story."""
    parts = set(source.path.relative_to(ROOT).with_suffix("").parts)
    assert not parts & EMPTY_NAMES, f"{source.name}: give it the name of what it holds"


@pytest.mark.parametrize("source", OURS, ids=_names)
def test_every_module_says_its_place(source: Source) -> None:
    """A sentence at the top of every package and module."""
    assert ast.get_docstring(source.tree), f"{source.name}: begin with a sentence about its place in the story"


@pytest.mark.parametrize("folder", sorted({source.path.parent for source in OURS}), ids=lambda path: path.name)
def test_every_folder_is_a_package(folder: Path) -> None:
    """No folder is imported by accident of the path."""
    assert (folder / "__init__.py").is_file(), f"{folder.relative_to(ROOT)}: add __init__.py with a docstring"


@pytest.mark.parametrize("source", OURS, ids=_names)
def test_only_storage_speaks_sql(source: Source) -> None:
    """Database libraries stay behind the store's port."""
    if source.package in {"storage"} or source.name == "chatbot/cli/database.py":
        return
    for line, module in source.imports():
        top = module.partition(".")[0]
        assert top not in {"sqlalchemy", "alembic", "asyncpg", "sqlite3"}, f"{source.name}:{line}: imports {module}"


_SECRET_SHAPE = re.compile(r"\\d\{(\d+)(?:,\d+)?\}")
"""A run of digits of a given length: how ID numbers, insurance numbers and codes are recognised."""


@pytest.mark.parametrize("source", OURS, ids=_names)
def test_only_privacy_knows_what_a_secret_looks_like(source: Source) -> None:
    """Elsewhere a pattern of eight digits or more would be a second, diverging definition of a secret.

    The simulator plays the platforms, which are not ours; the verifier judges numbers and keeps none."""
    if source.package in {"privacy", "simulator"} or source.name == "chatbot/knowledge/verify.py":
        return
    for line, pattern in _patterns(source.tree):
        for shape in _SECRET_SHAPE.finditer(pattern):
            assert int(shape[1]) < SHORTEST_SECRET, f"{source.name}:{line}: {pattern!r} belongs to chatbot/privacy"


def _patterns(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=str(pattern)), *_]):
                yield node.lineno, pattern


def test_the_table_names_real_packages() -> None:
    """A package that is gone leaves the table."""
    there = {source.package for source in OURS}
    assert {name for name in ALLOWED if name not in there} <= {"console", "simulator", "desk"}


def test_every_test_folder_is_a_package() -> None:
    """So that two tests of one name never shadow each other."""
    for folder in sorted({source.path.parent for source in _sources("tests")}):
        assert (folder / "__init__.py").is_file(), f"{folder.relative_to(ROOT)}: add an empty __init__.py"
