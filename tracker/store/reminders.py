"""What each person wants to be reminded of, and what they have been told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.reminders import Rhythm, Step
from tracker.store.tables import Base, one_of


class ReminderWishRow(Base):
    """A person's choice; ``feed_hash`` is the hash of the secret in the address of the feed."""

    __tablename__ = "reminder_wish"
    __table_args__ = (one_of("rhythm", Rhythm),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    rhythm: Mapped[str]
    in_30_days: Mapped[bool]
    in_14_days: Mapped[bool]
    in_3_days: Mapped[bool]
    overdue: Mapped[bool]
    own_only: Mapped[bool]
    feed_hash: Mapped[str]


class RemindedRow(Base):
    """A line that a person was sent. Its key is what keeps it from being sent twice."""

    __tablename__ = "reminded"
    __table_args__ = (UniqueConstraint("person_id", "line", "step"), one_of("step", Step))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    line: Mapped[str]
    step: Mapped[str]
    sent_at: Mapped[datetime]
