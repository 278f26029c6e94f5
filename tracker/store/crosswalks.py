"""Crosswalks of programmes: every change makes a new one, and the newest holds."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.crosswalks import Crosswalk, CrosswalkLine, LineKind
from tracker.store.tables import Base, one_of


class CrosswalkRow(Base):
    """A crosswalk as it was made. Never changed, never deleted."""

    __tablename__ = "crosswalk"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[int]
    language: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class CrosswalkLineRow(Base):
    """A line of the funder's form."""

    __tablename__ = "crosswalk_line"
    __table_args__ = (UniqueConstraint("crosswalk_id", "position"), one_of("kind", LineKind))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    crosswalk_id: Mapped[int] = mapped_column(ForeignKey("crosswalk.id"))
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]


class CrosswalkPartRow(Base):
    """That a line holds a category; programmes are all projects', so by the category's code."""

    __tablename__ = "crosswalk_part"

    line_id: Mapped[int] = mapped_column(ForeignKey("crosswalk_line.id"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)


def crosswalk_of(session: Session, programme_id: int) -> Crosswalk | None:
    """Give the newest crosswalk of a programme, if it has one."""
    row = session.scalar(
        select(CrosswalkRow)
        .where(CrosswalkRow.programme_id == programme_id)
        .order_by(CrosswalkRow.number.desc())
        .limit(1)
    )
    if row is None:
        return None
    lines = session.scalars(
        select(CrosswalkLineRow)
        .where(CrosswalkLineRow.crosswalk_id == row.id)
        .order_by(CrosswalkLineRow.position)
    ).all()
    parts = defaultdict[int, list[str]](list)
    found = session.execute(
        select(CrosswalkPartRow.line_id, CrosswalkPartRow.category)
        .where(CrosswalkPartRow.line_id.in_([line.id for line in lines]))
        .order_by(CrosswalkPartRow.category)
    )
    for line_id, category in found:
        parts[line_id].append(category)
    return Crosswalk(
        row.number,
        row.language,
        tuple(
            CrosswalkLine(line.code, line.title, LineKind(line.kind), tuple(parts[line.id]))
            for line in lines
        ),
    )


def add_crosswalk(
    session: Session, programme_id: int, crosswalk: Crosswalk, *, by: str, at: datetime
) -> int:
    """Keep a crosswalk under its number."""
    row = CrosswalkRow(
        programme_id=programme_id,
        number=crosswalk.number,
        language=crosswalk.language,
        made_by=by,
        made_at=at,
    )
    session.add(row)
    session.flush()
    for position, line in enumerate(crosswalk.lines, 1):
        kept = CrosswalkLineRow(
            crosswalk_id=row.id,
            position=position,
            code=line.code,
            title=line.title,
            kind=line.kind.value,
        )
        session.add(kept)
        session.flush()
        session.add_all(
            CrosswalkPartRow(line_id=kept.id, category=category) for category in line.categories
        )
    session.flush()
    return row.id
