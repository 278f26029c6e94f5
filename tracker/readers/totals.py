"""Rows in which a table states its own totals, and whether its lines add up to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.domain.mappings import folded

if TYPE_CHECKING:
    from tracker.readers.workbooks import CellValue

LENGTH_MAX = 80  # letters of a text that announces a total
_TOTAL = re.compile(
    r"(?:(?:grand|eind|sub|generaal|overall) ?)?"
    r"(?:total|totals|totaal|totalen|summe|gesamt|gesamtsumme|zwischensumme|som)\b.*"
)


def is_total(cell: CellValue) -> bool:
    """Tell whether a cell announces a total: ``Totaal``, ``Grand total 2023``."""
    return (
        isinstance(cell, str) and len(cell) <= LENGTH_MAX and bool(_TOTAL.fullmatch(folded(cell)))
    )


class Totals:
    """What the lines of a table add up to so far, in all and since the last total.

    Units:  cents; debit and credit are both positive.
    """

    def __init__(self) -> None:
        self.debit = self.credit = 0
        self._before = (0, 0)
        self.stated: int | None = None

    @property
    def cents(self) -> int:
        """Debit less credit."""
        return self.debit - self.credit

    def add(self, cents: int) -> None:
        """Count a line, debit positive."""
        if cents > 0:
            self.debit += cents
        else:
            self.credit -= cents

    def agrees(self, stated: int) -> bool:
        """Tell whether a total in one column is the lines', in all or since the last total."""
        sums = [self._sums(), self._sums(since_last=True)]
        self._close()
        for debit, credit in sums:
            if stated in (debit - credit, debit, credit, -credit):
                if (debit, credit) == sums[0]:
                    self.stated = self.cents
                return True
        return False

    def agrees_on_sides(self, debit: int, credit: int) -> bool:
        """Tell whether totals of debit and credit are the lines', in all or since the last."""
        sums = [self._sums(), self._sums(since_last=True)]
        self._close()
        stated = (debit, credit)
        net = debit - credit
        for each in sums:
            if stated == each or (0 in stated and net == each[0] - each[1]):
                if each == sums[0]:
                    self.stated = self.cents
                return True
        return False

    def _sums(self, *, since_last: bool = False) -> tuple[int, int]:
        debit, credit = self._before if since_last else (0, 0)
        return self.debit - debit, self.credit - credit

    def _close(self) -> None:
        self._before = (self.debit, self.credit)
