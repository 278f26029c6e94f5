"""Charging the lines of a list, judging them again, and taking their charges back, at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.bulk_charging import DEEDS, KINDS, check_reason
from tracker.domain.errors import RuleViolation
from tracker.store import (
    audit,
    bulk_charging,
    charging,
    commitments,
    dry_runs,
    imports,
    projects,
)
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.bulk_charging import BulkRun, Wish
    from tracker.domain.costs import CostFilter


def charge_in_bulk(
    session: Session, lines: CostFilter, wish: Wish, *, state: str, by: Actor
) -> BulkRun:
    """Do to the lines of a list what was shown: all of it, or nothing where the books changed.

    Shape:  ``state`` is that of the books when it was shown.
    Errors: ``RuleViolation`` where the books have changed since, for a taking back without a
            reason, and where nothing can be done.
    """
    check_reason(wish)
    with transaction(session):
        imports.lock(session)
        project = projects.the_project(session)
        room = commitments.lock_room(session, project.id)
        dry_runs.check_state(session, state)
        run = bulk_charging.run_in_bulk(session, project.id, lines, wish, room)
        count, amount = run.done
        if not count:
            raise RuleViolation(
                "Of these {lines} lines nothing can be charged or taken back.",
                "The table says why; choose other lines or another commitment.",
                lines=run.line_count,
            )
        now, kind = datetime.now(UTC), KINDS[wish.aim]
        charge_id = charging.add_charge(session, now, by.name, kind, wish.reason.strip())
        late = bulk_charging.late_days(session, project.id, lines)
        bulk_charging.keep_changes(session, charge_id, run.changes, late)
        audit.record(
            session,
            by=by,
            did=DEEDS[wish.aim],
            subject=f"charge/{charge_id}",
            detail={
                "lines": count,
                "amount": amount.cents,
                "reason": wish.reason.strip(),
                "commitments": _named(session, run),
            },
        )
    return run


def _named(session: Session, run: BulkRun) -> str:
    known = commitments.commitments_of(session)
    return ", ".join(c.code for c in known if c.id in run.by_commitment)
