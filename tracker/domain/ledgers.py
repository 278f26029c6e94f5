"""The books as a file tells them: ledger lines, and the totals that the file itself declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from tracker.domain.errors import Finding


class LedgerLine(NamedTuple):
    """One line of a transaction. A tuple, because a year of books holds hundreds of thousands.

    Shape:  ``line`` is the line's number within its transaction, as the file writes it; an
            absent text is ``""``.
    Units:  ``cents`` are debit positive.
    """

    line: str
    account: str
    cents: int
    incurred_on: date
    description: str
    document: str
    invoice: str
    supplier_code: str
    supplier: str
    cost_centre: str
    project: str


class LedgerTransaction(NamedTuple):
    """One balanced entry in a journal; ``number`` is unique within journal and fiscal year."""

    journal: str
    number: str
    booked_on: date
    description: str
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What a ledger file says that it holds, in lines and cents."""

    lines: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """One fiscal year of one company's books.

    Shape:  ``company`` identifies the company in a ledger key; ``company_name`` is for reading.
            ``transactions()`` reads the file from its beginning, one transaction at a time, and
            raises ``FileRefused`` with all findings at its end if the lines do not tie out.
            ``warnings()`` tells afterwards what was unusual and yet no reason to refuse.
    """

    company: str
    company_name: str
    fiscal_year: int
    version: str
    totals: ControlTotals
    transactions: Callable[[], Iterator[LedgerTransaction]]
    warnings: Callable[[], tuple[Finding, ...]]
