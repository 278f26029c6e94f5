"""Crosswalks: a funder's own lines, and which of our categories each of them holds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import Code, RuleViolation
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_LINES: Final = 60
LANGUAGES: Final = ("nl", "en")
_CODE: Final = re.compile(r"[^\s{}]{1,20}")


class LineKind(StrEnum):
    """What a line of a crosswalk is."""

    LINE = "line"
    SUBTOTAL = "subtotal"  # of the lines since the subtotal before it


@dataclass(frozen=True, slots=True)
class CrosswalkLine:
    """A line of the funder's form; a subtotal holds no categories of its own."""

    code: str
    title: str
    kind: LineKind = LineKind.LINE
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The lines of a funder's form in their order, in the language of the form."""

    number: int
    language: str
    lines: tuple[CrosswalkLine, ...]


def check_crosswalk(lines: Sequence[CrosswalkLine], categories: Iterable[str]) -> None:
    """Refuse lines that would lose a category, or tell it twice.

    Errors: ``RuleViolation`` on field ``lines``.
    """
    if not any(line.kind is LineKind.LINE for line in lines):
        raise RuleViolation(
            "The form has no lines.", "Enter the lines of the funder's form.", field="lines"
        )
    if len(lines) > MOST_LINES:
        raise RuleViolation(
            "The form has {count} lines; {most} is the most.",
            "Enter the lines that hold costs; leave the others out.",
            field="lines",
            count=len(lines),
            most=MOST_LINES,
        )
    _check_lines(lines)
    told = [category for line in lines for category in line.categories]
    for category in dict.fromkeys([*categories, *told]):
        if (times := told.count(category)) != 1:
            raise RuleViolation(
                "The category “{category}” stands on {count} lines of the form.",
                "Put every category on exactly one line.",
                field="lines",
                category=Code(category),
                count=times,
            )


def _check_lines(lines: Sequence[CrosswalkLine]) -> None:
    """Refuse a line that cannot be told from the others."""
    for line in lines:
        if not _CODE.fullmatch(line.code) or not line.title.strip():
            raise RuleViolation(
                "The line “{code}” “{title}” has no code of at most 20 letters, or no title.",
                "Enter the code and the title as they stand on the form; a code has no spaces.",
                field="lines",
                code=line.code,
                title=line.title,
            )
        if line.kind is LineKind.SUBTOTAL and line.categories:
            raise RuleViolation(
                "The line {code} is a subtotal, and holds categories.",
                "Put the categories on the lines that it adds up.",
                field="lines",
                code=line.code,
            )
    for code, times in Counter(line.code for line in lines).items():
        if times > 1:
            raise RuleViolation(
                "The code {code} stands on {count} lines.",
                "Give every line a code of its own.",
                field="lines",
                code=code,
                count=times,
            )


def unplaced(crosswalk: Crosswalk, categories: Iterable[str]) -> tuple[str, ...]:
    """List the categories that stand on no line, such as those that came after the crosswalk."""
    placed = {category for line in crosswalk.lines for category in line.categories}
    return tuple(category for category in categories if category not in placed)


def in_own_lines(
    crosswalk: Crosswalk, amounts: Mapping[str, Money]
) -> tuple[tuple[CrosswalkLine, Money], ...]:
    """Add amounts by category up to the funder's own lines.

    Shape:  the lines add up to the same, but for the categories that are ``unplaced``.
    """
    found: list[tuple[CrosswalkLine, Money]] = []
    since = Money(0)
    for line in crosswalk.lines:
        if line.kind is LineKind.SUBTOTAL:
            found.append((line, since))
            since = Money(0)
            continue
        amount = Money.total(amounts.get(category, Money(0)) for category in line.categories)
        found.append((line, amount))
        since += amount
    return tuple(found)
