"""Bring in planning: full milestones, forecasts, scenarios, reminders, and spending by month.

What was met stays met; the sums of months can be made anew from the books.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT = ["forecast", "forecast_line", "forecast_explanation", "reminded"]
LASTING = ["scenario"]

ROLES = ("finance_officer", "controller", "director", "funder_viewer", "auditor", "administrator")
STATUSES = ("scheduled", "met", "partly_met", "not_met")
AGAINST = ("budget", "previous")
CHANGES = ("move_milestone", "drop_commitment", "add_commitment", "pace")
RHYTHMS = ("daily", "weekly", "never")
STEPS = ("in_30_days", "in_14_days", "in_3_days", "overdue", "escalated")


def upgrade() -> None:
    kept = _drop_triggers()
    _widen_milestones()
    _know_roles((*ROLES, "project_lead"))
    _add_what_milestones_have()
    _add_forecasts()
    _add_scenarios()
    _add_reminders()
    _add_months()
    for sql in kept:
        _run(sql)
    for table in (*KEPT, *LASTING):
        _keep(table, ("UPDATE", "DELETE") if table in KEPT else ("DELETE",))


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _run(statement: str) -> Any:
    return op.get_bind().exec_driver_sql(statement)


def _drop_triggers() -> list[str]:
    """Take all triggers away: SQLite loses them with a table that is rebuilt, or stumbles."""
    if not _is_sqlite():
        return []
    found = _run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        _run(f'DROP TRIGGER "{name}"')
    return [sql for _, sql in found]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _whole(table: str, *columns: str) -> list[sa.CheckConstraint]:
    """SQLite stores what comes, so it is asked for whole numbers."""
    rules = [_check(table, f"{c}_whole", f"typeof({c}) = 'integer'") for c in columns]
    return rules if _is_sqlite() else []


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(repr, values))})"


def _known(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    return _check(table, f"{column}_known", _one_of(column, values))


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str, *, needed: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=not needed)


def _points(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in to.items()
    ]


def _is_key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns or ("id",), name=op.f(f"pk_{table}"))


def _is_unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _widen_milestones() -> None:
    with op.batch_alter_table("milestone") as milestone:
        for name, kind, default in (
            ("owner", sa.String(), ""),
            ("status", sa.String(), "scheduled"),
            ("progress", sa.Integer(), "0"),
            ("criteria", sa.String(), ""),
            ("version", sa.Integer(), "1"),
        ):
            milestone.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    _run("UPDATE milestone SET status = 'met', progress = 100 WHERE met_on IS NOT NULL")
    with op.batch_alter_table("milestone") as milestone:
        for name, rule in (
            ("status_known", _one_of("status", STATUSES)),
            ("met_on_a_day", "(status = 'met') = (met_on IS NOT NULL)"),
            ("progress_within", "progress BETWEEN 0 AND 100"),
        ):
            milestone.create_check_constraint(op.f(f"ck_milestone_{name}"), rule)


def _know_roles(roles: tuple[str, ...]) -> None:
    with op.batch_alter_table("person") as person:
        person.drop_constraint(op.f("ck_person_role_known"), type_="check")
        person.create_check_constraint(op.f("ck_person_role_known"), _one_of("role", roles))


def _add_what_milestones_have() -> None:
    op.create_table(
        "milestone_after",
        _number("milestone_id"),
        _number("after_id"),
        _check("milestone_after", "not_itself", "milestone_id <> after_id"),
        *_points("milestone_after", milestone_id="milestone", after_id="milestone"),
        _is_key("milestone_after", "milestone_id", "after_id"),
    )
    op.create_table(
        "milestone_funding",
        _id(),
        _number("milestone_id"),
        _number("commitment_id", needed=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _check("milestone_funding", "amount_positive", "amount > 0"),
        *_whole("milestone_funding", "amount"),
        *_points("milestone_funding", milestone_id="milestone", commitment_id="commitment"),
        _is_key("milestone_funding"),
        _is_unique("milestone_funding", "milestone_id", "commitment_id"),
    )
    op.create_table(
        "evidence",
        _id(),
        _number("milestone_id"),
        _text("title"),
        _number("document_id", needed=False),
        _check("evidence", "title_given", "title <> ''"),
        *_points("evidence", milestone_id="milestone", document_id="document"),
        _is_key("evidence"),
        _is_unique("evidence", "milestone_id", "title"),
    )
    op.create_table(
        "milestone_report",
        _id(),
        _number("milestone_id"),
        _number("commitment_id"),
        _text("title"),
        _number("weeks"),
        _check("milestone_report", "title_given", "title <> ''"),
        _check("milestone_report", "weeks_not_negative", "weeks >= 0"),
        *_points("milestone_report", milestone_id="milestone", commitment_id="commitment"),
        _is_key("milestone_report"),
        _is_unique("milestone_report", "milestone_id", "commitment_id", "title"),
    )


def _add_forecasts() -> None:
    op.create_table(
        "forecast",
        _id(),
        _number("project_id"),
        _number("number"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        _text("made_by"),
        _text("reason"),
        *_points("forecast", project_id="project"),
        _is_key("forecast"),
        _is_unique("forecast", "project_id", "number"),
    )
    op.create_table(
        "forecast_line",
        _id(),
        _number("forecast_id"),
        _number("work_package_id"),
        _number("category_id"),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *_whole("forecast_line", "amount"),
        *_points(
            "forecast_line",
            forecast_id="forecast",
            work_package_id="work_package",
            category_id="cost_category",
        ),
        _is_key("forecast_line"),
        _is_unique("forecast_line", "forecast_id", "work_package_id", "category_id", "quarter"),
    )
    op.create_table(
        "forecast_explanation",
        _id(),
        _number("forecast_id"),
        _text("against"),
        _number("work_package_id", needed=False),
        _number("category_id", needed=False),
        _number("year"),
        _text("said"),
        _check("forecast_explanation", "said_something", "said <> ''"),
        _known("forecast_explanation", "against", AGAINST),
        *_points(
            "forecast_explanation",
            forecast_id="forecast",
            work_package_id="work_package",
            category_id="cost_category",
        ),
        _is_key("forecast_explanation"),
    )
    op.create_index("ix_forecast_explanation_forecast_id", "forecast_explanation", ["forecast_id"])


def _add_scenarios() -> None:
    op.create_table(
        "scenario",
        _id(),
        _number("project_id"),
        _text("name"),
        _text("note"),
        _text("made_by"),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(), nullable=True),
        _number("version"),
        _check("scenario", "name_given", "name <> ''"),
        *_points("scenario", project_id="project"),
        _is_key("scenario"),
    )
    op.create_table(
        "scenario_change",
        _id(),
        _number("scenario_id"),
        _number("position"),
        _text("kind"),
        _text("code"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _number("share", needed=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        _known("scenario_change", "kind", CHANGES),
        *_whole("scenario_change", "amount"),
        *_points("scenario_change", scenario_id="scenario"),
        _is_key("scenario_change"),
    )
    op.create_index("ix_scenario_change_scenario_id", "scenario_change", ["scenario_id"])


def _add_reminders() -> None:
    op.create_table(
        "reminder_wish",
        _number("person_id"),
        _text("rhythm"),
        sa.Column("in_30_days", sa.Boolean(), nullable=False),
        sa.Column("in_14_days", sa.Boolean(), nullable=False),
        sa.Column("in_3_days", sa.Boolean(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("own_only", sa.Boolean(), nullable=False),
        _text("feed_hash"),
        _known("reminder_wish", "rhythm", RHYTHMS),
        *_points("reminder_wish", person_id="person"),
        _is_key("reminder_wish", "person_id"),
    )
    op.create_table(
        "reminded",
        _id(),
        _number("person_id"),
        _text("line"),
        _text("step"),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        _known("reminded", "step", STEPS),
        *_points("reminded", person_id="person"),
        _is_key("reminded"),
        _is_unique("reminded", "person_id", "line", "step"),
    )


def _add_months() -> None:
    for table, first in (("spent_month", "project_id"), ("charged_month", "commitment_id")):
        of = (first, "work_package_id", "category_id", "milestone_id", "month")
        op.create_table(
            table,
            *(_number(name) for name in of),
            sa.Column("amount", sa.BigInteger(), nullable=False),
            *_whole(table, "amount"),
            _is_key(table, *of),
        )
        op.create_index(f"ix_{table}_month", table, ["month", first, "amount"])
    op.create_table(
        "spending_extent",
        _id(),
        _number("last_line"),
        _number("last_allocation"),
        _is_key("spending_extent"),
    )
    _run("INSERT INTO spending_extent VALUES (1, 0, 0)")


def _keep(table: str, deeds: tuple[str, ...]) -> None:
    if _is_sqlite():
        for deed in deeds:
            _run(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
            )
        return
    for each, when in (("ROW", " OR ".join(deeds)), ("STATEMENT", "TRUNCATE")):
        _run(
            f"CREATE TRIGGER {table}_kept_{each.lower()} BEFORE {when} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION nothing_is_rewritten()"
        )


def downgrade() -> None:
    # Forgets forecasts, scenarios, reminders, and of milestones what revision 0004 cannot say.
    # Refused while somebody signs in as project lead.
    leads = _run("SELECT COUNT(*) FROM person WHERE role = 'project_lead'").scalar_one()
    if leads:
        raise RuntimeError("revision 0004 knows no project leads: give them another role first")
    kept = [sql for sql in _drop_triggers() if not any(f" ON {t}" in sql for t in _ours())]
    for table in (
        *("spending_extent", "charged_month", "spent_month", "reminded", "reminder_wish"),
        *("scenario_change", "scenario", "forecast_explanation", "forecast_line", "forecast"),
        *("milestone_report", "evidence", "milestone_funding", "milestone_after"),
    ):
        op.drop_table(table)
    _know_roles(ROLES)
    with op.batch_alter_table("milestone") as milestone:
        for name in ("status_known", "met_on_a_day", "progress_within"):
            milestone.drop_constraint(op.f(f"ck_milestone_{name}"), type_="check")
        for name in ("owner", "status", "progress", "criteria", "version"):
            milestone.drop_column(name)
    for sql in kept:
        _run(sql)


def _ours() -> tuple[str, ...]:
    return (*(f"{table} " for table in (*KEPT, *LASTING)), *(f"{t}\n" for t in (*KEPT, *LASTING)))
