"""Forms that were carried out: each once, however often it is sent."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import AlreadyDoneError
from tracker.store.tables import Base

ONCE = "once"
"""Where a session carries the key of the form that its next deed carries out."""


class SubmissionRow(Base):
    """A form that was carried out, by the key that was minted when it was shown."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def claim(session: Session, key: str) -> None:
    """Write down that a form is being carried out, in the transaction of its deed.

    Of two at once the second waits for the first, and finds it done.

    Errors: ``AlreadyDoneError`` for a form that has been carried out.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"key": key, "at": datetime.now(UTC)}
    done = session.execute(
        dialect.insert(SubmissionRow)
        .values(row)
        .on_conflict_do_nothing()
        .returning(SubmissionRow.key)
    )
    if done.first() is None:
        raise AlreadyDoneError("This form was sent before, and was carried out once.")
