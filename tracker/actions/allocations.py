"""Charging costs to commitments, and taking charges back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.allocations import ChargeKind, Reason, check_taking_back
from tracker.domain.allocations import charge_by_hand as judge_by_hand
from tracker.domain.imports import ChargeOutcome
from tracker.domain.money import Money
from tracker.store import (
    allocations,
    audit,
    charging,
    commitments,
    dry_runs,
    imports,
    projects,
)
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor


def charge(session: Session, *, by: Actor, state: str = "") -> ChargeOutcome:
    """Apply the split rules to every cost line that they have not judged yet.

    The commitments are locked first: of two runs at once, the second waits and finds nothing
    left to judge. A run that finds nothing leaves no trace.

    Shape:  ``state`` is that of the books when a dry run was shown; empty where none was.
    Errors: ``RuleViolation`` where the books have changed since.
    """
    with transaction(session), dry_runs.no_search_for_cycles():
        imports.lock(session)  # no line may come in below those that this run judges
        project = projects.the_project(session)
        room = commitments.lock_room(session, project.id)
        dry_runs.check_state(session, state)
        lines, judgements = dry_runs.judged(session, project.id, room)
        if not lines:
            return ChargeOutcome(0, Money(0), ())
        late = charging.late_lines(session, project.id)
        charge_id = charging.add_charge(session, datetime.now(UTC), by.name)
        charging.keep_judgements(session, charge_id, judgements, late)
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
        detail = {"cost_line": line_id, "charged": amount.cents}
        _record(session, by, "charge by hand", line_id, code, detail)


def take_back(
    session: Session, line_id: int, code: str, amount: Money, reason: str, *, by: Actor
) -> None:
    """Take a charge of a cost line back from a commitment; it is left, and can be charged again.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field that is wrong: more than is charged,
            or charged in a period that has been closed.
    """
    with transaction(session):
        commitment = commitments.commitment_row(session, code)
        commitments.lock_room(session, commitment.project_id, commitment.id)
        line = charging.chargeable_line(session, line_id)
        charged = allocations.charges_of(session, commitment.project_id, line_id)
        check_taking_back(line, code, amount, reason, charged.get(commitment.id))
        now, kind = datetime.now(UTC), ChargeKind.TAKEN_BACK
        charge_id = charging.add_charge(session, now, by.name, kind, reason.strip())
        counted_on = charging.counts_on(session, line_id)
        parts = [(commitment.id, amount.cents)]
        charging.take_back(session, charge_id, line_id, parts, Reason.TAKEN_BACK, counted_on)
        detail = {"cost_line": line_id, "taken_back": amount.cents, "reason": reason.strip()}
        _record(session, by, "take charge back", line_id, code, detail)


def _record(
    session: Session, by: Actor, did: str, line_id: int, code: str, detail: Mapping[str, object]
) -> None:
    """Record a deed to one line under the commitment, and under the line."""
    audit.record(session, by=by, did=did, subject=audit.of_commitment(code), detail=dict(detail))
    told = {name: value for name, value in detail.items() if name != "cost_line"}
    subject, told = f"cost/{line_id}", {"commitment": code, **told}
    audit.record(session, by=by, did=did, subject=subject, detail=told)
