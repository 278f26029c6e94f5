"""What the sample's office did with its books: a year that is closed, and one being closed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker.actions import reporting_periods as deeds
from tracker.domain.reporting_periods import Length, PeriodState
from tracker.store import audit, reporting_periods
from tracker.store.projects import the_project

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.reporting_periods import ReportingPeriod

TODAY = date(2025, 12, 31)
CLOSED, CLOSING = "2021", "2022"
SENT_ON = date(2022, 3, 28)


def live_through(session: Session, *, controller: Actor, by: Actor) -> None:
    """Do what was done with the sample's periods, or finish what an interrupted run began."""
    if not reporting_periods.periods_of(session, the_project(session).id):
        deeds.set_up(session, Length.YEAR, today=TODAY, by=by)
    if _period(session, CLOSED).state is PeriodState.OPEN:
        deeds.begin_closing(session, CLOSED, version=_version(session, CLOSED), by=by)
    if _period(session, CLOSED).state is PeriodState.CLOSING:
        reason = "What nobody pays was looked at line by line; the board was told."
        version = _version(session, CLOSED)
        deeds.close(session, CLOSED, reason, version=version, today=TODAY, by=by)
    _ask_in_vain(session, controller, by)
    if not reporting_periods.sent_reports(session, _period(session, CLOSED).id):
        note = "The statement over 2021, to the programme office."
        deeds.note_sent(session, CLOSED, "NGF-1", SENT_ON, note, today=TODAY, by=by)
    if _period(session, CLOSING).state is PeriodState.OPEN:
        deeds.begin_closing(session, CLOSING, version=_version(session, CLOSING), by=by)


def _ask_in_vain(session: Session, controller: Actor, by: Actor) -> None:
    """Ask to reopen the closed year, and be told to correct the line instead."""
    done = {
        entry.did
        for entry in audit.history_of(session, reporting_periods.of_period(session, CLOSED))
    }
    if "ask for reopening" not in done:
        reason = "An invoice of December was booked in the wrong work package."
        version = _version(session, CLOSED)
        deeds.ask_reopening(session, CLOSED, reason, version=version, by=by)
    if "drop reopening" not in done:
        asked = reporting_periods.reopenings_asked(session)
        deeds.drop_reopening(session, asked[0].id, by=controller)


def _period(session: Session, code: str) -> ReportingPeriod:
    return reporting_periods.period_coded(session, the_project(session).id, code)


def _version(session: Session, code: str) -> int:
    return _period(session, code).version
