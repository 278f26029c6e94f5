"""The rows of a worksheet, written one by one: cells, formulas and the values they come to.

Every formula carries its value, so that a program that does not calculate shows it too. Text is
always written as text: what looks like a formula stays what somebody typed.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Final

from reports import figures
from reports.plain_texts import STARTS, TEXT_MAX, cut, is_risky
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reports.model import Value

HEAD_ROW: Final = 4
FIRST_ROW: Final = 5
ROWS_MAX: Final = 1_048_576  # of a worksheet
DAY_ZERO: Final = date(1899, 12, 30).toordinal()
LINE_HEIGHT: Final = 13  # points
HEIGHT_MAX: Final = 409  # points; a higher row makes a file that Excel mends
EURO: Final = 100  # cents

_MARKUP: Final = re.compile(r"[&<>_]")
_LIKE_AN_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def letters(at: int) -> str:
    """Name the column at a position: 0 is A, 26 is AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def written(text: str) -> str:
    """Write a text as XML for a cell: without control characters, and cut where it must be."""
    return escape(cleaned(text), quote=False)


def cleaned(text: str) -> str:
    """Make a text fit for a cell: without control characters, and cut where it must be."""
    return _LIKE_AN_ESCAPE.sub("_x005F_", cut(figures.as_text(text, "")))


def number(value: Value) -> str:
    """Write a figure as a worksheet keeps it: euros with two decimals, a day as its number."""
    if isinstance(value, Money):
        cents = value.cents
        if cents < 0:
            return f"-{-cents // 100}.{-cents % 100:02}"
        return f"{cents // 100}.{cents % 100:02}"
    if isinstance(value, date):
        return str(day_number(value))
    if isinstance(value, Fraction):
        return figures.exact(value)
    return str(value)


def day_number(day: date) -> int:
    """Give the number by which a worksheet knows a day."""
    return day.toordinal() - DAY_ZERO


def style_of(styles: Mapping[str, int], name: str, value: Value) -> int:
    """Give the style of a cell, which says of a text that could be a formula that it is none."""
    return styles[f"risky {name}" if isinstance(value, str) and is_risky(value) else name]


def cell(place: str, style: int, value: Value, formula: str = "") -> str:
    """Write one cell, with the formula that its value comes from, if there is one."""
    styled = f'{place}" s="{style}"'
    if value is None or isinstance(value, str):
        return f'<c r="{text_ending(value, styled, styled)}'
    told = f"<f>{escape(formula, quote=False)}</f>" if formula else ""
    return f'<c r="{styled}>{told}<v>{number(value)}</v></c>'


def row(at: int | str, cells: Iterable[str], lines: int = 1) -> str:
    """Write one row of cells, as high as so many lines of text; not all programs see to that."""
    high = min(lines * LINE_HEIGHT + 2, HEIGHT_MAX)
    height = f' ht="{high}" customHeight="1"' if lines > 1 else ""
    return f'<row r="{at}"{height}>{"".join(cells)}</row>'


def lines_in(values: Iterable[Value], widths: Iterable[int]) -> int:
    """Count the lines that the highest of some wrapped cells takes, about.

    Shape:  at least 1; a character is taken to be as wide as the average one.
    """
    return max(
        sum(len(line) // width + 1 for line in value.split("\n"))
        if isinstance(value, str) and value
        else 1
        for value, width in zip(values, widths, strict=True)
    )


def text_ending(value: Value, plain: str, risky: str) -> str:
    """Write a cell with a text, from behind its place."""
    if not value:
        return f"{plain}/>"
    text = str(value)
    if (  # nothing about it needs care: so are nearly all, and this is quick
        text.isprintable()
        and text[0] not in STARTS
        and text[-1] != " "
        and not _MARKUP.search(text)
        and len(text) <= TEXT_MAX // 2
    ):
        return f'{plain} t="inlineStr"><is><t>{text}</t></is></c>'
    style = risky if is_risky(text) else plain
    return f'{style} t="inlineStr"><is><t xml:space="preserve">{written(text)}</t></is></c>'


def amount_ending(value: Value, style: str) -> str:
    """Write a cell with an amount, from behind its place."""
    if isinstance(value, Money) and (cents := value.cents) >= EURO:  # by far the most, so first
        digits = str(cents)
        return f"{style}><v>{digits[:-2]}.{digits[-2:]}</v></c>"
    return number_ending(value, style)


def number_ending(value: Value, style: str) -> str:
    """Write a cell with a figure, from behind its place."""
    return f"{style}/>" if value is None else f"{style}><v>{number(value)}</v></c>"
