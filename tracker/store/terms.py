"""Reading the terms of programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.terms import DatedTerm, TermSheet
from tracker.store import audit
from tracker.store.funders import ProgrammeRow, ProgrammeTermRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def terms_of(session: Session, programme_id: int) -> TermSheet:
    """Give every term that a programme ever had; none for a programme that says nothing."""
    rows = session.scalars(
        select(ProgrammeTermRow)
        .where(ProgrammeTermRow.programme_id == programme_id)
        .order_by(ProgrammeTermRow.id)
    )
    return TermSheet(tuple(_term(row) for row in rows))


def term_sheets(session: Session) -> dict[int, TermSheet]:
    """Give the terms of every programme, by its key; also of those that say nothing."""
    found: dict[int, list[DatedTerm]] = {}
    for programme_id, row in session.execute(
        select(ProgrammeRow.id, ProgrammeTermRow)
        .outerjoin(ProgrammeTermRow, ProgrammeTermRow.programme_id == ProgrammeRow.id)
        .order_by(ProgrammeRow.id, ProgrammeTermRow.id)
    ):
        rows = found.setdefault(programme_id, [])
        if row is not None:
            rows.append(_term(row))
    return {key: TermSheet(tuple(rows)) for key, rows in found.items()}


def version_of(session: Session, programme_id: int) -> int:
    """Count the deeds to a programme: who saw another number has not seen them all."""
    return len(audit.history_of(session, f"programme/{programme_id}"))


def _term(row: ProgrammeTermRow) -> DatedTerm:
    return DatedTerm(row.name, row.scope, row.value, row.first_day, row.source, row.is_verified)
