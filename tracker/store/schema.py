"""The shape of the database: all tables, and the migrations that build them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.types import TypeDecorator

from tracker.domain.errors import RuleViolation
from tracker.store import (  # noqa: F401 - every table must be known
    allocations,
    amendments,
    audit,
    budgets,
    commitments,
    contributions,
    corrections,
    cost_index,
    costs,
    crosswalks,
    determination,
    documents,
    earmarks,
    forecasts,
    funder_reports,
    funder_workbooks,
    funders,
    imports,
    instalments,
    intakes,
    issued_reports,
    ledgers,
    mappings,
    milestones,
    obligations,
    people,
    projects,
    receipts,
    reminders,
    report_jobs,
    reporting_periods,
    scenarios,
    spending,
    splitting,
    submissions,
    valuations,
    waivers,
)
from tracker.store.session import WRITING, open_engine
from tracker.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

metadata = Base.metadata
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database to a revision, whole or not at all."""
    engine = open_engine(url)
    try:
        with _writing(engine) as connection:
            command.upgrade(_config(connection), revision)
    finally:
        engine.dispose()


def downgrade(url: str, revision: str) -> None:
    """Take a database back to an earlier revision."""
    engine = open_engine(url)
    try:
        with _writing(engine) as connection:
            command.downgrade(_config(connection), revision)
    finally:
        engine.dispose()


def prepare(engine: Engine) -> None:
    """Give an empty database its tables; refuse one that is not up to date.

    Errors: ``RuleViolation`` that says how to bring it up to date.
    """
    with _writing(engine) as connection:
        if not inspect(connection).get_table_names():
            command.upgrade(_config(connection), "head")
    check_current(engine)


def check_current(engine: Engine) -> None:
    """Refuse a database that this version of the tracker does not know.

    Errors: ``RuleViolation`` that says how to bring it up to date.
    """
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != newest:
        raise RuleViolation(
            "The database is at revision {found}, this version of the tracker needs {newest}.",
            "Bring it up to date with: tracker upgrade",
            found=found or "0",
            newest=newest or "0",
        )


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    """Change the shape of the database in one transaction.

    SQLite builds a table anew to change it, so what points at a table is checked at the end.
    """
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.driver_connection
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if is_sqlite:
                    astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if astray is not None:
                        raise AssertionError(f"a row points at nothing: {astray}")
        finally:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys = ON")


def plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our types as plain SQL types in migrations, which outlive this code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
