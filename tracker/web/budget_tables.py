"""Budgets laid out as tables: set aside against spent, and what a version moves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.domain.budgets import Detail, at_detail, detail_of, moves
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.domain.budgets import BudgetLine, BudgetVersion, Key, Move


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A line of a budget, the sum of a category, or the total: set aside, and spent so far."""

    category: str
    work_package: str
    year: int
    budget: Money
    spent: Money
    is_sum: bool = False

    @property
    def remaining(self) -> Money:
        """Budget − spent; below zero when more was spent than was set aside."""
        return self.budget - self.spent

    @property
    def share(self) -> Decimal | None:
        """Spent as a share of the budget."""
        if not self.budget:
            return None
        return Decimal(self.spent.cents) / Decimal(self.budget.cents)


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """A version beside what was spent; categories with more than one line have a sum."""

    detail: Detail
    rows: tuple[BudgetRow, ...]
    total: BudgetRow

    @property
    def tells_packages(self) -> bool:
        """Whether work packages are told apart."""
        return self.detail in (Detail.WORK_PACKAGE, Detail.BOTH)

    @property
    def tells_years(self) -> bool:
        """Whether years are told apart."""
        return self.detail in (Detail.YEAR, Detail.BOTH)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A version against the one before it, which is none for the first."""

    version: BudgetVersion
    before: BudgetVersion | None
    moves: tuple[Move, ...]

    @property
    def tells_packages(self) -> bool:
        """Whether a line that differs is of a work package."""
        return any(move.work_package for move in self.moves)

    @property
    def tells_years(self) -> bool:
        """Whether a line that differs is of a year."""
        return any(move.year for move in self.moves)

    @property
    def total_before(self) -> Money:
        """What the version before set aside."""
        return self.before.total if self.before else ZERO

    @property
    def difference(self) -> Money:
        """What the version adds to the total: nothing for a pure move."""
        return self.version.total - self.total_before

    @property
    def moved(self) -> Money:
        """What left a line for another."""
        return Money.total(-m.difference for m in self.moves if m.difference < ZERO)

    @property
    def share_moved(self) -> Decimal | None:
        """What left a line as a part of the whole budget before."""
        if not self.total_before:
            return None
        return Decimal(self.moved.cents) / Decimal(self.total_before.cents)


def budget_table(lines: Iterable[BudgetLine], spent: Iterable[BudgetLine]) -> BudgetTable:
    """Lay a version out beside what was spent, at the detail that the version has."""
    set_aside = tuple(lines)
    detail = detail_of(set_aside)
    budget = {line.key: line.amount for line in set_aside}
    used = {line.key: line.amount for line in at_detail(spent, detail)}
    keys = list(dict.fromkeys([*budget, *used]))
    rows: list[BudgetRow] = []
    for category in dict.fromkeys(key[0] for key in keys):
        rows += _rows_of(sorted(key for key in keys if key[0] == category), budget, used)
    total = BudgetRow(
        "", "", 0, Money.total(budget.values()), Money.total(used.values()), is_sum=True
    )
    return BudgetTable(detail, tuple(rows), total)


def _rows_of(keys: list[Key], budget: dict[Key, Money], used: dict[Key, Money]) -> list[BudgetRow]:
    rows = [BudgetRow(*key, budget.get(key, ZERO), used.get(key, ZERO)) for key in keys]
    if len(rows) > 1:
        whole, spent = (
            Money.total(row.budget for row in rows),
            Money.total(row.spent for row in rows),
        )
        rows.append(BudgetRow(keys[0][0], "", 0, whole, spent, is_sum=True))
    return rows


def comparison(versions: Sequence[BudgetVersion], number: int | None) -> Comparison | None:
    """Compare a version with the one before it; the newest where no such version is asked for."""
    if not versions:
        return None
    found = next((v for v in versions if v.number == number), versions[0])
    before = next((v for v in versions if v.number < found.number), None)
    return Comparison(found, before, moves(before.lines if before else (), found.lines))
