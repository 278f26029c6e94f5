"""What the job of a file needs besides the file: whose it is, and a way to say how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.intakes import AT_WORK
from tracker.store import progress
from tracker.store.intakes import IntakeRow, intake_row
from tracker.store.scope import over_all

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


def project_of_intake(session: Session, intake_id: int) -> int:
    """Give the key of the project for which a file was handed in.

    Errors: ``NotFoundError``.
    """
    with over_all(session):
        return intake_row(session, intake_id).project_id


def tell_progress(engine: Engine, intake_id: int, version: int, done: int, whole: int) -> bool:
    """Write down that a job is alive and how far it is; tell whether it is still wanted."""
    return progress.tell(engine, IntakeRow, AT_WORK, intake_id, version, done=done, whole=whole)
