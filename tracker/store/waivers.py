"""Waivers: rules that may be broken for a while, by whose leave and why."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.waivers import Waiver
from tracker.store.tables import Base


class WaiverRow(Base):
    """Leave to break a rule until a day. It holds once somebody else has approved it."""

    __tablename__ = "waiver"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("approved_by <> entered_by", name="approved_by_another"),
        CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name="approved_at_a_moment"
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    rule: Mapped[str]
    reason: Mapped[str]
    until: Mapped[date]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)
    approved_by: Mapped[str | None] = mapped_column(default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_on: Mapped[date | None] = mapped_column(default=None)


def waivers_of(session: Session, commitment_id: int | None = None) -> list[Waiver]:
    """List the waivers, the newest first; of a commitment and the whole project if one is named."""
    from tracker.store.commitments import CommitmentRow  # the tables point at each other

    query = (
        select(WaiverRow, CommitmentRow.code)
        .outerjoin(CommitmentRow, CommitmentRow.id == WaiverRow.commitment_id)
        .order_by(WaiverRow.id.desc())
    )
    if commitment_id is not None:
        query = query.where(
            (WaiverRow.commitment_id == commitment_id) | WaiverRow.commitment_id.is_(None)
        )
    return [_waiver(row, code or "") for row, code in session.execute(query)]


def waiver_row(session: Session, key: int) -> tuple[WaiverRow, Waiver]:
    """Give a waiver to be approved or ended, held still, and as it stands.

    Errors: ``NotFoundError``.
    """
    row = session.get(WaiverRow, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("There is no such waiver.")
    return row, _waiver(row, "")


def _waiver(row: WaiverRow, commitment: str) -> Waiver:
    return Waiver(
        id=row.id,
        rule=row.rule,
        commitment=commitment,
        reason=row.reason,
        until=row.until,
        document_id=row.document_id,
        entered_by=row.entered_by,
        approved_by=row.approved_by or "",
        approved_on=row.approved_at.date() if row.approved_at else None,
        ended_on=row.ended_on,
    )
