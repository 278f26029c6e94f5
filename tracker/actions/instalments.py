"""Planning the instalments of a commitment, and following each until it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tracker.domain.advances import (
    Planned,
    advance_limit,
    check_advances,
    check_amounts,
    check_total,
)
from tracker.domain.commitments import Form, Status
from tracker.domain.errors import Code, NotFoundError, RuleViolation
from tracker.domain.instalments import (
    NewInstalment,
    check_progress,
    check_replan,
    is_released_by,
)
from tracker.store import audit, bank, commitments, instalments
from tracker.store.instalments import InstalmentRow
from tracker.store.milestones import MilestoneRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.commitments import Commitment
    from tracker.domain.instalments import Instalment, Progress
    from tracker.domain.periods import Period
    from tracker.store.commitments import CommitmentRow

UNPLANNED = frozenset({Status.WITHDRAWN, Status.SETTLED, Status.CLOSED})


def change_plan(
    session: Session,
    code: str,
    wished: Sequence[NewInstalment],
    *,
    version: int,
    today: date,
    by: Actor,
) -> RuleViolation | None:
    """Keep these instalments of a commitment and no others; give what the plan is warned of.

    Shape:  an instalment that is not named any more is cancelled, and keeps its number.
    Errors: ``NotFoundError``; ``StaleEditError`` that says who changed what since it was shown;
            ``RuleViolation`` at ``amount_<number>`` and the like.
    Source: Awb 4:95; the programme's terms on the day of the decision.
    """
    with transaction(session):
        row, commitment = _held(session, code, version)
        _check_plannable(commitment)
        known = {one.number: one for one in instalments.instalments_of(session, row.id)}
        check_replan(known, wished)
        warning = _check_amounts(session, commitment, wished, today)
        _take_out(session, row.id, {one.number for one in wished})
        for one in sorted(wished, key=lambda one: one.number):
            _keep(session, row.id, one)
        session.flush()
        _release(session, code, row.id, wished)
        after = {one.number: one for one in instalments.instalments_of(session, row.id)}
        for number in sorted(known.keys() | after.keys()):
            _tell(session, code, known.get(number), after.get(number), by)
        if known != after:
            row.version += 1
    return warning


def follow(
    session: Session,
    code: str,
    number: int,
    progress: Progress,
    *,
    version: int,
    today: date,
    by: Actor,
) -> None:
    """Write down that an instalment was asked for, released by its report, or held back.

    Errors: ``NotFoundError``; ``StaleEditError``; ``RuleViolation`` at the field.
    """
    with transaction(session):
        commitment, _ = _held(session, code, version)
        known = {one.number: one for one in instalments.instalments_of(session, commitment.id)}
        if number not in known:
            raise NotFoundError("{code} has no instalment {number}.", code=code, number=number)
        check_progress(known[number], progress, today)
        row = session.get_one(InstalmentRow, known[number].id)
        row.requested_on, row.accepted_on = progress.requested_on, progress.accepted_on
        row.held_back = progress.held_back.cents
        row.held_back_reason = progress.held_back_reason.strip()
        session.flush()
        after = {one.number: one for one in instalments.instalments_of(session, commitment.id)}
        if known != after:
            commitment.version += 1
            _tell(session, code, known[number], after[number], by)


def release_by_report(session: Session, code: str, period: Period, day: date, *, by: Actor) -> None:
    """Release what waits for the report over a period, as part of the deed that accepts it."""
    bank.hold_commitments(session, [code])
    commitment = commitments.commitment_row(session, code)
    eligible = commitments.commitment_named(session, code).period
    known = {one.number: one for one in instalments.instalments_of(session, commitment.id)}
    freed = [number for number, one in known.items() if is_released_by(one, period, eligible)]
    for number in freed:
        session.get_one(InstalmentRow, known[number].id).accepted_on = day
    if not freed:
        return
    commitment.version += 1
    session.flush()
    after = {one.number: one for one in instalments.instalments_of(session, commitment.id)}
    for number in freed:
        _tell(session, code, known[number], after[number], by)


def _held(session: Session, code: str, version: int) -> tuple[CommitmentRow, Commitment]:
    """Give a commitment as it was shown, and hold it still."""
    bank.hold_commitments(session, [code])
    row = commitments.commitment_row(session, code)
    if row.version != version:
        raise audit.stale_edit(session, audit.of_commitment(code), row.version)
    return row, commitments.commitment_named(session, code)


def _check_plannable(commitment: Commitment) -> None:
    if commitment.form is Form.IN_KIND:
        raise RuleViolation(
            "{code} is in kind: no money comes in on it.",
            "What is given in kind is entered as contributions.",
            code=commitment.code,
        )
    if commitment.status in UNPLANNED:
        raise RuleViolation(
            "{code} has been {status}, so nothing of it is planned any more.",
            code=commitment.code,
            status=Code(commitment.status),
        )


def _check_amounts(
    session: Session, commitment: Commitment, wished: Sequence[NewInstalment], today: date
) -> RuleViolation | None:
    """Refuse a plan that pays too much; where the programme or a waiver lets it pass, say so."""
    in_order = sorted(wished, key=lambda one: (one.due_on, one.number))
    plan = [Planned(one.number, one.amount, one.kind) for one in in_order]
    check_amounts(plan)
    check_total(plan, commitment.amount)
    terms = instalments.plan_terms(session, commitment, today)
    limit = advance_limit(commitment.amount, terms.ceiling_share, terms.retention_share)
    try:
        check_advances(plan, limit)
    except RuleViolation as breach:
        if terms.is_strict:
            raise
        return breach
    return None


def _take_out(session: Session, commitment_id: int, kept: set[int]) -> None:
    for row in session.scalars(
        select(InstalmentRow).where(
            InstalmentRow.commitment_id == commitment_id, InstalmentRow.cancelled.is_(False)
        )
    ):
        if row.number not in kept:
            row.cancelled = True
            row.held_back, row.held_back_reason = 0, ""


def _keep(session: Session, commitment_id: int, one: NewInstalment) -> None:
    row = session.scalars(
        select(InstalmentRow).where(
            InstalmentRow.commitment_id == commitment_id, InstalmentRow.number == one.number
        )
    ).first()
    if row is None:
        row = InstalmentRow(
            commitment_id=commitment_id,
            number=one.number,
            due_on=one.due_on,
            amount=one.amount.cents,
        )
        session.add(row)
    if row.report != one.report.strip():  # another report has to be accepted anew
        row.report, row.accepted_on = one.report.strip(), None
    row.due_on, row.amount, row.kind = one.due_on, one.amount.cents, one.kind.value


def _release(
    session: Session, code: str, commitment_id: int, wished: Sequence[NewInstalment]
) -> None:
    """Let the milestones release the instalments that name them, and no others of this plan."""
    rows = session.scalars(
        select(InstalmentRow).where(InstalmentRow.commitment_id == commitment_id)
    ).all()
    keys = {row.number: row.id for row in rows}
    milestones = {row.code: row for row in session.scalars(select(MilestoneRow))}
    for milestone in milestones.values():
        if milestone.releases_id in keys.values():
            milestone.releases_id = None
    session.flush()
    for one in wished:
        if not one.milestone:
            continue
        named = milestones.get(one.milestone)
        if named is None or named.releases_id is not None:
            raise RuleViolation(
                "Milestone {milestone} does not release instalments of {code}.",
                "Choose one that releases no other commitment's instalment.",
                field=f"milestone_{one.number}",
                milestone=one.milestone,
                code=code,
            )
        named.releases_id = keys[one.number]
        session.flush()


def _tell(
    session: Session, code: str, before: Instalment | None, after: Instalment | None, by: Actor
) -> None:
    """Write into the history what changed of an instalment, if anything did."""
    subject = after or before
    if before == after or subject is None:
        return
    first, last = _said(before), _said(after)
    changed = {
        name: [first.get(name, ""), last.get(name, "")]
        for name in last or first
        if (first.get(name) or "") != (last.get(name) or "")
    }
    did = "change instalment"
    if before is None or after is None:
        did = "plan instalment" if before is None else "take instalment out"
    elif set(changed) <= {"asked_on", "accepted_on", "held_back", "held_back_reason"}:
        did = "follow instalment"
    audit.record(
        session,
        by=by,
        did=did,
        subject=audit.of_commitment(code),
        detail={"instalment": subject.number, **changed},
    )


def _said(one: Instalment | None) -> dict[str, Any]:
    if one is None:
        return {}
    return {
        "due_on": str(one.due_on),
        "amount": one.amount.cents,
        "kind": one.kind.value,
        "milestone": one.milestone,
        "report": one.report,
        "asked_on": str(one.requested_on or ""),
        "accepted_on": str(one.accepted_on or ""),
        "held_back": one.held_back.cents,
        "held_back_reason": one.held_back_reason,
    }
