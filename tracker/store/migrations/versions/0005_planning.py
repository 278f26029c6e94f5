"""Bring in planning: full milestones, forecasts, scenarios, reminders, and spending by month.

What was met stays met; the sums of months can be made anew from the books.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tracker.store.migrations.parts import (
    check,
    drop_triggers,
    id_,
    is_key,
    is_unique,
    keep,
    known,
    number,
    one_of,
    points,
    run,
    text,
    whole,
)

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
    kept = drop_triggers()
    _widen_milestones()
    _know_roles((*ROLES, "project_lead"))
    _add_what_milestones_have()
    _add_forecasts()
    _add_scenarios()
    _add_reminders()
    _add_months()
    for sql in kept:
        run(sql)
    for table in KEPT:
        keep(table, "UPDATE", "DELETE")
    for table in LASTING:
        keep(table, "DELETE")


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
    run("UPDATE milestone SET status = 'met', progress = 100 WHERE met_on IS NOT NULL")
    with op.batch_alter_table("milestone") as milestone:
        for name, rule in (
            ("status_known", one_of("status", STATUSES)),
            ("met_on_a_day", "(status = 'met') = (met_on IS NOT NULL)"),
            ("progress_within", "progress BETWEEN 0 AND 100"),
        ):
            milestone.create_check_constraint(op.f(f"ck_milestone_{name}"), rule)


def _know_roles(roles: tuple[str, ...]) -> None:
    with op.batch_alter_table("person") as person:
        person.drop_constraint(op.f("ck_person_role_known"), type_="check")
        person.create_check_constraint(op.f("ck_person_role_known"), one_of("role", roles))


def _add_what_milestones_have() -> None:
    op.create_table(
        "milestone_after",
        number("milestone_id"),
        number("after_id"),
        check("milestone_after", "not_itself", "milestone_id <> after_id"),
        *points("milestone_after", milestone_id="milestone", after_id="milestone"),
        is_key("milestone_after", "milestone_id", "after_id"),
    )
    op.create_table(
        "milestone_funding",
        id_(),
        number("milestone_id"),
        number("commitment_id", needed=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        check("milestone_funding", "amount_positive", "amount > 0"),
        *whole("milestone_funding", "amount"),
        *points("milestone_funding", milestone_id="milestone", commitment_id="commitment"),
        is_key("milestone_funding"),
        is_unique("milestone_funding", "milestone_id", "commitment_id"),
    )
    op.create_table(
        "evidence",
        id_(),
        number("milestone_id"),
        text("title"),
        number("document_id", needed=False),
        check("evidence", "title_given", "title <> ''"),
        *points("evidence", milestone_id="milestone", document_id="document"),
        is_key("evidence"),
        is_unique("evidence", "milestone_id", "title"),
    )
    op.create_table(
        "milestone_report",
        id_(),
        number("milestone_id"),
        number("commitment_id"),
        text("title"),
        number("weeks"),
        check("milestone_report", "title_given", "title <> ''"),
        check("milestone_report", "weeks_not_negative", "weeks >= 0"),
        *points("milestone_report", milestone_id="milestone", commitment_id="commitment"),
        is_key("milestone_report"),
        is_unique("milestone_report", "milestone_id", "commitment_id", "title"),
    )


def _add_forecasts() -> None:
    op.create_table(
        "forecast",
        id_(),
        number("project_id"),
        number("number"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        text("made_by"),
        text("reason"),
        *points("forecast", project_id="project"),
        is_key("forecast"),
        is_unique("forecast", "project_id", "number"),
    )
    op.create_table(
        "forecast_line",
        id_(),
        number("forecast_id"),
        number("work_package_id"),
        number("category_id"),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *whole("forecast_line", "amount"),
        *points(
            "forecast_line",
            forecast_id="forecast",
            work_package_id="work_package",
            category_id="cost_category",
        ),
        is_key("forecast_line"),
        is_unique("forecast_line", "forecast_id", "work_package_id", "category_id", "quarter"),
    )
    op.create_table(
        "forecast_explanation",
        id_(),
        number("forecast_id"),
        text("against"),
        number("work_package_id", needed=False),
        number("category_id", needed=False),
        number("year"),
        text("said"),
        check("forecast_explanation", "said_something", "said <> ''"),
        known("forecast_explanation", "against", AGAINST),
        *points(
            "forecast_explanation",
            forecast_id="forecast",
            work_package_id="work_package",
            category_id="cost_category",
        ),
        is_key("forecast_explanation"),
    )
    op.create_index("ix_forecast_explanation_forecast_id", "forecast_explanation", ["forecast_id"])


def _add_scenarios() -> None:
    op.create_table(
        "scenario",
        id_(),
        number("project_id"),
        text("name"),
        text("note"),
        text("made_by"),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(), nullable=True),
        number("version"),
        check("scenario", "name_given", "name <> ''"),
        *points("scenario", project_id="project"),
        is_key("scenario"),
    )
    op.create_table(
        "scenario_change",
        id_(),
        number("scenario_id"),
        number("position"),
        text("kind"),
        text("code"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        number("share", needed=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        known("scenario_change", "kind", CHANGES),
        *whole("scenario_change", "amount"),
        *points("scenario_change", scenario_id="scenario"),
        is_key("scenario_change"),
    )
    op.create_index("ix_scenario_change_scenario_id", "scenario_change", ["scenario_id"])


def _add_reminders() -> None:
    op.create_table(
        "reminder_wish",
        number("person_id"),
        text("rhythm"),
        sa.Column("in_30_days", sa.Boolean(), nullable=False),
        sa.Column("in_14_days", sa.Boolean(), nullable=False),
        sa.Column("in_3_days", sa.Boolean(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("own_only", sa.Boolean(), nullable=False),
        text("feed_hash"),
        known("reminder_wish", "rhythm", RHYTHMS),
        *points("reminder_wish", person_id="person"),
        is_key("reminder_wish", "person_id"),
    )
    op.create_table(
        "reminded",
        id_(),
        number("person_id"),
        text("line"),
        text("step"),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        known("reminded", "step", STEPS),
        *points("reminded", person_id="person"),
        is_key("reminded"),
        is_unique("reminded", "person_id", "line", "step"),
    )


def _add_months() -> None:
    for table, first in (("spent_month", "project_id"), ("charged_month", "commitment_id")):
        of = (first, "work_package_id", "category_id", "milestone_id", "month")
        op.create_table(
            table,
            *(number(name) for name in of),
            sa.Column("amount", sa.BigInteger(), nullable=False),
            *whole(table, "amount"),
            is_key(table, *of),
        )
        op.create_index(f"ix_{table}_month", table, ["month", first, "amount"])
    op.create_table(
        "spending_extent",
        id_(),
        number("last_line"),
        number("last_allocation"),
        is_key("spending_extent"),
    )
    run("INSERT INTO spending_extent VALUES (1, 0, 0)")


def downgrade() -> None:
    # Forgets forecasts, scenarios, reminders, and of milestones what revision 0004 cannot say.
    # Refused while somebody signs in as project lead.
    leads = run("SELECT COUNT(*) FROM person WHERE role = 'project_lead'").scalar_one()
    if leads:
        raise RuntimeError("revision 0004 knows no project leads: give them another role first")
    kept = [sql for sql in drop_triggers() if not any(f" ON {t}" in sql for t in _ours())]
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
        run(sql)


def _ours() -> tuple[str, ...]:
    return (*(f"{table} " for table in (*KEPT, *LASTING)), *(f"{t}\n" for t in (*KEPT, *LASTING)))
