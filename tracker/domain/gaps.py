"""The funding gap by year: what the plan needs, what is covered, and what might still come."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.commitments import PLEDGED, Status
from tracker.domain.expected import Cell, judged
from tracker.domain.money import Money, share_out
from tracker.domain.periods import month_of, years_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracker.domain.commitments import Commitment
    from tracker.domain.outlook import OutlookFacts


@dataclass(frozen=True, slots=True)
class YearGap:
    """What a year costs, what awarded commitments pay of it, and what nobody does.

    Shape:  by the plan where it names the year, and the year is not over; otherwise by what was
            spent and is expected. What is conditional and pledged stands beside it.
    """

    year: int
    needed: Money
    covered: Money
    conditional: Money
    pledged: Money
    by_plan: bool

    @property
    def gap(self) -> Money:
        """What awarded commitments do not pay."""
        return self.needed - self.covered


def gaps_by_year(
    facts: OutlookFacts,
    cells: Sequence[Cell],
    months: Sequence[date],
    spending: Sequence[Money],
    charged: Sequence[Money],
) -> tuple[YearGap, ...]:
    """Tell for every year what it needs and what is covered of it.

    Shape:  ``cells`` are the costs that are expected; spending and charges by month, as they
            were and as they are expected.
    """
    needed = _by_year(months, spending)
    covered = _by_year(months, charged)
    planned = _planned(facts)
    if planned:
        in_plan = _covered_by_plan(facts, cells, planned)
        for year, amount in planned.items():
            needed[year] = amount
            covered[year] = min(amount, in_plan.get(year, 0))
    conditional = _beside(facts, lambda one: one.status is Status.CONDITIONAL)
    pledged = _beside(facts, lambda one: one.status in PLEDGED)
    return tuple(
        YearGap(
            year=year,
            needed=Money(needed[year]),
            covered=Money(covered.get(year, 0)),
            conditional=Money(conditional.get(year, 0)),
            pledged=Money(pledged.get(year, 0)),
            by_plan=year in planned,
        )
        for year in sorted(needed)
    )


def _by_year(months: Iterable[date], amounts: Iterable[Money]) -> dict[int, int]:
    found: dict[int, int] = {}
    for month, amount in zip(months, amounts, strict=True):
        found[month.year] = found.get(month.year, 0) + amount.cents
    return found


def _planned(facts: OutlookFacts) -> dict[int, int]:
    """Add up the plan of this year and the years after it."""
    found: dict[int, int] = {}
    for line in facts.plan:
        if line.year >= facts.as_of.year:
            found[line.year] = found.get(line.year, 0) + line.amount.cents
    return found


def _covered_by_plan(
    facts: OutlookFacts, expected: Sequence[Cell], planned: Mapping[int, int]
) -> dict[int, int]:
    """Tell what commitments pay if the planned years go by plan, the others as expected."""
    cells = [cell for cell in expected if cell.month.year not in planned]
    cells += _cells_of_plan(facts)
    cells.sort(key=lambda cell: cell.month)
    found = _charged_this_year(facts)
    room = {one.commitment.id: one.room for one in facts.funding}
    for line, judgement in judged(facts, cells, room):
        if judgement.reason is None:
            year = line.incurred_on.year
            found[year] = found.get(year, 0) + judgement.cents
    return found


def _charged_this_year(facts: OutlookFacts) -> dict[int, int]:
    year = facts.as_of.year
    return {
        year: sum(
            cents
            for one in facts.funding
            if one.binds
            for month, cents in one.charged.items()
            if month.year == year
        )
    }


def _cells_of_plan(facts: OutlookFacts) -> list[Cell]:
    """Spread what the plan leaves of each year over its days that are still to come."""
    found = []
    for line in facts.plan:
        if line.year < facts.as_of.year:
            continue
        keys = facts.packages[line.work_package], facts.categories[line.category]
        done = facts.this_year.get(keys, 0) if line.year == facts.as_of.year else 0
        months = _days_to_come(line.year, facts.as_of)
        parts = share_out(max(0, line.amount.cents - done), list(months.values()))
        found += [
            Cell(month, *keys, cents) for month, cents in zip(months, parts, strict=True) if cents
        ]
    return found


def _days_to_come(year: int, today: date) -> dict[date, int]:
    """Count the days of each month of a year from today on."""
    found = {}
    for month in (date(year, number, 1) for number in range(1, 13)):
        if month >= month_of(today):
            gone = today.day - 1 if month == month_of(today) else 0
            found[month] = monthrange(year, month.month)[1] - gone
    return found


def _beside(facts: OutlookFacts, counts: Callable[[Commitment], bool]) -> dict[int, int]:
    """Spread what does not bind yet over the days of its period that are still to come."""
    found: dict[int, int] = {}
    for one in facts.funding:
        commitment = one.commitment
        period, first = commitment.period, max(commitment.period.first_day, facts.as_of)
        if not counts(commitment) or first > period.last_day:
            continue
        years = [year for year in years_of(period) if year >= first.year]
        days = [
            (min(date(y, 12, 31), period.last_day) - max(date(y, 1, 1), first)).days + 1
            for y in years
        ]
        for year, cents in zip(years, share_out(commitment.amount.cents, days), strict=True):
            found[year] = found.get(year, 0) + cents
    return found
