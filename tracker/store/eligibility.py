"""What became of the costs of each year, whoever pays them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import extract, func, select

from tracker.domain.allocations import Reason
from tracker.domain.eligibility import years_of_costs
from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.costs import CostLineRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.eligibility import YearOfCosts


def costs_by_year(session: Session) -> tuple[YearOfCosts, ...]:
    """Divide the costs by the year in which they were incurred."""
    year = extract("year", CostLineRow.incurred_on)
    totals = session.execute(select(year, func.sum(CostLineRow.amount)).group_by(year))
    charged = session.execute(
        select(year, func.sum(AllocationRow.amount))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .group_by(year)
    )
    left = session.execute(
        select(year, UnallocatedRow.reason, func.sum(UnallocatedRow.amount))
        .join(CostLineRow, CostLineRow.id == UnallocatedRow.cost_line_id)
        .group_by(year, UnallocatedRow.reason)
    )
    return years_of_costs(
        {int(of): Money(int(cents)) for of, cents in totals},
        {int(of): Money(int(cents)) for of, cents in charged},
        [(int(of), Reason(reason), Money(int(cents))) for of, reason, cents in left],
    )
