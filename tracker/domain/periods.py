"""Periods of days, both ends included, and the calendar periods that reports speak about."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.errors import RuleViolation

YEAR = re.compile(r"[12][0-9]{3}")
QUARTER = re.compile(r"([12][0-9]{3})-[Qq]([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """All days from ``first_day`` to ``last_day``, both included."""

    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"a period cannot end ({self.last_day}) before {self.first_day}")

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    @property
    def code(self) -> str:
        """The period's short name: ``2023``, ``2023-Q2``, or its two days."""
        first, last = self.first_day, self.last_day
        if self == calendar_year(first.year):
            return str(first.year)
        quarter = (first.month + 2) // 3
        if self == calendar_quarter(first.year, quarter):
            return f"{first.year}-Q{quarter}"
        return f"{first}_{last}"


def calendar_year(year: int) -> Period:
    """The year from 1 January to 31 December."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def calendar_quarter(year: int, quarter: int) -> Period:
    """The first, second, third or fourth three months of a year."""
    first = date(year, 3 * quarter - 2, 1)
    after = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return Period(first, after - timedelta(1))


def period_named(code: str) -> Period:
    """Read ``2023`` or ``2023-Q2``.

    Errors: ``RuleViolation`` on field ``period`` for anything else.
    """
    if YEAR.fullmatch(code):
        return calendar_year(int(code))
    if found := QUARTER.fullmatch(code):
        return calendar_quarter(int(found[1]), int(found[2]))
    raise RuleViolation(
        "“{code}” is not a period.",
        "Write a year, like 2023, or a quarter, like 2023-Q2.",
        field="period",
        code=code,
    )


def month_of(day: date) -> date:
    """Name the month in which a day lies by its first day."""
    return day.replace(day=1)


def months_after(day: date, months: int) -> date:
    """Give the same day so many months later, or the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_of(period: Period) -> tuple[int, ...]:
    """The calendar years that a period touches."""
    return tuple(range(period.first_day.year, period.last_day.year + 1))
