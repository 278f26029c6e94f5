"""What follows from moving a milestone, read from what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.milestone_order import (
    Consequences,
    ReportMoved,
    followers,
    moved_along,
    out_of_order,
)
from tracker.domain.milestones import Move
from tracker.domain.risk import at_risk
from tracker.store.milestone_plans import reports_of
from tracker.store.milestones import milestone_named, milestones_of
from tracker.store.risk import risk_facts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.orm import Session


def consequences_of(
    session: Session, code: str, to_day: date, along: Collection[str], today: date
) -> Consequences:
    """Tell what follows if a milestone moves to a day, and takes some of those after it along.

    Errors: ``NotFoundError``.
    """
    moved, now = milestone_named(session, code), milestones_of(session)
    to = Move(today, to_day, "")
    then = moved_along(now, to, moved, along)
    facts = risk_facts(session, today)._replace(milestones=tuple(now))
    before = facts.risks_on(today)
    after = facts._replace(milestones=then).risks_on(today)
    moving = {
        one.code for one, other in zip(now, then, strict=True) if one.current != other.current
    }
    reports, later = reports_of(session), {one.id: one for one in then}
    return Consequences(
        milestone=moved,
        to_day=to_day,
        later=followers(moved, to_day, now),
        out_of_order=out_of_order(later[moved.id], then),
        reports=tuple(
            ReportMoved(one.code, report, report.due_on(one), report.due_on(later[one.id]))
            for one in now
            if one.code in moving
            for report in reports.get(one.id, ())
        ),
        risks=tuple(risk for risk in after if risk.milestone in moving),
        risk_before=at_risk(before),
        risk_after=at_risk(after),
    )
