"""No translation is kept of a text that nobody reads any more."""

from __future__ import annotations

import ast
import json

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from reports.words import TRANSLATIONS
from tests.architecture.sources import ROOT, modules, syntax_tree

SAMPLE = ROOT / "tracker" / "demo" / "case.json"


def texts_in(tree: ast.AST) -> set[str]:
    """The texts that stand in a module as a whole; what it says about itself is none."""
    about = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in about
    }


def texts_in_template(source: str) -> set[str]:
    """The texts that stand as a whole within the tags of a template."""
    constants = Environment(autoescape=True).parse(source).find_all(nodes.Const)
    return {constant.value for constant in constants if isinstance(constant.value, str)}


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Every text that the tracker can say in the reader's language."""
    found = {json.loads(SAMPLE.read_text("utf-8"))["note"]}
    for module in modules("tracker", "reports"):
        found |= texts_in(syntax_tree(module))
    for template in (ROOT / "templates").rglob("*.html"):
        found |= texts_in_template(template.read_text("utf-8"))
    return found


def translated(language: str) -> set[str]:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message.id for message in read_po(file) if message.id]
    return {text for text in messages if isinstance(text, str)} | {
        text for forms in messages if not isinstance(forms, str) for text in forms
    }


def test_every_translation_is_of_a_text_that_is_said(said: set[str]) -> None:
    texts = translated("nl")
    assert len(texts) > 3000
    assert sorted(texts - said) == []


def test_a_text_is_said_where_it_stands_as_a_whole_and_is_no_docstring() -> None:
    module = ast.parse('"""Timeline"""\nsay("Milestones of {code}", code="M1")\nNAMES = ("Late",)')
    assert texts_in(module) == {"Milestones of {code}", "M1", "Late"}


def test_a_text_is_said_within_the_tags_of_a_template_and_not_beside_them() -> None:
    template = "{# Timeline #}<h2 title='Open'>{{ _('Milestones') }}</h2>{% set x = say('Late') %}"
    assert texts_in_template(template) == {"Milestones", "Late"}
