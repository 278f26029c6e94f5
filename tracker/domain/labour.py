"""Labour: what an hour costs by each method, how many hours a person can have, and overhead."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.shares import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

HOURS_OF_A_DAY = Decimal(24)
THOUSANDTHS = 3  # decimals
LONG_DAY = Decimal(10)  # more than this is possible, and worth a question


class RateMethod(StrEnum):
    """How the rate of an hour or a day is found."""

    INTEGRAL = "integral"
    WAGE_SURCHARGE = "wage_surcharge"
    FIXED_RATE = "fixed_rate"
    DAY_RATE = "day_rate"

    @property
    def unit(self) -> TimeUnit:
        """In what it counts time."""
        return TimeUnit.DAYS if self is RateMethod.DAY_RATE else TimeUnit.HOURS


class TimeUnit(StrEnum):
    """In what working time is counted."""

    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Rate:
    """What an hour or a day costs, exact; ``surcharge`` is the overhead on top, as a share.

    Errors: ``RuleViolation`` for a surcharge on a rate that covers the overhead already.
    """

    method: RateMethod
    euros: Fraction
    surcharge: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.surcharge and self.method is not RateMethod.WAGE_SURCHARGE:
            raise RuleViolation(
                "This rate covers the overhead already; a surcharge would count it twice.",
                "Leave the surcharge empty, or choose wage costs with a surcharge.",
                field="wage_surcharge",
            )


@dataclass(frozen=True, slots=True)
class LabourCost:
    """What working time costs: the time itself, and the overhead on it."""

    direct: Money
    surcharge: Money

    @property
    def total(self) -> Money:
        """What counts altogether."""
        return self.direct + self.surcharge


def rate_of(annual_cost: Money, basis: Decimal) -> Fraction:
    """Give the euros of an hour, or of a day, from the costs of a year; never rounded.

    Shape:  ``basis`` is the hours or the days of a year: 68,400 / 1,650, or 86,000 / 215.
    Errors: ``ValueError`` for a year without time.
    """
    if basis <= 0:
        raise ValueError(f"a year of {basis} hours has no rate")
    return Fraction(annual_cost.as_decimal) / Fraction(basis)


def labour_cost(units: Decimal, rate: Rate) -> LabourCost:
    """Value hours or days at their rate: only the result is rounded, half a cent up."""
    direct = Money(nearest(Fraction(units) * rate.euros * 100))
    return LabourCost(direct, direct.share_nearest(rate.surcharge))


def check_precision(time: Decimal) -> None:
    """Refuse time that is told finer than it is kept: in thousandths of an hour or a day.

    Errors: ``RuleViolation`` on field ``time``.
    """
    if time.scaleb(THOUSANDTHS) % 1:
        raise RuleViolation(
            "{time} is told finer than in thousandths.",
            "Round the time, or tell it in the unit of the programme.",
            field="time",
            time=f"{time.normalize():f}",
        )


def check_day(hours: Decimal) -> None:
    """Refuse more hours than a day has.

    Shape:  all hours of one person on one day, over all projects.
    Errors: ``RuleViolation`` on field ``hours``.
    """
    if hours > HOURS_OF_A_DAY:
        raise RuleViolation(
            "{hours} hours on one day are more than the 24 of a day.",
            "Divide them over the days on which they were worked.",
            field="hours",
            hours=_said(hours, TimeUnit.HOURS, ROUND_CEILING),
        )


def is_long_day(hours: Decimal) -> bool:
    """Tell whether so many hours on one day are worth a question: more than ten."""
    return hours > LONG_DAY


def time_left(cap: Decimal, worked: Iterable[Decimal]) -> Decimal:
    """Give what a person can still be charged for in a year, over all projects; never below 0."""
    return max(Decimal(0), cap - sum(worked, Decimal(0)))


def check_year(
    new: Decimal, cap: Decimal, worked: Iterable[Decimal], unit: TimeUnit = TimeUnit.HOURS
) -> None:
    """Refuse time that lifts a person's year above the productive hours or days of the scheme.

    Shape:  ``worked`` is what is charged already in that year, over all projects.
    Errors: ``RuleViolation`` on field ``hours``, naming what is left.
    """
    before = tuple(worked)
    left = time_left(cap, before)
    if new <= left:
        return
    facts = {
        "total": _said(sum(before, new), unit, ROUND_CEILING),
        "cap": _said(cap, unit, ROUND_FLOOR),
        "left": _said(left, unit, ROUND_FLOOR),
    }
    if unit is TimeUnit.DAYS:
        raise RuleViolation(
            "That makes {total} days in a year over all projects; the scheme counts {cap}.",
            "Enter at most {left} days.",
            field="hours",
            **facts,
        )
    raise RuleViolation(
        "That makes {total} hours in a year over all projects; the scheme counts {cap}.",
        "Enter at most {left} hours.",
        field="hours",
        **facts,
    )


def _said(time: Decimal, unit: TimeUnit, rounding: str) -> str:
    """Write hours as ``1650:15``, and days as ``215`` or ``215½``, the same in every language."""
    if unit is TimeUnit.DAYS:
        days, half = divmod(int((time * 2).to_integral_value(rounding)), 2)
        return f"{days or ''}½" if half else f"{days}"
    hours, minutes = divmod(int((time * 60).to_integral_value(rounding)), 60)
    return f"{hours}:{minutes:02}"


def overhead(costs: Mapping[str, Money], base: Collection[str], share: Decimal) -> Money:
    """Give the flat-rate overhead: a share of the categories in its base, and of no other.

    Units:  half a cent away from zero, once, on the whole base.
    Source: Horizon Europe: 25 % of direct costs without subcontracting.
    """
    counted = Money.total(amount for category, amount in costs.items() if category in base)
    return counted.share_nearest(share)
