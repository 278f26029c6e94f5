"""The ladder of a funder report, and who may take which step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.domain.test_commitment_lists import ONE
from tracker.domain.commitments import Status
from tracker.domain.errors import NotAllowedError, RuleViolation
from tracker.domain.funder_reports import (
    AT_WORK,
    LADDER,
    FunderReport,
    IssuedReport,
    ReportState,
    Standing,
    check_approver,
    check_begin,
    check_editable,
    check_reason,
    check_step,
)
from tracker.domain.periods import Period, calendar_year

NOW = datetime(2026, 1, 15, tzinfo=UTC)
REPORT = FunderReport(
    id=1,
    project_id=1,
    commitment_id=1,
    commitment="NGF-1",
    kind="statement",
    period=calendar_year(2023),
    state=ReportState.DRAFT,
    version=1,
    prepared_by="fenna",
    prepared_at=NOW,
    asked_by="",
    approved_by="",
)
FIRST = IssuedReport(1, 1, Standing.ISSUED, "9-x", "fenna", "coen", NOW, ())
STEPS = {
    "report_draft": {"report_in_review", "report_dropped"},
    "report_in_review": {"report_draft", "report_approved"},
    "report_approved": {"report_draft", "report_issued"},
    "report_issued": {"report_accepted", "report_returned", "report_withdrawn"},
    "report_accepted": {"report_withdrawn"},
    "report_returned": {"report_draft", "report_withdrawn"},
    "report_withdrawn": {"report_draft"},
    "report_dropped": set(),
}
"""The ladder once more, and apart from the code."""


@pytest.mark.parametrize("to", ReportState)
@pytest.mark.parametrize("state", ReportState)
def test_a_report_takes_the_steps_of_the_ladder_and_no_others(
    state: ReportState, to: ReportState
) -> None:
    report = replace(REPORT, state=state)
    if to.value in STEPS[state.value]:
        assert check_step(report, to) == LADDER[state, to]
    else:
        with pytest.raises(RuleViolation, match=state.value):
            check_step(report, to)


@pytest.mark.parametrize("state", ReportState)
def test_only_the_texts_of_a_draft_are_changed(state: ReportState) -> None:
    report = replace(REPORT, state=state)
    if state is ReportState.DRAFT:
        check_editable(report)
        return
    with pytest.raises(RuleViolation, match="texts stay"):
        check_editable(report)


def test_nothing_is_issued_that_nobody_approved() -> None:
    before = {state for state, to in LADDER if to is ReportState.ISSUED}
    assert before == {ReportState.APPROVED}
    assert {state for state, to in LADDER if to is ReportState.APPROVED} == {ReportState.IN_REVIEW}
    assert before < AT_WORK


@pytest.mark.parametrize("name", ["fenna", "the one who asked", "a writer"])
def test_who_prepared_a_report_or_wrote_in_it_does_not_approve_it(name: str) -> None:
    report = replace(REPORT, asked_by="the one who asked")
    with pytest.raises(NotAllowedError, match="somebody else"):
        check_approver(report, {"a writer"}, name)
    check_approver(report, {"a writer"}, "coen")


def test_a_report_is_about_days_on_which_a_commitment_runs() -> None:
    runs = replace(ONE, period=Period(date(2022, 7, 1), date(2026, 6, 30)))
    for inside in (calendar_year(2022), calendar_year(2026), runs.period):
        check_begin(runs, inside)
    for outside in (calendar_year(2021), calendar_year(2027)):
        with pytest.raises(RuleViolation, match="lies outside") as refused:
            check_begin(runs, outside)
        assert refused.value.field == "first_day"


@pytest.mark.parametrize("status", Status)
def test_there_is_a_report_on_what_is_committed_and_on_nothing_else(status: Status) -> None:
    one = replace(ONE, status=status, period=calendar_year(2023))
    if one.is_committed:
        check_begin(one, calendar_year(2023))
    else:
        with pytest.raises(RuleViolation, match="nothing to report"):
            check_begin(one, calendar_year(2023))


def test_versions_are_numbered_and_only_one_that_was_not_taken_back_stands() -> None:
    assert REPORT.newest is None
    assert REPORT.next_number == 1
    second = replace(FIRST, id=2, number=2)
    report = replace(REPORT, issues=(replace(FIRST, standing=Standing.WITHDRAWN), second))
    assert report.next_number == 3
    assert report.newest == second
    stands = {one for one in Standing if replace(FIRST, standing=one).stands}
    assert stands == {Standing.ISSUED, Standing.ACCEPTED}


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_reason_says_something(reason: str) -> None:
    with pytest.raises(RuleViolation, match="reason") as refused:
        check_reason(reason, "why")
    assert refused.value.field == "why"
    assert check_reason(" a typing error ", "why") == "a typing error"
