"""What a commitment paid by category and year, laid out as a table that adds up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class SpendingRow:
    """One category, or the total: budget, charged by year, and what is left."""

    category: str
    budget: Money | None
    by_year: tuple[Money, ...]

    @property
    def charged(self) -> Money:
        """Everything charged so far."""
        return Money.total(self.by_year)

    @property
    def remaining(self) -> Money | None:
        """Budget − charged; negative when overspent; none without a budget."""
        return None if self.budget is None else self.budget - self.charged

    @property
    def share(self) -> Decimal | None:
        """Charged as a share of the budget."""
        if not self.budget:
            return None
        return Decimal(self.charged.cents) / Decimal(self.budget.cents)


@dataclass(frozen=True, slots=True)
class Spending:
    """Categories down, years across."""

    years: tuple[int, ...]
    rows: tuple[SpendingRow, ...]
    total: SpendingRow


def spending_of(
    categories: Sequence[str],
    budget: Mapping[str, Money],
    charged: Sequence[tuple[int, str, Money]],
) -> Spending:
    """Lay out what was charged; a budget is shown where the funder set one."""
    years = tuple(sorted({year for year, _, _ in charged}))
    cells = {(year, category): money for year, category, money in charged}
    known = [*categories, *sorted({category for _, category, _ in charged} - {*categories})]
    rows = tuple(
        SpendingRow(
            category,
            budget.get(category),
            tuple(cells.get((year, category), ZERO) for year in years),
        )
        for category in known
    )
    by_year = tuple(Money.total(row.by_year[at] for row in rows) for at in range(len(years)))
    whole = Money.total(budget.values()) if budget else None
    return Spending(years, rows, SpendingRow("", whole, by_year))
