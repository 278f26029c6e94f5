"""Bringing in a year's books and charging them, and the floors: parsing alone, inserting alone."""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.benchmarks.measuring import stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

Batch: TypeAlias = tuple[str, list[list[Any]]]  # a statement, and the values of each time

SETTINGS = ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536")
TOGETHER = 200  # rows in one statement
LEDGERS, OTHERS = ("*.xaf",), ("*.xml", "*.csv")
BOOKS = ("cost_line", "excluded_line", "invoice")
CHARGES = ("allocation", "unallocated")


def set_up(url: str, case: str) -> dict[str, Any]:
    """Make the tables and load the programme; nothing of this is measured."""
    from tracker.actions import programmes
    from tracker.store.schema import upgrade

    upgrade(url)
    with session_on(url) as session:
        programmes.set_up(session, Path(case) / "case.json", by=officer())
    return {}


def bring_in(url: str, case: str) -> dict[str, Any]:
    """Bring in all files of a case, as the tracker does."""
    from tracker.actions import imports
    from tracker.domain.imports import ImportOutcome

    told: dict[str, Any] = {}
    files = [(path.name, path) for path in _files(case, *LEDGERS, *OTHERS)]
    with session_on(url) as session, stopwatch(told):
        outcomes = imports.bring_in(session, files, by=officer())
    kept = [outcome for outcome in outcomes if isinstance(outcome, ImportOutcome)]
    assert len(kept) == len(files), outcomes
    return {**told, "rows": sum(outcome.new for outcome in kept)}


def bring_in_again(url: str, case: str) -> dict[str, Any]:
    """Bring in the same books in other bytes: every line is known and nothing is kept twice."""
    from tracker.actions import imports
    from tracker.domain.imports import ImportOutcome

    told: dict[str, Any] = {"rows": 0}
    with TemporaryDirectory(prefix="again-") as folder, session_on(url) as session:
        files = []
        for path in _files(case, *LEDGERS):
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            with copy.open("ab") as file:
                file.write(b"<!-- saved again -->")
            files.append((copy.name, copy))
        with stopwatch(told):
            outcomes = imports.bring_in(session, files, by=officer())
    for outcome in outcomes:
        assert isinstance(outcome, ImportOutcome) and not outcome.new, outcome  # noqa: PT018
        told["rows"] += outcome.same
    return told


def look_and_keep(url: str, case: str) -> dict[str, Any]:
    """Hand in all ledgers, look at each and keep it: what happens when it is done on the screen."""
    from tracker.actions import intakes
    from tracker.actions.intake_jobs import IntakeJob
    from tracker.domain.intakes import Choice
    from tracker.store.intakes import intake

    told: dict[str, Any] = {}
    with session_on(url) as session, stopwatch(told):
        for path in _files(case, *LEDGERS):
            key = intakes.hand_in(session, path.name, path, by=officer()).intake_id
            IntakeJob(session, key).carry_out()
            version = intake(session, key).version
            intakes.confirm(session, key, Choice("measured"), version=version, by=officer())
            IntakeJob(session, key).carry_out()
            assert intake(session, key).import_id, intake(session, key)
    return told


def charge(url: str) -> dict[str, Any]:
    """Charge all cost lines, as the tracker does."""
    from tracker.actions import allocations

    told: dict[str, Any] = {}
    with session_on(url) as session, stopwatch(told):
        outcome = allocations.charge(session, by=officer())
    return {**told, "lines": outcome.lines}


def settle(url: str) -> dict[str, Any]:
    """Let PostgreSQL look at its tables, as it does by itself a minute after they were filled."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")
    return {}


def parse(case: str) -> dict[str, Any]:
    """Walk through all transactions of the ledgers in the form that costs the parser least."""

    def counts(book: Any) -> Iterator[int]:
        return (len(entry.all("trLine")) for _, entry in book.raw.transactions())

    return _parse(case, counts)


def parse_typed(case: str) -> dict[str, Any]:
    """Walk through all transactions as the parser's own values, with dates and amounts."""
    return _parse(case, lambda book: (len(entry.lines) for entry in book.transactions()))


def insert_books(kept: str, into: str) -> dict[str, Any]:
    """Insert what an import kept with the bare driver, one transaction a file."""
    return _insert(kept, into, BOOKS, "import_id")


def insert_charges(kept: str, into: str) -> dict[str, Any]:
    """Insert what charging kept with the bare driver, in one transaction."""
    return _insert(kept, into, CHARGES, "charge_id")


def _parse(case: str, counts: Callable[[Any], Iterator[int]]) -> dict[str, Any]:
    import pyxaf

    told: dict[str, Any] = {}
    lines = 0
    with stopwatch(told):
        for path in _files(case, *LEDGERS):
            with pyxaf.open(path) as book:
                lines += sum(counts(book))
    return {**told, "lines": lines}


def _insert(kept: str, into: str, tables: tuple[str, ...], by: str) -> dict[str, Any]:
    shutil.copyfile(kept, into)
    with closing(sqlite3.connect(into, isolation_level=None)) as database:
        deeds: dict[int, list[Batch]] = defaultdict(list)
        for table in tables:
            for key, rows in _rows_of(database, table, by).items():
                deeds[key] += _batches(database, table, rows)
        _empty(database, tables)
        told: dict[str, Any] = {}
        with stopwatch(told):
            for _, batches in sorted(deeds.items()):
                database.execute("BEGIN IMMEDIATE")
                for statement, values in batches:
                    database.executemany(statement, values)
                database.execute("COMMIT")
    return told


def _rows_of(database: sqlite3.Connection, table: str, by: str) -> dict[int, list[tuple[Any, ...]]]:
    """Read the rows of a table, by what brought them in."""
    columns = _columns(database, table)
    # An invoice does not say which file it came in; its book does.
    key = by if by in columns else "(SELECT import_id FROM book WHERE book.id = book_id)"
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in database.execute(f"SELECT {key}, {', '.join(columns)} FROM {table} ORDER BY id"):
        found[row[0]].append(row[1:])
    return found


def _batches(
    database: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]
) -> Iterator[Batch]:
    """Make the statements that insert rows: many rows in each, which is the fastest way."""
    columns = _columns(database, table)
    one = f"({', '.join('?' * len(columns))})"
    whole = len(rows) - len(rows) % TOGETHER
    for together, part in ((TOGETHER, rows[:whole]), (1, rows[whole:])):
        laid_out = [
            list(chain.from_iterable(part[at : at + together]))
            for at in range(0, len(part), together)
        ]
        values = ", ".join([one] * together)
        yield f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}", laid_out


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})") if name != "id"]


def _empty(database: sqlite3.Connection, tables: tuple[str, ...]) -> None:
    """Make the tables anew, with their indexes and without their triggers."""
    definitions = [
        sql
        for table in tables
        for (sql,) in database.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index')"
            " AND sql IS NOT NULL ORDER BY type DESC",
            [table],
        )
    ]
    for table in tables:
        database.execute(f"DROP TABLE {table}")
    for definition in definitions:
        database.execute(definition)
    database.execute("VACUUM")
    for setting in SETTINGS:
        database.execute(f"PRAGMA {setting}")


def _files(case: str, *patterns: str) -> list[Path]:
    return [path for pattern in patterns for path in sorted(Path(case).glob(pattern))]


@contextmanager
def session_on(url: str) -> Iterator[Session]:
    """Give a session; at its end the database is closed, so that its file can be copied."""
    from sqlalchemy.orm import Session

    from tracker.store.session import open_engine

    engine = open_engine(url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def officer() -> Actor:
    """Name who does all this."""
    from tracker.domain.actor import Actor
    from tracker.domain.policy import Role

    return Actor("officer@example.org", Role.FINANCE_OFFICER)
