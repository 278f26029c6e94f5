"""Obligations: entering orders, linking the invoices that come of them, ending them early."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation
from tracker.domain.obligations import check_ending, check_invoiced, check_obligation
from tracker.store import audit, commitments, entries, obligations, projects
from tracker.store.costs import CostLineRow, cost_line, of_cost
from tracker.store.obligations import InvoicedRow, ObligationRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.money import Money
    from tracker.domain.obligations import NewObligation, Obligation


def enter(session: Session, new: NewObligation, *, today: date, by: Actor) -> int:
    """Keep an order that is still to be invoiced, and give its id; it is never a cost itself.

    Errors: ``RuleViolation`` at the field.
    """
    with transaction(session):
        project = projects.the_project(session)
        check_obligation(new, obligations.references_of(session, project.id), today)
        places = entries.places_of(
            session, project.id, new.category, new.work_package, new.milestone
        )
        paying = commitments.commitment_row(session, new.commitment) if new.commitment else None
        row = ObligationRow(
            project_id=project.id,
            reference=new.reference.strip(),
            supplier=new.supplier.strip(),
            description=new.description.strip(),
            ordered_on=new.ordered_on,
            expected_on=new.expected_on,
            amount=new.amount.cents,
            category_id=places.category_id,
            work_package_id=places.work_package_id,
            milestone_id=places.milestone_id,
            commitment_id=paying.id if paying else None,
            entered_by=by.name,
            entered_at=datetime.now(UTC),
        )
        session.add(row)
        session.flush()
        key = row.id
        audit.record(
            session, by=by, did="enter obligation", subject=_subject(key), detail=_said(new)
        )
    return key


def link(session: Session, key: int, line_id: int, amount: Money, *, by: Actor) -> None:
    """Let a cost line fulfil a part of an obligation, or all that is open of it.

    Errors: ``NotFoundError``; ``RuleViolation`` on field ``part`` or ``obligation``.
    """
    with transaction(session):
        obligation = _held(session, key)
        _hold_line(session, line_id)
        check_invoiced(obligation, amount, obligations.left_of_cost(session, line_id))
        _add(session, key, line_id, amount, by)
        detail: dict[str, str | int] = {"reference": obligation.reference, "amount": amount.cents}
        for subject in (_subject(key), of_cost(line_id)):
            audit.record(session, by=by, did="link invoice", subject=subject, detail=detail)


def unlink(session: Session, key: int, line_id: int, *, by: Actor) -> None:
    """Take back that a cost line fulfils an obligation: what it fulfilled is open again.

    Errors: ``NotFoundError``; ``RuleViolation`` where it fulfils nothing of it.
    """
    with transaction(session):
        obligation = _held(session, key)
        found = [one for one in obligations.invoices_of(session, key) if one.line_id == line_id]
        if not found:
            raise RuleViolation(
                "This cost fulfils nothing of {reference}.",
                "There is nothing to take back.",
                reference=obligation.reference,
            )
        _add(session, key, line_id, -found[0].amount, by)
        detail: dict[str, str | int] = {
            "reference": obligation.reference,
            "amount": found[0].amount.cents,
        }
        for subject in (_subject(key), of_cost(line_id)):
            audit.record(session, by=by, did="unlink invoice", subject=subject, detail=detail)


def end(session: Session, key: int, reason: str, *, today: date, by: Actor) -> None:
    """End an obligation early: what is open of it will never be invoiced.

    Errors: ``NotFoundError``; ``RuleViolation`` on field ``reason``.
    """
    with transaction(session):
        obligation = _held(session, key)
        check_ending(obligation, reason)
        row = session.get_one(ObligationRow, key)
        row.ended_on, row.ended_for, row.version = today, reason.strip(), row.version + 1
        audit.record(
            session,
            by=by,
            did="end obligation",
            subject=_subject(key),
            detail={"reason": reason.strip(), "left": obligation.open.cents},
        )


def _held(session: Session, key: int) -> Obligation:
    """Give an obligation that nobody else changes until the deed is done."""
    session.get(ObligationRow, key, with_for_update=True)
    return obligations.obligation_numbered(session, key)


def _hold_line(session: Session, line_id: int) -> None:
    session.get(CostLineRow, line_id, with_for_update={"key_share": True})
    cost_line(session, line_id)


def _add(session: Session, key: int, line_id: int, amount: Money, by: Actor) -> None:
    session.add(
        InvoicedRow(
            obligation_id=key,
            cost_line_id=line_id,
            amount=amount.cents,
            entered_by=by.name,
            entered_at=datetime.now(UTC),
        )
    )
    session.flush()


def _subject(key: int) -> str:
    return f"obligation/{key}"


def _said(new: NewObligation) -> dict[str, str | int]:
    return {
        "reference": new.reference.strip(),
        "supplier": new.supplier.strip(),
        "amount": new.amount.cents,
        "day": str(new.ordered_on),
        "due_on": str(new.expected_on) if new.expected_on else "",
        "work_package": new.work_package,
        "commitment": new.commitment,
    }
