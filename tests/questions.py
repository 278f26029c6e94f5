"""What is asked of a database: the statements that reach it, and how much it holds."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session


@contextmanager
def questions(bind: Engine | Connection) -> Iterator[list[str]]:
    """Write down every statement until the end of the block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(bind, "before_cursor_execute", note)


def count(session: Session, table: str) -> int:
    """Tell how many rows a table holds now, whoever wrote them."""
    session.rollback()
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
