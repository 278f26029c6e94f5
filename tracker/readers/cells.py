"""One cell of a list: the number or the day that a person wrote in it.

A cell is read only where two people would read it alike. Not in here: which cells there are.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.domain.errors import Fact

_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_HIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_BIDI}]")

# 1250 and 1250,5 and 0.125; and with thousands set apart: 1.250,00 and 1,250.00 and 1 250,00
_WHOLE = (
    r"(?P<whole>[0-9]{{1,15}}|"
    r"[1-9][0-9]{{0,2}}(?P<group>[{group} ])[0-9]{{3}}(?:(?P=group)[0-9]{{3}}){{0,4}})"
)
_COMMA = re.compile(_WHOLE.format(group=".") + r"(?:,(?P<part>[0-9]{1,15}))?")
_POINT = re.compile(_WHOLE.format(group=",") + r"(?:\.(?P<part>[0-9]{1,15}))?")
_MOST = Decimal(10**6)  # of hours and rates
_DECIMALS_MAX = 6

YEARS = range(2000, 2100)
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")


class UnreadableError(ValueError):
    """A cell that says nothing certain: what is wrong with it, and how to write it."""

    def __init__(self, message: str, remedy: str, **facts: Fact) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.facts = facts


def has_hidden_letters(text: str) -> bool:
    """Tell whether a text controls a device, turns the reading direction, or is none."""
    return bool(_HIDDEN.search(text))


def text_in(cell: str) -> str:
    """Read a text of which every character can be seen.

    Errors: ``UnreadableError`` for any other.
    """
    if has_hidden_letters(cell):
        raise UnreadableError(
            "“{value}” holds a character that cannot be seen.", "Type the text anew."
        )
    return cell


def number_in(cell: str, point: str = "") -> Decimal:
    """Read a number that is not negative, with a decimal comma or point.

    Shape:  ``"63,75"``, ``"1.250,00"``, ``"€ 60"``; ``point`` is as ``figures_in`` takes it.
    Errors: ``UnreadableError``; also for ``"1.250"``, a thousand to some and one to others.
    """
    written = " ".join(cell.removeprefix("€").split())
    if written.startswith(("-", "−", "(")) or written.endswith("-"):
        raise UnreadableError(
            "“{value}” is negative.", "Leave the row out, or correct the row that was too much."
        )
    number = figures_in(written, point)
    if number is None or number >= _MOST:
        raise UnreadableError("“{value}” is not a number.", "Write a number such as 63,75.")
    if (decimals := decimals_of(number)) > _DECIMALS_MAX:
        raise UnreadableError(
            "“{value}” has {decimals} decimals.",
            "Write at most {most} decimals.",
            decimals=decimals,
            most=_DECIMALS_MAX,
        )
    return number


def figures_in(figures: str, point: str = "") -> Decimal | None:
    """Read figures without a sign, or nothing where they are not written well.

    Shape:  ``point`` is the decimal sign; without one, either sign is read that the figures
            leave no doubt about.
    Errors: ``UnreadableError`` for ``"1.250"`` without a decimal sign to read it by.
    """
    comma = None if point == "." else _decimal(_COMMA.fullmatch(figures))
    dot = None if point == "," else _decimal(_POINT.fullmatch(figures))
    if comma is not None and dot is not None and comma != dot:
        raise UnreadableError(
            "“{value}” can be read in two ways.", "Write 1250 for thousands, or 1,25 for a part."
        )
    return dot if comma is None else comma


def _decimal(found: re.Match[str] | None) -> Decimal | None:
    if not found:
        return None
    whole = found["whole"]
    if found["group"]:
        whole = whole.replace(found["group"], "")
    return Decimal(f"{whole}.{found['part'] or 0}")


def decimals_of(number: Decimal) -> int:
    """Count the decimals that say something: 12.50 has one."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def day_in(cell: str) -> date:
    """Read ``31-12-2023`` or ``2023-12-31``.

    Errors: ``UnreadableError``; also for a year before 2000 or after 2099, a slip of the pen.
    """
    found = _DAY.fullmatch(cell)
    if not found:
        raise UnreadableError(
            "“{value}” is not a date.", "Write the day as 31-12-2023 or 2023-12-31."
        )
    year, month, day = found[1] or found[6], found[2] or found[5], found[3] or found[4]
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        read = None
    if read is None or read.year not in YEARS:
        raise UnreadableError("“{value}” is not a day between 2000 and 2099.", "Correct the date.")
    return read


def column_letters(index: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
