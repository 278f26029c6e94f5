"""Periods follow each other without a gap, and what is late counts as soon as it can."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_year
from tracker.domain.reporting_periods import (
    BLOCKING,
    LADDER,
    Check,
    Length,
    PeriodState,
    ReportingPeriod,
    Unfinished,
    adjusted,
    check_close,
    check_reopening,
    check_sent,
    check_step,
    counting_day,
    following,
    length_of,
    series,
)

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
lengths = st.sampled_from(Length)
YEAR = calendar_year(2024)


def period(state: PeriodState = PeriodState.CLOSING) -> ReportingPeriod:
    return ReportingPeriod(1, YEAR, state, 2)


@given(days, st.integers(0, 1500), lengths)
def test_a_series_covers_every_day_once(first: date, count: int, length: Length) -> None:
    until = first + timedelta(count)
    made = series(first, until, length)
    assert made[0].first_day == first
    assert until in made[-1]
    for before, after in pairwise(made):
        assert after.first_day - before.last_day == timedelta(1)


@given(days, lengths)
def test_a_period_ends_with_a_calendar_month_and_not_later_than_its_length(
    first: date, length: Length
) -> None:
    found = following(first, length)
    assert (found.last_day + timedelta(1)).day == 1
    assert first.year == found.last_day.year
    whole = following(found.last_day + timedelta(1), length)
    assert length_of(whole) is length


@given(days, st.sets(st.integers(2000, 2099), max_size=6))
def test_what_is_late_counts_on_the_first_open_day_after_it(day: date, years: set[int]) -> None:
    closed = [calendar_year(year) for year in years]
    counts = counting_day(day, closed)
    assert counts >= day
    assert not any(counts in one for one in closed)
    if counts != day:
        between = (one for one in range(day.year, counts.year))
        assert all(year in years for year in between)
        assert (counts.month, counts.day) == (1, 1)


def test_a_cost_adjusts_the_period_that_it_belongs_to_where_it_counts_later() -> None:
    known = [calendar_year(2023), YEAR]
    assert adjusted(date(2023, 5, 1), date(2024, 1, 1), known) == "2023"
    assert adjusted(date(2023, 5, 1), date(2023, 6, 1), known) == ""
    assert adjusted(date(2020, 5, 1), date(2024, 1, 1), known) == ""


@pytest.mark.parametrize(("before", "to"), list(product(PeriodState, PeriodState)))
def test_a_period_takes_the_steps_of_the_ladder_and_no_others(
    before: PeriodState, to: PeriodState
) -> None:
    if (before, to) in LADDER:
        assert check_step(period(before), to) == LADDER[before, to]
    else:
        with pytest.raises(RuleViolation, match="2024 is"):
            check_step(period(before), to)


@given(st.lists(st.sampled_from(Check), unique=True), st.text(max_size=5))
def test_what_blocks_is_finished_and_what_warns_is_accepted_with_a_reason(
    found: list[Check], reason: str
) -> None:
    unfinished = [Unfinished(check, 1, Money(1)) for check in found]
    is_blocked = bool(BLOCKING & set(found))
    is_unreasoned = bool(found) and not reason.strip()
    if not is_blocked and not is_unreasoned:
        check_close(period(), unfinished, reason)
        return
    with pytest.raises(RuleViolation) as refusal:
        check_close(period(), unfinished, reason)
    assert refusal.value.field == ("" if is_blocked else "reason")


def test_a_period_is_reopened_for_a_reason_and_never_after_a_report() -> None:
    closed = period(PeriodState.CLOSED)
    check_reopening(closed, "a ledger was missing", [])
    for reason, reports in (("", []), ("why", ["NGF-1"])):
        with pytest.raises(RuleViolation):
            check_reopening(closed, reason, reports)
    with pytest.raises(RuleViolation):
        check_reopening(period(PeriodState.OPEN), "why", [])


@given(days)
def test_a_report_is_sent_after_its_period_and_not_in_the_future(sent: date) -> None:
    today = date(2026, 11, 20)
    assume(sent != today)
    if YEAR.last_day < sent <= today:
        check_sent(period(PeriodState.CLOSED), sent, today)
    else:
        with pytest.raises(RuleViolation):
            check_sent(period(PeriodState.CLOSED), sent, today)
    with pytest.raises(RuleViolation, match="is not closed"):
        check_sent(period(PeriodState.OPEN), date(2025, 1, 1), today)


def test_a_period_that_begins_late_ends_with_its_quarter() -> None:
    begins = date(2021, 2, 17)
    assert following(begins, Length.QUARTER) == Period(begins, date(2021, 3, 31))
    assert following(begins, Length.MONTH).last_day == date(2021, 2, 28)
    assert following(begins, Length.YEAR).last_day == date(2021, 12, 31)
