"""What milestones call for: by when, about which days, and whether it went out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.domain.test_due_dates import FOUR_YEARS, MILESTONE
from tracker.domain.commitments import Status
from tracker.domain.due_dates import Sent
from tracker.domain.milestone_reports import CalledFor, Promised, called_for
from tracker.domain.milestones import Milestone, MilestoneStatus
from tracker.domain.periods import Period

PROMISED = Promised(5, 7, 1, "Validation report", 6)
MET = replace(MILESTONE, met_on=date(2026, 4, 20), status=MilestoneStatus.MET)


def called(milestone: Milestone, *sent: Sent) -> list[CalledFor]:
    return list(called_for([PROMISED], {7: milestone}, {1: FOUR_YEARS}, {1: sent}))


def test_a_report_tells_of_the_commitment_up_to_its_milestone() -> None:
    (one,) = called(MET)
    assert one.period == Period(date(2022, 7, 1), date(2026, 4, 20))
    assert (one.on, one.due_on, one.is_sent) == (date(2026, 4, 20), date(2026, 6, 1), False)
    (planned,) = called(MILESTONE)
    assert (planned.on, planned.due_on) == (date(2026, 4, 30), date(2026, 6, 11))


def test_before_the_commitment_runs_there_is_nothing_to_tell() -> None:
    (one,) = called(replace(MET, met_on=date(2022, 6, 30)))
    assert one.period is None
    (first,) = called(replace(MET, met_on=date(2022, 7, 1)))
    assert first.period == Period(date(2022, 7, 1), date(2022, 7, 1))


@pytest.mark.parametrize(("sent_on", "is_sent"), [(19, False), (20, True), (21, True)])
def test_what_was_sent_when_the_milestone_was_met_or_later_is_the_report(
    sent_on: int, is_sent: bool
) -> None:
    (one,) = called(MET, Sent(date(2026, 4, sent_on), date(2026, 4, 1)))
    assert one.is_sent is is_sent
    (planned,) = called(MILESTONE, Sent(date(2026, 4, sent_on), date(2026, 4, 1)))
    assert not planned.is_sent


def test_what_was_given_up_and_what_is_not_awarded_calls_for_nothing() -> None:
    assert called(replace(MILESTONE, status=MilestoneStatus.NOT_MET)) == []
    pledged = replace(FOUR_YEARS, status=Status.PLEDGE)
    assert list(called_for([PROMISED], {7: MET}, {1: pledged}, {})) == []
    assert len(called(MET)) == 1
