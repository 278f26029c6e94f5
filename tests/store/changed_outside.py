"""A database that is changed by somebody who has its keys, past the tracker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from tracker.store.documents import DocumentRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def open_up(session: Session, table: str) -> None:
    """Let rows be changed as somebody with the keys of the database could."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"DROP TRIGGER {table}_no_update"))
    else:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    session.commit()


def flip(session: Session, key: int, at: int | None = None) -> None:
    """Turn one bit of a document over: in its middle, unless told where."""
    content = session.scalars(select(DocumentRow.content).where(DocumentRow.id == key)).one()
    changed = bytearray(content)
    changed[len(content) // 2 if at is None else at] ^= 1
    session.execute(
        text("UPDATE document SET content = :content WHERE id = :key"),
        {"content": bytes(changed), "key": key},
    )
    session.commit()
    session.expire_all()
