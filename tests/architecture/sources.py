"""The files that the rules about the code are about."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "docs", "reports", "static", "templates", "tests", "tracker")
TOP = ("Makefile", ".gitignore", "*.cfg", "*.lock", "*.md", "*.py", "*.toml")


def modules(*folders: str) -> list[str]:
    """The Python files under some folders, as paths from the top of the project."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


@cache
def syntax_tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"), module)


def texts() -> dict[str, str]:
    """Everything in the project that can be read as text, by path."""
    top = [path for pattern in TOP for path in ROOT.glob(pattern)]
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    contents = {path: path.read_bytes() for path in top + inside if path.is_file()}
    return {
        str(path.relative_to(ROOT)): content.decode("utf-8", "replace")
        for path, content in contents.items()
        if b"\0" not in content[:8192]
    }
