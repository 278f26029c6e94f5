"""Corrections of cost lines: each says what was wrong, why, and who put what beside it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.corrections import CorrectionKind
from tracker.store.tables import Base, one_of


class CorrectionRow(Base):
    """One correction of one cost line. Never changed, never deleted.

    The lines that it made point at the line that they reverse or replace; what it took back or
    charged anew belongs to its charge.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index(None, "cost_line_id"),
        CheckConstraint("reason <> ''", name="reason_given"),
        one_of("kind", CorrectionKind),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    cost_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    corrected_by: Mapped[str]
    corrected_at: Mapped[datetime]
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), default=None)
