"""Periods include both their ends, and calendar periods cover every day once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.periods import (
    Period,
    calendar_quarter,
    calendar_year,
    month_of,
    months_after,
    period_named,
    years_of,
)

days = st.dates(date(1900, 1, 1), date(2998, 12, 31))


@given(days)
def test_every_day_is_in_one_quarter_of_its_year(day: date) -> None:
    holding = [q for q in range(1, 5) if day in calendar_quarter(day.year, q)]
    assert holding == [(day.month + 2) // 3]
    assert day in calendar_year(day.year)


@given(st.integers(1900, 2998))
def test_the_quarters_of_a_year_follow_each_other_without_a_gap(year: int) -> None:
    quarters = [calendar_quarter(year, q) for q in range(1, 5)]
    assert quarters[0].first_day == date(year, 1, 1)
    assert quarters[3].last_day == date(year, 12, 31)
    for before, after in pairwise(quarters):
        assert after.first_day - before.last_day == timedelta(1)


@given(st.integers(1900, 2998), st.integers(0, 4))
def test_a_period_is_found_by_its_name(year: int, quarter: int) -> None:
    period = calendar_quarter(year, quarter) if quarter else calendar_year(year)
    assert period_named(period.code) == period


@pytest.mark.parametrize("name", ["", "23", "2023-Q5", "2023Q1", "2023-13", "last year", "٢٠٢٣"])
def test_what_is_no_period_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(RuleViolation, match="2023-Q2") as refusal:
        period_named(name)
    assert refusal.value.field == "period"


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2024, 1, 2), date(2024, 1, 1))


def test_a_period_touches_each_of_its_years() -> None:
    assert years_of(Period(date(2021, 4, 9), date(2023, 1, 1))) == (2021, 2022, 2023)


@pytest.mark.parametrize(
    ("day", "later", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
        (date(2022, 7, 1), 12, date(2023, 7, 1)),
        (date(2022, 12, 1), 0, date(2022, 12, 1)),
        (date(2023, 1, 1), -1, date(2022, 12, 1)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, later: int, expected: date) -> None:
    assert months_after(day, later) == expected


@given(days)
def test_the_month_of_a_day_is_named_by_its_first_day(day: date) -> None:
    month = month_of(day)
    assert (month.year, month.month, month.day) == (day.year, day.month, 1)
