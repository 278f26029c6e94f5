"""Keeping the index over the cost lines up to date: in parts, so that others can write between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.store import cost_groups, cost_index
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def follow(session: Session) -> None:
    """Bring the index over the cost lines up to the books, if it lags.

    No deed and no audit entry: the index says nothing that the books do not.
    """
    if cost_index.is_current(session):
        session.rollback()
        return
    with transaction(session):
        goal = cost_index.settle(session)
    after: int | None = 0
    while after is not None:
        with transaction(session):
            after = cost_groups.follow(session, goal, after)
