"""One cell of a list: the number or the day that a person wrote in it.

A cell is read only where two people would read it alike. Not in here: which cells there are.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_HIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_BIDI}]")

# 1250 and 1250,5 and 63.75; and with thousands set apart: 1.250,00 and 1,250.00
_PLAIN = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,6}))?")
_DUTCH = re.compile(r"[0-9]{1,3}\.[0-9]{3},[0-9]{1,6}")
_ENGLISH = re.compile(r"[0-9]{1,3},[0-9]{3}\.[0-9]{1,6}")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")

YEARS = range(2000, 2100)
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")


class UnreadableError(ValueError):
    """A cell that says nothing certain: what is wrong with it, and how to write it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


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


def number_in(cell: str) -> Decimal:
    """Read a number that is not negative, with a decimal comma or point.

    Shape:  ``"63,75"``, ``"1.250,00"``, ``"€ 60"``.
    Errors: ``UnreadableError``; also for ``"1.250"``, a thousand to some and one to others.
    """
    written = "".join(cell.split()).removeprefix("€")
    if _AMBIGUOUS.fullmatch(written):
        raise UnreadableError(
            "“{value}” can be read in two ways.", "Write 1250 for thousands, or 1,25 for a part."
        )
    if written.startswith(("-", "−", "(")) or written.endswith("-"):
        raise UnreadableError(
            "“{value}” is negative.", "Leave the row out, or correct the row that was too much."
        )
    if found := _PLAIN.fullmatch(written):
        return Decimal(f"{found[1]}.{found[2] or 0}")
    if _DUTCH.fullmatch(written):
        return Decimal(written.replace(".", "").replace(",", "."))
    if _ENGLISH.fullmatch(written):
        return Decimal(written.replace(",", ""))
    raise UnreadableError("“{value}” is not a number.", "Write a number such as 63,75.")


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
