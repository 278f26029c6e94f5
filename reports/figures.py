"""Figures in words: the only way out for amounts, days, shares and counts.

In here is how a value is written in a language, and in a workbook. A table says its currency in
its head, so an amount in a table has no sign; an amount in a sentence does.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tracker.domain.money import Money

if TYPE_CHECKING:
    from reports.model import Value

MINUS: Final = "\N{MINUS SIGN}"
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
MAANDEN: Final = ("jan", "feb", "mrt", "apr", "mei", "jun",
                  "jul", "aug", "sep", "okt", "nov", "dec")  # fmt: skip
TENTH: Final = Decimal("0.1")
NUMBER_DECIMALS: Final = 4

# Grouping and the decimal sign follow the reader's own settings; the minus is a real one.
_EXCEL_FORMATS: Final = {
    "MONEY": f"#,##0.00;{MINUS}#,##0.00",
    "SHARE": f"0.0%;{MINUS}0.0%",
    "COUNT": f"#,##0;{MINUS}#,##0",
    "NUMBER": f"#,##0.00##;{MINUS}#,##0.00##",
    "TEXT": "General",  # "@" would turn a formula that is typed later into text
}


def as_text(value: Value, language: str) -> str:
    """Write a value as every page and every PDF shows it.

    Shape:  ``Money(-123456789)`` -> ``−1.234.567,89`` in Dutch, ``−1,234,567.89`` in English;
            a share ``Decimal("0.853")`` -> ``85,3%`` or ``85.3%``; nothing -> ``""``.
    """
    match value:
        case Money():
            text = money(value, language)
        case str():
            text = value if value.isprintable() else value.translate(_UNPRINTABLE)
        case None:
            text = ""
        case date():
            text = day(value, language)
        case int():
            text = count(value, language)
        case Fraction():
            text = number(value, language)
        case _:
            text = share(value, language)
    return text


def money(value: Money, language: str) -> str:
    """Write an amount for a table, without a currency sign."""
    cents = value.cents
    sign = ""
    if cents < 0:
        sign, cents = MINUS, -cents
    if language == "nl":
        return f"{sign}{cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"
    return f"{sign}{cents // 100:,}.{cents % 100:02}"


def amount(value: Money, language: str, sign: str = "€") -> str:
    """Write an amount for a sentence: ``€ 1.234,56``, ``−€ 1.234,56``; never broken in two."""
    text = money(value, language)
    if text.startswith(MINUS):
        return f"{MINUS}{sign}\N{NO-BREAK SPACE}{text[1:]}"
    return f"{sign}\N{NO-BREAK SPACE}{text}"


def whole_euros(value: Money, language: str) -> str:
    """Write an amount rounded to whole euros, half a euro away from zero: labels of charts."""
    euros = value.as_decimal.to_integral_value(ROUND_HALF_UP)
    return count(int(euros), language)


def day(value: date, language: str) -> str:
    """Write a day: ``31-12-2023`` in Dutch, ``31 Dec 2023`` in English."""
    if language == "nl":
        return f"{value.day:02}-{value.month:02}-{value.year}"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: date, language: str) -> str:
    """Write the month of a day: ``mrt 2026`` in Dutch, ``Mar 2026`` in English."""
    names = MAANDEN if language == "nl" else MONTHS
    return f"{names[value.month - 1]} {value.year}"


def share(value: Decimal, language: str) -> str:
    """Write a share as a percentage with one decimal, half away from zero."""
    percent = value.scaleb(2).quantize(TENTH, ROUND_HALF_UP)
    text = f"{abs(percent):,}%"
    if language == "nl":
        text = text.translate(_SWAPPED)
    return MINUS + text if percent < 0 else text


def count(value: int, language: str) -> str:
    """Write a number of things, in groups of three."""
    text = f"{abs(value):,}"
    if language == "nl":
        text = text.translate(_SWAPPED)
    return MINUS + text if value < 0 else text


def number(value: Fraction, language: str) -> str:
    """Write hours, days or a rate: two decimals, or up to four where it has more."""
    whole, _, decimals = exact(abs(value)).partition(".")
    text = f"{int(whole):,}.{decimals:0<2}"
    if language == "nl":
        text = text.translate(_SWAPPED)
    return MINUS + text if value < 0 else text


def exact(value: Fraction) -> str:
    """Write a number for programs, with four decimals at most: ``412.5``, ``41.4545``."""
    sign, size = ("-" if value < 0 else ""), abs(value) * 10**NUMBER_DECIMALS
    text = f"{int(size + Fraction(1, 2)):05}"
    return f"{sign}{text[:-NUMBER_DECIMALS]}.{text[-NUMBER_DECIMALS:]}".rstrip("0").rstrip(".")


def excel_format(kind: str, language: str) -> str:
    """Give the number format of a workbook for a kind of column, such as ``MONEY``."""
    if kind == "DATE":
        return "dd-mm-yyyy" if language == "nl" else "d mmm yyyy"
    return _EXCEL_FORMATS[kind]


# Control characters are in no language; a tab and the end of a line are kept.
_UNPRINTABLE: Final = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]
) | {13: "\n"}
_SWAPPED: Final = str.maketrans(",.", ".,")
