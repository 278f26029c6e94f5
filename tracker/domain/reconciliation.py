"""Reconciliation: the ledgers beside the tracker, and what became of every cent of the costs.

What the tracker holds and the ledgers do not, or the other way round, is an item that explains
their difference. What no item explains does not tie, and is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTHING = ""


class By(StrEnum):
    """What the rows of a reconciliation are told apart by."""

    YEAR = "by_year_incurred"
    PERIOD = "by_period"
    ACCOUNT = "by_account"
    WORK_PACKAGE = "by_package"


class Standing(StrEnum):
    """How a row of a reconciliation stands."""

    TIES = "ties"
    EXPLAINED = "explained"  # they differ by items that are there on purpose
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The ledgers and the tracker side by side, for a year, a period, an account or the like.

    Shape:  ``key`` is empty for lines that name none. ``ledger`` is all that the ledgers hold on
            accounts of costs, ``excluded`` what of it is no cost of the project. The items are
            what was brought in as an export, contributed in kind, entered by hand, put there by
            corrections, and ``moved`` here from a period that was closed. ``tracker`` is all.
    """

    key: str
    ledger: Money = ZERO
    excluded: Money = ZERO
    export: Money = ZERO
    in_kind: Money = ZERO
    by_hand: Money = ZERO
    corrections: Money = ZERO
    moved: Money = ZERO
    tracker: Money = ZERO
    charged: Money = ZERO
    left: Money = ZERO
    ineligible: Money = ZERO
    waiting: Money = ZERO

    @property
    def of_ledger(self) -> Money:
        """What the ledgers say that the project cost."""
        return self.ledger - self.excluded

    @property
    def difference(self) -> Money:
        """The tracker less the ledgers."""
        return self.tracker - self.of_ledger

    @property
    def items(self) -> Money:
        """What explains the difference."""
        found = (self.export, self.in_kind, self.by_hand, self.corrections, self.moved)
        return Money.total(found)

    @property
    def has_items(self) -> bool:
        """Whether there are items, which may cancel each other."""
        return any((self.export, self.in_kind, self.by_hand, self.corrections, self.moved))

    @property
    def unexplained(self) -> Money:
        """What no item explains: nothing, or the books are damaged."""
        return self.difference - self.items

    @property
    def eligible(self) -> Money:
        """What funders may be asked for: charged, left or waiting."""
        return self.tracker - self.ineligible

    @property
    def unaccounted(self) -> Money:
        """Costs of which nobody knows what became: nothing, or the books are damaged.

        Source: domain rule 27: eligible + ineligible + unallocated = total project cost.
        """
        return self.tracker - self.charged - self.left - self.ineligible - self.waiting

    @property
    def standing(self) -> Standing:
        """Whether it ties, is explained by items, or is apart."""
        if self.unexplained or self.unaccounted:
            return Standing.APART
        return Standing.EXPLAINED if self.has_items else Standing.TIES


@dataclass(frozen=True, slots=True)
class Payer:
    """What a commitment pays by where the costs come from, beside its balance."""

    commitment: str
    ledger: Money = ZERO
    export: Money = ZERO
    in_kind: Money = ZERO
    by_hand: Money = ZERO
    corrections: Money = ZERO
    balance: Money = ZERO

    @property
    def charged(self) -> Money:
        """All of its charges, added up."""
        return Money.total((self.ledger, self.export, self.in_kind, self.by_hand, self.corrections))

    @property
    def difference(self) -> Money:
        """Its balance less its charges: nothing, or the books are damaged."""
        return self.balance - self.charged

    @property
    def standing(self) -> Standing:
        """Whether it ties."""
        return Standing.APART if self.difference else Standing.TIES


@dataclass(frozen=True, slots=True)
class BookTie:
    """A book beside its own control totals: what it was brought in with, and what is kept."""

    origin: str
    company: str
    year: int
    files: tuple[str, ...]
    lines_told: int
    lines_kept: int
    debit_told: Money
    debit_kept: Money
    credit_told: Money
    credit_kept: Money

    @property
    def difference(self) -> Money:
        """Debit less credit as kept, less the same as told."""
        return self.debit_kept - self.credit_kept - self.debit_told + self.credit_told

    @property
    def standing(self) -> Standing:
        """Whether lines, debit and credit are all as told."""
        told = (self.lines_told, self.debit_told, self.credit_told)
        kept = (self.lines_kept, self.debit_kept, self.credit_kept)
        return Standing.TIES if told == kept else Standing.APART


@dataclass(frozen=True, slots=True)
class NewestFile:
    """Where the newest file of a book says something else than the tracker holds.

    Shape:  ``missing`` lines were imported before and are not in it; ``unapplied`` are changed and
            not taken over, and ``amount`` is what those would change, as far as they were listed.
    """

    intake_id: int
    file_name: str
    company: str
    year: int
    missing: int
    unapplied: int
    amount: Money

    @property
    def standing(self) -> Standing:
        """Whether it says what the tracker holds."""
        return Standing.EXPLAINED if self.missing or self.unapplied else Standing.TIES


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Everything that is reconciled, told apart by one thing."""

    by: By
    rows: tuple[Reconciled, ...]
    payers: tuple[Payer, ...]
    books: tuple[BookTie, ...]
    files: tuple[NewestFile, ...]

    @property
    def total(self) -> Reconciled:
        """All rows together: the whole project."""
        return total_of(self.rows)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How everything stands that is reconciled."""
        return (
            *(row.standing for row in self.rows),
            *(payer.standing for payer in self.payers),
            *(book.standing for book in self.books),
            *(file.standing for file in self.files),
        )

    def without_ties(self) -> Reconciliation:
        """Keep what does not tie, explained or not."""
        return Reconciliation(
            self.by,
            tuple(row for row in self.rows if row.standing is not Standing.TIES),
            tuple(payer for payer in self.payers if payer.standing is not Standing.TIES),
            tuple(book for book in self.books if book.standing is not Standing.TIES),
            tuple(file for file in self.files if file.standing is not Standing.TIES),
        )


AMOUNTS = tuple(name for name in Reconciled.__dataclass_fields__ if name != "key")


def total_of(rows: Iterable[Reconciled]) -> Reconciled:
    """Add rows up, amount by amount."""
    every = list(rows)
    sums = {name: Money.total(getattr(row, name) for row in every) for name in AMOUNTS}
    return Reconciled(NOTHING, **sums)
