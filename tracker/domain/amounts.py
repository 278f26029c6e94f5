"""What people type for an amount, a share or a day, read by the habits of their language.

What two people would read differently is refused, with the ways in which it can be written.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money

LARGEST: Final = Money(99_999_999_999_999)
TYPED_MAX: Final = 60  # letters of what is read at all
SHOWN_MAX: Final = 40  # letters of what was typed that a complaint repeats
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
SPACES: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"

# The sign stands before the figures, and before or after the currency.
_AMOUNT: Final = re.compile(
    r"(?P<sign>[-−]?) *(?:€|EUR)? *(?P<inner>[-−]?) *(?P<figures>[0-9][0-9., ]*?) *(?:€|EUR)?",
    re.IGNORECASE,
)
_THREE_DIGITS: Final = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
_SHARE: Final = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]+))? *%?")
_DECIMALS_OF_SHARE: Final = 4
_NUMBERED_DAYS: Final = (
    re.compile(r"(?P<day>[0-9]{1,2})([-/.])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
)
_NAMED_DAY: Final = re.compile(r"([0-9]{1,2}) ([a-z]{3})[a-z]*[.]? ([0-9]{4})")
_MONTHS: Final = {
    "en": "jan feb mar apr may jun jul aug sep oct nov dec".split(),
    "nl": "jan feb maa apr mei jun jul aug sep okt nov dec".split(),
}


def read_amount(text: str, language: str) -> Money:
    """Read an amount of euros as somebody types it.

    Shape:  ``1.234,56`` in Dutch, ``1,234.56`` in English; grouped or not, with a euro sign or
            spaces or not; a minus in front makes it negative.
    Errors: ``RuleViolation`` for what is no amount, or could be two.
    """
    found = _AMOUNT.fullmatch(_narrow(text))
    if not found or (found["sign"] and found["inner"]):
        raise _no_amount(text, language)
    cents = _cents(figures := found["figures"], _decimal_sign(language))
    if cents is None:
        raise _what_is_wrong(text, figures, language)
    if cents > LARGEST.cents:
        raise RuleViolation(
            "“{text}” is more than an amount can be.",
            "The largest amount is {largest}.",
            text=_shown(text),
            largest=LARGEST,
        )
    return Money(-cents if found["sign"] or found["inner"] else cents)


def read_share(text: str) -> Decimal:
    """Read a percentage as a share of one; a comma and a point are both its decimal sign.

    Shape:  ``45``, ``47,5`` and ``47.5 %`` -> ``Decimal("0.475")``.
    Errors: ``RuleViolation`` for what is no percentage, or more than 100.
    """
    found = _SHARE.fullmatch(_narrow(text))
    if not found:
        raise RuleViolation(
            "“{text}” is not a percentage.", "Write a number from 0 to 100.", text=_shown(text)
        )
    whole, decimals = found[1], found[2] or ""
    if len(decimals) > _DECIMALS_OF_SHARE:
        raise RuleViolation(
            "“{text}” has {decimals} decimals.",
            "Write a percentage with {most} decimals at most.",
            text=_shown(text),
            decimals=len(decimals),
            most=_DECIMALS_OF_SHARE,
        )
    share = Decimal(f"{whole}.{decimals or 0}").scaleb(-2)
    if share > 1:
        raise RuleViolation(
            "“{text}” is more than 100%.", "Write a number from 0 to 100.", text=_shown(text)
        )
    return share


def read_day(text: str, language: str) -> date:
    """Read a day as somebody types it, the day before the month.

    Shape:  ``31-12-2025``, ``31/12/2025``, ``2025-12-31``; ``31 Dec 2025`` in English,
            ``31 december 2025`` in Dutch.
    Errors: ``RuleViolation`` for what is no day, or a day that does not exist.
    """
    parts = _parts_of_day(_narrow(text).lower(), language)
    if parts is None:
        raise RuleViolation(
            "“{text}” is not a day.",
            "Write the day, the month and the whole year, like 31-12-2025.",
            text=_shown(text),
        )
    year, month, day = parts
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleViolation(
            "“{text}” is in the year {year}.",
            "Write a year from {first} to {last}.",
            text=_shown(text),
            year=str(year),
            first=str(FIRST_YEAR),
            last=str(LAST_YEAR),
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleViolation(
            "“{text}” is not in the calendar.",
            "Write the day, the month and the whole year, like 31-12-2025.",
            text=_shown(text),
        ) from None


def _parts_of_day(text: str, language: str) -> tuple[int, int, int] | None:
    """Take a day apart into year, month and day of the month."""
    for pattern in _NUMBERED_DAYS:
        if found := pattern.fullmatch(text):
            return int(found["year"]), int(found["month"]), int(found["day"])
    months = _MONTHS["nl" if language == "nl" else "en"]
    found = _NAMED_DAY.fullmatch(text.replace("mrt", "maa"))
    if found and found[2] in months:
        return int(found[3]), months.index(found[2]) + 1, int(found[1])
    return None


def _cents(figures: str, point: str) -> int | None:
    """Read unsigned figures, or give nothing if they are not written well beyond doubt."""
    group = "." if point == "," else ","
    grouped = rf"[1-9][0-9]{{0,2}}(?P<group>[{group} ])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*"
    decimals = rf"(?:[{point}](?P<decimals>[0-9]{{1,2}}))?"
    found = re.fullmatch(rf"(?P<whole>[0-9]+|{grouped}){decimals}", figures)
    if not found or _THREE_DIGITS.fullmatch(figures):
        return None
    euros = re.sub(r"[^0-9]", "", found["whole"])
    return int(euros + (found["decimals"] or "").ljust(2, "0"))


def _what_is_wrong(text: str, figures: str, language: str) -> RuleViolation:
    """Say why figures were not read, and how they may have been meant."""
    point = _decimal_sign(language)
    if two_ways := _THREE_DIGITS.fullmatch(figures):
        plain = two_ways[1] + two_ways[2]
        return RuleViolation(
            "“{text}” can be read in two ways.",
            "Write {plain} or {full}; cents have two digits.",
            text=_shown(text),
            plain=plain,
            full=_written(int(plain) * 100, point),
        )
    other = _cents(figures, "." if point == "," else ",")
    if other is not None:
        return RuleViolation(
            "“{text}” has the point and the comma the other way round.",
            "Write {meant}.",
            text=_shown(text),
            meant=_written(other, point),
        )
    decimals = figures.rpartition(point)[2]
    if figures.count(point) == 1 and decimals.isdecimal() and len(decimals) > 2:  # noqa: PLR2004 - cents
        return RuleViolation(
            "“{text}” has {decimals} decimals.",
            "Write an amount to the cent, with two decimals.",
            text=_shown(text),
            decimals=len(decimals),
        )
    return _no_amount(text, language)


def _no_amount(text: str, language: str) -> RuleViolation:
    return RuleViolation(
        "“{text}” is not an amount.",
        "Write euros and cents, like {example}.",
        text=_shown(text),
        example=_written(123_456, _decimal_sign(language)),
    )


def _written(cents: int, point: str) -> str:
    """Write an amount as it may be typed."""
    text = f"{cents // 100:,}.{cents % 100:02}"
    return text if point == "." else text.translate(str.maketrans(",.", ".,"))


def _decimal_sign(language: str) -> str:
    return "," if language == "nl" else "."


def _narrow(text: str) -> str:
    """Make every kind of space the same, without those at the ends; nothing of a long text."""
    same = text.translate(dict.fromkeys(map(ord, SPACES), " ")).strip()
    return same if len(same) <= TYPED_MAX else ""


def _shown(text: str) -> str:
    text = text.strip()
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 1]}…"
