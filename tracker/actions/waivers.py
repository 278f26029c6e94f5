"""Waivers: asking for one, approving what somebody else asked for, and ending one early."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tracker.domain.amendments import check_separate
from tracker.domain.errors import RuleViolation
from tracker.domain.waivers import check_can_approve, check_can_end, check_new_waiver
from tracker.store import audit, commitments, documents, projects
from tracker.store.session import transaction
from tracker.store.waivers import WaiverRow, waiver_row

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.waivers import NewWaiver
    from tracker.store.documents import Upload


def ask(
    session: Session, new: NewWaiver, document: Upload | None, *, today: date, by: Actor
) -> int:
    """Ask for leave to break a rule. It holds once somebody else has approved it.

    Errors: ``RuleViolation`` at the field; ``NotFoundError`` for an unknown commitment.
    """
    check_new_waiver(new, today)
    if document is None:
        raise RuleViolation(
            "A waiver rests on a document.",
            "Attach the decision, or the message, in which leave is given.",
            field="document",
        )
    with transaction(session):
        project = projects.the_project(session)
        commitment = commitments.commitment_row(session, new.commitment) if new.commitment else None
        row = WaiverRow(
            project_id=project.id,
            commitment_id=commitment.id if commitment else None,
            rule=new.rule,
            reason=new.reason.strip(),
            until=new.until,
            entered_by=by.name,
            entered_at=datetime.now(UTC),
        )
        session.add(row)
        session.flush()
        key, subject = row.id, f"waiver/{row.id}"
        row.document_id = documents.add_document(
            session, subject, document, by=by.name, at=datetime.now(UTC)
        )
        audit.record(
            session,
            by=by,
            did="ask for waiver",
            subject=subject,
            detail={**_said(new), "document": document[0]},
        )
    return key


def approve(session: Session, key: int, *, today: date, by: Actor) -> None:
    """Approve a waiver that somebody else asked for: from now on it holds.

    Errors: ``NotFoundError``; ``NotAllowedError`` for who asked for it; ``RuleViolation`` where
            it is approved or over already.
    Source: separation of duties, domain rule 31.
    """
    with transaction(session):
        row, waiver = waiver_row(session, key)
        check_can_approve(waiver, today)
        check_separate(row.entered_by, by.name)
        row.approved_by, row.approved_at = by.name, datetime.now(UTC)
        session.flush()
        audit.record(
            session,
            by=by,
            did="approve waiver",
            subject=f"waiver/{key}",
            detail={"rule": row.rule, "until": str(row.until)},
        )


def end(session: Session, key: int, *, today: date, by: Actor) -> None:
    """End a waiver before its day, or take back one that was never approved.

    Errors: ``NotFoundError``; ``RuleViolation`` where it is over already.
    """
    with transaction(session):
        row, waiver = waiver_row(session, key)
        check_can_end(waiver, today)
        row.ended_on = today
        session.flush()
        audit.record(
            session,
            by=by,
            did="end waiver",
            subject=f"waiver/{key}",
            detail={"rule": row.rule, "until": [str(row.until), str(today)]},
        )


def _said(new: NewWaiver) -> dict[str, str]:
    return {
        "rule": new.rule,
        "commitment": new.commitment,
        "reason": new.reason.strip(),
        "until": str(new.until),
    }
