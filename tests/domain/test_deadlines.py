"""What is due when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.deadlines import (
    Deadline,
    DeadlineKind,
    Weeks,
    next_deadline,
    progress_reports,
    weeks_after,
)
from tracker.domain.periods import Period, months_after

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
some_weeks = st.integers(1, 60)
months = st.integers(1, 36)
WEEKS = Weeks(request=13, decision=13, payment=6)
PROJECT = Period(date(2022, 7, 1), date(2026, 6, 30))


def test_worked_number_22_of_the_rules() -> None:
    asked, decided = date(2026, 9, 29), date(2027, 1, 12)
    request = next_deadline(PROJECT, WEEKS)
    assert request == Deadline(date(2026, 9, 29), DeadlineKind.DETERMINATION_REQUEST)
    decision = next_deadline(PROJECT, WEEKS, asked)
    assert decision == Deadline(date(2026, 12, 29), DeadlineKind.DETERMINATION_DECISION)
    later = next_deadline(PROJECT, Weeks(13, 22, 6), asked)
    assert later == Deadline(date(2027, 3, 2), DeadlineKind.DETERMINATION_DECISION)
    payment = next_deadline(PROJECT, WEEKS, asked, decided)
    assert payment == Deadline(date(2027, 2, 23), DeadlineKind.SETTLEMENT_PAYMENT)


@given(days, some_weeks)
def test_a_term_of_weeks_ends_on_the_same_day_of_the_week(day: date, weeks: int) -> None:
    due = weeks_after(day, weeks)
    assert (due - day).days == 7 * weeks
    assert due.weekday() == day.weekday()


@given(days, st.none() | some_weeks, st.none() | days, st.none() | days)
def test_the_next_step_follows_the_last_one_that_was_taken(
    last_day: date, term: int | None, requested: date | None, determined: date | None
) -> None:
    weeks = Weeks(term, term, term)
    found = next_deadline(Period(date(1999, 1, 1), last_day), weeks, requested, determined)
    if term is None:
        assert found is None
        return
    assert found is not None
    assert found.due_on == weeks_after(determined or requested or last_day, term)
    assert (found.kind is DeadlineKind.SETTLEMENT_PAYMENT) == (determined is not None)


def test_days_left_turn_negative_when_it_is_late() -> None:
    due = Deadline(date(2026, 9, 29), DeadlineKind.DETERMINATION_REQUEST)
    assert due.days_left(date(2026, 9, 28)) == 1
    assert due.days_left(date(2026, 10, 1)) == -2


def test_worked_number_22_one_progress_report_a_year() -> None:
    reports = progress_reports(PROJECT, 12, 8)
    assert [report.period for report in reports] == [
        Period(date(year, 7, 1), date(year + 1, 6, 30)) for year in (2022, 2023, 2024)
    ]
    assert reports[0].due_on == date(2023, 8, 25)


@given(days, st.integers(0, 4000), months, some_weeks)
def test_progress_reports_follow_each_other_and_leave_the_last_stretch_to_the_final_report(
    first_day: date, length: int, every: int, weeks: int
) -> None:
    period = Period(first_day, first_day + timedelta(length))
    reports = progress_reports(period, every, weeks)
    abouts = [report.period for report in reports if report.period]
    assert len(abouts) == len(reports)
    for before, after in pairwise(abouts):
        assert after.first_day - before.last_day == timedelta(1)
        assert (after.last_day - before.last_day).days >= 28 * every
    if abouts:
        assert abouts[0].first_day == period.first_day
        assert abouts[-1].last_day < period.last_day
    next_end = months_after(first_day, every * (len(abouts) + 1)) - timedelta(1)
    assert next_end >= period.last_day


def test_reports_less_than_a_month_apart_cannot_be_planned() -> None:
    with pytest.raises(ValueError, match="cannot be planned"):
        progress_reports(PROJECT, 0, 8)
