"""Money never meets binary floating point."""

import ast

import pytest

from tests.architecture.sources import modules, syntax_tree


def floats_in(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        or (isinstance(node, ast.Name) and node.id in {"float", "Float"})
    ]


@pytest.mark.parametrize("module", modules("tracker", "reports"))
def test_no_float(module: str) -> None:
    assert floats_in(syntax_tree(module)) == []


@pytest.mark.parametrize("code", ["share = 0.5", "float('1')", "def f(x: float): ...", "1e3"])
def test_a_float_would_be_found(code: str) -> None:
    assert floats_in(ast.parse(code)) == [1]
