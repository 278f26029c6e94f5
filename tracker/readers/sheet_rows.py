"""The rows of a sheet as stretches of XML, and where their cells stand."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tracker.readers.archives import SAVE_ANEW, UNUSUAL
from tracker.readers.findings import refusal
from tracker.readers.workbook_parts import TRUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.domain.errors import FileRefused

COLUMNS_MAX = 1_000
ROWS_MAX = 1_048_576  # as many as a spreadsheet has
ROW_BYTES_MAX = 2_000_000
DIGITS_MAX = 10

_BEGIN = re.compile(rb"<sheetData(?:\s[^>]*?)?(/?)>")
_END = b"</sheetData>"
_ROW = re.compile(rb"<row((?:\s[^>]*?)?)(?:/>|>(.*?)</row>)|(<[^>]*>|[^<\s][^<]*)", re.DOTALL)
_USUAL_ROW = re.compile(rb'\sr="([0-9]{1,7})"')
_ATTRIBUTE = re.compile(rb"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PLACE = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")


def row_blocks(stretches: Iterable[bytes], name: str, sheet: str) -> Iterator[bytes]:
    """Give the rows of a sheet in blocks of whole rows, and read the sheet to its end.

    Errors: ``FileRefused`` for a row that is longer than any, and for rows in two places.
    """
    rest = iter(stretches)
    held = _beginning(rest)
    while held is not None:
        end = held.find(_END)
        cut = held.rfind(b"<row") if end < 0 else end
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        if end >= 0:
            break
        if len(held) > ROW_BYTES_MAX:
            message = "A row of the sheet holds more than {most} MB."
            raise refusal(name, sheet, message, UNUSUAL, most=ROW_BYTES_MAX // 1_000_000)
        more = next(rest, None)
        held = None if more is None else held + more
    if (held and _BEGIN.search(held)) or any(_BEGIN.search(stretch) for stretch in rest):
        message = "The sheet has its rows in two places."
        raise refusal(name, sheet, message, SAVE_ANEW)


def _beginning(stretches: Iterator[bytes]) -> bytes | None:
    """Give what follows on the tag before the first row, if there are rows."""
    for stretch in stretches:
        if found := _BEGIN.search(stretch):
            return None if found[1] else stretch[found.end() :]
    return None


def rows_in(blocks: Iterable[bytes], name: str, sheet: str) -> Iterator[tuple[int, bool, bytes]]:
    """Give each row: its number, whether it is hidden, and the XML of its cells.

    Errors: ``FileRefused`` for rows that do not follow on each other, and for what is no row.
    """
    last = 0
    for block in blocks:
        for head, content, other in _ROW.findall(block):
            usual = _USUAL_ROW.search(head)
            written = usual[1] if usual else attributes_in(head).get(b"r", b"%d" % (last + 1))
            number = int(written) if written.isdigit() and len(written) <= DIGITS_MAX else 0
            if other or not last < number <= ROWS_MAX:
                raise odd_row(name, sheet, number or last)
            last = number
            is_hidden = b"hidden" in head and _is_true(attributes_in(head).get(b"hidden"))
            yield number, is_hidden, content


def attributes_in(head: bytes) -> dict[bytes, bytes]:
    """Give the attributes of a tag by their names."""
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(head)}


def place_in(attributes: dict[bytes, bytes], row: int, before: int, name: str, sheet: str) -> int:
    """Give the column in which a cell stands: the next one, if it does not say.

    Errors: ``FileRefused`` if it says that it stands in another row, or nowhere.
    """
    if b"r" not in attributes:
        return before + 1
    place = _PLACE.fullmatch(attributes[b"r"])
    if place is None or int(place[2]) != row:
        raise odd_row(name, sheet, row)
    return number_of(place[1].upper())


@cache
def number_of(letters: bytes) -> int:
    """Give the number of a column by its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def letters_of(column: int) -> str:
    """Give the letters of a column by its number."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def odd_row(name: str, sheet: str, row: int) -> FileRefused:
    """Make the refusal of a sheet with a row that cannot be told apart."""
    message = "The sheet is damaged at row {row}: its cells do not follow on each other."
    return refusal(name, sheet[:80], message, SAVE_ANEW, row=str(row))


def too_wide(name: str, sheet: str, place: str) -> FileRefused:
    """Make the refusal of a sheet with something far to the right."""
    message = "There is something in cell {cell}; a sheet is read up to column {most}."
    remedy = "Delete the columns behind the table, and save the workbook."
    place_of_cell = f"{sheet[:80]}!{place}"
    return refusal(name, place_of_cell, message, remedy, cell=place, most=letters_of(COLUMNS_MAX))


def _is_true(written: bytes | None) -> bool:
    return written is not None and written.decode("latin-1").lower() in TRUE
