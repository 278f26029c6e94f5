"""Bring in funder reports: drafts with their texts, what was issued, and the funder's own forms.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tracker.store.migrations.parts import (
    cents,
    check,
    day,
    id_,
    is_key,
    is_unique,
    keep,
    known,
    moment,
    number,
    points,
    text,
    whole,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEPT = [
    *("issued_report", "issued_file", "issued_figure", "report_answer", "report_withdrawal"),
    *("report_download", "report_comment", "crosswalk", "crosswalk_line", "crosswalk_part"),
    *("funder_workbook", "workbook_figure"),
]
LASTING = ["funder_report", "report_job"]

STATES = (
    *("report_draft", "report_in_review", "report_approved", "report_issued"),
    *("report_accepted", "report_returned", "report_withdrawn", "report_dropped"),
)
ANSWERS = ("report_accepted", "report_returned")
JOB_STATES = ("job_waiting", "job_running", "job_done", "job_failed", "job_cancelled")
NOT_DROPPED = sa.text("state <> 'report_dropped'")
UNDER_WAY = sa.text("state IN ('job_waiting', 'job_running')")


def upgrade() -> None:
    _add_reports()
    _add_texts()
    _add_issued()
    _add_jobs()
    _add_crosswalks()
    _add_workbooks()
    for table in KEPT:
        keep(table, "UPDATE", "DELETE")
    for table in LASTING:
        keep(table, "DELETE")


def _add_reports() -> None:
    table = "funder_report"
    op.create_table(
        table,
        id_(),
        number("commitment_id"),
        text("kind"),
        day("first_day"),
        day("last_day"),
        text("state"),
        number("version"),
        text("prepared_by"),
        moment("prepared_at"),
        text("asked_by"),
        text("approved_by"),
        check(table, "in_order", "first_day <= last_day"),
        check(
            table,
            "approved_by_another",
            "approved_by = '' OR (approved_by <> prepared_by AND approved_by <> asked_by)",
        ),
        known(table, "state", STATES),
        *points(table, commitment_id="commitment"),
        is_key(table),
    )
    op.create_index(
        "ix_funder_report_one_of_a_period",
        table,
        ["commitment_id", "kind", "first_day", "last_day"],
        unique=True,
        sqlite_where=NOT_DROPPED,
        postgresql_where=NOT_DROPPED,
    )


def _add_texts() -> None:
    for table, place in (("report_text", "place"), ("report_explanation", "about")):
        op.create_table(
            table,
            id_(),
            number("report_id"),
            text(place),
            text("said"),
            text("written_by"),
            moment("written_at"),
            number("version"),
            *points(table, report_id="funder_report"),
            is_key(table),
            is_unique(table, "report_id", place),
        )
    op.create_table(
        "report_paper",
        id_(),
        number("report_id"),
        text("title"),
        number("document_id"),
        *points("report_paper", report_id="funder_report", document_id="document"),
        is_key("report_paper"),
        is_unique("report_paper", "report_id", "title"),
    )
    op.create_table(
        "report_comment",
        id_(),
        number("report_id"),
        text("place"),
        text("said"),
        text("written_by"),
        moment("written_at"),
        check("report_comment", "said_something", "said <> ''"),
        *points("report_comment", report_id="funder_report"),
        is_key("report_comment"),
    )
    op.create_index("ix_report_comment_report_id", "report_comment", ["report_id"])


def _add_issued() -> None:
    op.create_table(
        "issued_report",
        id_(),
        number("report_id"),
        number("number"),
        text("ledger_state"),
        text("prepared_by"),
        text("approved_by"),
        text("issued_by"),
        moment("issued_at"),
        number("facts_id"),
        check("issued_report", "number_positive", "number > 0"),
        check(
            "issued_report",
            "approved_by_another",
            "approved_by <> '' AND approved_by <> prepared_by",
        ),
        *points("issued_report", report_id="funder_report", facts_id="document"),
        is_key("issued_report"),
        is_unique("issued_report", "report_id", "number"),
    )
    op.create_table(
        "issued_file",
        id_(),
        number("issued_id"),
        text("face"),
        number("document_id"),
        *points("issued_file", issued_id="issued_report", document_id="document"),
        is_key("issued_file"),
        is_unique("issued_file", "issued_id", "face"),
    )
    amounts = ("previously", "adjustments", "this_period", "to_date")
    op.create_table(
        "issued_figure",
        id_(),
        number("issued_id"),
        number("category_id"),
        *(cents(name) for name in amounts),
        check("issued_figure", "adds_up", "previously + adjustments + this_period = to_date"),
        *whole("issued_figure", *amounts),
        *points("issued_figure", issued_id="issued_report", category_id="cost_category"),
        is_key("issued_figure"),
        is_unique("issued_figure", "issued_id", "category_id"),
    )
    op.create_table(
        "report_answer",
        id_(),
        number("issued_id"),
        text("answer"),
        text("said"),
        text("answered_by"),
        moment("answered_at"),
        known("report_answer", "answer", ANSWERS),
        check(
            "report_answer", "returned_with_a_reason", "answer <> 'report_returned' OR said <> ''"
        ),
        *points("report_answer", issued_id="issued_report"),
        is_key("report_answer"),
        is_unique("report_answer", "issued_id"),
    )
    op.create_table(
        "report_withdrawal",
        id_(),
        number("issued_id"),
        text("reason"),
        text("withdrawn_by"),
        moment("withdrawn_at"),
        check("report_withdrawal", "reason_given", "reason <> ''"),
        *points("report_withdrawal", issued_id="issued_report"),
        is_key("report_withdrawal"),
        is_unique("report_withdrawal", "issued_id"),
    )
    op.create_table(
        "report_download",
        id_(),
        number("issued_id"),
        text("face"),
        text("by"),
        text("role"),
        moment("at"),
        *points("report_download", issued_id="issued_report"),
        is_key("report_download"),
    )
    op.create_index("ix_report_download_issued_id", "report_download", ["issued_id"])


def _add_jobs() -> None:
    op.create_table(
        "report_job",
        id_(),
        number("project_id"),
        text("key"),
        text("what"),
        text("state"),
        number("version"),
        number("done"),
        number("whole"),
        text("why"),
        text("asked_by"),
        text("role"),
        moment("asked_at"),
        moment("seen_at"),
        number("document_id", needed=False),
        known("report_job", "state", JOB_STATES),
        *points("report_job", project_id="project", document_id="document"),
        is_key("report_job"),
    )
    op.create_index(
        "ix_report_job_one_at_a_time",
        "report_job",
        ["key"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )


def _add_crosswalks() -> None:
    op.create_table(
        "crosswalk",
        id_(),
        number("programme_id"),
        number("number"),
        text("language"),
        text("made_by"),
        moment("made_at"),
        *points("crosswalk", programme_id="programme"),
        is_key("crosswalk"),
        is_unique("crosswalk", "programme_id", "number"),
    )
    op.create_table(
        "crosswalk_line",
        id_(),
        number("crosswalk_id"),
        number("position"),
        text("code"),
        text("title"),
        text("kind"),
        known("crosswalk_line", "kind", ("line", "subtotal")),
        *points("crosswalk_line", crosswalk_id="crosswalk"),
        is_key("crosswalk_line"),
        is_unique("crosswalk_line", "crosswalk_id", "position"),
    )
    op.create_table(
        "crosswalk_part",
        number("line_id"),
        text("category"),
        *points("crosswalk_part", line_id="crosswalk_line"),
        is_key("crosswalk_part", "line_id", "category"),
    )


def _add_workbooks() -> None:
    op.create_table(
        "funder_workbook",
        id_(),
        number("programme_id"),
        number("number"),
        number("document_id"),
        text("shape"),
        text("made_by"),
        moment("made_at"),
        *points("funder_workbook", programme_id="programme", document_id="document"),
        is_key("funder_workbook"),
        is_unique("funder_workbook", "programme_id", "number"),
    )
    op.create_table(
        "workbook_figure",
        id_(),
        number("workbook_id"),
        text("sheet"),
        text("place"),
        text("figure"),
        *points("workbook_figure", workbook_id="funder_workbook"),
        is_key("workbook_figure"),
        is_unique("workbook_figure", "workbook_id", "sheet", "place"),
    )


def downgrade() -> None:
    # Forgets drafts, what was issued, who downloaded it, crosswalks and forms of funders.
    for table in (
        *("workbook_figure", "funder_workbook", "crosswalk_part", "crosswalk_line", "crosswalk"),
        *("report_job", "report_download", "report_withdrawal", "report_answer"),
        *("issued_figure", "issued_file", "issued_report"),
        *("report_comment", "report_paper", "report_explanation", "report_text", "funder_report"),
    ):
        op.drop_table(table)
