"""Instalments: how far one has come, and plans that forget what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.instalments import (
    Instalment,
    InstalmentState,
    NewInstalment,
    PlanTerms,
    Progress,
    check_progress,
    check_replan,
    is_released_by,
)
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_quarter, calendar_year

DUE, BEFORE, AFTER = date(2025, 7, 1), date(2025, 6, 30), date(2025, 7, 2)
HUNDRED = Money(100_00)
ONE = Instalment(1, DUE, HUNDRED)
WISHED = NewInstalment(1, DUE, HUNDRED)


@pytest.mark.parametrize(
    ("one", "day", "state"),
    [
        (ONE, BEFORE, "planned"),
        (ONE, DUE, "planned"),
        (ONE, AFTER, "overdue"),
        (replace(ONE, requested_on=BEFORE), DUE, "requested"),
        (replace(ONE, requested_on=BEFORE), AFTER, "overdue"),
        (replace(ONE, milestone="M1"), AFTER, "planned"),
        (replace(ONE, milestone="M1", milestone_met_on=BEFORE), AFTER, "overdue"),
        (replace(ONE, report="Year 1"), AFTER, "planned"),
        (replace(ONE, report="Year 1", accepted_on=BEFORE), AFTER, "overdue"),
        (replace(ONE, received=Money(1)), AFTER, "part_received"),
        (replace(ONE, received=HUNDRED), AFTER, "received"),
        (replace(ONE, held_back=Money(60_00), received=Money(40_00)), AFTER, "received"),
        (replace(ONE, held_back=HUNDRED), AFTER, "held_back"),
        (replace(ONE, is_cancelled=True), AFTER, "cancelled"),
    ],
)
def test_how_far_an_instalment_has_come(one: Instalment, day: date, state: str) -> None:
    assert one.state(day) is InstalmentState(state)


@given(
    amount=st.integers(1, 10**9),
    held=st.integers(0, 10**9),
    received=st.integers(0, 10**9),
)
def test_what_is_outstanding_is_what_is_neither_received_nor_held_back(
    amount: int, held: int, received: int
) -> None:
    held = min(held, amount)
    one = replace(ONE, amount=Money(amount), held_back=Money(held), received=Money(received))
    assert one.outstanding.cents == max(0, amount - held - received)


@pytest.mark.parametrize(
    ("known", "wished", "field"),
    [
        ({1: replace(ONE, received=Money(1))}, [], "amount_1"),
        ({1: replace(ONE, received=Money(100_01))}, [WISHED], "amount_1"),
        ({1: replace(ONE, received=Money(60_00), held_back=Money(40_01))}, [WISHED], "amount_1"),
        ({}, [replace(WISHED, milestone="M1", report="Year 1")], "report_1"),
        (
            {},
            [replace(WISHED, milestone="M1"), replace(WISHED, number=2, milestone="M1")],
            "milestone_2",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_row(
    known: dict[int, Instalment], wished: list[NewInstalment], field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_replan(known, wished)
    assert refusal.value.field == field


def test_a_plan_may_drop_what_nothing_came_in_on_and_keep_what_fits_exactly() -> None:
    paid = replace(ONE, received=Money(60_00), held_back=Money(40_00))
    check_replan({1: paid, 2: replace(ONE, number=2)}, [WISHED, replace(WISHED, number=3)])


@pytest.mark.parametrize(
    ("one", "progress", "field"),
    [
        (ONE, Progress(requested_on=AFTER), "requested_on"),
        (replace(ONE, report="Year 1"), Progress(accepted_on=AFTER), "accepted_on"),
        (ONE, Progress(accepted_on=DUE), "accepted_on"),
        (ONE, Progress(held_back=Money(100_01), held_back_reason="late"), "held_back"),
        (ONE, Progress(held_back=Money(-1), held_back_reason="late"), "held_back"),
        (replace(ONE, received=Money(1)), Progress(held_back=HUNDRED), "held_back"),
        (ONE, Progress(held_back=Money(1), held_back_reason=" "), "held_back_reason"),
        (ONE, Progress(held_back_reason="late"), "held_back"),
    ],
)
def test_progress_that_cannot_be_is_refused_at_its_field(
    one: Instalment, progress: Progress, field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_progress(one, progress, DUE)
    assert refusal.value.field == field


def test_all_of_an_instalment_may_be_held_back_for_a_reason() -> None:
    check_progress(ONE, Progress(DUE, None, HUNDRED, "report is late"), DUE)
    check_progress(replace(ONE, report="Year 1"), Progress(None, DUE), DUE)


@pytest.mark.parametrize(
    ("stops", "is_waived", "strict"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_a_plan_above_the_ceiling_stops_unless_it_warns_or_is_waived(
    *, stops: bool, is_waived: bool, strict: bool
) -> None:
    assert PlanTerms(None, None, stops, is_waived).is_strict == strict


FROM_JULY = Period(date(2021, 7, 1), date(2025, 3, 31))


@pytest.mark.parametrize(
    ("report", "period", "is_released"),
    [
        ("Progress report 2023", calendar_year(2023), True),
        ("Voortgangsrapportage 2023-q2, definitief", calendar_quarter(2023, 2), True),
        ("2022-07-01_2023-06-30", Period(date(2022, 7, 1), date(2023, 6, 30)), True),
        ("Progress report 2023", calendar_year(2022), False),
        ("Progress report 2023-Q2", calendar_year(2023), False),
        ("Reports 2022 and 2023", calendar_year(2023), False),
        ("Report 2022-2023", calendar_year(2023), False),
        ("Grant UL202301", calendar_year(2023), False),
        ("Year 3", calendar_year(2023), True),
        ("verslag jaar 3", Period(date(2023, 7, 1), date(2024, 6, 30)), True),
        ("Year 3", calendar_year(2022), False),
        ("Year 3", Period(date(2022, 7, 1), date(2023, 6, 30)), False),
        ("Year 3", calendar_quarter(2023, 3), False),
        ("Year 1", Period(FROM_JULY.first_day, date(2021, 12, 31)), True),
        ("Year 1", calendar_year(2021), True),
        ("Year 4", Period(date(2024, 7, 1), FROM_JULY.last_day), True),
        ("Year 3 (2023)", calendar_year(2023), True),
        ("Year 3 (2022)", calendar_year(2022), False),
        ("Year 3 (2022)", calendar_year(2023), False),
        ("Years 2 and 3", calendar_year(2023), False),
        ("Year 2 and year 3", calendar_year(2023), False),
        ("Year 2-3", calendar_year(2022), False),
        ("Year 99", calendar_year(2023), False),
        ("The third year", calendar_year(2023), False),
        ("", calendar_year(2023), False),
    ],
)
def test_a_report_releases_what_names_its_period_and_no_other(
    report: str, period: Period, is_released: bool
) -> None:
    waiting = Instalment(1, date(2024, 5, 1), Money(500), report=report)
    assert is_released_by(waiting, period, FROM_JULY) is is_released
    for done in (replace(waiting, is_cancelled=True), replace(waiting, accepted_on=date.min)):
        assert not is_released_by(done, period, FROM_JULY)


@given(number=st.integers(1, 30), first_day=st.dates(date(2015, 1, 1), date(2030, 12, 31)))
def test_a_numbered_year_is_told_by_its_calendar_year_and_by_no_other(
    number: int, first_day: date
) -> None:
    eligible = Period(first_day, date(2080, 12, 31))
    waiting = Instalment(1, first_day, Money(500), report=f"Year {number}")
    found = [
        year for year in range(2010, 2070) if is_released_by(waiting, calendar_year(year), eligible)
    ]
    assert found == [first_day.year + number - 1]
