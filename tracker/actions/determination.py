"""Asking a funder to determine a commitment. The determination itself is an amendment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.determination import check_request
from tracker.store import audit
from tracker.store.amendments import keep_letter
from tracker.store.commitments import commitment_row
from tracker.store.decisions import before_of
from tracker.store.determination import DeterminationRequestRow, requests_of
from tracker.store.session import transaction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.determination import Request
    from tracker.store.documents import Upload


def request(
    session: Session,
    code: str,
    asked: Request,
    *,
    today: date,
    by: Actor,
    document: Upload | None = None,
) -> None:
    """Write down that the determination of a commitment was asked for, and at what amount.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field, also where it was asked before.
    """
    with transaction(session):
        row = commitment_row(session, code)
        before = before_of(session, row.id)
        earlier = requests_of(session).get(row.id)
        check_request(asked, before, today, earlier.requested_on if earlier else None)
        session.add(
            DeterminationRequestRow(
                commitment_id=row.id,
                requested_on=asked.requested_on,
                claimed=asked.claimed.cents,
                document_id=keep_letter(session, code, document, by.name) if document else None,
                entered_by=by.name,
                entered_at=datetime.now(UTC),
            )
        )
        audit.record(
            session,
            by=by,
            did="request determination",
            subject=audit.of_commitment(code),
            detail={
                "requested_on": asked.requested_on.isoformat(),
                "claimed": asked.claimed.cents,
            },
        )
