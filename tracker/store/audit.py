"""The audit trail: who did what, append-only, each entry sealed with the one before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import UniqueConstraint, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import StaleEditError
from tracker.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Collection

    from tracker.domain.actor import Actor

BEGINNING = "0" * 64
DOSSIERS = "dossier/"
"""With what the subject of a deed begins that took a dossier along."""
OVERVIEWS = "overview/"
"""With what the subject of a deed begins that gave partners an overview, or took one along."""


class AuditRow(Base):
    """One deed. The database refuses to change or delete it."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("previous"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    by: Mapped[str]
    role: Mapped[str]
    did: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed as the trail shows it."""

    seq: int
    at: datetime
    by: str
    role: str
    did: str
    subject: str
    detail: dict[str, Any]


def of_commitment(code: str) -> str:
    """Name a commitment as the subject of a deed, and of the documents kept with it."""
    return f"commitment/{code}"


def record(
    session: Session, *, by: Actor, did: str, subject: str, detail: dict[str, Any] | None = None
) -> None:
    """Add a deed to the trail, in the transaction in which it is done."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))  # one head, one successor
    last = session.execute(
        select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, BEGINNING)
    row = AuditRow(
        seq=seq,
        at=datetime.now(UTC).isoformat(timespec="microseconds"),
        by=by.name,
        role=by.role.value,
        did=did,
        subject=subject,
        detail=json.dumps(detail or {}, sort_keys=True, ensure_ascii=False),
        previous=previous,
        hash="",
    )
    row.hash = seal_of(row)
    session.add(row)
    session.flush()


def seal_of(row: AuditRow) -> str:
    """Work out the hash of an entry from what it says and from the entry before it."""
    said = [row.seq, row.at, row.by, row.role, row.did, row.subject, row.detail, row.previous]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def broken_seals(session: Session) -> list[int]:
    """Name the entries that were changed, removed or put in after they were written."""
    broken, seq, previous = [], 0, BEGINNING
    for row in session.scalars(select(AuditRow).order_by(AuditRow.seq)):
        if row.seq != seq + 1 or row.previous != previous or row.hash != seal_of(row):
            broken.append(row.seq)
        seq, previous = row.seq, row.hash
    return broken


def stale_edit(session: Session, subject: str, version: int) -> StaleEditError:
    """Tell who changed a record while somebody else had it open, and what."""
    last = session.scalars(
        select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.seq.desc()).limit(1)
    ).first()
    detail = json.loads(last.detail) if last else {}
    changed = [
        name for name, value in detail.items() if isinstance(value, list) and value[0] != value[-1]
    ]
    return StaleEditError(
        "{who} changed this on {day} while you had it open: {what}.",
        "What you typed is still here. Compare it with what is there now, and save again if it"
        " still holds.",
        who=last.by if last else "–",
        day=datetime.fromisoformat(last.at).date() if last else datetime.now(UTC).date(),
        what=", ".join(changed) or "–",
        changed=tuple(changed),
        version=version,
    )


def ledger_state(session: Session) -> str:
    """Name the state of the books: the newest deed to them and the start of its seal.

    What is done to people, taking a dossier along, and what partners are given, changes no figure,
    and so no state of the books.
    """
    last = session.execute(
        select(AuditRow.seq, AuditRow.hash)
        .where(
            AuditRow.subject.not_like("person/%"),
            AuditRow.subject.not_like(f"{DOSSIERS}%"),
            AuditRow.subject.not_like(f"{OVERVIEWS}%"),
        )
        .order_by(AuditRow.seq.desc())
        .limit(1)
    ).first()
    return f"{last.seq}-{last.hash[:12]}" if last else "0"


def history_of(session: Session, subject: str) -> list[AuditEntry]:
    """List what was done to a record and its parts, the newest first."""
    query = (
        select(AuditRow)
        .where(
            or_(
                AuditRow.subject == subject,
                AuditRow.subject.startswith(f"{subject}/", autoescape=True),
            )
        )
        .order_by(AuditRow.seq.desc())
    )
    return [_entry(row) for row in session.scalars(query)]


def history_of_all(session: Session, subjects: Collection[str]) -> list[AuditEntry]:
    """List what was done to any of these records, the newest first."""
    query = select(AuditRow).where(AuditRow.subject.in_(subjects)).order_by(AuditRow.seq.desc())
    return [_entry(row) for row in session.scalars(query)]


def entries_of(session: Session, before: int | None = None, limit: int = 100) -> list[AuditEntry]:
    """List the newest deeds, or those before an entry."""
    query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRow.seq < before)
    return [_entry(row) for row in session.scalars(query)]


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        row.seq,
        datetime.fromisoformat(row.at),
        row.by,
        row.role,
        row.did,
        row.subject,
        json.loads(row.detail),
    )
