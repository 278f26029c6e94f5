"""Many rows at once, by the fastest way that each database has."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

CHUNK = 20_000


def insert_many(
    session: Session, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> int:
    """Insert rows of plain values, in the order of ``columns``, and tell how many there were.

    Constraints and triggers hold as for any insert; column types are not consulted, so values
    must be what the driver stores: whole numbers, text, dates, ``None``.
    """
    connection = session.connection()
    driver = connection.connection.driver_connection
    if driver is None:
        raise AssertionError("a session in a transaction has a connection")
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        return _copy(driver, f"COPY {table.name} ({names}) FROM STDIN", rows)
    marks = ", ".join("?" * len(columns))
    return _execute_many(driver, f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of our own tables


def _copy(driver: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    # In chunks, so that the statement triggers hold a bounded number of rows.
    count, remaining = 0, iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in chunk:
                copy.write_row(row)
        count += len(chunk)
    return count


def _execute_many(driver: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    count, remaining = 0, iter(rows)
    cursor = driver.cursor()
    while chunk := list(islice(remaining, CHUNK)):
        cursor.executemany(statement, chunk)
        count += len(chunk)
    cursor.close()
    return count
