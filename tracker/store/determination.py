"""Requests to determine a commitment. The determination itself is an amendment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.money import Money
from tracker.store.tables import Base, Cents, whole_cents


class DeterminationRequestRow(Base):
    """What was asked for at the end, and when. Never overwritten."""

    __tablename__ = "determination_request"
    __table_args__ = (UniqueConstraint("commitment_id"), *whole_cents("claimed"))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    requested_on: Mapped[date]
    claimed: Mapped[Cents]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)


@dataclass(frozen=True, slots=True)
class DeterminationRequest:
    """A request for determination as pages show it."""

    requested_on: date
    claimed: Money
    document_id: int | None
    entered_by: str


def requests_of(session: Session) -> dict[int, DeterminationRequest]:
    """The requests for determination that were sent, by the key of their commitment."""
    return {
        row.commitment_id: DeterminationRequest(
            row.requested_on, Money(row.claimed), row.document_id, row.entered_by
        )
        for row in session.scalars(select(DeterminationRequestRow))
    }
