"""Files on their way in: kept as they came, looked at, and then brought in or not."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    CheckConstraint,
    CursorResult,
    ForeignKey,
    Index,
    LargeBinary,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError, StaleEditError
from tracker.domain.imports import FileKind
from tracker.domain.intakes import (
    ON_ITS_WAY,
    Choice,
    Intake,
    IntakeState,
    Preview,
    TableLook,
    check_move,
)
from tracker.domain.mappings import from_plain
from tracker.domain.money import Money
from tracker.store import plain
from tracker.store.projects import the_project
from tracker.store.tables import Base, Cents, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.domain.imports import ImportOutcome

PIECE = 4 << 20  # bytes of the file in one piece
QUICK = 1  # books shrink to a tenth by the least effort; more effort gains little
FORGOTTEN = "forgotten "


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
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
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


def intake(session: Session, intake_id: int) -> Intake:
    """Give a file that was handed in, with all that is known of it.

    Errors: ``NotFoundError``.
    """
    return _intake(intake_row(session, intake_id))


def intake_row(session: Session, intake_id: int) -> IntakeRow:
    """Give the row of a file that was handed in.

    Errors: ``NotFoundError``.
    """
    if row := session.get(IntakeRow, intake_id):
        return row
    raise NotFoundError("There is no file {number} on its way.", number=intake_id)


def intakes_of(session: Session) -> list[Intake]:
    """List the files that are on their way, the newest first, without what was read of them."""
    rows = session.scalars(
        select(IntakeRow).where(IntakeRow.state.in_(ON_ITS_WAY)).order_by(IntakeRow.id.desc())
    )
    return [_intake(row, is_brief=True) for row in rows]


def intake_of_import(session: Session, import_id: int) -> int | None:
    """Tell as which intake a file was handed in that was kept."""
    return session.scalar(select(IntakeRow.id).where(IntakeRow.import_id == import_id))


def intake_of_bytes(session: Session, sha256: str) -> IntakeRow | None:
    """Give the intake of these very bytes."""
    return session.scalars(
        select(IntakeRow).where(IntakeRow.sha256 == sha256).order_by(IntakeRow.id.desc())
    ).first()


def _intake(row: IntakeRow, *, is_brief: bool = False) -> Intake:
    said = plain.read(row.preview) if row.preview and not is_brief else None
    chosen = json.loads(row.mapping or "{}")  # the columns, or only how the letters are read
    return Intake(
        id=row.id,
        file_name=row.file_name,
        sha256=row.sha256,
        size=row.size,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=IntakeState(row.state),
        kind=FileKind(row.kind) if row.kind else None,
        mapping=from_plain(chosen) if "columns" in chosen else None,
        expected=None if row.expected is None else Money(row.expected),
        look=said if isinstance(said, TableLook) else None,
        preview=said if isinstance(said, Preview) else None,
        choice=choice_in(row)[0] if row.accepted else None,
        done=row.done,
        whole=row.whole,
        seen_at=row.seen_at,
        import_id=row.import_id,
        version=row.version,
    )


def decided(choice: Choice, name: str, role: str) -> str:
    """Write down what somebody decided, for a job to claim."""
    return plain.written((choice, name, role, False))


def claimed(row: IntakeRow) -> str:
    """Give what was decided, as the job writes it down that is the first to come for it."""
    choice, name, role, _ = plain.read(row.accepted)
    return plain.written((choice, name, role, True))


def choice_in(row: IntakeRow) -> tuple[Choice, str, str]:
    """Give what was decided, and the name and role of who did."""
    choice, name, role, _ = plain.read(row.accepted)
    return choice, name, role


def add_intake(
    session: Session, name: str, path: Path, sha256: str, *, by: str, at: datetime
) -> IntakeRow:
    """Keep the bytes of a file that is handed in, in compressed pieces."""
    row = IntakeRow(
        project_id=the_project(session).id,
        file_name=name,
        sha256=sha256,
        size=path.stat().st_size,
        asked_by=by,
        asked_at=at,
    )
    session.add(row)
    session.flush()
    with path.open("rb") as file:
        position = 0
        while content := file.read(PIECE):
            piece = IntakePieceRow(
                intake_id=row.id, position=position, content=zlib.compress(content, QUICK)
            )
            session.add(piece)
            session.flush()
            session.expunge(piece)
            position += 1
    return row


def add_kept(session: Session, outcome: ImportOutcome, path: Path, *, at: datetime) -> None:
    """Keep the bytes of a file that was brought in at once, without anybody looking first."""
    row = intake_of_bytes(session, outcome.sha256) or add_intake(
        session, outcome.file_name, path, outcome.sha256, by=outcome.imported_by, at=at
    )
    row.state, row.kind, row.import_id = IntakeState.KEPT, outcome.kind, outcome.id
    row.version += 1
    session.flush()


def original(session: Session, intake_id: int) -> Iterator[bytes]:
    """Give the bytes of a file as they were handed in, a piece at a time.

    Errors: ``NotFoundError``; ``RuntimeError`` at the end where they are no longer the same.
    """
    row = intake_row(session, intake_id)
    seal, position = hashlib.sha256(), 0
    piece = IntakePieceRow
    while True:
        found = session.scalar(
            select(piece.content).where(piece.intake_id == row.id, piece.position == position)
        )
        if found is None:
            break
        content = zlib.decompress(found)
        seal.update(content)
        yield content
        position += 1
    if seal.hexdigest() != row.sha256:
        raise RuntimeError(f"the original of intake {intake_id} is damaged")


def move(
    session: Session,
    row: IntakeRow,
    then: IntakeState,
    *,
    version: int | None = None,
    **values: Any,
) -> int:
    """Bring a file from its state to another, and give its new version.

    Of two who do so at once, the second is told.

    Errors: ``RuleViolation`` where no deed leads there; ``StaleEditError``.
    """
    if version is None or version == row.version:
        check_move(IntakeState(row.state), then)
    return change(session, row, version=version, state=then, **values)


def change(session: Session, row: IntakeRow, *, version: int | None = None, **values: Any) -> int:
    """Write something down with a file, if it is still where somebody saw it.

    Errors: ``StaleEditError``.
    """
    seen = row.version if version is None else version
    done = cast(
        "CursorResult[Any]",
        session.execute(
            update(IntakeRow)
            .where(IntakeRow.id == row.id, IntakeRow.version == seen, IntakeRow.state == row.state)
            .values(version=seen + 1, **values)
            .execution_options(synchronize_session=False)
        ),
    )
    if done.rowcount != 1:
        raise StaleEditError(
            "{name} is no longer where it was when you looked.",
            "Look at it again.",
            version=row.version,
            name=row.file_name,
        )
    session.expire(row)
    return seen + 1
