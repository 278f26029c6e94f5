"""Issuing reports in tests: whatever stands in the way is waived, explained or closed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from reports import catalogue
from reports.printed import printed
from tests.actions.closing import NOW, close, series_of
from tests.actions.programme import OFFICER, load
from tracker.actions import funder_reports, issuing, waivers
from tracker.actions import reporting_periods as periods
from tracker.domain.actor import Actor
from tracker.domain.funder_reports import ReportState
from tracker.domain.periods import period_named
from tracker.domain.policy import Role
from tracker.domain.report_checks import ReportCheck
from tracker.domain.reporting_periods import Length, PeriodState
from tracker.domain.waivers import NewWaiver, Rule
from tracker.store.funder_reports import issue_numbered, report_numbered, reports_of
from tracker.store.report_checks import blocking_of, topics_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.funder_reports import IssuedReport

OTHER = Actor("controller@example.org", Role.CONTROLLER)
WITHDRAWN, NEWEST, ANOTHERS = 1, 2, 3
LEAVE = ("leave.txt", "text/plain", b"You may.")


def load_issued(session: Session) -> None:
    """Load a programme and issue: 1 was withdrawn, 2 follows it, 3 is another funder's.

    What is loaded is shared, so its files are real, also where the first to ask prints elsewhere.
    """
    load(session)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "printed", printed)
        withdraw(session, issue(session))
        issue(session)
        assert issue(session, "PZH-1") == ANOTHERS


def issue(
    session: Session,
    code: str = "NGF-1",
    period: str = "2021",
    *,
    kind: str = "statement",
    today: date = NOW,
) -> int:
    """Issue a report over a period, the first of it or the next; give its key."""
    key = _draft(session, code, period, kind)
    _clear_the_way(session, key, today)
    version = report_numbered(session, key).version
    funder_reports.ask_review(session, key, version=version, today=today, by=OFFICER)
    funder_reports.approve(session, key, version=version + 1, by=OTHER)
    return issuing.issue(session, key, version=version + 2, today=today, by=OFFICER)


def issued(session: Session, key: int) -> IssuedReport:
    """An issued version as it is now."""
    found = issue_numbered(session, key)[1]
    session.rollback()
    return found


def withdraw(session: Session, key: int, reason: str = "A receipt was missing.") -> None:
    """Withdraw an issued version."""
    version = issue_numbered(session, key)[0].version
    issuing.withdraw(session, key, reason, version=version, by=OFFICER)


def _draft(session: Session, code: str, period: str, kind: str) -> int:
    for report in reports_of(session):
        if (report.commitment, report.period.code, report.kind) == (code, period, kind):
            if report.state is not ReportState.DRAFT:
                version = report.version
                funder_reports.correct(session, report.id, "mended", version=version, by=OFFICER)
            return report.id
    return funder_reports.begin(session, code, kind, period_named(period), by=OFFICER)


def _clear_the_way(session: Session, key: int, today: date) -> None:
    report = report_numbered(session, key)
    _close_until(session, report.period.last_day)
    facts = catalogue.facts_to_issue(session, report, made_on=today)
    told = {about for about, _ in facts.wording.explanations}
    for topic in topics_of(report, facts):
        if topic.key not in told:
            funder_reports.explain(session, key, topic.key, "So.", version=0, by=OFFICER)
    blocks = [one for one in blocking_of(session, report, facts) if one.check is ReportCheck.RULES]
    for rule in Rule if blocks else ():
        new = NewWaiver(rule, "", "leave was given", date(2030, 1, 1))
        waiver = waivers.ask(session, new, LEAVE, today=today, by=OFFICER)
        waivers.approve(session, waiver, today=today, by=OTHER)


def _close_until(session: Session, day: date) -> None:
    if not series_of(session):
        periods.set_up(session, Length.YEAR, today=NOW, by=OFFICER)
    for period in series_of(session):
        if period.period.first_day <= day and period.state is PeriodState.OPEN:
            close(session, period.code)
