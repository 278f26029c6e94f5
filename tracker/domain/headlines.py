"""The five figures that matter, as they are now and as they were in the year behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.commitments import COMMITTED, Status
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import month_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.domain.commitments import FundingTotals

MONTHS: Final = 12


class Measure(StrEnum):
    """The figures that matter, by the code under which each is explained."""

    COMMITTED = "committed"
    RECEIVED = "received"
    CHARGED = "charged"
    AT_RISK = "at_risk"
    GAP = "gap"


class Dated(NamedTuple):
    """An amount and the day from which it counts."""

    day: date
    amount: Money


class Step(NamedTuple):
    """A confirmed decision on a commitment: what it added, and the step that it took, if any."""

    commitment_id: int
    decided_on: date
    number: int
    amount: Money
    status: Status | None


@dataclass(frozen=True, slots=True)
class Past:
    """What is kept of a project's past, from which its figures of a year are worked out.

    Shape:  ``received`` and ``charged`` hold at least what came after the first of the days;
            ``charged`` by the first day of its month. ``plans`` are the totals of the versions of
            the plan, the oldest first.
    """

    steps: tuple[Step, ...] = ()
    received: tuple[Dated, ...] = ()
    charged: tuple[Dated, ...] = ()
    plans: tuple[Dated, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure as it is now, and as it was at the end of each month of a year.

    Shape:  no amount where it is not known, as the gap of a project without a plan; the last of
            the months is that of today, and its amount the one of now.
    """

    measure: Measure
    amount: Money | None
    months: tuple[date, ...] = ()
    amounts: tuple[Money, ...] = ()

    @property
    def change(self) -> Money:
        """What came to it over the year."""
        return self.amounts[-1] - self.amounts[0] if self.amounts else ZERO


def days_of_year(today: date) -> tuple[date, ...]:
    """Give the ends of the twelve months before this one, and today.

    Shape:  15 January 2026 gives 31 January 2025 to 31 December 2025 and 15 January 2026.
    """
    days, first = [today], month_of(today)
    for _ in range(MONTHS):
        last = first - timedelta(1)
        days.append(last)
        first = month_of(last)
    return tuple(reversed(days))


def headlines_of(
    now: FundingTotals, past: Past, at_risk: Sequence[Money], today: date
) -> tuple[Headline, ...]:
    """Work out the five figures of a project, as they are and as they were.

    Shape:  ``at_risk`` on each of the days of the year; today is the last of them. A gap is known
            from the first version of the plan on.
    """
    days = days_of_year(today)
    committed = [*(committed_on(past.steps, day) for day in days[:-1]), now.committed]
    gaps = [_gap_on(past.plans, day, whole) for day, whole in zip(days, committed, strict=True)]
    known = [(day, gap) for day, gap in zip(days, gaps, strict=True) if gap is not None]
    of_gap = Headline(
        Measure.GAP, gaps[-1], tuple(day for day, _ in known), tuple(gap for _, gap in known)
    )
    return (
        _headline(Measure.COMMITTED, days, committed),
        _headline(Measure.RECEIVED, days, _before(now.received, past.received, days)),
        _headline(Measure.CHARGED, days, _before(now.charged, past.charged, days)),
        _headline(Measure.AT_RISK, days, at_risk),
        of_gap,
    )


def committed_on(steps: Iterable[Step], day: date) -> Money:
    """Add up what was promised for certain on a day, by the decisions of any commitments."""
    amounts: dict[int, int] = {}
    statuses: dict[int, Status] = {}
    for step in sorted(steps, key=lambda s: (s.decided_on, s.number)):
        if step.decided_on <= day:
            key = step.commitment_id
            amounts[key] = amounts.get(key, 0) + step.amount.cents
            statuses[key] = step.status or statuses.get(key, Status.DRAFT)
    return Money(sum(cents for key, cents in amounts.items() if statuses[key] in COMMITTED))


def together(headlines: Sequence[Headline]) -> Headline:
    """Add up a figure over projects; where it is known of none, it is not known."""
    known = [each.amount for each in headlines if each.amount is not None]
    by_month: dict[date, int] = {}
    for each in headlines:
        for month, amount in zip(each.months, each.amounts, strict=True):
            by_month[month] = by_month.get(month, 0) + amount.cents
    months = tuple(sorted(by_month))
    return Headline(
        headlines[0].measure,
        Money.total(known) if known else None,
        months,
        tuple(Money(by_month[month]) for month in months),
    )


def _headline(measure: Measure, days: tuple[date, ...], amounts: Sequence[Money]) -> Headline:
    return Headline(measure, amounts[-1], days, tuple(amounts))


def _before(now: Money, dated: Iterable[Dated], days: Sequence[date]) -> list[Money]:
    """Take off what is there now, for each of the days, what came after it."""
    found = list(dated)
    after = [sum(each.amount.cents for each in found if each.day > day) for day in days[:-1]]
    return [*(Money(now.cents - cents) for cents in after), now]


def _gap_on(plans: Iterable[Dated], day: date, committed: Money) -> Money | None:
    planned = None
    for plan in plans:
        if plan.day <= day:
            planned = plan.amount
    return None if planned is None else planned - committed
