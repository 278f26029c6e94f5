"""Let a database hold several projects: what was one project's by itself now says whose it is.

Codes of commitments are unique over all projects. A closed period locks its own project only.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tracker.store.migrations.parts import is_sqlite, run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNIQUE = {  # by table: what is unique among all rows, and what within a project
    "book": ["origin", "company", "fiscal_year"],
    "import": ["sha256"],
}
OWNED = ("book", "charge", "import", "in_kind_declaration", "intake")

OWN_DAY = {  # the day on which a row counts, from the row itself
    "cost_line": "COALESCE({row}.counted_on, {row}.incurred_on)",
    "receipt": "COALESCE({row}.counted_on, {row}.received_on)",
    "budget_version": "{row}.made_on",
}
LINE_DAY = "COALESCE({row}.counted_on, line.counted_on, line.incurred_on)"
OF_LINES = ("allocation", "unallocated")
OWN_PERIOD = {  # the project whose periods lock a row
    "cost_line": "{row}.project_id",
    "receipt": "(SELECT project_id FROM commitment WHERE commitment.id = {row}.commitment_id)",
    "budget_version": "{row}.project_id",
    "allocation": "line.project_id",
    "unallocated": "line.project_id",
}


def upgrade() -> None:
    kept = _drop_triggers()
    project = run("SELECT MIN(id) FROM project").scalar_one()
    for table in OWNED:
        _own(table, project)
    for table, columns in UNIQUE.items():
        _be_unique(table, columns, ["project_id", *columns])
    _be_unique("commitment", ["project_id", "code"], ["code"])
    op.create_index(op.f("ix_commitment_project_id"), "commitment", ["project_id"])
    op.create_index(op.f("ix_cost_line_project_id_id"), "cost_line", ["project_id", "id"])
    _tell_doubles_apart(project)
    for sql in kept:
        run(sql)
    for table, own in OWN_PERIOD.items():
        _lock_periods(table, f"AND period.project_id = {own}")


def downgrade() -> None:
    # Refused where the database holds more than one project.
    if run("SELECT COUNT(*) FROM project").scalar_one() > 1:
        raise RuntimeError("revision 0005 holds one project, and this database has more")
    kept = _drop_triggers()
    op.drop_index(op.f("ix_cost_line_project_id_id"), table_name="cost_line")
    op.drop_index(op.f("ix_commitment_project_id"), table_name="commitment")
    _be_unique("commitment", ["code"], ["project_id", "code"])
    for table, columns in UNIQUE.items():
        _be_unique(table, ["project_id", *columns], columns)
    for table in OWNED:
        with op.batch_alter_table(table) as known:
            known.drop_constraint(op.f(f"fk_{table}_project_id"), type_="foreignkey")
            known.drop_column("project_id")
    _put_doubles_together()
    for sql in kept:
        run(sql)
    for table in OWN_PERIOD:
        _lock_periods(table, "")


def _drop_triggers() -> list[str]:
    """Take all triggers away: SQLite loses them with a table that is rebuilt, or stumbles.

    Those that lock periods are made anew, and not among what is given.
    """
    if not is_sqlite():
        return []
    found = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        run(f'DROP TRIGGER "{name}"')
    return [sql for name, sql in found if not name.endswith("_in_open_period")]


def _own(table: str, project: int | None) -> None:
    """Say of every row of a table whose it is: until now, the one project's."""
    whose = sa.Column("project_id", sa.Integer(), nullable=False, server_default=str(project or 0))
    with op.batch_alter_table(table) as owned:
        owned.add_column(whose)
        owned.create_foreign_key(op.f(f"fk_{table}_project_id"), "project", ["project_id"], ["id"])
    with op.batch_alter_table(table) as owned:
        owned.alter_column("project_id", existing_type=sa.Integer(), server_default=None)


def _be_unique(table: str, before: list[str], now: list[str]) -> None:
    with op.batch_alter_table(table) as known:
        known.drop_constraint(op.f(f"uq_{table}_{'_'.join(before)}"), type_="unique")
        known.create_unique_constraint(op.f(f"uq_{table}_{'_'.join(now)}"), now)


def _tell_doubles_apart(project: int | None) -> None:
    """Note invoices that are booked twice with the project in whose books they are."""
    found = run("SELECT signature FROM booked_twice").all()
    op.drop_table("booked_twice")
    made = op.create_table(
        "booked_twice",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_booked_twice_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "signature", name=op.f("pk_booked_twice")),
    )
    op.bulk_insert(made, [{"project_id": project, "signature": row.signature} for row in found])


def _put_doubles_together() -> None:
    found = run("SELECT signature FROM booked_twice").all()
    op.drop_table("booked_twice")
    made = op.create_table(
        "booked_twice",
        sa.Column("signature", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_booked_twice")),
    )
    op.bulk_insert(made, [{"signature": row.signature} for row in found])


def _lock_periods(table: str, is_own: str) -> None:
    """Refuse what counts in a closed period, of its own project if that is asked."""
    row = "NEW" if is_sqlite() else "added"
    day = (OWN_DAY.get(table) or LINE_DAY).format(row=row)
    line = f"JOIN cost_line line ON line.id = {row}.cost_line_id" if table in OF_LINES else ""
    name, own = f"{table}_in_open_period", is_own.format(row=row)
    if is_sqlite():
        run(
            f"CREATE TRIGGER {name} AFTER INSERT ON {table}"
            " WHEN EXISTS (SELECT 1 FROM reporting_period WHERE state = 'closed') BEGIN"
            f" SELECT RAISE(ABORT, 'period_is_closed') FROM reporting_period period {line}"
            f" WHERE period.state = 'closed' {own}"
            f" AND {day} BETWEEN period.first_day AND period.last_day; END"
        )
        return
    run(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM 1 FROM reporting_period ORDER BY id FOR SHARE;"
        " IF EXISTS (SELECT 1 FROM reporting_period WHERE state = 'closed') AND EXISTS ("
        f"  SELECT 1 FROM added {line} JOIN reporting_period period ON period.state = 'closed'"
        f"  {own} AND {day} BETWEEN period.first_day AND period.last_day"
        " ) THEN RAISE check_violation USING MESSAGE = 'period_is_closed'; END IF;"
        " RETURN NULL; END $$"
    )
