"""One cell of an export: the amount, the number, the day or the text that stands in it.

A workbook's cells bring their own kind; those of delimited text are read by the mapping.
Nothing is rounded, and what two people would read differently is refused.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from unicodedata import normalize

from tracker.domain.amounts import LARGEST, SPACES, read_share
from tracker.domain.errors import RuleViolation
from tracker.domain.mappings import DecimalSign
from tracker.readers.cells import (
    UnreadableError,
    decimals_of,
    figures_in,
    has_hidden_letters,
    number_in,
)
from tracker.readers.workbooks import Fault

if TYPE_CHECKING:
    from tracker.readers.workbooks import CellValue

LENGTH_MAX = 60  # of a number or a day
TEXT_MAX = 2_000  # letters of a text that is kept
LOST = "\N{REPLACEMENT CHARACTER}"
POINTS = {DecimalSign.COMMA: ",", DecimalSign.POINT: ".", DecimalSign.EITHER: ""}

SAME_SPACES = str.maketrans(dict.fromkeys(SPACES, " "))
_BY_COMMA = r"-?(?:[0-9]{1,11}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,3}),[0-9]{2}"
_BY_POINT = r"-?(?:[0-9]{1,11}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3})\.[0-9]{2}"
_QUICK = {  # what nearly every amount of an export looks like
    DecimalSign.COMMA: re.compile(_BY_COMMA),
    DecimalSign.POINT: re.compile(_BY_POINT),
    DecimalSign.EITHER: re.compile(f"{_BY_COMMA}|{_BY_POINT}"),
}
_MONEY = r"(?:€|EUR)?"
_SIGNED = re.compile(
    rf"{_MONEY} *(?P<sign>[-−+]?) *{_MONEY} *(?P<inner>[-−+]?) *(?P<figures>[0-9][0-9., ]*)"
    rf"(?P<after>[-−]?) *{_MONEY} *(?P<side>[CD]R?\.?)?",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    rf"{_MONEY} *\( *{_MONEY} *(?P<figures>[0-9][0-9., ]*)\) *{_MONEY}", re.IGNORECASE
)

CREDIT = frozenset({"c", "cr", "cr.", "credit", "h", "haben"})
DEBIT = frozenset({"d", "dr", "dr.", "debit", "debet", "s", "soll"})

WRITE_AMOUNT = "Write euros and cents, such as 1250,00."


def text_of(cell: CellValue) -> str:
    """Give the text of a cell, as a person sees it: without the spaces around it.

    Shape:  ``""`` for an empty cell; the number 4100 is ``"4100"``.
    Errors: ``UnreadableError`` for what cannot be seen, was lost, or is an error of the sheet.
    """
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable():
            return cell.strip() if len(cell) <= TEXT_MAX else _text(cell)
        return _text(cell)
    if isinstance(cell, Fault):
        raise at_fault(cell)
    return "" if cell is None else written(cell)


def written(cell: CellValue) -> str:
    """Write any cell as text, as it may be shown to people."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell else "0"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _text(cell: str) -> str:
    text = normalize("NFC", cell).replace("\r\n", "\n").strip()
    if has_hidden_letters(text):
        raise UnreadableError(
            "“{value}” holds a character that cannot be seen.", "Type the text anew."
        )
    if LOST in text:
        raise UnreadableError(
            "“{value}” holds the mark of a letter that was lost.",
            "Export the file anew in UTF-8, or type the text anew.",
        )
    if len(text) > TEXT_MAX:
        raise UnreadableError(
            "The text has {letters} letters; {most} are kept.",
            "Shorten the text.",
            letters=len(text),
            most=TEXT_MAX,
        )
    return text


def cents_of(cell: CellValue, decimal: DecimalSign = DecimalSign.EITHER) -> int:
    """Read an amount in euros, negative or not.

    Shape:  ``1.234,56``, ``1,234.56``, ``€ -12``, ``12,50-``, ``(12,50)``; ``12,50 CR`` is
            negative and ``12,50 DR`` is not.
    Units:  cents.
    Errors: ``UnreadableError``; also for a fraction of a cent, and for more than an amount can be.
    """
    if isinstance(cell, str):
        if _QUICK[decimal].fullmatch(cell):
            return int(cell.replace(",", "").replace(".", ""))
        return _cents(_signed(cell, decimal))
    if isinstance(cell, Decimal):
        return _cents(cell)
    raise _no_number(cell, "“{value}” is not an amount.", WRITE_AMOUNT)


def has_side(cell: CellValue) -> bool:
    """Tell whether an amount says itself on which side it stands: ``12,50 CR``."""
    return isinstance(cell, str) and cell.rstrip(" .").lower().endswith(("c", "d", "cr", "dr"))


def number_of(cell: CellValue, decimal: DecimalSign = DecimalSign.EITHER) -> Decimal:
    """Read a number that is not negative: hours, a rate, a weight.

    Errors: ``UnreadableError``.
    """
    if isinstance(cell, Decimal):
        return number_in(f"{cell:f}", ".")
    if isinstance(cell, str):
        return number_in(cell.translate(SAME_SPACES).strip()[:LENGTH_MAX], POINTS[decimal])
    raise _no_number(cell, "“{value}” is not a number.", "Write a number such as 63,75.")


def share_of(cell: CellValue) -> Decimal:
    """Read a percentage as a share of one; ``45`` and ``45 %`` are both less than a half.

    Shape:  a workbook keeps 45 % as 0.45, and so its numbers up to one are shares already.
    Errors: ``UnreadableError``.
    """
    if isinstance(cell, Decimal):
        cell = f"{cell * 100 if abs(cell) <= 1 else cell:f}"
    if isinstance(cell, str):
        try:
            return read_share(cell)
        except RuleViolation as refused:
            message = "“{value}” is not a percentage."
            raise UnreadableError(message, "Write a number from 0 to 100.") from refused
    raise _no_number(cell, "“{value}” is not a percentage.", "Write a number from 0 to 100.")


def _signed(cell: str, decimal: DecimalSign) -> Decimal:
    """Read figures with their sign, wherever it stands."""
    text = cell.translate(SAME_SPACES).strip()
    if len(text) > LENGTH_MAX:
        raise UnreadableError("“{value}” is not an amount.", WRITE_AMOUNT)
    if bracketed := _IN_BRACKETS.fullmatch(text):
        return -_figures(bracketed["figures"], decimal)
    found = _SIGNED.fullmatch(text)
    if not found:
        raise UnreadableError("“{value}” is not an amount.", WRITE_AMOUNT)
    signs = [*filter(None, found.group("sign", "inner", "after")), *filter(None, [found["side"]])]
    if len(signs) > 1:
        raise UnreadableError("“{value}” has more than one sign.", "Leave one of them out.")
    figures = _figures(found["figures"], decimal)
    return -figures if signs and signs[0][0] in "-−Cc" else figures


def _figures(figures: str, decimal: DecimalSign) -> Decimal:
    figures = figures.strip()
    read = figures_in(figures, POINTS[decimal])
    if read is not None:
        return read
    if figures_in(figures, ",") is not None or figures_in(figures, ".") is not None:
        raise UnreadableError(
            "“{value}” has the point and the comma the other way round than its file.",
            "Correct the cell, or choose the decimal sign of the file again.",
        )
    raise UnreadableError("“{value}” is not an amount.", WRITE_AMOUNT)


def _cents(euros: Decimal) -> int:
    if not euros.is_finite() or abs(euros) > LARGEST.as_decimal:
        raise UnreadableError(
            "“{value}” is more than an amount can be.",
            "The largest amount is {largest}.",
            largest=LARGEST,
        )
    cents = euros.scaleb(2)
    whole = int(cents)
    if whole != cents:
        raise UnreadableError(
            "“{value}” has {decimals} decimals.",
            "Write an amount to the cent, with two decimals.",
            decimals=decimals_of(euros),
        )
    return whole


def is_debit(cell: CellValue) -> bool:
    """Read the side on which an amount stands: D or C, debet or credit, S or H.

    Errors: ``UnreadableError`` for any other word.
    """
    word = written(cell).strip().lower()
    if word in DEBIT:
        return True
    if word in CREDIT:
        return False
    raise UnreadableError(
        "“{value}” says neither debit nor credit.", "Write D for debit, or C for credit."
    )


def at_fault(fault: Fault) -> UnreadableError:
    """Say what is wrong with a cell whose formula gives no value."""
    if fault.text.startswith("="):
        return UnreadableError(
            "The formula {formula} has not been computed.",
            "Open the workbook in Excel or LibreOffice, save it, and import it again.",
            formula=fault.text,
        )
    return UnreadableError(
        "The sheet shows the error {error}.", "Correct the formula in the sheet.", error=fault.text
    )


def _no_number(cell: CellValue, message: str, remedy: str) -> UnreadableError:
    return at_fault(cell) if isinstance(cell, Fault) else UnreadableError(message, remedy)
