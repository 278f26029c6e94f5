"""Closing periods in tests, quickly: what is checked before is judged elsewhere."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.actions.programme import OFFICER
from tracker.actions import reporting_periods as periods
from tracker.domain.reporting_periods import Length
from tracker.store.projects import the_project
from tracker.store.reporting_periods import periods_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.reporting_periods import ReportingPeriod

NOW = date(2026, 11, 20)
WHY = "the rest is known"


def series_of(session: Session) -> list[ReportingPeriod]:
    """The periods as they are now."""
    found = periods_of(session, the_project(session).id)
    session.rollback()
    return found


def close(session: Session, code: str) -> None:
    """Close a period over whatever warns."""
    version = next(p.version for p in series_of(session) if p.code == code)
    periods.begin_closing(session, code, version=version, by=OFFICER)
    periods.close(session, code, WHY, version=version + 1, today=NOW, by=OFFICER)


def close_until(session: Session, day: date) -> date:
    """Close every year up to and including that of a day; give the first day that is open."""
    if not series_of(session):
        periods.set_up(session, Length.YEAR, today=NOW, by=OFFICER)
    for period in series_of(session):
        if period.period.first_day <= day:
            close(session, period.code)
    return date(day.year + 1, 1, 1)
