"""Funders' own workbooks: the template that a programme asks for, and where figures go in it."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.funder_figures import figure_names
from tracker.domain.funder_workbooks import Beside, FunderWorkbook, Pointed
from tracker.store.crosswalks import categories_to_place, crosswalk_of
from tracker.store.documents import DocumentRow
from tracker.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.funder_workbooks import Shape


class FunderWorkbookRow(Base):
    """A template with its mapping; ``shape`` is what of it must be the same to be filled.

    Never changed, never deleted: a changed mapping is a new one under the next number.
    """

    __tablename__ = "funder_workbook"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    shape: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class WorkbookFigureRow(Base):
    """That a figure goes into a cell or a named range of a template."""

    __tablename__ = "workbook_figure"
    __table_args__ = (UniqueConstraint("workbook_id", "sheet", "place"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    workbook_id: Mapped[int] = mapped_column(ForeignKey("funder_workbook.id"))
    sheet: Mapped[str]
    place: Mapped[str]
    figure: Mapped[str]


def workbook_of(session: Session, programme_id: int) -> FunderWorkbook | None:
    """Give the newest workbook of a programme, if it has one."""
    found = workbooks_of(session, programme_id, most=1)
    return found[0] if found else None


def the_workbook(session: Session, programme_id: int) -> FunderWorkbook:
    """Give the workbook of a programme as it holds.

    Errors: ``NotFoundError``.
    """
    found = workbook_of(session, programme_id)
    if found is None:
        raise NotFoundError("There is no such workbook.")
    return found


def workbook_numbered(session: Session, programme_id: int, number: int) -> FunderWorkbook:
    """Give a version of the workbook of a programme.

    Errors: ``NotFoundError``.
    """
    for found in workbooks_of(session, programme_id):
        if found.number == number:
            return found
    raise NotFoundError("There is no such workbook.")


def workbooks_of(
    session: Session, programme_id: int, *, most: int = 1_000
) -> tuple[FunderWorkbook, ...]:
    """List the workbooks of a programme with their mappings, the newest first."""
    rows = session.execute(
        select(FunderWorkbookRow, DocumentRow.name)
        .join(DocumentRow, DocumentRow.id == FunderWorkbookRow.document_id)
        .where(FunderWorkbookRow.programme_id == programme_id)
        .order_by(FunderWorkbookRow.number.desc())
        .limit(most)
    ).all()
    pointed = defaultdict[int, list[Pointed]](list)
    for figure in session.scalars(
        select(WorkbookFigureRow)
        .where(WorkbookFigureRow.workbook_id.in_([row.id for row, _name in rows]))
        .order_by(WorkbookFigureRow.id)
    ):
        told = Pointed(figure.sheet, figure.place, figure.figure)
        pointed[figure.workbook_id].append(told)
    return tuple(_workbook(row, name, pointed[row.id]) for row, name in rows)


def figures_there_are(session: Session, programme_id: int) -> tuple[str, ...]:
    """Name the figures that reports of a programme have."""
    return figure_names(categories_to_place(session), crosswalk_of(session, programme_id))


def add_workbook(
    session: Session,
    programme_id: int,
    document_id: int,
    pointed: Sequence[Pointed],
    shape: Shape,
    *,
    by: str,
    at: datetime,
) -> int:
    """Keep a template with a mapping under the next number, and give that."""
    newest = workbook_of(session, programme_id)
    row = FunderWorkbookRow(
        programme_id=programme_id,
        number=newest.number + 1 if newest else 1,
        document_id=document_id,
        shape=json.dumps(shape, ensure_ascii=False),
        made_by=by,
        made_at=at,
    )
    session.add(row)
    session.flush()
    session.add_all(
        WorkbookFigureRow(workbook_id=row.id, sheet=one.sheet, place=one.place, figure=one.figure)
        for one in pointed
    )
    session.flush()
    return row.number


def _workbook(row: FunderWorkbookRow, name: str, pointed: list[Pointed]) -> FunderWorkbook:
    shape = {cell: Beside(*beside) for cell, beside in json.loads(row.shape).items()}
    return FunderWorkbook(
        row.id,
        row.programme_id,
        row.number,
        row.document_id,
        name,
        shape,
        row.made_by,
        row.made_at,
        tuple(pointed),
    )
