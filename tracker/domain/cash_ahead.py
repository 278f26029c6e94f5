"""Cash on hand month by month, of one project or of several together, and when there is least."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.headlines import Dated
from tracker.domain.money import Money
from tracker.domain.periods import month_of, months_after

if TYPE_CHECKING:
    from collections.abc import Sequence


class CashAhead(NamedTuple):
    """Cash on hand at the end of each month, and when from today on there is least, and how much.

    Shape:  months by their first days; the lowest point by the last day of its month.
    """

    months: tuple[date, ...]
    amounts: tuple[Money, ...]
    lowest: Dated


def cash_ahead(months: tuple[date, ...], amounts: tuple[Money, ...], today: date) -> CashAhead:
    """Find, in cash month by month, when there will be least, and how much."""
    return CashAhead(months, amounts, lowest_ahead(months, amounts, today))


def cash_together(found: Sequence[CashAhead], today: date) -> CashAhead | None:
    """Add up cash on hand over projects; one that is over keeps what it ended with."""
    if not found:
        return None
    months = sorted({month for each in found for month in each.months})
    cents = [0] * len(months)
    for each in found:
        known, last = dict(zip(each.months, each.amounts, strict=True)), 0
        for at, month in enumerate(months):
            last = known[month].cents if month in known else last
            cents[at] += last
    return cash_ahead(tuple(months), tuple(map(Money, cents)), today)


def lowest_ahead(months: Sequence[date], amounts: Sequence[Money], today: date) -> Dated:
    """Find the end of the month, from that of today on, at which there is least.

    Shape:  the first of equals; where all months are over, the last of them.
    """
    ahead = [
        Dated(month, amount)
        for month, amount in zip(months, amounts, strict=True)
        if month >= month_of(today)
    ] or [Dated(months[-1], amounts[-1])]
    lowest = min(ahead, key=lambda dated: (dated.amount, dated.day))
    return Dated(months_after(lowest.day, 1) - timedelta(1), lowest.amount)
