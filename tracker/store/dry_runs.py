"""What charging does, or would do, by what is in the books at a moment."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from tracker.domain.allocations import charge as judge
from tracker.domain.dry_runs import DryRun, dry_run
from tracker.domain.errors import RuleViolation
from tracker.store import audit, charging, commitments, projects, splitting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.allocations import Chargeable, Judgement


def try_charging(session: Session) -> DryRun:
    """Tell what charging would do now, and change nothing."""
    with no_search_for_cycles():
        project = projects.the_project(session)
        room = commitments.room_of(session, project.id)
        before = dict(room)
        lines, judgements = judged(session, project.id, room)
        return dry_run(lines, judgements, before, room, audit.ledger_state(session))


def judged(
    session: Session, project_id: int, room: dict[int, int]
) -> tuple[Sequence[Chargeable], Iterator[Judgement]]:
    """Judge what waits, against the room that is given; it is kept up to date as one reads on."""
    rules = splitting.split_rules(session, project_id)
    lines = charging.chargeable(session, project_id, rules)
    judgements = judge(
        lines,
        {rule.id: rule.shares for rule in rules},
        commitments.terms_of(session, project_id),
        room,
    )
    return lines, chain(judgements, charging.ineligible_parts(session) if lines else ())


def check_state(session: Session, state: str) -> None:
    """Refuse to carry out what was shown of books that have changed since.

    Shape:  ``state`` is empty where nothing was shown.
    Errors: ``RuleViolation``.
    """
    if state and state != audit.ledger_state(session):
        raise RuleViolation(
            "The books have changed since this was shown, so nothing was charged.",
            "What would happen now stands here; look at it again before you charge.",
        )


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """Hold the garbage collector back: a run makes a million values and not one cycle.

    Looking for cycles among them takes a sixth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
