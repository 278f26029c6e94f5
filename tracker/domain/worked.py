"""Working time as a cost: valued by the method of a programme, within a year and a day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from tracker.domain.errors import Code, RuleViolation
from tracker.domain.labour import (
    HOURS_OF_A_DAY,
    LabourCost,
    Rate,
    RateMethod,
    TimeUnit,
    check_day,
    check_precision,
    check_year,
    is_long_day,
    labour_cost,
    rate_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.money import Money
    from tracker.domain.terms import TermSheet

T = TypeVar("T")
HOURS_OF_A_DAY_RATE = Decimal(8)  # as in Horizon Europe: 215 days of eight hours are 1,720


@dataclass(frozen=True, slots=True)
class LabourTerms:
    """What a programme says of working time; ``None`` where it says nothing.

    Units:  ``year`` is the hours of a year, or the days where it counts in days.
    """

    method: RateMethod
    year: Decimal | None = None
    hourly_rate: Money | None = None
    surcharge: Decimal | None = None

    @property
    def unit(self) -> TimeUnit:
        """In what the programme counts."""
        return self.method.unit


@dataclass(frozen=True, slots=True)
class Worked:
    """Working time of a person, with all that its value is made of.

    Shape:  a ``rate`` in euros, or else the costs of a year and the hours or days in it.
    """

    person: str
    time: Decimal
    method: RateMethod
    rate: Decimal | None = None
    annual_cost: Money | None = None
    basis: Decimal | None = None
    surcharge: Decimal = Decimal(0)

    @property
    def unit(self) -> TimeUnit:
        """In what the time is counted."""
        return self.method.unit

    @property
    def cost(self) -> LabourCost:
        """What it costs: the time, and the overhead on it."""
        if self.annual_cost is not None and self.basis is not None:
            euros = rate_of(self.annual_cost, self.basis)
        else:
            euros = Fraction(self.rate or 0)
        return labour_cost(self.time, Rate(self.method, euros, self.surcharge))


@dataclass(frozen=True, slots=True)
class NewHours:
    """Working time as somebody enters it: who, when, on what, and what the value is made of.

    Shape:  ``first_day`` and ``last_day`` lie in one year. ``long_because`` is why days of more
            than ten hours are right.
    """

    person: str
    first_day: date
    last_day: date
    time: Decimal
    programme_id: int
    category: str
    work_package: str
    description: str
    milestone: str = ""
    rate: Decimal | None = None
    annual_cost: Money | None = None
    long_because: str = ""

    @property
    def period(self) -> str:
        """Its days, as they are kept beside the line: one day, or the first and the last."""
        if self.first_day == self.last_day:
            return self.first_day.isoformat()
        return f"{self.first_day.isoformat()}/{self.last_day.isoformat()}"


@dataclass(frozen=True, slots=True)
class WorkedBefore:
    """Time of a person that a cost line holds already.

    Shape:  ``period`` as ``NewHours.period`` writes it, or whatever the books say.
    """

    worked: Worked
    day: date
    period: str
    work_package: str
    description: str

    def is_on(self, day: date) -> bool:
        """Tell whether all of it was worked on one day."""
        return self.day == day and "/" not in self.period


def labour_terms(sheet: TermSheet, day: date) -> LabourTerms | None:
    """Give what a programme says of working time on a day; nothing if it names no method."""
    chosen = sheet.choice("rate_method", day=day)
    if chosen is None:
        return None
    days = sheet.count("day_rate_basis", day=day)
    year = Decimal(days) if days is not None else None
    return LabourTerms(
        RateMethod(chosen),
        year if chosen == RateMethod.DAY_RATE else sheet.hours("hours_basis", day=day),
        sheet.amount("hourly_rate", day=day),
        sheet.share("wage_surcharge", day=day),
    )


def value(
    person: str,
    time: Decimal,
    terms: LabourTerms,
    *,
    rate: Decimal | None = None,
    annual_cost: Money | None = None,
) -> Worked:
    """Value working time by the method of a programme; nothing of it is rounded before the end.

    Shape:  a fixed rate is the programme's own; every other method asks for the costs of a year,
            and an integral rate may be told itself, in euros.
    Errors: ``RuleViolation`` on field ``rate`` or ``annual_cost`` for what the method does not
            ask for or lacks, ``programme`` for a term that the programme lacks, and ``time``.
    """
    check_precision(time)
    if terms.method is RateMethod.FIXED_RATE:
        _check_not_told(rate, annual_cost)
        own = _of_programme(terms.hourly_rate, "hourly_rate")
        return Worked(person, time, terms.method, rate=own.as_decimal)
    if terms.method is RateMethod.INTEGRAL and rate is not None and annual_cost is None:
        return Worked(person, time, terms.method, rate=rate)
    if rate is not None:
        raise RuleViolation(
            "By this method the rate follows from the costs of a year.",
            "Leave the rate empty, and enter the costs of the year.",
            field="rate",
        )
    if annual_cost is None or annual_cost.cents <= 0:
        raise RuleViolation(
            "By this method time is worth its part of what the person costs in a year.",
            "Enter the costs of the year.",
            field="annual_cost",
        )
    is_in_days = terms.unit is TimeUnit.DAYS
    basis = _of_programme(terms.year, "day_rate_basis" if is_in_days else "hours_basis")
    with_surcharge = terms.method is RateMethod.WAGE_SURCHARGE
    surcharge = (terms.surcharge or Decimal(0)) if with_surcharge else Decimal(0)
    return Worked(person, time, terms.method, None, annual_cost, basis, surcharge)


def as_unit(time: Decimal, of: TimeUnit, unit: TimeUnit) -> Decimal:
    """Count time in hours or in days: a day of a day rate is eight hours."""
    if of is unit:
        return time
    return time / HOURS_OF_A_DAY_RATE if unit is TimeUnit.DAYS else time * HOURS_OF_A_DAY_RATE


def check_hours(new: NewHours, unit: TimeUnit, today: date) -> None:
    """Refuse working time of nobody, of nothing, or that its period cannot hold.

    Errors: ``RuleViolation`` at the field; days of more than ten hours ask for a reason.
    """
    for field, text in (("person", new.person), ("description", new.description)):
        if not text.strip():
            raise RuleViolation("Working time says who did what.", "Fill it in.", field=field)
    _check_days(new, today)
    if new.time <= 0:
        raise RuleViolation("There is no time in it.", "Enter how much was worked.", field="time")
    hours, days = as_unit(new.time, unit, TimeUnit.HOURS), (new.last_day - new.first_day).days + 1
    if hours > HOURS_OF_A_DAY * days:
        raise RuleViolation(
            "{time} hours are more than {days} × 24.",
            "Correct the time or the days.",
            field="time",
            time=f"{hours.normalize():f}",
            days=days,
        )
    if is_long_day(hours / days) and not new.long_because.strip():
        raise RuleViolation(
            "That is more than ten hours a day.",
            "Correct the time, or say why it is right.",
            field="long_because",
        )


def check_room(
    new: NewHours, worked: Worked, year: Decimal | None, before: Iterable[WorkedBefore]
) -> None:
    """Refuse time that a person's day or year has no room for, and the same time twice.

    Shape:  ``year`` is the hours or days of the scheme, if it says so; ``before`` is all time of
            the person in that year, over all projects.
    Errors: ``RuleViolation`` on field ``time``, or ``description`` for what is there already.
    """
    known = tuple(before)
    _check_not_twice(new, worked, known)
    taken = [as_unit(one.worked.time, one.worked.unit, worked.unit) for one in known]
    try:
        if year is not None:
            check_year(worked.time, year, taken, worked.unit)
        if new.first_day == new.last_day:
            same_day = [one.worked for one in known if one.is_on(new.first_day)]
            hours = (as_unit(one.time, one.unit, TimeUnit.HOURS) for one in (*same_day, worked))
            check_day(sum(hours, Decimal(0)))
    except RuleViolation as refused:
        refused.field = "time"
        raise


def _check_not_twice(new: NewHours, worked: Worked, known: Iterable[WorkedBefore]) -> None:
    said = (worked.time, new.period, new.work_package, new.description.strip().casefold())
    for one in known:
        there = (one.worked.time, one.period, one.work_package, one.description.casefold())
        if there == said:
            raise RuleViolation(
                "This very time of {person} is entered already.",
                "If it is other work, describe it in other words.",
                field="description",
                person=worked.person,
            )


def _check_days(new: NewHours, today: date) -> None:
    if new.last_day < new.first_day or new.last_day.year != new.first_day.year:
        raise RuleViolation(
            "Working time is of a period within one year; this one goes from {first} to {last}.",
            "Correct the days, or enter the time of each year by itself.",
            field="last_day",
            first=new.first_day,
            last=new.last_day,
        )
    if new.last_day > today:
        raise RuleViolation(
            "{day} is still to come.",
            "Enter the days on which the time was worked.",
            field="last_day",
            day=new.last_day,
        )


def _check_not_told(rate: Decimal | None, annual_cost: Money | None) -> None:
    for field, told in (("rate", rate), ("annual_cost", annual_cost)):
        if told is not None:
            raise RuleViolation(
                "The programme has a fixed rate; it covers wages and overhead.",
                "Leave this empty.",
                field=field,
            )


def _of_programme(term: T | None, code: str) -> T:
    if term is None:
        raise RuleViolation(
            "The programme does not say its “{term}”.",
            "Enter that term on the page of the programme first.",
            field="programme",
            term=Code(code),
        )
    return term
