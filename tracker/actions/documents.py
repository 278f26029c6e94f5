"""Keeping documents with a commitment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.store import audit, documents
from tracker.store.commitments import commitment_row
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.store.documents import Upload


def add(session: Session, code: str, upload: Upload, *, by: Actor) -> int:
    """Keep a document with a commitment; it is never taken away.

    Errors: ``NotFoundError``.
    """
    with transaction(session):
        subject = audit.of_commitment(commitment_row(session, code).code)
        key = documents.add_document(session, subject, upload, by=by.name, at=datetime.now(UTC))
        audit.record(
            session, by=by, did="add document", subject=subject, detail={"file": upload[0]}
        )
    return key
