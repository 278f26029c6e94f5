"""Every sentence of the readers can be said in Dutch, with the same facts in it."""

import ast
import re

import pytest

from reports.words import gettext_for
from tests.architecture.sources import modules, syntax_tree

FACT = re.compile(r"{\w+}")


def sentences_in(tree: ast.Module) -> set[str]:
    """The texts that end like a sentence and are no docstring, and no part of a longer text."""
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Expr)
        for part in ast.walk(node)
        if isinstance(node, ast.JoinedStr) or part is node.value
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[“{A-Z].* .*[.]", node.value)
        and id(node) not in parts
    }


@pytest.mark.parametrize("module", modules("tracker/readers"))
def test_every_sentence_has_its_dutch(module: str) -> None:
    dutch = gettext_for("nl")
    sentences = sentences_in(syntax_tree(module))
    assert {text for text in sentences if dutch(text) == text} == set()
    for text in sentences:
        assert sorted(set(FACT.findall(dutch(text)))) == sorted(set(FACT.findall(text)))


def test_the_sentences_are_found() -> None:
    found = {
        text for module in modules("tracker/readers") for text in sentences_in(syntax_tree(module))
    }
    assert len(found) > 100
    assert "The file is empty." in found
