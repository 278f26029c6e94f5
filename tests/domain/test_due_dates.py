"""What is due when, as commitments, instalments and milestones imply it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_commitment_lists import ONE
from tracker.domain import due_dates
from tracker.domain.commitments import Status
from tracker.domain.deadlines import Deadline, DeadlineKind, Due, in_order
from tracker.domain.determination import Settlement
from tracker.domain.due_dates import Sent
from tracker.domain.errors import Sentence
from tracker.domain.instalments import Instalment
from tracker.domain.milestone_reports import Promised
from tracker.domain.milestones import Milestone, MilestoneStatus, Move, Release
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.policy import Role
from tracker.domain.terms import DatedTerm, TermSheet

TODAY = date(2026, 3, 1)
FOUR_YEARS = replace(
    ONE,
    project_id=3,
    decided_on=date(2022, 6, 1),
    period=Period(date(2022, 7, 1), date(2026, 6, 30)),
)
EIGHT_WEEKS = TermSheet(
    (
        DatedTerm("report_months", "", "12", date(2020, 1, 1), "award"),
        DatedTerm("report_weeks", "", "8", date(2020, 1, 1), "award"),
    )
)
INSTALMENT = Instalment(2, date(2026, 4, 1), Money(500), id=9)
MILESTONE = Milestone(
    "M1", "Opening", "WP1", 5, date(2026, 4, 30), (), None, id=7, project_id=3, owner="Lotte"
)
days = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def told(dues: object) -> list[tuple[date, str]]:
    assert hasattr(dues, "__iter__")
    return [(due.due_on, str(due.what)) for due in dues]


def test_worked_number_22_the_newest_late_progress_report_and_those_to_come() -> None:
    found = list(due_dates.of_progress_reports(FOUR_YEARS, EIGHT_WEEKS, [], TODAY))
    assert told(found) == [
        (date(2025, 8, 25), "Progress report on NGF-1 over 2024-07-01 to 2025-06-30")
    ]
    early = list(due_dates.of_progress_reports(FOUR_YEARS, EIGHT_WEEKS, [], date(2023, 7, 1)))
    assert [due.due_on for due in early] == [
        date(2023, 8, 25), date(2024, 8, 25), date(2025, 8, 25)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "left"), [(date(2024, 12, 31), 1), (date(2025, 6, 30), 0), (date(2025, 12, 31), 0)]
)
def test_a_report_that_speaks_about_the_last_day_or_later_is_that_report(
    about: date, left: int
) -> None:
    sent = [Sent(date(2026, 2, 1), about)]
    found = list(due_dates.of_progress_reports(FOUR_YEARS, EIGHT_WEEKS, sent, TODAY))
    assert len(found) == left


@pytest.mark.parametrize("missing", [0, 1])
def test_without_weeks_or_months_no_progress_report_is_due(missing: int) -> None:
    half = TermSheet((EIGHT_WEEKS.rows[missing],))
    assert list(due_dates.of_progress_reports(FOUR_YEARS, half, [], TODAY)) == []


def test_a_pledge_reports_nothing() -> None:
    pledge = replace(FOUR_YEARS, status=Status.PLEDGE)
    assert list(due_dates.of_progress_reports(pledge, EIGHT_WEEKS, [], TODAY)) == []


def test_what_is_at_stake_is_what_is_left_then_what_was_claimed_then_the_settlement() -> None:
    due = Deadline(date(2026, 9, 29), DeadlineKind.DETERMINATION_REQUEST)
    charged = replace(FOUR_YEARS, charged=Money(150))
    (request,) = due_dates.of_ending(charged, due, None, None, TODAY)
    assert request.amount == Money(0)
    (claimed,) = due_dates.of_ending(charged, due, Money(140), None, TODAY)
    assert claimed.amount == Money(140)
    settlement = Settlement(Money(90), Money(120))
    (repay,) = due_dates.of_ending(charged, due, Money(140), settlement, TODAY)
    assert repay.amount == Money(30)
    settled = Settlement(Money(120), Money(120))
    assert list(due_dates.of_ending(charged, due, Money(140), settled, TODAY)) == []


def test_a_commitment_that_is_not_charged_in_full_ends_once() -> None:
    (end,) = due_dates.of_ending(FOUR_YEARS, None, None, None, TODAY)
    assert (end.due_on, end.amount) == (date(2026, 6, 30), Money(110))
    assert list(due_dates.of_ending(FOUR_YEARS, None, None, None, date(2026, 7, 1))) == []
    full = replace(FOUR_YEARS, charged=Money(150))
    assert list(due_dates.of_ending(full, None, None, None, TODAY)) == []


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (INSTALMENT, (date(2026, 4, 1), "Ask for instalment 2 of NGF-1")),
        (
            replace(INSTALMENT, requested_on=TODAY),
            (date(2026, 4, 1), "Instalment 2 of NGF-1 comes in"),
        ),
        (
            replace(INSTALMENT, milestone="M1"),
            (date(2026, 4, 30), "Instalment 2 of NGF-1, once milestone M1 is met"),
        ),
        (
            replace(INSTALMENT, milestone="M1", milestone_met_on=TODAY),
            (date(2026, 4, 1), "Ask for instalment 2 of NGF-1"),
        ),
        (
            replace(INSTALMENT, report="2025"),
            (date(2026, 4, 1), "Instalment 2 of NGF-1, once report 2025 is accepted"),
        ),
        (
            replace(INSTALMENT, due_on=date(2025, 1, 1)),
            (date(2025, 1, 1), "Ask for instalment 2 of NGF-1"),
        ),
        (replace(INSTALMENT, received=Money(500)), None),
        (replace(INSTALMENT, is_cancelled=True), None),
        (replace(INSTALMENT, report="2025", due_on=date(2025, 1, 1)), None),
    ],
)
def test_an_instalment_is_due_at_most_once(
    one: Instalment, expected: tuple[date, str] | None
) -> None:
    found = due_dates.of_instalments(FOUR_YEARS, [one], {(3, "M1"): MILESTONE}, TODAY)
    assert told(found) == ([expected] if expected else [])


def test_an_instalment_of_a_pledge_is_not_due() -> None:
    pledge = replace(FOUR_YEARS, status=Status.PLEDGE)
    assert list(due_dates.of_instalments(pledge, [INSTALMENT], {}, TODAY)) == []


def test_another_projects_milestone_of_the_same_code_holds_nothing() -> None:
    one = replace(INSTALMENT, milestone="M1")
    found = due_dates.of_instalments(FOUR_YEARS, [one], {(4, "M1"): MILESTONE}, TODAY)
    assert [due.due_on for due in found] == [date(2026, 4, 1)]


def test_an_open_milestone_is_due_with_its_money_and_its_evidence() -> None:
    paying = replace(MILESTONE, releases=Release("NGF-1", 1, 2, Money(500)))
    milestone, evidence = due_dates.of_milestones([paying], {7: ["Report", "Permit"]})
    assert (milestone.due_on, milestone.amount, milestone.owner) == (
        date(2026, 4, 30), Money(500), "Lotte"
    )  # fmt: skip
    assert milestone.role is Role.PROJECT_LEAD
    assert str(evidence.what) == "Evidence of M1 is missing: Report, Permit"


@pytest.mark.parametrize(
    "done",
    [
        replace(MILESTONE, met_on=TODAY, status=MilestoneStatus.MET),
        replace(MILESTONE, status=MilestoneStatus.NOT_MET),
    ],
)
def test_a_milestone_that_is_met_or_given_up_is_due_no_more(done: Milestone) -> None:
    assert list(due_dates.of_milestones([done], {7: ["Report"]})) == []


def test_a_report_follows_its_milestone_until_it_is_sent() -> None:
    promised = [Promised(5, 7, 1, "Validation report", 6)]
    commitments = {1: FOUR_YEARS}

    def due_on(milestone: Milestone, *sent: Sent) -> list[date]:
        known, found = {7: milestone}, {1: list(sent)}
        dues = due_dates.of_milestone_reports(promised, known, commitments, found)
        return [due.due_on for due in dues]

    met = replace(MILESTONE, met_on=date(2026, 4, 20), status=MilestoneStatus.MET)
    assert due_on(MILESTONE) == [date(2026, 6, 11)]
    assert due_on(met) == [date(2026, 6, 1)]
    assert due_on(met, Sent(date(2026, 4, 19), date(2026, 4, 1))) == [date(2026, 6, 1)]
    assert due_on(met, Sent(date(2026, 4, 20), date(2026, 4, 1))) == []
    assert due_on(replace(MILESTONE, status=MilestoneStatus.NOT_MET)) == []


milestones = st.builds(
    lambda code, baseline, met: replace(
        MILESTONE,
        code=f"M{code}",
        id=code,
        baseline=baseline,
        met_on=baseline if met else None,
        status=MilestoneStatus.MET if met else MilestoneStatus.SCHEDULED,
    ),
    st.integers(1, 10**6),
    days,
    st.booleans(),
)


@given(st.lists(milestones, unique_by=lambda one: one.code))
def test_every_deadline_appears_exactly_once_and_a_met_milestone_has_none(
    known: list[Milestone],
) -> None:
    missing = {one.id: ["Report"] for one in known}
    found = in_order(due_dates.of_milestones(known, missing))
    assert len({due.key for due in found}) == len(found)
    open_ones = {one.code for one in known if one.is_open}
    assert {due.milestone for due in found} == open_ones
    assert len(found) == 2 * len(open_ones)
    assert [due.due_on for due in found] == sorted(due.due_on for due in found)


@given(st.lists(milestones, min_size=1, unique_by=lambda one: one.code), st.data(), days)
def test_moving_a_milestone_moves_exactly_its_own(
    known: list[Milestone], data: st.DataObject, to_day: date
) -> None:
    at = data.draw(st.integers(0, len(known) - 1))
    moved = list(known)
    moved[at] = replace(known[at], moves=(Move(TODAY, to_day, "why"),))
    missing = {one.id: ["Report"] for one in known}
    before = {due.key: due for due in due_dates.of_milestones(known, missing)}
    after = {due.key: due for due in due_dates.of_milestones(moved, missing)}
    assert before.keys() == after.keys()
    for key, due in after.items():
        own = due.milestone == known[at].code
        assert due.due_on == (to_day if own else before[key].due_on)
        assert own or due == before[key]


@given(days, st.integers(-400, 400))
def test_a_line_is_another_one_once_its_day_moves(day: date, by: int) -> None:
    due = Due(
        due_on=day, kind=DeadlineKind.MILESTONE, subject="M1", project_id=3, what=Sentence("x")
    )
    moved = replace(due, due_on=day + timedelta(by))
    assert moved.key == due.key
    assert (moved.line == due.line) == (by == 0)
