"""Places on a sheet, as spreadsheets name them: ``B7`` is in the second column and row seven."""

from __future__ import annotations

import re
from typing import Final

_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LETTERS: Final = 26


def is_cell(place: str) -> bool:
    """Tell whether a text names a cell."""
    return _PLACE.fullmatch(place) is not None


def lies_in(place: str, first: str, last: str) -> bool:
    """Tell whether a cell lies in an area, from its first cell to its last."""
    (column, row), (left, top), (right, bottom) = map(column_and_row, (place, first, last))
    return left <= column <= right and top <= row <= bottom


def column_and_row(place: str) -> tuple[int, int]:
    """Take a place apart: ``B7`` -> 2, 7.

    Errors: ``ValueError`` for what is no cell.
    """
    found = _PLACE.fullmatch(place)
    if found is None:
        raise ValueError(f"{place} is no cell")
    column = 0
    for letter in found[1]:
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return column, int(found[2])


def letters_of(column: int) -> str:
    """Name a column by its number: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        name = chr(ord("A") + rest) + name
    return name
