"""Charging costs to commitments."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

from tracker.domain.allocations import ChargeKind
from tracker.domain.allocations import charge as judge
from tracker.domain.allocations import charge_by_hand as judge_by_hand
from tracker.domain.imports import ChargeOutcome
from tracker.domain.money import Money
from tracker.store import allocations, audit, charging, commitments, imports, projects, splitting
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor


def charge(session: Session, *, by: Actor) -> ChargeOutcome:
    """Apply the split rules to every cost line that they have not judged yet.

    The commitments are locked first: of two runs at once, the second waits and finds nothing
    left to judge. A run that finds nothing leaves no trace.
    """
    with transaction(session), _no_search_for_cycles():
        imports.lock(session)  # no line may come in below those that this run judges
        project = projects.the_project(session)
        room = commitments.lock_room(session, project.id)
        rules = splitting.split_rules(session, project.id)
        lines = charging.chargeable(session, project.id, rules)
        if not lines:
            return ChargeOutcome(0, Money(0), ())
        late = charging.late_lines(session, project.id)
        judgements = judge(
            lines,
            {rule.id: rule.shares for rule in rules},
            commitments.terms_of(session, project.id),
            room,
        )
        parts = charging.ineligible_parts(session)
        charge_id = charging.add_charge(session, datetime.now(UTC), by.name)
        charging.keep_judgements(session, charge_id, chain(judgements, parts), late)
        charged, left = allocations.kept_in(session, charge_id)
        outcome = ChargeOutcome(len(lines), charged, tuple(left))
        audit.record(
            session,
            by=by,
            did="charge",
            subject=f"charge/{charge_id}",
            detail={
                "lines": outcome.lines,
                "charged": outcome.charged.cents,
                "left": outcome.left_total.cents,
            },
        )
    return outcome


def charge_by_hand(session: Session, line_id: int, code: str, amount: Money, *, by: Actor) -> None:
    """Charge a part of one cost line to a commitment, of what nobody pays yet.

    Of two who want the last euro of a commitment at once, the second is told what is left.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field that is wrong.
    """
    with transaction(session):
        commitment = commitments.commitment_row(session, code)
        room = commitments.lock_room(session, commitment.project_id, commitment.id)
        line = charging.chargeable_line(session, line_id)
        judged = judge_by_hand(
            line,
            commitment.code,
            commitment.id,
            amount,
            terms=commitments.terms_of(session, commitment.project_id)[commitment.id],
            room=Money(room[commitment.id]),
            left=allocations.left_of_line(session, line_id),
        )
        now, kind = datetime.now(UTC), ChargeKind.BY_HAND
        charge_id = charging.add_charge(session, now, by.name, kind)
        charging.add_by_hand(session, charge_id, judged, charging.counts_on(session, line_id))
        audit.record(
            session,
            by=by,
            did="charge by hand",
            subject=audit.of_commitment(code),
            detail={"cost_line": line_id, "charged": amount.cents},
        )


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
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
