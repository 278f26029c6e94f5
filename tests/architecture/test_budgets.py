"""Small parts with telling names. More is allowed, with the reason beside it.

A function that is longer than its budget says why on its first line, ``# long: …``; a module
says so in a line of its own. Complexity is the linter's to count.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import ROOT, modules, syntax_tree

FUNCTION, VIEW, MODULE = 40, 15, 300
OURS = [name for name in modules("tracker", "reports") if "/migrations/" not in name]
REASON = re.compile(r"# long: \w+")
ROUTES = {"route", "get", "post"}
SAYS_NOTHING = re.compile(r"(get|process|handle)_\w+|\w*(helpers?|utils?|managers?)", re.IGNORECASE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_in(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def is_view(function: Function) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ROUTES
        for decorator in function.decorator_list
    )


def too_long(source: str) -> list[str]:
    """Functions over their budget without a reason, by name and length."""
    lines = source.splitlines()
    found = []
    for function in functions_in(ast.parse(source)):
        length = (function.end_lineno or 0) - function.lineno + 1
        head = "\n".join(lines[function.lineno - 1 : function.body[0].lineno])
        if length > (VIEW if is_view(function) else FUNCTION) and not REASON.search(head):
            found.append(f"{function.name}: {length} lines")
    return found


@pytest.mark.parametrize("module", OURS)
def test_functions_are_short(module: str) -> None:
    assert too_long((ROOT / module).read_text("utf-8")) == []


@pytest.mark.parametrize("module", OURS)
def test_modules_are_about_one_thing(module: str) -> None:
    lines = (ROOT / module).read_text("utf-8").splitlines()
    assert len(lines) <= MODULE or any(REASON.match(line) for line in lines), len(lines)


def empty_names(tree: ast.Module) -> list[str]:
    """Names that tell nothing; a method's may be the choice of a library."""
    named = [node for node in tree.body if isinstance(node, Function | ast.ClassDef)]
    return [node.name for node in named if SAYS_NOTHING.fullmatch(node.name)]


@pytest.mark.parametrize("module", OURS)
def test_names_say_something(module: str) -> None:
    parts = module.removesuffix(".py").split("/")
    assert [part for part in parts if SAYS_NOTHING.fullmatch(part)] == []
    assert empty_names(syntax_tree(module)) == []


@pytest.mark.parametrize("name", ["get_rows", "process_file", "date_utils", "ImportManager"])
def test_an_empty_name_would_be_found(name: str) -> None:
    assert empty_names(ast.parse(f"def {name}(): ...")) == [name]


def test_a_long_function_would_be_found() -> None:
    body = "    x = 1\n" * FUNCTION
    assert too_long(f"def story():\n{body}") == [f"story: {FUNCTION + 1} lines"]
    assert too_long(f"def story():  # long: one table\n{body}") == []
    assert too_long(f"@pages.get('/')\ndef page():\n{body[: VIEW * 10]}") == [
        f"page: {VIEW + 1} lines"
    ]
