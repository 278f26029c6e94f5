"""Milestones: entering them, moving their dates with a reason, and seeing them met.

Each deed takes part in the transaction that goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation
from tracker.store import audit, milestones, projects

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.milestones import Move
    from tracker.domain.programmes import NewMilestone


def enter(session: Session, new: NewMilestone, *, by: Actor) -> None:
    """Enter a milestone, with the moves that it has had and the day on which it was met."""
    milestones.add_milestone(session, projects.the_project(session).id, new)
    detail: dict[str, object] = {
        "name": new.title,
        "work_package": new.work_package,
        "weight": new.weight,
        "baseline": new.baseline.isoformat(),
    }
    if new.moves:
        detail |= {"planned_for": new.moves[-1].to_day.isoformat(), "reason": new.moves[-1].reason}
    if new.met_on:
        detail["met_on"] = new.met_on.isoformat()
    _record(session, by, "enter milestone", new.code, detail)


def move(session: Session, code: str, before: date, to: Move, *, by: Actor) -> None:
    """Plan a milestone for another day.

    Errors: ``RuleViolation`` where it is not planned for ``before`` any more, or was met.
    """
    found = milestones.held(session, code)
    if found.current != before or found.met_on:
        raise RuleViolation(
            "{code} is planned for {day} by now, or was met.",
            "Look at the milestone again.",
            code=code,
            day=found.current,
        )
    milestones.add_move(session, code, to)
    days = [before.isoformat(), to.to_day.isoformat()]
    _record(session, by, "move milestone", code, {"planned_for": days, "reason": to.reason})


def meet(session: Session, code: str, day: date, *, by: Actor) -> None:
    """Write down on which day a milestone was met.

    Errors: ``RuleViolation`` where it was met already.
    """
    if met_on := milestones.held(session, code).met_on:
        raise RuleViolation(
            "{code} was met on {day} already.",
            "Look at the milestone again.",
            code=code,
            day=met_on,
        )
    milestones.note_met(session, code, day)
    _record(session, by, "meet milestone", code, {"met_on": day.isoformat()})


def _record(session: Session, by: Actor, did: str, code: str, detail: dict[str, object]) -> None:
    audit.record(session, by=by, did=did, subject=f"milestone/{code}", detail=detail)
