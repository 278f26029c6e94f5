"""Documents: decision letters, consents, evidence, kept as the bytes that were handed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import CheckConstraint, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError, TrackerError
from tracker.store.tables import Base


class DocumentRow(Base):
    """A file that belongs to a record; ``subject`` names that as the audit trail does."""

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime]


Upload: TypeAlias = tuple[str, str, bytes]
"""A file as it is handed in: its name, its media type and its bytes."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as lists show it."""

    id: int
    subject: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime


def hash_of(upload: Upload) -> str:
    """Give the hash by which a file is known."""
    return hashlib.sha256(upload[2]).hexdigest()


def add_document(session: Session, subject: str, upload: Upload, *, by: str, at: datetime) -> int:
    """Keep a file with a record."""
    name, media_type, content = upload
    row = DocumentRow(
        subject=subject,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hash_of(upload),
        content=content,
        added_by=by,
        added_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def documents_of(session: Session, subject: str) -> list[Document]:
    """List the documents of a record, the newest first."""
    rows = session.scalars(
        select(DocumentRow).where(DocumentRow.subject == subject).order_by(DocumentRow.id.desc())
    )
    return [_document(row) for row in rows]


def document_numbered(session: Session, key: int) -> tuple[Document, bytes]:
    """Give a document with its bytes.

    Errors: ``NotFoundError``; ``TrackerError`` where they are not those that were kept.
    """
    row = session.get(DocumentRow, key)
    if row is None:
        raise NotFoundError("There is no such document.")
    return _document(row), intact(session, key)


def intact(session: Session, key: int, sha256: str = "") -> bytes:
    """Give the bytes of a document, if they are those that were kept; they are not held on to.

    Shape:  ``sha256`` is what another record knows the file by; else that of the document itself.
    Errors: ``NotFoundError``; ``TrackerError`` where they are not.
    """
    row = DocumentRow
    found = session.execute(
        select(row.name, row.sha256, row.content).where(row.id == key)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such document.")
    name, own, content = found
    if hashlib.sha256(content).hexdigest() != (sha256 or own):
        raise TrackerError(
            "The file {name} is not what was kept, and is not handed out.",
            "Tell who looks after the tracker: the database was changed from outside. A backup"
            " holds the file as it was.",
            name=name,
        )
    return content


def _document(row: DocumentRow) -> Document:
    return Document(
        row.id,
        row.subject,
        row.name,
        row.media_type,
        row.size,
        row.sha256,
        row.added_by,
        row.added_at,
    )
