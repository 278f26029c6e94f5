"""Files on their way in: kept as they came, looked at, and then brought in or not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.intakes import IntakeState
from tracker.store.tables import Base, Cents, one_of


class IntakeRow(Base):
    """A file that somebody handed in, and where it stands.

    Shape:  ``mapping``, ``preview`` and ``accepted`` are JSON, empty while there is none;
            ``seen_at`` is when its job last said that it is alive.
    """

    __tablename__ = "intake"
    __table_args__ = (
        Index(None, "state"),
        Index(None, "sha256"),
        CheckConstraint("size >= 0", name="size_not_negative"),
        one_of("state", IntakeState),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=IntakeState.WAITING)
    kind: Mapped[str] = mapped_column(default="")
    mapping: Mapped[str] = mapped_column(default="")
    expected: Mapped[Cents | None] = mapped_column(default=None)
    preview: Mapped[str] = mapped_column(default="")
    accepted: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    whole: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"), default=None)
    version: Mapped[int] = mapped_column(default=1)


class IntakePieceRow(Base):
    """A piece of the original file, compressed; the pieces in their order are the file."""

    __tablename__ = "intake_piece"

    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MappingProfileRow(Base):
    """How the columns of a source's exports are read, remembered by their headings."""

    __tablename__ = "mapping_profile"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "fingerprint"),
        CheckConstraint("name <> ''", name="name_given"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str]
    kind: Mapped[str]
    fingerprint: Mapped[str]
    mapping: Mapped[str]  # as JSON
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
