"""Everything that a database holds, to be compared with what it held before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tracker.store.tables import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Give the rows of every table, in the order of their keys."""
    return {
        table.name: [
            tuple(row)
            for row in session.execute(select(table).order_by(*table.primary_key.columns))
        ]
        for table in Base.metadata.sorted_tables
    }
