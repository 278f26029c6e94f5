"""What is wrong in a file, gathered so that all of it is said at once.

Not in here: what may be wrong. Each reader knows that of its own format.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from tracker.domain.errors import CellFinding, FileRefused, Finding, Sentence
from tracker.readers.cells import column_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.domain.errors import Fact

    Said: TypeAlias = tuple[str, str, tuple[tuple[str, Fact], ...]]

# Said by more than one reader, and so in one place.
EXPORT_ANEW = "Export the file anew from the software that made it, and import it unchanged."
AT_BANK = "Download the statement anew from the bank, and import it unchanged."
NOT_A_DAY = "“{value}” is not a date, such as 2023-12-31."
NOT_AN_AMOUNT = "“{value}” is not an amount in euros and cents, such as 1250.00."

NAMED_MAX = 100
PLACES_MAX = 12
CELLS_MAX = 10_000

_NOT_NAMED: Said = ("", "", ())
_CELL = re.compile(r"(?:(?P<sheet>.*)!)?(?P<column>[A-Z]{1,3})(?P<row>[0-9]+)", re.DOTALL)


class Findings:
    """The findings in one file, in the order in which they came up.

    Shape:  what is said of several places is said once, with the list of places. A cell is
            ``F12`` in delimited text and ``Costs!F12`` in a workbook, ``'Costs 2023'!F12`` where
            the sheet has more than letters and digits in its name; cells are listed by row, Z
            before AA, other places as they came. After ``NAMED_MAX`` different findings the rest
            is only counted; after ``CELLS_MAX`` places nothing more is kept.
    """

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._places: dict[Said, dict[str, None]] = {}
        self._kept = 0
        self._more: Counter[Said] = Counter()

    def __bool__(self) -> bool:
        return bool(self._places)

    def add(self, place: str, message: str, remedy: str = "", **facts: Fact) -> None:
        """Note what is wrong at a place, and what to do about it."""
        said = (message, remedy, tuple(facts.items()))
        if place in self._places.get(said, ()):
            return
        if self._kept < CELLS_MAX:
            self._places.setdefault(said, {})[place] = None
            self._kept += 1
        else:
            self._more[said if said in self._places else _NOT_NAMED] += 1

    def clear(self) -> None:
        """Forget everything."""
        self._places.clear()
        self._more.clear()
        self._kept = 0

    def listed(self) -> tuple[Finding, ...]:
        """Give the findings, merged and counted."""
        named = list(self._places.items())
        findings = [
            Finding(
                _joined(_in_order(places), self._more[said]),
                Sentence(said[0], dict(said[2])),
                Sentence(said[1], dict(said[2])),
            )
            for said, places in named[:NAMED_MAX]
        ]
        rest = sum(len(places) + self._more[said] for said, places in named[NAMED_MAX:])
        if rest := rest + self._more[_NOT_NAMED]:
            more = Sentence("Further findings that are not listed: {count}.", {"count": rest})
            findings.append(Finding("", more))
        return tuple(findings)

    def by_cell(self) -> list[CellFinding]:
        """List every cell with what is wrong in it and what to do about it.

        Shape:  by sheet, row and column; at most ``CELLS_MAX``. What is no cell comes first.
        """
        found = [
            (_cell_of(place), Sentence(said[0], dict(said[2])), Sentence(said[1], dict(said[2])))
            for said, places in self._places.items()
            for place in places
        ]
        found.sort(key=lambda each: each[0])
        return [
            CellFinding(sheet, f"{column}{row or ''}", message, remedy)
            for (sheet, row, _, column), message, remedy in found
        ]

    def check(self) -> None:
        """Refuse the file if anything is wrong with it.

        Errors: ``FileRefused``.
        """
        if self:
            raise FileRefused(self._file_name, self.listed())


def refusal(
    file_name: str, place: str, message: str, remedy: str = "", **facts: Fact
) -> FileRefused:
    """Make the refusal of a file in which one thing is wrong that leaves nothing to read."""
    findings = Findings(file_name)
    findings.add(place, message, remedy, **facts)
    return FileRefused(file_name, findings.listed())


def place_of(sheet: str, index: int, number: int) -> str:
    """Name a cell as a spreadsheet does."""
    cell = f"{column_letters(index)}{number}"
    if not sheet:
        return cell
    quoted = sheet if sheet.isalnum() else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{cell}"


def _joined(places: list[str], more: int) -> str:
    joined = ", ".join(filter(None, places[:PLACES_MAX]))
    more += max(0, len(places) - PLACES_MAX)
    return f"{joined} (+{more})" if more else joined


def _in_order(places: Iterable[str]) -> list[str]:
    """Sort cells by sheet, row and column; leave other places as they came."""
    listed = list(places)
    if not all(map(_CELL.fullmatch, listed)):
        return listed
    return sorted(listed, key=_cell_of)


def _cell_of(place: str) -> tuple[str, int, int, str]:
    """Take a cell apart: sheet, row, and column by length and letters, so that it sorts."""
    found = _CELL.fullmatch(place)
    if not found:
        return "", 0, 0, ""
    sheet = found["sheet"] or ""
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, int(found["row"]), len(found["column"]), found["column"]
