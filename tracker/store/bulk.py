"""Many rows at once, by the fastest way that each database has."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.store.tables import Base

CHUNK = 20_000
TOGETHER = 200
"""Rows in one statement on SQLite: a statement each costs nearly twice the time."""


def as_stored(session: Session, day: date | None) -> Any:
    """Give a day as the driver stores it: SQLite knows text only."""
    return day.isoformat() if day and session.get_bind().dialect.name == "sqlite" else day


def insert_many(
    session: Session, table: type[Base], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows of plain values, in the order of ``columns``.

    Constraints and triggers hold as for any insert; column types are not consulted, so values
    must be what the driver stores: whole numbers, text, dates, ``None``.
    """
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        statement = f"COPY {table.__tablename__} ({names}) FROM STDIN"
        for chunk in _chunks(rows):  # so that the statement triggers hold a bounded number
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for row in chunk:
                    copy.write_row(row)
        return
    one = f"({', '.join('?' * len(columns))})"
    insert = f"INSERT INTO {table.__tablename__} ({names}) VALUES "  # noqa: S608 - our own names
    for chunk in _chunks(rows):
        whole = len(chunk) - len(chunk) % TOGETHER
        driver.executemany(insert + ", ".join([one] * TOGETHER), _flat(chunk[:whole]))
        driver.executemany(insert + one, chunk[whole:])


def _flat(rows: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Lay the rows of each statement end to end."""
    for at in range(0, len(rows), TOGETHER):
        yield list(chain.from_iterable(rows[at : at + TOGETHER]))


def _chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
