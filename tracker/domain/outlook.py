"""The outlook: what will be spent and received month by month, and what that leaves where.

What was, is told by the books; what comes, by the forecast, by the burn rate where there is none,
and by what is still to be paid. Values are in here, and how they are put together; how coming
costs find who pays them is in ``domain.expected``, when money comes in in
``domain.expected_receipts``.
"""
# long: the facts, the outlook, and how the one becomes the other

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.domain.commitments import COMMITTED, Form
from tracker.domain.expected import Charges, expected_charges
from tracker.domain.expected_receipts import expected_receipts
from tracker.domain.gaps import YearGap, gaps_by_year
from tracker.domain.lapse import Lapse, lapse_of, pace_of, runway
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import month_of, months_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from tracker.domain.allocations import Terms
    from tracker.domain.budgets import BudgetLine
    from tracker.domain.commitments import Commitment
    from tracker.domain.forecasts import Forecast
    from tracker.domain.periods import Period
    from tracker.domain.splitting import SplitRule

    ByMonth = Mapping[date, int]
    """Cents by the first day of a month."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """An instalment that has not all come in, and the milestone that it waits for, if any.

    Shape:  ``planned_on`` is the current date of that milestone while it is not met.
    """

    number: int
    amount: Money
    due_on: date
    milestone: str = ""
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """A commitment as the outlook sees it.

    Shape:  ``room`` is what is left, without the overhead of a flat rate. The balance is settled
            ``settled_after`` weeks after the last day. ``decided_by`` is the source of the term
            of ``decided_in`` weeks, empty where none is known. ``gap_share`` is the part of what
            nobody else pays that a supposed commitment takes.
    Units:  cents; weeks.
    """

    commitment: Commitment
    terms: Terms
    room: int
    received: ByMonth
    charged: ByMonth
    awaited: tuple[Awaited, ...] = ()
    settled_after: int = 32
    decided_in: int = 13
    decided_by: str = ""
    gap_share: Decimal | None = None
    is_dropped: bool = False

    @property
    def moves_cash(self) -> bool:
        """Whether money comes in and goes out on it."""
        return self.commitment.form is not Form.IN_KIND

    @property
    def binds(self) -> bool:
        """Whether it is awarded, or supposed to be."""
        return self.terms.status in COMMITTED


@dataclass(frozen=True, slots=True)
class Pace:
    """Spending at a share of what is expected, of one work package or of all, from a day on."""

    work_package: str
    share: Decimal
    first_day: date


@dataclass(frozen=True, slots=True)
class OutlookFacts:
    """What the outlook of a project is made from.

    Shape:  ``rules`` in the order in which they count, without those that name an account or a
            supplier, which a forecast cannot know. ``lately`` is what was spent in cash in the
            last twelve months, by the keys of work package and category; ``this_year`` all that
            was spent in the year of ``as_of``. ``plan`` holds the lines that name a year.
            ``milestones`` are the current dates of those that are not met.
    Units:  cents.
    """

    project_id: int
    project: str
    period: Period
    as_of: date
    packages: Mapping[str, int]
    categories: Mapping[str, int]
    spent: ByMonth
    funding: tuple[Funding, ...]
    rules: tuple[SplitRule, ...] = ()
    forecast: Forecast | None = None
    lately: Mapping[tuple[int, int], int] = field(default_factory=dict)
    this_year: Mapping[tuple[int, int], int] = field(default_factory=dict)
    plan: tuple[BudgetLine, ...] = ()
    milestones: Mapping[str, date] = field(default_factory=dict)
    paces: tuple[Pace, ...] = ()

    @property
    def in_cash(self) -> dict[date, int]:
        """What was spent by month, without what was given in kind."""
        found = dict(self.spent)
        for funding in self.funding:
            if not funding.moves_cash:
                for month, cents in funding.charged.items():
                    found[month] = found.get(month, 0) - cents
        return found


@dataclass(frozen=True, slots=True)
class CommitmentOutlook:
    """What becomes of a commitment: cash at the end of each month, charges and receipts in it.

    Shape:  ``left`` is what stays unspent in the end; ``runway`` in months. In kind has no cash.
    """

    commitment: Commitment
    cash: tuple[Money, ...]
    charged: tuple[Money, ...]
    received: tuple[Money, ...]
    left: Money
    lapse: Lapse | None
    runway: Decimal | None
    rate: Money | None
    lowest: tuple[date, Money]

    @property
    def moves_cash(self) -> bool:
        """Whether money comes in and goes out on it."""
        return self.commitment.form is not Form.IN_KIND

    @property
    def cash_now(self) -> Money:
        """Received − charged so far; nothing for in kind."""
        return self.commitment.cash_on_hand or ZERO

    @property
    def coming_in(self) -> Money:
        """What is still to be received; below zero where more is repaid."""
        return Money.total(self.received) - self.commitment.received

    @property
    def going_out(self) -> Money:
        """What is still to be charged."""
        return Money.total(self.charged) - self.commitment.charged


@dataclass(frozen=True, slots=True)
class Outlook:
    """Spending, receipts and cash by month: as they were before today, expected after.

    Shape:  ``months`` are first days, from the first month of anything to the last. ``uncovered``
            is what nobody pays: own money. ``lowest`` is of the months from today on.
            ``by_burn_rate`` are the months that no forecast speaks of.
    """

    months: tuple[date, ...]
    as_of: date
    spending: tuple[Money, ...]
    receipts: tuple[Money, ...]
    cash: tuple[Money, ...]
    uncovered: tuple[Money, ...]
    lowest: tuple[date, Money]
    by_commitment: tuple[CommitmentOutlook, ...]
    gap_by_year: tuple[YearGap, ...]
    burn_rate: Money | None
    by_burn_rate: tuple[date, ...]

    @property
    def now(self) -> int:
        """The position of the current month."""
        return self.months.index(month_of(self.as_of))

    @property
    def cash_now(self) -> Money:
        """Received − charged so far, of all commitments that bind."""
        return Money.total(one.cash_now for one in self.by_commitment)

    @property
    def pre_financed(self) -> tuple[Money, ...]:
        """What the facility pays ahead of its funders at the end of each month."""
        return tuple(
            Money.total(max(ZERO, -one.cash[at]) for one in self.by_commitment)
            for at in range(len(self.months))
        )

    @property
    def lapses(self) -> tuple[Lapse, ...]:
        """What lapses, what ends first before the others; what has ended comes last."""
        found = [one.lapse for one in self.by_commitment if one.lapse]
        return tuple(sorted(found, key=lambda lapse: (lapse.has_ended, lapse.on)))

    @property
    def lapsing(self) -> Money:
        """What the forecast leaves unspent of commitments that have not ended."""
        return Money.total(one.amount for one in self.lapses if not one.has_ended)

    @property
    def gap(self) -> Money:
        """What nobody pays of this year and of those after it."""
        return Money.total(each.gap for each in self.gap_by_year if each.year >= self.as_of.year)

    @property
    def runway(self) -> Decimal | None:
        """For how many months what is left of all running commitments lasts at the burn rate."""
        running = [
            one.commitment.remaining
            for one in self.by_commitment
            if self.as_of <= one.commitment.period.last_day and one.moves_cash
        ]
        return runway(Money.total(running), self.burn_rate) if self.burn_rate else None


def outlook(facts: OutlookFacts) -> Outlook:
    """Tell what will be spent and received, and what that leaves, month by month."""
    charges = expected_charges(facts)
    binding = [one for one in facts.funding if one.binds]
    coming = {
        one.commitment.id: expected_receipts(one, charges.room[one.commitment.id], facts.as_of)
        for one in binding
    }
    months = _months(facts, binding, (charges.spending, *coming.values()))
    parts = tuple(_of(one, charges, coming[one.commitment.id], months, facts) for one in binding)
    spending = _series(months, facts.spent, charges.spending)
    cash = _added(months, (one.cash for one in parts))
    now = months.index(month_of(facts.as_of))
    charged = _added(months, (one.charged for one in parts))
    receipts = (one.received for one in parts if one.moves_cash)
    return Outlook(
        months=months,
        as_of=facts.as_of,
        spending=spending,
        receipts=_added(months, receipts),
        cash=cash,
        uncovered=tuple(all_ - paid for all_, paid in zip(spending, charged, strict=True)),
        lowest=_lowest(months, cash, now),
        by_commitment=parts,
        gap_by_year=gaps_by_year(facts, charges.cells, months, spending, charged),
        burn_rate=pace_of(facts.in_cash, month_of(facts.as_of)),
        by_burn_rate=charges.by_burn_rate,
    )


def _of(
    one: Funding,
    charges: Charges,
    coming: ByMonth,
    months: tuple[date, ...],
    facts: OutlookFacts,
) -> CommitmentOutlook:
    commitment, current = one.commitment, month_of(facts.as_of)
    charged = _series(months, one.charged, charges.by_commitment.get(commitment.id, {}))
    received = _series(months, one.received, coming)
    cash = tuple(ZERO for _ in months)
    if one.moves_cash:
        cash = _running(months, received, charged)
    left, rate = charges.room[commitment.id], pace_of(one.charged, current)
    lapse = None
    if not one.is_dropped:
        lapse = lapse_of(
            commitment, left, rate, one.room, facts.as_of, one.decided_in, one.decided_by
        )
    return CommitmentOutlook(
        commitment=commitment,
        cash=cash,
        charged=charged,
        received=received,
        left=Money(left),
        lapse=lapse,
        runway=runway(Money(one.room), rate) if rate else None,
        rate=rate,
        lowest=_lowest(months, cash, months.index(current)),
    )


def _months(
    facts: OutlookFacts, binding: Sequence[Funding], coming: Iterable[ByMonth]
) -> tuple[date, ...]:
    """List the months from the first of anything to the last."""
    known = {
        month_of(facts.as_of),
        month_of(facts.period.first_day),
        month_of(facts.period.last_day),
        *facts.spent,
        *(month_of(one.commitment.period.last_day) for one in binding),
    }
    for amounts in (*coming, *(one.received for one in binding), *(o.charged for o in binding)):
        known.update(amounts)
    month, months = min(known), []
    while month <= max(known):
        months.append(month)
        month = months_after(month, 1)
    return tuple(months)


def _series(months: Sequence[date], known: ByMonth, coming: ByMonth) -> tuple[Money, ...]:
    return tuple(Money(known.get(month, 0) + coming.get(month, 0)) for month in months)


def _added(months: Sequence[date], series: Iterable[Sequence[Money]]) -> tuple[Money, ...]:
    sums = [0] * len(months)
    for amounts in series:
        for at, amount in enumerate(amounts):
            sums[at] += amount.cents
    return tuple(Money(cents) for cents in sums)


def _running(
    months: Sequence[date], received: Sequence[Money], charged: Sequence[Money]
) -> tuple[Money, ...]:
    held, found = 0, []
    for at in range(len(months)):
        held += received[at].cents - charged[at].cents
        found.append(Money(held))
    return tuple(found)


def _lowest(months: Sequence[date], cash: Sequence[Money], now: int) -> tuple[date, Money]:
    at = min(range(now, len(months)), key=lambda place: (cash[place], place))
    return months[at], cash[at]
