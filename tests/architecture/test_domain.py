"""The domain knows its arguments, and nothing of the world."""

import ast
import sys

import pytest

from tests.architecture.sources import modules, syntax_tree

WORLD = {
    "asyncio", "getpass", "glob", "importlib", "io", "locale", "logging", "multiprocessing", "os",
    "pathlib", "platform", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}
DOORS = {"open", "input", "print", "exec", "eval", "__import__"}


def foreign_imports(tree: ast.AST) -> list[str]:
    """Everything imported that is neither the domain nor a harmless part of Python."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append("." * node.level + (node.module or ""))
    harmless = sys.stdlib_module_names - WORLD
    return [
        name
        for name in names
        if not name.startswith("tracker.domain.") and name.partition(".")[0] not in harmless
    ]


def looks_at_the_world(tree: ast.AST) -> list[str]:
    """Every reading of a clock, and every call that opens something."""
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in CLOCKS)
        or (isinstance(node, ast.Name) and node.id in DOORS)
    ]


@pytest.mark.parametrize("module", modules("tracker/domain"))
def test_the_domain_imports_only_itself_and_python(module: str) -> None:
    assert foreign_imports(syntax_tree(module)) == []


@pytest.mark.parametrize("module", modules("tracker/domain"))
def test_the_domain_asks_no_clock_and_opens_nothing(module: str) -> None:
    assert looks_at_the_world(syntax_tree(module)) == []


@pytest.mark.parametrize(
    "code",
    ["import os", "from random import choice", "import flask", "from tracker.store import audit",
     "from . import money", "import os.path as harmless"],
)  # fmt: skip
def test_a_foreign_import_would_be_found(code: str) -> None:
    assert len(foreign_imports(ast.parse(code))) == 1


@pytest.mark.parametrize("code", ["date.today()", "open('rates.csv')", "clock = datetime.now"])
def test_a_look_at_the_world_would_be_found(code: str) -> None:
    assert len(looks_at_the_world(ast.parse(code))) == 1
