"""One cell of an export: the day that stands in it, the day before the month."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.domain.amounts import read_day
from tracker.domain.errors import RuleViolation
from tracker.readers.cells import YEARS, UnreadableError
from tracker.readers.table_cells import LENGTH_MAX, SAME_SPACES, at_fault, written
from tracker.readers.workbooks import Fault

if TYPE_CHECKING:
    from tracker.readers.workbooks import CellValue

# A time is left out, but not where another time zone may make it another day.
_MIDNIGHT = r"[T ]+0?0:00(?::00(?:[.,]0{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_TIME = rf"(?:{_MIDNIGHT}|[T ]+[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]{{1,9}})?)?)?"
_DAYS = (
    re.compile(
        rf"(?P<day>[0-9]{{1,2}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<year>[0-9]{{4}}){_TIME}"
    ),
    re.compile(
        rf"(?P<year>[0-9]{{4}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}}){_TIME}"
    ),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}")
_NAMED = re.compile(r"([0-9]{1,2})[- .]+([A-Za-z]{3,10})[.]?[- ]+([0-9]{4})")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:[.,][0-9]{1,15})?")

WRITE_DAY = "Write the day as 31-12-2023 or 2023-12-31."


def day_of(cell: CellValue) -> date:
    """Read a day as exports write it, the day before the month.

    Shape:  ``31-12-2023``, ``31/12/2023``, ``2023-12-31``, ``20231231``, ``31 dec 2023``; a
            time after it is left out.
    Errors: ``UnreadableError``; also for two digits of a year, and the count of days that a
            spreadsheet keeps.
    """
    if isinstance(cell, date):
        return _in_range(cell)
    text = written(cell).translate(SAME_SPACES).strip() if isinstance(cell, str | Decimal) else ""
    if isinstance(cell, Fault):
        raise at_fault(cell)
    if not text or len(text) > LENGTH_MAX:
        raise UnreadableError("“{value}” is not a date.", WRITE_DAY)
    for pattern in _DAYS:
        if found := pattern.fullmatch(text):
            return _in_range(_calendar(int(found["year"]), int(found["month"]), int(found["day"])))
    return _in_range(_named_day(text))


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named_day(text: str) -> date | None:
    """Read a day with the name of its month, or say what else it seems to be."""
    if found := _NAMED.fullmatch(text):
        for language in ("nl", "en"):
            try:
                return read_day(f"{found[1]} {found[2]} {found[3]}", language)
            except RuleViolation:
                continue
        return None
    if _SHORT_YEAR.fullmatch(text):
        raise UnreadableError("“{value}” has two digits for the year.", "Write all four digits.")
    if _SERIAL.fullmatch(text):
        raise UnreadableError(
            "“{value}” is how a spreadsheet counts days.",
            "Format the column as a date, and save the file again.",
        )
    raise UnreadableError("“{value}” is not a date.", WRITE_DAY)


def _in_range(day: date | None) -> date:
    if day is None or day.year not in YEARS:
        raise UnreadableError("“{value}” is not a day between 2000 and 2099.", "Correct the date.")
    return day
