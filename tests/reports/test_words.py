from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from reports import words
from tracker.domain.allocations import Reason
from tracker.domain.commitments import Form, Status
from tracker.domain.costs import CostState, Exclusion, Origin
from tracker.domain.errors import Sentence
from tracker.domain.milestones import Standing
from tracker.domain.money import Money
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from tracker.domain.errors import Fact

CODES = [
    code
    for codes in (Reason, Exclusion, Status, Form, Origin, Standing, Role, CostState)
    for code in codes
]
SOURCES = sorted(Path(words.__file__).parent.glob("*.py"))


def said_in(source: Path) -> set[str]:
    """The texts that a module has translated."""
    calls = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call)]
    return {
        argument.value
        for call in calls
        if getattr(call.func, "id", "") in {"_", "mark"}
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_domain_has_a_name(code: str) -> None:
    assert str(code) in words.LABELS


def test_a_category_is_named_in_both_languages() -> None:
    assert words.label("third_parties", "en") == "Third parties"
    assert words.label("third_parties", "nl") == "Kosten derden"


def test_a_code_that_is_not_known_is_written_readably() -> None:
    assert words.label("spare_parts_2", "nl") == "Spare parts 2"
    assert words.label("", "nl") == ""


def test_a_sentence_is_said_with_its_figures_in_the_language() -> None:
    facts: dict[str, Fact] = {
        "name": "a {b}.xaf",
        "lines": 12_345,
        "sum": Money(-123_456),
        "day": date(2023, 1, 2),
    }
    sentence = Sentence("{name}: {lines} lines, {sum} on {day}", facts)
    assert words.say(sentence, "en") == "a {b}.xaf: 12,345 lines, −€\xa01,234.56 on 2 Jan 2023"
    assert words.say(sentence, "nl") == "a {b}.xaf: 12.345 lines, −€\xa01.234,56 on 02-01-2023"


def test_nothing_is_said_of_an_empty_sentence() -> None:
    assert words.say(Sentence(""), "nl") == ""


def test_an_unknown_language_is_english() -> None:
    assert words.gettext_for("de")("Personnel") == "Personnel"


def test_a_language_is_never_a_path() -> None:
    assert words.gettext_for("../nl")("Personnel") == "Personnel"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.name))
def test_every_text_of_the_reports_is_translated(source: Path) -> None:
    path = words.TRANSLATIONS / "nl" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        translated = {message.id for message in read_po(file) if message.string}
    assert said_in(source) - translated == set()


def test_the_texts_of_a_module_are_found() -> None:
    assert "Statement of costs" in said_in(Path(words.__file__).with_name("statement.py"))
