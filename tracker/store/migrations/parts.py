"""What migrations are written with: columns, rules, and triggers on both databases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op


def is_sqlite() -> bool:
    """Tell whether the database is SQLite, which keeps no types and rebuilds tables."""
    return bool(op.get_bind().dialect.name == "sqlite")


def run(statement: str) -> Any:
    """Send a statement as it stands."""
    return op.get_bind().exec_driver_sql(statement)


def drop_triggers() -> list[str]:
    """Take all triggers away: SQLite loses them with a table that is rebuilt, or stumbles.

    Shape:  the statements that bring them back; none on PostgreSQL, which needs no care.
    """
    if not is_sqlite():
        return []
    found = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        run(f'DROP TRIGGER "{name}"')
    return [sql for _, sql in found]


def keep(table: str, *deeds: str) -> None:
    """Refuse deeds, such as ``DELETE``, on the rows of a table."""
    if is_sqlite():
        for deed in deeds:
            run(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
            )
        return
    for each, when in (("ROW", " OR ".join(deeds)), ("STATEMENT", "TRUNCATE")):
        run(
            f"CREATE TRIGGER {table}_kept_{each.lower()} BEFORE {when} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION nothing_is_rewritten()"
        )


def id_() -> sa.Column[Any]:
    """A key of its own."""
    return sa.Column("id", sa.Integer(), nullable=False)


def text(name: str, default: str | None = None) -> sa.Column[Any]:
    """A text that is always there, though it may be empty."""
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def number(name: str, *, needed: bool = True) -> sa.Column[Any]:
    """A whole number, or the key of another row."""
    return sa.Column(name, sa.Integer(), nullable=not needed)


def cents(name: str) -> sa.Column[Any]:
    """An amount."""
    return sa.Column(name, sa.BigInteger(), nullable=False)


def day(name: str, *, needed: bool = True) -> sa.Column[Any]:
    """A day."""
    return sa.Column(name, sa.Date(), nullable=not needed)


def moment(name: str, *, needed: bool = True) -> sa.Column[Any]:
    """A moment."""
    return sa.Column(name, sa.DateTime(), nullable=not needed)


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    """A rule that every row must follow."""
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def whole(table: str, *columns: str) -> list[sa.CheckConstraint]:
    """SQLite stores what comes, so it is asked for whole numbers."""
    rules = [check(table, f"{c}_whole", f"typeof({c}) = 'integer'") for c in columns]
    return rules if is_sqlite() else []


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Say that a column holds one of some values."""
    return f"{column} IN ({', '.join(map(repr, values))})"


def known(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """The rule that a column holds one of some values."""
    return check(table, f"{column}_known", one_of(column, values))


def points(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    """Columns that hold the key of a row of another table."""
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in to.items()
    ]


def is_key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """The columns that tell rows apart."""
    return sa.PrimaryKeyConstraint(*columns or ("id",), name=op.f(f"pk_{table}"))


def is_unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """Columns that no two rows have the same values in."""
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
