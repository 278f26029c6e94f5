"""Forecasts: what is expected to be spent, by work package, category and quarter, in versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import Period, calendar_quarter, months_after

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Place: TypeAlias = tuple[str, str]  # work package, category
Spent: TypeAlias = "Mapping[tuple[str, str, date], Money]"
"""What was spent, by work package, category and the first day of a month."""

REASON_MAX: Final = 200  # letters
SAID_MAX: Final = 500  # letters of an explanation


class Against(StrEnum):
    """What a forecast is compared with."""

    BUDGET = "budget"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """What is expected to be spent in a quarter, named by its first day."""

    work_package: str
    category: str
    quarter: date
    amount: Money


@dataclass(frozen=True, slots=True)
class ForecastExplanation:
    """Why a forecast differs in a year; an empty work package or category means all of them.

    Shape:  year 0 is the whole project, where the budget does not tell years apart.
    """

    against: Against
    work_package: str
    category: str
    year: int
    said: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """A version of the forecast. It says something from ``first_day`` on; before, the books do."""

    id: int
    number: int
    first_day: date
    made_on: date
    made_by: str
    reason: str
    lines: tuple[ForecastLine, ...]
    explanations: tuple[ForecastExplanation, ...] = ()

    @property
    def total(self) -> Money:
        """Everything that is expected to be spent."""
        return Money.total(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class NewForecast:
    """A version as somebody enters it; ``based_on`` is the newest that they saw, 0 for none."""

    first_day: date
    reason: str
    lines: tuple[ForecastLine, ...]
    explanations: tuple[ForecastExplanation, ...]
    based_on: int


def quarter_of(day: date) -> date:
    """Name the quarter in which a day lies by its first day."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_after(day: date) -> date:
    """Name the quarter after the one in which a day lies."""
    return months_after(quarter_of(day), 3)


def quarters_between(first_day: date, last_day: date) -> tuple[date, ...]:
    """List the quarters from the one of a day to the one of another; none the wrong way round."""
    found, quarter = [], quarter_of(first_day)
    while quarter <= last_day:
        found.append(quarter)
        quarter = quarter_after(quarter)
    return tuple(found)


def quarter_code(quarter: date) -> str:
    """Write the short name of a quarter, such as ``2026-Q1``."""
    return calendar_quarter(quarter.year, (quarter.month + 2) // 3).code


@dataclass(frozen=True, slots=True)
class Beginnings:
    """From which quarters on a forecast may be made: the earliest, and the one that is usual."""

    earliest: date
    usual: date

    @property
    def choices(self) -> tuple[date, ...]:
        """Every quarter that may be chosen, the usual one first."""
        return tuple(reversed(quarters_between(self.earliest, self.usual)))

    def check(self, first_day: date) -> None:
        """Refuse a forecast that begins where the books are closed, or leaves a quarter out.

        Errors: ``RuleViolation`` on ``first_day``.
        """
        if first_day not in self.choices:
            raise RuleViolation(
                "A forecast cannot begin with {quarter}.",
                "Begin with a quarter from {earliest} to {usual}.",
                field="first_day",
                quarter=first_day.isoformat(),
                earliest=quarter_code(self.earliest),
                usual=quarter_code(self.usual),
            )


def beginnings(
    closed: Iterable[Period], last_month: date | None, project: Period, today: date
) -> Beginnings:
    """Tell from which quarters on a forecast may be made.

    Shape:  the earliest is the first quarter after the last closed period. Where the books run
            on past it, the usual one is the quarter after the last month with costs, though
            never later than the quarter of today: what is left of that one is not spent yet.
    """
    after_books = quarter_after(last_month) if last_month else quarter_of(project.first_day)
    reached = min(after_books, max(quarter_of(today), quarter_of(project.first_day)))
    last_closed = max((period.last_day for period in closed), default=None)
    if last_closed is None:
        return Beginnings(reached, reached)
    day = last_closed + timedelta(1)
    earliest = day if day == quarter_of(day) else quarter_after(day)
    return Beginnings(earliest, max(earliest, reached))


def check_new_forecast(
    new: NewForecast, places: Collection[Place], quarters: Collection[date]
) -> None:
    """Refuse a version that forecasts nothing, something odd, or without a reason.

    Errors: ``RuleViolation`` at the field.
    """
    if not new.reason.strip():
        raise RuleViolation(
            "A version of the forecast has a reason.",
            "Say what it is made of, or what changed.",
            field="reason",
        )
    if not any(line.amount for line in new.lines):
        raise RuleViolation(
            "No amount is forecast.", "Fill in at least one quarter.", field="total"
        )
    for line in new.lines:
        _check_line(line, places, quarters)


def _check_line(line: ForecastLine, places: Collection[Place], quarters: Collection[date]) -> None:
    if (line.work_package, line.category) not in places or line.quarter not in quarters:
        raise RuleViolation(
            "{quarter} of {place} is nothing that can be forecast.",
            "Leave it out.",
            quarter=quarter_code(line.quarter),
            place=f"{line.work_package} {line.category}".strip(),
        )
    check_amount(line.amount, field=cell_name(line.work_package, line.category, line.quarter))


def check_amount(amount: Money, field: str = "") -> None:
    """Refuse to forecast less than nothing.

    Errors: ``RuleViolation`` at the field.
    """
    if amount < ZERO:
        raise RuleViolation(
            "{amount} is less than nothing.",
            "Forecast what will be spent; what comes back is a correction of the books.",
            field=field,
            amount=amount,
        )


def cell_name(work_package: str, category: str, quarter: date) -> str:
    """Name the field of an amount within a form."""
    return f"amount_{work_package}.{category}.{quarter_code(quarter)}"


def monthly(forecast: Forecast) -> dict[tuple[str, str, date], Money]:
    """Spread each quarter over its three months, so that they add up to the cent.

    Shape:  keyed by work package, category and the first day of a month, like ``Spent``.
    """
    found: dict[tuple[str, str, date], Money] = {}
    for line in forecast.lines:
        for at, amount in enumerate(line.amount.share_out((1, 1, 1))):
            key = line.work_package, line.category, months_after(line.quarter, at)
            found[key] = found.get(key, ZERO) + amount
    return found


def burn_rate(by_month: Mapping[date, Money], last_month: date, months: int) -> Money:
    """Give the average that was spent in a month, over the months up to and including the last.

    Units:  rounded to the nearest cent: 742,310.18 over 18 months is 41,239.45.
    Errors: ``ValueError`` for no months.
    Source: domain rule 30.
    """
    if months < 1:
        raise ValueError("a burn rate is of one month at least")
    window = (months_after(last_month, -back) for back in range(months))
    return nearest_part(Money.total(by_month.get(month, ZERO) for month in window), months)


def nearest_part(whole: Money, parts: int) -> Money:
    """Divide an amount in equal parts, half a cent away from zero."""
    cents = (2 * abs(whole.cents) + parts) // (2 * parts)
    return Money(cents if whole.cents >= 0 else -cents)
