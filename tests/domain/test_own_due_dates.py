"""What the facility sees to itself is due by the closing of its books, or in two weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.domain.test_due_dates import FOUR_YEARS, TODAY, told
from tracker.domain import own_due_dates
from tracker.domain.amendments import Amendment, Entered, Verdict
from tracker.domain.deadlines import DeadlineKind
from tracker.domain.money import Money
from tracker.domain.own_due_dates import Deviating, Unsigned
from tracker.domain.periods import calendar_year
from tracker.domain.policy import Role
from tracker.domain.reporting_periods import PeriodState, ReportingPeriod
from tracker.domain.waivers import Waiver

WAIVER = Waiver(4, "virement", "", "why", date(2026, 12, 31), None, "fenna", "", None, None)


def test_a_period_is_closed_within_six_weeks() -> None:
    periods = [
        (3, ReportingPeriod(1, calendar_year(2024), PeriodState.CLOSED, 1)),
        (3, ReportingPeriod(2, calendar_year(2025), PeriodState.CLOSING, 1)),
    ]
    assert told(own_due_dates.of_periods(periods)) == [
        (date(2026, 2, 11), "Period 2025 is to be closed")
    ]


def test_what_was_entered_waits_two_weeks_for_somebody_else() -> None:
    draft = Entered(
        id=7,
        commitment="NGF-1",
        decision=Amendment(2, TODAY, Money(500), "more"),
        verdict=Verdict.DRAFT,
        entered_by="officer",
        entered_at=datetime(2026, 2, 20, tzinfo=UTC),
        confirmed_by="",
        returned="",
        document_id=None,
        version=1,
    )
    (due,) = own_due_dates.of_drafts([draft], {"NGF-1": FOUR_YEARS}, TODAY)
    assert (due.due_on, due.role, due.owner) == (date(2026, 3, 6), Role.CONTROLLER, "")
    back = replace(draft, returned="Look again.")
    (due,) = own_due_dates.of_drafts([back], {"NGF-1": FOUR_YEARS}, TODAY)
    assert (due.role, due.owner) == (Role.FINANCE_OFFICER, "officer")
    assert list(own_due_dates.of_drafts([draft], {}, TODAY)) == []
    (reopening,) = own_due_dates.of_reopenings([(1, 3, "2024", "coen", TODAY)], TODAY)
    assert reopening.due_on == date(2026, 3, 15)


def test_a_waiver_is_decided_on_and_then_ends() -> None:
    (asked,) = own_due_dates.of_waivers([(3, TODAY, WAIVER)], TODAY)
    assert (asked.due_on, asked.kind) == (date(2026, 3, 15), DeadlineKind.CONFIRMATION)
    holds = replace(WAIVER, approved_by="coen")
    (end,) = own_due_dates.of_waivers([(3, TODAY, holds)], TODAY)
    assert (end.due_on, end.kind) == (date(2026, 12, 31), DeadlineKind.WAIVER_END)
    assert list(own_due_dates.of_waivers([(3, TODAY, holds)], date(2027, 1, 1))) == []


def test_hours_are_signed_for_when_the_year_is_closed() -> None:
    (due,) = own_due_dates.of_hours([Unsigned(3, "Biomaterials BV", 2025, Money(100))])
    assert (due.due_on, due.amount) == (date(2026, 2, 11), Money(100))


def test_a_year_that_deviates_is_told_the_funder_by_when_its_books_are_closed() -> None:
    below = Deviating(3, 2025, Money(-13_800_000), Decimal("-0.2875"))
    above = Deviating(3, 2026, Money(100), Decimal("0.3"))
    found = list(own_due_dates.of_deviations([below, above]))
    assert [one.due_on for one in found] == [date(2026, 2, 11), date(2027, 2, 11)]
    assert [one.amount for one in found] == [Money(13_800_000), Money(100)]
    assert "below the budget" in found[0].what.template
    assert "above the budget" in found[1].what.template
    assert len({one.key for one in found}) == 2
