"""What is expected to come in: instalments that are still to be paid, and the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.domain.commitments import Status
from tracker.domain.deadlines import weeks_after
from tracker.domain.money import Money
from tracker.domain.periods import month_of, months_after
from tracker.domain.shares import WHOLE

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.outlook import Awaited, Funding

SETTLED: Final = frozenset({Status.SETTLED, Status.CLOSED})


def expected_receipts(one: Funding, left: int, today: date) -> dict[date, int]:
    """Tell when money will come in on a commitment: what is still to be paid, then the balance.

    Shape:  an instalment comes on its due day, or when its milestone is planned where that is
            later; next month when it is overdue. The balance may be a repayment.
    Units:  cents by the first day of a month; ``left`` is what stays unspent.
    """
    found: dict[date, int] = {}
    if not one.moves_cash:
        return found
    for awaited in one.awaited:
        month = month_expected(awaited, today)
        found[month] = found.get(month, 0) + awaited.amount.cents
    balance = balance_of(one, left)
    if balance:
        month = settled_in(one, today)
        found[month] = found.get(month, 0) + balance
    return found


def month_expected(awaited: Awaited, today: date) -> date:
    """Tell in which month an instalment is expected.

    Shape:  one that waits for a milestone comes next month at the earliest: it must be met first.
    """
    if awaited.planned_on is None:
        return _in_time(awaited.due_on, today)
    next_month = months_after(month_of(today), 1)
    return max(next_month, month_of(max(awaited.due_on, awaited.planned_on)))


def settled_in(one: Funding, today: date) -> date:
    """Tell in which month the balance of a commitment is expected."""
    return _in_time(weeks_after(one.commitment.period.last_day, one.settled_after), today)


def balance_of(one: Funding, left: int) -> int:
    """Give what is paid, or repaid, when the amount has been determined.

    Shape:  the funder's share of what was spent, or what it determined, without everything
            received and awaited before; nothing once it is settled.
    Units:  cents; ``left`` is what stays unspent.
    """
    commitment = one.commitment
    if commitment.status in SETTLED:
        return 0
    earned = commitment.determined
    if earned is None:
        spent = Money(commitment.amount.cents - left)
        earned = spent.share_nearest(commitment.share or WHOLE)
    before = commitment.received.cents + sum(each.amount.cents for each in one.awaited)
    return earned.cents - before


def _in_time(day: date, today: date) -> date:
    """Give the month of a day, or the next one where the day is past."""
    return months_after(month_of(today), 1) if day < today else month_of(day)
