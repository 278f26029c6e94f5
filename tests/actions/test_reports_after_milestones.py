"""Reports that milestones call for: listed when due, begun with their days, met by issuing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from reports import catalogue
from tests.actions import issued
from tests.actions.closing import NOW
from tests.actions.programme import OFFICER
from tracker.actions import funder_reports, milestones
from tracker.domain.deadlines import DeadlineKind, weeks_after
from tracker.domain.milestones import ReportDue
from tracker.domain.report_dues import lines
from tracker.store.commitments import commitment_named
from tracker.store.deadlines import deadlines_of_records
from tracker.store.funder_reports import report_numbered
from tracker.store.milestones import milestones_of
from tracker.store.report_dues import dues_on

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.milestones import Milestone
    from tracker.domain.report_dues import DueReport


@pytest.fixture(autouse=True)
def printed_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the PDF looks like is another test's matter."""
    monkeypatch.setattr(catalogue, "printed", lambda *_report: b"%PDF-1.7 printed elsewhere")


def met_without_release(session: Session) -> Milestone:
    """A milestone that was met while NGF-1 ran, and that releases no instalment."""
    runs = commitment_named(session, "NGF-1").period
    found = next(
        one
        for one in milestones_of(session)
        if one.met_on and one.met_on >= runs.first_day and one.releases is None
    )
    session.rollback()
    return found


def after_milestones(session: Session, today: date) -> list[DueReport]:
    found = [one for one in dues_on(session, today) if one.kind == "milestones"]
    session.rollback()
    return found


def test_a_report_after_a_milestone_is_due_begun_with_its_days_and_met_by_issuing_it(
    loaded: Session,
) -> None:
    one = met_without_release(loaded)
    assert one.met_on
    assert after_milestones(loaded, NOW) == []
    due = (ReportDue(0, "NGF-1", "Report on it", 6), ReportDue(0, "NGF-1", "Its annex", 9))
    wished = milestones.Released("", 0, due)
    milestones.release(loaded, one.code, wished, version=one.version, by=OFFICER)
    assert after_milestones(loaded, one.met_on - timedelta(days=1)) == []
    (asked,) = after_milestones(loaded, NOW)
    assert (asked.commitment, asked.due_on) == ("NGF-1", weeks_after(one.met_on, 6))
    assert (asked.period.last_day, asked.is_open) == (one.met_on, True)
    key = funder_reports.begin(loaded, asked.commitment, asked.kind, asked.period, by=OFFICER)
    (line,) = lines(after_milestones(loaded, NOW), [report_numbered(loaded, key)], {}, OFFICER)
    assert (line.stands, line.due_on) == ("report_draft", asked.due_on)
    loaded.rollback()
    made = issued.issue(loaded, "NGF-1", asked.period.code, kind="milestones")
    assert [found.is_open for found in after_milestones(loaded, NOW)] == [False]
    kinds = {found.kind for found in deadlines_of_records(loaded, NOW)}
    assert DeadlineKind.MILESTONE_REPORT not in kinds
    loaded.rollback()
    issued.withdraw(loaded, made)
    assert [found.is_open for found in after_milestones(loaded, NOW)] == [True]


def test_a_list_of_hours_is_no_report_after_a_milestone(loaded: Session) -> None:
    one = met_without_release(loaded)
    wished = milestones.Released("", 0, (ReportDue(0, "LUMC-1", "Report on it", 6),))
    milestones.release(loaded, one.code, wished, version=one.version, by=OFFICER)
    issued.issue(loaded, "LUMC-1", "2021", kind="hours")
    assert [found.is_open for found in after_milestones(loaded, NOW)] == [True]
    issued.issue(loaded, "LUMC-1", "2021")
    assert [found.is_open for found in after_milestones(loaded, NOW)] == [False]
