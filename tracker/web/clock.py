"""The only clock: rules get the day as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import g, has_request_context

from tracker.extensions import db
from tracker.store.projects import day_of_sample
from tracker.store.scope import Scope, scope_of

OFFICE = ZoneInfo("Europe/Amsterdam")


def today() -> date:
    """Tell which day it is at the office; in the sample, the day on which its story stands still.

    The books of the sample end on a certain day: looked at from another year, nothing in it would
    be ahead, and nothing would be late by a number of days that makes sense.
    """
    now = datetime.now(OFFICE).date()
    if not has_request_context():
        return now
    session = db.session()
    days: dict[Scope, date] = g.setdefault("today", {})
    about = scope_of(session)
    if about not in days:
        days[about] = day_of_sample(session) or now
    return days[about]


def at_office(moment: datetime) -> datetime:
    """Write an aware moment in the time of the office."""
    return moment.astimezone(OFFICE)


def moment_of(seconds: int) -> datetime:
    """Turn seconds since 1970 into an aware moment."""
    return datetime.fromtimestamp(seconds, UTC)
