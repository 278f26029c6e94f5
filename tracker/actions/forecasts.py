"""Forecasts: a new version of what is expected to be spent, with its explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.money import Money
from tracker.store import audit
from tracker.store.forecasting import forecasting
from tracker.store.forecasts import keep_forecast
from tracker.store.projects import ProjectRow, the_project
from tracker.store.session import transaction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.forecasts import NewForecast


def make(session: Session, new: NewForecast, *, today: date, by: Actor) -> int:
    """Make a new version of the project's forecast, and give its number.

    Errors: ``RuleViolation`` at the field: an amount that cannot be, a deviation above the
            programme's threshold without an explanation; ``StaleEditError`` where somebody else
            made a version in between.
    """
    with transaction(session):
        return keep(session, new, today=today, by=by)


def keep(session: Session, new: NewForecast, *, today: date, by: Actor) -> int:
    """Keep a new version in the transaction that goes on; see ``make``."""
    project = the_project(session)
    session.execute(
        select(ProjectRow.id).where(ProjectRow.id == project.id).with_for_update(key_share=True)
    )
    forecasting(session, project, today).check(new)
    number = keep_forecast(session, project.id, new, made_on=today, by=by.name)
    audit.record(
        session,
        by=by,
        did="make forecast",
        subject=f"project/{project.code}/forecast",
        detail={
            "version": number,
            "reason": new.reason.strip(),
            "first_day": new.first_day.isoformat(),
            "total": Money.total(line.amount for line in new.lines).cents,
        },
    )
    return number
