"""Working time is valued by the method of its programme, and fits in a day and a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.labour import RateMethod, TimeUnit
from tracker.domain.money import ZERO, Money
from tracker.domain.terms import DatedTerm, TermSheet
from tracker.domain.worked import (
    LabourTerms,
    NewHours,
    Worked,
    WorkedBefore,
    as_unit,
    check_hours,
    check_room,
    labour_terms,
    value,
)

TODAY = date(2026, 3, 31)
WAGE = LabourTerms(RateMethod.WAGE_SURCHARGE, Decimal(1650), Money.euros("60"), Decimal("0.50"))
HOURS = NewHours(
    person="P-007",
    first_day=date(2026, 1, 1),
    last_day=date(2026, 3, 31),
    time=Decimal("412.5"),
    programme_id=1,
    category="personnel",
    work_package="WP1",
    description="Process development",
)
times = st.decimals("0.01", 2000, places=2)


def value_of(terms: LabourTerms, time: str, **told: Money) -> Worked:
    return value("P-007", Decimal(time), terms, annual_cost=told.get("annual_cost"))


def field_of(refused: object, *arguments: object, **named: object) -> str:
    with pytest.raises(RuleViolation) as refusal:
        refused(*arguments, **named)  # type: ignore[operator]
    return refusal.value.field


# Rules 8, 9 and 11: the rate is never rounded.


def test_worked_number_8_wage_costs_and_a_surcharge() -> None:
    cost = value_of(WAGE, "412.5", annual_cost=Money.euros("68400")).cost
    assert (cost.direct, cost.surcharge) == (Money.euros("17100"), Money.euros("8550"))
    assert cost.total == Money.euros("25650.00")


def test_worked_number_9_a_fixed_rate_covers_the_overhead() -> None:
    fixed = value_of(replace(WAGE, method=RateMethod.FIXED_RATE), "412.5")
    assert (fixed.cost.total, fixed.cost.surcharge) == (Money.euros("24750.00"), ZERO)


def test_worked_number_11_a_day_rate() -> None:
    days = LabourTerms(RateMethod.DAY_RATE, Decimal(215))
    worked = value_of(days, "40", annual_cost=Money.euros("86000"))
    assert (worked.cost.total, worked.unit) == (Money.euros("16000.00"), TimeUnit.DAYS)


def test_an_integral_rate_is_told_or_follows_from_the_costs_of_a_year() -> None:
    integral = replace(WAGE, method=RateMethod.INTEGRAL)
    told = value("P-007", Decimal(10), integral, rate=Decimal("81.25"))
    assert told.cost.total == Money.euros("812.50")
    from_year = value_of(integral, "10", annual_cost=Money.euros("165000"))
    assert (from_year.cost.total, from_year.cost.surcharge) == (Money.euros("1000"), ZERO)


@given(times, st.integers(1, 10**8))
def test_the_value_is_within_half_a_cent_of_the_exact_part_of_the_year(
    time: Decimal, cents: int
) -> None:
    exact = Fraction(time) * cents / 1650
    found = value("P", time, WAGE, annual_cost=Money(cents)).cost.direct
    assert abs(found.cents - exact) <= Fraction(1, 2)


def test_what_a_method_lacks_or_does_not_ask_for_is_refused_at_its_field() -> None:
    fixed, year = replace(WAGE, method=RateMethod.FIXED_RATE), Money.euros("68400")
    eight = Decimal(8)
    assert field_of(value, "P", eight, WAGE) == "annual_cost"
    assert field_of(value, "P", eight, WAGE, annual_cost=ZERO) == "annual_cost"
    assert field_of(value, "P", eight, WAGE, annual_cost=year, rate=eight) == "rate"
    assert field_of(value, "P", eight, fixed, annual_cost=year) == "annual_cost"
    assert field_of(value, "P", eight, fixed, rate=eight) == "rate"
    without_rate, without_year = replace(fixed, hourly_rate=None), replace(WAGE, year=None)
    assert field_of(value, "P", eight, without_rate) == "programme"
    assert field_of(value, "P", eight, without_year, annual_cost=year) == "programme"


def test_time_is_told_in_thousandths_at_the_finest() -> None:
    day_rate = LabourTerms(RateMethod.DAY_RATE, Decimal(215))
    year = Money.euros("86000")
    value("P", Decimal("0.938"), day_rate, annual_cost=year)
    finer = Decimal("7.5") / 8
    assert field_of(value, "P", finer, day_rate, annual_cost=year) == "time"


def test_a_programme_says_how_it_values_time_from_a_day_on() -> None:
    terms = [("rate_method", "wage_surcharge"), ("hours_basis", "1650"), ("wage_surcharge", "50")]
    begin, later = date(2024, 1, 1), date(2026, 1, 1)
    rows = [DatedTerm(code, "", told, begin, "Source") for code, told in terms]
    rows += [
        DatedTerm("rate_method", "", "day_rate", later, "Source"),
        DatedTerm("day_rate_basis", "", "215", later, "Source"),
    ]
    sheet = TermSheet(tuple(rows))
    assert labour_terms(sheet, date(2023, 12, 31)) is None
    before = labour_terms(sheet, date(2025, 12, 31))
    assert before == LabourTerms(RateMethod.WAGE_SURCHARGE, Decimal(1650), None, Decimal("0.50"))
    after = labour_terms(sheet, later)
    assert after
    assert after == LabourTerms(RateMethod.DAY_RATE, Decimal(215), None, Decimal("0.50"))
    assert after.unit is TimeUnit.DAYS


# Rule 10: a day has 24 hours, a year the hours of the scheme, over all projects.


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"person": " "}, "person"),
        ({"description": ""}, "description"),
        ({"time": Decimal(0)}, "time"),
        ({"last_day": date(2025, 12, 31)}, "last_day"),
        ({"first_day": date(2025, 12, 1)}, "last_day"),
        ({"last_day": date(2026, 4, 1)}, "last_day"),
        ({"time": Decimal(24 * 90) + Decimal("0.01")}, "time"),
        ({"time": Decimal(901)}, "long_because"),
    ],
)
def test_time_that_cannot_be_is_refused_at_its_field(
    changes: dict[str, object], field: str
) -> None:
    check_hours(HOURS, TimeUnit.HOURS, TODAY)
    wrong = replace(HOURS, **changes)  # type: ignore[arg-type]
    assert field_of(check_hours, wrong, TimeUnit.HOURS, TODAY) == field


def test_more_than_ten_hours_a_day_asks_for_a_reason() -> None:
    day = replace(HOURS, first_day=HOURS.last_day, time=Decimal("10.5"))
    assert field_of(check_hours, day, TimeUnit.HOURS, TODAY) == "long_because"
    check_hours(replace(day, long_because="Night shift"), TimeUnit.HOURS, TODAY)
    check_hours(replace(day, time=Decimal(10)), TimeUnit.HOURS, TODAY)


def before(time: Decimal, method: RateMethod = RateMethod.WAGE_SURCHARGE) -> WorkedBefore:
    worked = Worked("P-007", time, method, rate=Decimal(1))
    return WorkedBefore(worked, HOURS.last_day, "2026-02-01/2026-02-28", "WP2", "Other work")


@given(st.decimals(1, 1650, places=2))
def test_a_year_has_the_hours_of_its_scheme_over_all_projects(taken: Decimal) -> None:
    room = Decimal(1650) - taken
    if room > 0:
        fits = Worked("P-007", room, RateMethod.WAGE_SURCHARGE, rate=Decimal(1))
        check_room(HOURS, fits, Decimal(1650), [before(taken)])
    over = Worked("P-007", room + Decimal("0.01"), RateMethod.WAGE_SURCHARGE, rate=Decimal(1))
    assert field_of(check_room, HOURS, over, Decimal(1650), [before(taken)]) == "time"


def test_days_of_a_day_rate_take_room_as_eight_hours_each() -> None:
    assert as_unit(Decimal(215), TimeUnit.DAYS, TimeUnit.HOURS) == 1720
    assert as_unit(Decimal(12), TimeUnit.HOURS, TimeUnit.DAYS) == Decimal("1.5")
    new = Worked("P-007", Decimal(51), RateMethod.WAGE_SURCHARGE, rate=Decimal(1))
    days = before(Decimal(200), RateMethod.DAY_RATE)
    assert field_of(check_room, HOURS, new, Decimal(1650), [days]) == "time"
    check_room(HOURS, replace(new, time=Decimal(50)), Decimal(1650), [days])


def test_a_day_has_24_hours_over_all_projects() -> None:
    day = replace(HOURS, first_day=HOURS.last_day, time=Decimal(9))
    worked = Worked("P-007", Decimal(9), RateMethod.FIXED_RATE, rate=Decimal(60))
    same_day = replace(before(Decimal(15)), period=day.period)
    check_room(day, worked, None, [same_day])
    more = replace(worked, time=Decimal("9.01"))
    assert field_of(check_room, day, more, None, [same_day]) == "time"
    check_room(day, more, None, [before(Decimal(15))])  # of a whole month


def test_the_very_same_time_is_refused_and_other_work_is_not() -> None:
    worked = Worked("P-007", HOURS.time, RateMethod.FIXED_RATE, rate=Decimal(60))
    there = WorkedBefore(worked, HOURS.last_day, HOURS.period, "WP1", "process development")
    assert field_of(check_room, HOURS, worked, None, [there]) == "description"
    check_room(replace(HOURS, description="Validation"), worked, None, [there])
    check_room(replace(HOURS, work_package="WP2"), worked, None, [there])
