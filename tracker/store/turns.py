"""Turns among processes: of one kind of work, one is at it and one waits; others need not begin."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

AT_WORK: Final = 0
NEXT: Final = 1


class _Locks(Protocol):
    """The two locks of a kind of work."""

    def take(self, which: int, *, waits: bool) -> bool: ...

    def let_go(self, which: int) -> None: ...


@contextmanager
def turn(engine: Engine, work: str) -> Iterator[bool]:
    """Wait for the turn to do a work; false at once where somebody waits for it already.

    Shape:  who waits begins after who is at it has ended, and so sees all that was kept before it
            asked, and before anybody else asked and was told that somebody waits.
    """
    with _locks(engine, work) as locks:
        if not locks.take(NEXT, waits=False):
            yield False
            return
        locks.take(AT_WORK, waits=True)
        locks.let_go(NEXT)
        yield True


@contextmanager
def _locks(engine: Engine, work: str) -> Iterator[_Locks]:
    """Give the locks; at the end, or when the process ends, they are let go."""
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.url.database}.{work}").open("ab") as file:
            yield _OfFile(file.fileno())
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET lock_timeout = 0"))
        try:
            yield _OfServer(connection, work)
        finally:
            connection.invalidate()  # the locks end with it


class _OfFile:
    """Two bytes of a file beside that of the database."""

    def __init__(self, file: int) -> None:
        self._file = file

    def take(self, which: int, *, waits: bool) -> bool:
        how = fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            fcntl.lockf(self._file, how, 1, which)
        except BlockingIOError:
            return False
        return True

    def let_go(self, which: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, which)


class _OfServer:
    """Two advisory locks of PostgreSQL, by numbers that nothing else takes."""

    def __init__(self, connection: Connection, work: str) -> None:
        self._connection = connection
        self._work = int.from_bytes(sha256(work.encode()).digest()[:3])

    def take(self, which: int, *, waits: bool) -> bool:
        name = "pg_advisory_lock" if waits else "pg_try_advisory_lock"
        taken = self._ask(name, which)
        return waits or bool(taken)

    def let_go(self, which: int) -> None:
        self._ask("pg_advisory_unlock", which)

    def _ask(self, name: str, which: int) -> object:
        query = text(f"SELECT {name}(:work, :which)")
        return self._connection.scalar(query, {"work": self._work, "which": which})
