"""Writing milestones down: new ones, their moves, and what has become of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.milestones import MilestoneStatus
from tracker.store.milestones import MilestoneMoveRow, MilestoneRow, milestone_row
from tracker.store.projects import work_packages_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.milestones import Move
    from tracker.domain.programmes import NewMilestone


def add_milestone(session: Session, project_id: int, new: NewMilestone) -> MilestoneRow:
    """Add a milestone behind the others, with its moves; it releases nothing."""
    last = session.scalar(select(func.max(MilestoneRow.position)))
    row = MilestoneRow(
        project_id=project_id,
        code=new.code,
        title=new.title,
        work_package_id=work_packages_of(session, project_id)[new.work_package],
        weight=new.weight,
        baseline=new.baseline,
        met_on=new.met_on,
        releases_id=None,
        position=0 if last is None else last + 1,
    )
    if new.met_on:
        row.status, row.progress = MilestoneStatus.MET.value, 100
    session.add(row)
    session.flush()
    for to in new.moves:
        add_move(session, new.code, to)
    return row


def add_move(session: Session, code: str, to: Move) -> None:
    """Add a new date to those that a milestone has had."""
    row = milestone_row(session, code)
    moved = MilestoneMoveRow(
        milestone_id=row.id, moved_on=to.moved_on, to_day=to.to_day, reason=to.reason
    )
    row.version += 1
    session.add(moved)
    session.flush()


def note_status(
    session: Session, code: str, status: MilestoneStatus, progress: int, met_on: date | None = None
) -> None:
    """Write down what has become of a milestone, and how far it is."""
    row = milestone_row(session, code)
    row.status, row.progress, row.met_on = status.value, progress, met_on
    row.version += 1
    session.flush()
