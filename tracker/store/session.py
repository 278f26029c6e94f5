"""How the tracker talks to its database: engines, and deeds that happen whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from tracker.domain.errors import RuleViolation
from tracker.store import submissions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

WRITING = "tracker_writing"
CLOSED = "period_is_closed"
"""What the database says of what would count in a closed period."""

FROM_DATABASE = (DBAPIError, sqlite3.DatabaseError, psycopg.DatabaseError)
"""What the database refuses, also where very many rows are handed to the driver itself."""

WAIT_MILLISECONDS = 10_000
DEED_WAIT_MILLISECONDS = 60_000
"""How long a deed waits for those before it, on SQLite, where they have no queue."""

SQLITE_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL can lose the last deeds when the power fails
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # without it, what replaces a row is not seen to delete it
    f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
)


def open_engine(url: str) -> Engine:
    """Open the database that a URL names, set up as every part of the tracker needs it."""
    return configure(create_engine(url, **engine_options(url)))


def engine_options(url: str) -> dict[str, Any]:
    """Give the options with which an engine for this URL is made."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": 10}}
    return {"pool_pre_ping": True, "connect_args": {"options": "-c lock_timeout=10s"}}


def configure(engine: Engine) -> Engine:
    """Make an engine safe for money; twice does no harm.

    On SQLite, a deed takes the write lock when it begins (BEGIN IMMEDIATE): a transaction that
    reads first and writes later fails at once when somebody else wrote in between.
    """
    if engine.dialect.name == "sqlite" and not event.contains(engine, "begin", _begin):
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours
    cursor = connection.cursor()
    for setting in SQLITE_SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _begin(connection: Any) -> None:
    if not connection.get_execution_options().get(WRITING):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {DEED_WAIT_MILLISECONDS}").close()
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}").close()


@contextmanager
def transaction(session: Session) -> Iterator[None]:
    """Keep everything inside, or nothing.

    What the session has read before is let go, so that the deed judges what is true now. Where
    the session carries the key of a form, the deed carries that form out, once.

    Errors: ``AlreadyDoneError`` for a form that has been carried out; ``RuleViolation`` for what
            the database refuses because its period is closed.
    """
    if session.new or session.dirty or session.deleted:
        raise AssertionError("a deed cannot begin with changes that are not its own")
    session.rollback()
    session.connection(execution_options={WRITING: True})
    try:
        if key := session.info.pop(submissions.ONCE, None):
            submissions.claim(session, key)
        yield
        session.commit()
    except BaseException as error:
        session.rollback()
        if isinstance(error, FROM_DATABASE) and CLOSED in str(getattr(error, "orig", error)):
            raise _period_is_closed() from error
        raise


def at_one_moment(session: Session) -> None:
    """Let all that is read from now on, until a deed begins, be what was true at one moment.

    SQLite reads so anyway; on PostgreSQL each question is answered as of when it is asked.
    """
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _period_is_closed() -> RuleViolation:
    return RuleViolation(
        "This would count in a reporting period that is closed, so nothing of it was kept.",
        "Look at the periods: what comes late counts in the first open one, and what was wrong is"
        " corrected on the page of its cost line.",
    )
