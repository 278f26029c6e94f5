"""Keeping the index over the cost lines, and the sums of months, up to date.

In parts, so that others can write between.
"""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import OperationalError

from tracker.config import ROOT
from tracker.store import cost_groups, cost_index, spending
from tracker.store.scope import over_all
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SOON = 20_000  # rows of the books that are indexed while somebody waits: a second or less


class CostIndex:
    """The index over the cost lines of a database, and what brings it up to the books.

    No deed and no audit entry: the index says nothing that the books do not.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def follow(self) -> None:
        """Bring the index and the sums of all projects up to the books, if they lag."""
        session = self._session
        if _lag(session):
            with over_all(session):
                self._follow()
        session.rollback()

    def _follow(self) -> None:
        session = self._session
        with transaction(session):
            goal = cost_index.settle(session)
        after: int | None = 0
        while after is not None:
            with transaction(session):
                after = cost_groups.follow(session, goal, after)
        done = False
        while not done:
            with transaction(session):
                done = spending.follow(session, goal.line, goal.allocation)

    def follow_soon(self) -> None:
        """Bring it along after a deed: at once if that is little work, else in another process.

        A database that is busy is left alone: lists read the books until the next deed.
        """
        if _lag(self._session) > SOON:
            self._begin()
            return
        try:
            self.follow()
        except OperationalError:
            self._session.rollback()

    def _begin(self) -> None:
        bind: Any = self._session.get_bind()
        url = bind.engine.url.render_as_string(hide_password=False)
        self._session.rollback()
        job = subprocess.Popen(
            [sys.executable, "-m", "tracker.jobs", "index"],
            cwd=ROOT,
            env=os.environ | {"TRACKER_DATABASE_URL": url},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        Thread(target=job.wait, daemon=True).start()


def _lag(session: Session) -> int:
    return max(cost_index.lag(session), spending.lag(session))
