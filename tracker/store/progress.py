"""How far the jobs are: written down beside the work, so that pages can say it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tracker.store.scope import over_all

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Engine


def tell(
    engine: Engine, row: Any, states: Collection[str], key: int, version: int, **values: int
) -> bool:
    """Write down that a job is alive and how far it is; tell whether it is still wanted.

    It has a connection of its own: what the job itself does is seen by nobody until it is done.

    Shape:  ``row`` is the table of the job, and ``states`` those in which it is at work.
    """
    with (
        Session(engine) as session,
        over_all(session),
        suppress(OperationalError),  # somebody else writes now
    ):
        found = cast(
            "CursorResult[Any]",
            session.execute(
                update(row)
                .where(row.id == key, row.version == version, row.state.in_(states))
                .values(seen_at=datetime.now(UTC), **values)
            ),
        )
        session.commit()
        return found.rowcount == 1
    return True
