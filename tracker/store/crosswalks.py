"""Crosswalks of programmes: every change makes a new one, and the newest holds."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.crosswalks import Crosswalk, CrosswalkLine, LineKind
from tracker.store.projects import CategoryRow
from tracker.store.scope import over_all
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


class KeptCrosswalk(NamedTuple):
    """A crosswalk with who made it, and when."""

    crosswalk: Crosswalk
    made_by: str
    made_at: datetime


def crosswalk_of(session: Session, programme_id: int) -> Crosswalk | None:
    """Give the newest crosswalk of a programme, if it has one."""
    found = crosswalks_of(session, programme_id, most=1)
    return found[0].crosswalk if found else None


def crosswalks_of(session: Session, programme_id: int, *, most: int = 100) -> list[KeptCrosswalk]:
    """List the crosswalks of a programme, the newest first."""
    rows = session.scalars(
        select(CrosswalkRow)
        .where(CrosswalkRow.programme_id == programme_id)
        .order_by(CrosswalkRow.number.desc())
        .limit(most)
    ).all()
    lines = _lines(session, [row.id for row in rows])
    return [
        KeptCrosswalk(
            Crosswalk(row.number, row.language, tuple(lines[row.id])), row.made_by, row.made_at
        )
        for row in rows
    ]


def _lines(session: Session, keys: list[int]) -> dict[int, list[CrosswalkLine]]:
    parts = defaultdict[int, list[str]](list)
    found = session.execute(
        select(CrosswalkPartRow.line_id, CrosswalkPartRow.category)
        .join(CrosswalkLineRow, CrosswalkLineRow.id == CrosswalkPartRow.line_id)
        .where(CrosswalkLineRow.crosswalk_id.in_(keys))
        .order_by(CrosswalkPartRow.category)
    )
    for line_id, category in found:
        parts[line_id].append(category)
    lines = defaultdict[int, list[CrosswalkLine]](list)
    for line in session.scalars(
        select(CrosswalkLineRow)
        .where(CrosswalkLineRow.crosswalk_id.in_(keys))
        .order_by(CrosswalkLineRow.position)
    ):
        told = CrosswalkLine(line.code, line.title, LineKind(line.kind), tuple(parts[line.id]))
        lines[line.crosswalk_id].append(told)
    return lines


def categories_to_place(session: Session) -> tuple[str, ...]:
    """List the categories of all projects: a programme may fund several."""
    with over_all(session):
        rows = session.execute(
            select(CategoryRow.code, func.min(CategoryRow.position).label("first"))
            .group_by(CategoryRow.code)
            .order_by("first", CategoryRow.code)
        )
        return tuple(code for code, _first in rows)


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
