"""Giving the partners an overview of the project: its files are kept, and never change again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from reports import catalogue
from reports.issued_files import faces_of
from tracker.domain.consortium import check_standing, numbered
from tracker.domain.errors import TrackerError
from tracker.domain.funder_reports import check_reason
from tracker.store import audit, documents
from tracker.store import consortium as stored
from tracker.store.session import transaction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.consortium import GivenFile
    from tracker.store.documents import Upload

SLUG: Final = "consortium"
ATTEMPTS: Final = 3


def give(session: Session, language: str, *, today: date, by: Actor) -> int:
    """Give the partners the overview of the project as it is now, and tell its number.

    Shape:  the files are made before anything is written, because that takes long.
    Errors: ``TrackerError`` where the books keep moving.
    """
    for _ in range(ATTEMPTS):
        occasion = catalogue.occasion_of(session, made_on=today, author=by.name, language=language)
        occasion = replace(occasion, number=_next(session))
        report = catalogue.make_of_project(session, SLUG, occasion)
        session.rollback()
        uploads = faces_of(report)
        with transaction(session):
            stored.hold(session)
            state = audit.ledger_state(session)
            if (state, _next(session)) == (occasion.ledger_state, occasion.number):
                _keep(session, occasion.number, today, uploads, by)
                return occasion.number
    raise TrackerError(
        "The books changed while the overview was made, {count} times in a row.",
        "Try it again when nobody brings in or charges costs.",
        count=ATTEMPTS,
    )


def withdraw(session: Session, number: int, reason: str, *, by: Actor) -> None:
    """Withdraw an overview that was given in error: it stays where it is, and says so.

    Errors: ``NotFoundError``; ``RuleViolation`` without a reason, or where it was withdrawn.
    """
    why = check_reason(reason, "reason")
    with transaction(session):
        stored.hold(session)
        check_standing(numbered(stored.given_of(session), number))
        subject = stored.of_overview(session, number)
        audit.record(session, by=by, did=stored.WITHDRAWN, subject=subject, detail={"reason": why})


def take(session: Session, number: int, face: str, *, by: Actor) -> tuple[GivenFile, bytes]:
    """Hand a file of an overview out as it was kept, and note who took it.

    Errors: ``NotFoundError``; ``TrackerError`` where the bytes are not those that were kept.
    """
    with transaction(session):
        file = numbered(stored.given_of(session), number).file(face)
        content = documents.intact(session, file.document_id, file.sha256)
        subject = stored.of_overview(session, number)
        audit.record(session, by=by, did=stored.TAKEN, subject=subject, detail={"format": face})
    return file, content


def _next(session: Session) -> int:
    return len(stored.given_of(session)) + 1


def _keep(
    session: Session, number: int, today: date, uploads: dict[str, Upload], by: Actor
) -> None:
    subject, now = stored.of_overview(session, number), datetime.now(UTC)
    for upload in uploads.values():
        documents.add_document(session, subject, upload, by=by.name, at=now)
    hashes = {face: documents.hash_of(upload) for face, upload in uploads.items()}
    detail = {"number": number, "day": str(today), **hashes}
    audit.record(session, by=by, did=stored.GIVEN, subject=subject, detail=detail)
