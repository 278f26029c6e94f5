"""Funders' own workbooks: the template that a programme asks for, and where figures go in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.tables import Base


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
