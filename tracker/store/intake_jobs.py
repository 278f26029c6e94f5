"""What the job of a file needs besides the file: whose it is, and a way to say how far it is."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tracker.domain.intakes import AT_WORK
from tracker.store.intakes import IntakeRow, intake_row
from tracker.store.scope import over_all

if TYPE_CHECKING:
    from sqlalchemy import Engine


def project_of_intake(session: Session, intake_id: int) -> int:
    """Give the key of the project for which a file was handed in.

    Errors: ``NotFoundError``.
    """
    with over_all(session):
        return intake_row(session, intake_id).project_id


def tell_progress(engine: Engine, intake_id: int, version: int, done: int, whole: int) -> bool:
    """Write down that a job is alive and how far it is; tell whether it is still wanted.

    It has a connection of its own: what the job itself does is seen by nobody until it is done.
    """
    with (
        Session(engine) as session,
        over_all(session),
        suppress(OperationalError),  # somebody else writes now
    ):
        found = cast(
            "CursorResult[Any]",
            session.execute(
                update(IntakeRow)
                .where(
                    IntakeRow.id == intake_id,
                    IntakeRow.version == version,
                    IntakeRow.state.in_(AT_WORK),
                )
                .values(done=done, whole=whole, seen_at=datetime.now(UTC))
            ),
        )
        session.commit()
        return found.rowcount == 1
    return True
