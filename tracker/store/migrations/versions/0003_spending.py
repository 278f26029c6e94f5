"""Bring in spending: periods that close, corrections, split rules of any kind, files on their way.

What counts in a closed period is refused by triggers, by whatever path it comes; a period opens
again only where a second person confirmed it and no report was sent.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tracker.store.migrations.parts import check, drop_triggers, is_sqlite, keep, one_of, run, whole

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UPGRADED = "tracker upgrade 0003"

KEPT = [
    "correction",
    "depreciation",
    "intake_piece",
    "invoiced",
    "sent_report",
    "split_share",
    "worked",
]
LASTING = ["intake", "mapping_profile", "obligation", "reopening", "reporting_period", "split_rule"]

REASONS = (
    "no_split_rule",
    "not_awarded",
    "outside_period",
    "category_not_allowed",
    "commitment_exhausted",
)
ALL_REASONS = (
    *REASONS[:4],
    "not_earmarked",
    "covered_by_flat_rate",
    *REASONS[4:],
    "taken_back",
    "not_eligible",
    "economic_use",
    "depreciated",
)
KINDS = ("ledger", "bank", "in_kind")
CHARGES = ("rules", "again", "by_hand", "in_bulk", "taken_back", "correction")

WITHIN = "{part} BETWEEN {whole} AND 0 OR {part} BETWEEN 0 AND {whole}"

OWN_DAY = {  # the day on which a row counts, from the row itself
    "cost_line": "COALESCE({row}.counted_on, {row}.incurred_on)",
    "receipt": "COALESCE({row}.counted_on, {row}.received_on)",
    "budget_version": "{row}.made_on",
}
LINE_DAY = "COALESCE({row}.counted_on, line.counted_on, line.incurred_on)"
OF_LINES = ("allocation", "unallocated")

OVERLAP = """EXISTS (SELECT 1 FROM reporting_period other WHERE other.project_id = NEW.project_id
  AND other.id <> COALESCE(NEW.id, -1)
  AND other.first_day <= NEW.last_day AND other.last_day >= NEW.first_day)"""
MOVED = """NEW.first_day <> OLD.first_day OR NEW.last_day <> OLD.last_day
  OR NEW.project_id <> OLD.project_id OR NEW.version <> OLD.version + 1"""
OPENED = """OLD.state = 'closed' AND NEW.state <> 'closed' AND (
  EXISTS (SELECT 1 FROM sent_report WHERE period_id = OLD.id)
  OR NOT EXISTS (SELECT 1 FROM reopening WHERE period_id = OLD.id
    AND period_version = OLD.version AND verdict = 'confirmed'))"""
LEAPT = "OLD.state = 'open' AND NEW.state = 'closed'"
BORN_CLOSED = "NEW.state <> 'open'"
REWRITTEN = """OLD.verdict <> 'draft' OR NEW.asked_by <> OLD.asked_by OR NEW.reason <> OLD.reason
  OR NEW.period_id <> OLD.period_id OR NEW.period_version <> OLD.period_version"""
RULE_CHANGED = """OLD.ended_at IS NOT NULL OR NEW.name <> OLD.name OR NEW.position <> OLD.position
  OR NEW.is_in_kind <> OLD.is_in_kind
  OR COALESCE(NEW.work_package_id, -1) <> COALESCE(OLD.work_package_id, -1)
  OR COALESCE(NEW.category_id, -1) <> COALESCE(OLD.category_id, -1)
  OR NEW.account <> OLD.account OR NEW.supplier <> OLD.supplier
  OR COALESCE(NEW.first_day, '1000-01-01') <> COALESCE(OLD.first_day, '1000-01-01')
  OR COALESCE(NEW.last_day, '1000-01-01') <> COALESCE(OLD.last_day, '1000-01-01')"""
REFUSALS = [
    ("period_apart", "BEFORE INSERT", "reporting_period", OVERLAP, "periods overlap"),
    (
        "period_begins_open",
        "BEFORE INSERT",
        "reporting_period",
        BORN_CLOSED,
        "a period begins open",
    ),
    ("period_stays", "BEFORE UPDATE", "reporting_period", MOVED, "a period stays where it is"),
    ("period_looked_at", "BEFORE UPDATE", "reporting_period", LEAPT, "a period is checked first"),
    ("period_reopened", "BEFORE UPDATE", "reporting_period", OPENED, "period_is_closed"),
    ("reopening_rewritten", "BEFORE UPDATE", "reopening", REWRITTEN, "reopening is kept"),
    ("split_rule_rewritten", "BEFORE UPDATE", "split_rule", RULE_CHANGED, "split_rule is kept"),
]


def upgrade() -> None:
    kept = drop_triggers()
    _add_periods()
    _widen()
    _replace_rules()
    _add_records()
    _add_intakes()
    for sql in kept:
        run(sql)
    _guard()


def _text(name: str, default: str = "") -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=True)


def _widen() -> None:
    with op.batch_alter_table("charge") as charge:
        charge.add_column(_text("kind", "rules"))
        charge.add_column(_text("reason"))
        charge.create_check_constraint(op.f("ck_charge_kind_known"), one_of("kind", CHARGES))
    with op.batch_alter_table("book") as book:
        book.alter_column("import_id", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("import") as brought_in:
        brought_in.add_column(_text("accepted"))
        brought_in.drop_constraint(op.f("ck_import_kind_known"), type_="check")
        brought_in.create_check_constraint(
            op.f("ck_import_kind_known"), one_of("kind", (*KINDS, "table"))
        )
    _widen_cost_lines()
    with op.batch_alter_table("unallocated") as left:
        left.add_column(_day("counted_on"))
        left.drop_constraint(op.f("ck_unallocated_reason_known"), type_="check")
        left.create_check_constraint(
            op.f("ck_unallocated_reason_known"), one_of("reason", ALL_REASONS)
        )
    for table in ("allocation", "receipt"):
        op.add_column(table, _day("counted_on"))


def _widen_cost_lines() -> None:
    cents = ("vat", "vat_deductible", "ineligible")
    rules = {
        "vat_within": WITHIN.format(part="vat_deductible", whole="vat"),
        "eligible_within": WITHIN.format(part="ineligible", whole="amount"),
        "ineligible_for_reason": "(ineligible = 0) = (ineligible_for = '')",
    }
    if is_sqlite():
        rules |= {f"{column}_whole": f"typeof({column}) = 'integer'" for column in cents}
    points = {
        "milestone_id": "milestone",
        "corrects_id": "cost_line",
        "reverses_id": "cost_line",
        "charge_id": "charge",
    }
    with op.batch_alter_table("cost_line") as line:
        line.alter_column("import_id", existing_type=sa.Integer(), nullable=True)
        for column in (
            *(_day(name) for name in ("counted_on", "paid_on")),
            *(_cents(name) for name in cents),
            *(_text(name) for name in ("ineligible_for", "person")),
            *(sa.Column(name, sa.Integer(), nullable=True) for name in points),
        ):
            line.add_column(column)
        for name, rule in rules.items():
            line.create_check_constraint(op.f(f"ck_cost_line_{name}"), rule)
        for name, table in points.items():
            line.create_foreign_key(op.f(f"fk_cost_line_{name}"), table, [name], ["id"])
    for name, is_one in (("corrects_id", False), ("reverses_id", True)):
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_cost_line_{name}",
            "cost_line",
            [name],
            unique=is_one,
            sqlite_where=where,
            postgresql_where=where,
        )


def _replace_rules() -> None:
    """Give each work package's split, and that of in-kind lines, a rule with a name."""
    op.create_table(
        "split_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("is_in_kind", sa.Boolean(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by = '')", name=op.f("ck_split_rule_ended_by_somebody")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_split_rule_name_given")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_split_rule_in_order")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_split_rule_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_split_rule_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_package_id"], ["work_package.id"], name=op.f("fk_split_rule_work_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split_rule")),
    )
    op.rename_table("split_share", "split_share_before")
    if not is_sqlite():
        run("ALTER INDEX pk_split_share RENAME TO pk_split_share_before")
        for name in ("project_id", "work_package_id", "commitment_id"):
            run(f"ALTER TABLE split_share_before DROP CONSTRAINT fk_split_share_{name}")
    op.create_table(
        "split_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        check("split_share", "weight_positive", "weight > 0"),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["split_rule.id"], name=op.f("fk_split_share_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_split_share_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split_share")),
        sa.UniqueConstraint(
            "rule_id", "commitment_id", name=op.f("uq_split_share_rule_id_commitment_id")
        ),
    )
    run(
        "INSERT INTO split_rule (project_id, position, name, entered_by, entered_at, is_in_kind,"
        " work_package_id, account, supplier, ended_by, version)"
        " SELECT s.project_id, COALESCE(MIN(w.position), 1000),"
        " COALESCE(MIN(w.code), MIN(c.code)),"
        f" '{UPGRADED}', '1970-01-01 00:00:00', s.work_package_id IS NULL, s.work_package_id,"
        " '', '', '', 1 FROM split_share_before s"
        " JOIN commitment c ON c.id = s.commitment_id"
        " LEFT JOIN work_package w ON w.id = s.work_package_id"
        " GROUP BY s.project_id, s.work_package_id"
    )
    run(
        "INSERT INTO split_share (rule_id, commitment_id, weight, position)"
        " SELECT r.id, s.commitment_id, s.weight, s.position FROM split_share_before s"
        " JOIN split_rule r ON r.project_id = s.project_id"
        " AND COALESCE(r.work_package_id, -1) = COALESCE(s.work_package_id, -1)"
        " ORDER BY s.id"
    )
    op.drop_table("split_share_before")


def _add_periods() -> None:
    op.create_table(
        "reporting_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'closing', 'closed')", name=op.f("ck_reporting_period_state_known")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_reporting_period_in_order")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_reporting_period_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_period")),
        sa.UniqueConstraint(
            "project_id", "first_day", name=op.f("uq_reporting_period_project_id_first_day")
        ),
    )
    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("period_version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(verdict = 'draft') = (decided_by IS NULL)",
            name=op.f("ck_reopening_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by <> asked_by OR verdict = 'dropped'",
            name=op.f("ck_reopening_decided_by_another"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reopening_reason_given")),
        sa.CheckConstraint(
            "verdict IN ('draft', 'confirmed', 'dropped')", name=op.f("ck_reopening_verdict_known")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["reporting_period.id"], name=op.f("fk_reopening_period_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening")),
    )
    op.create_index(
        "ix_reopening_one_request",
        "reopening",
        ["period_id"],
        unique=True,
        sqlite_where=sa.text("verdict = 'draft'"),
        postgresql_where=sa.text("verdict = 'draft'"),
    )
    op.create_table(
        "sent_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_sent_report_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_sent_report_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["reporting_period.id"], name=op.f("fk_sent_report_period_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_report")),
        sa.UniqueConstraint(
            "period_id", "commitment_id", name=op.f("uq_sent_report_period_id_commitment_id")
        ),
    )


def _add_records() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cost_line_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("corrected_by", sa.String(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('wrong_period', 'wrong_work_package', 'wrong_category', 'wrong_funder', 'credit_note', 'refund', 'cancelled', 'not_eligible', 'eligible_again', 'rebooked')",
            name=op.f("ck_correction_kind_known"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_correction_reason_given")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_correction_charge_id")),
        sa.ForeignKeyConstraint(
            ["cost_line_id"], ["cost_line.id"], name=op.f("fk_correction_cost_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(
        op.f("ix_correction_cost_line_id"), "correction", ["cost_line_id"], unique=False
    )
    op.create_table(
        "obligation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_for", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_for = '')", name=op.f("ck_obligation_ended_for_reason")
        ),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_obligation_reference_given")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_obligation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_obligation_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_obligation_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_obligation_milestone_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_obligation_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_package_id"], ["work_package.id"], name=op.f("fk_obligation_work_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "project_id", "reference", name=op.f("uq_obligation_project_id_reference")
        ),
        *whole("obligation", "amount"),
    )
    op.create_table(
        "invoiced",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("cost_line_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_invoiced_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["cost_line_id"], ["cost_line.id"], name=op.f("fk_invoiced_cost_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_invoiced_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoiced")),
        *whole("invoiced", "amount"),
    )
    op.create_index(op.f("ix_invoiced_cost_line_id"), "invoiced", ["cost_line_id"], unique=False)
    op.create_index(op.f("ix_invoiced_obligation_id"), "invoiced", ["obligation_id"], unique=False)
    op.create_table(
        "worked",
        sa.Column("cost_line_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("time", sa.Integer(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("annual_cost", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Integer(), nullable=True),
        sa.Column("surcharge", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "method IN ('integral', 'wage_surcharge', 'fixed_rate', 'day_rate')",
            name=op.f("ck_worked_method_known"),
        ),
        sa.CheckConstraint(
            "(annual_cost IS NULL) = (basis IS NULL) AND (annual_cost IS NULL) <> (rate IS NULL)",
            name=op.f("ck_worked_one_rate"),
        ),
        sa.CheckConstraint("time > 0", name=op.f("ck_worked_time_positive")),
        sa.ForeignKeyConstraint(
            ["cost_line_id"], ["cost_line.id"], name=op.f("fk_worked_cost_line_id")
        ),
        sa.PrimaryKeyConstraint("cost_line_id", name=op.f("pk_worked")),
    )
    op.create_index(op.f("ix_worked_person"), "worked", ["person"], unique=False)
    op.create_table(
        "depreciation",
        sa.Column("cost_line_id", sa.Integer(), nullable=False),
        sa.Column("asset_line_id", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("residual", sa.BigInteger(), nullable=False),
        sa.Column("life_months", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("use", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "months > 0 AND life_months > 0", name=op.f("ck_depreciation_months_positive")
        ),
        sa.CheckConstraint("use > 0 AND use <= 1000000", name=op.f("ck_depreciation_use_of_one")),
        sa.ForeignKeyConstraint(
            ["asset_line_id"], ["cost_line.id"], name=op.f("fk_depreciation_asset_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["cost_line_id"], ["cost_line.id"], name=op.f("fk_depreciation_cost_line_id")
        ),
        sa.PrimaryKeyConstraint("cost_line_id", name=op.f("pk_depreciation")),
        *whole("depreciation", "price", "residual"),
    )
    op.create_index(
        op.f("ix_depreciation_asset_line_id"), "depreciation", ["asset_line_id"], unique=False
    )


def _add_intakes() -> None:
    op.create_table(
        "intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("preview", sa.String(), nullable=False),
        sa.Column("accepted", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'mapping', 'ready', 'keeping', 'kept', 'refused', 'cancelled', 'stopped')",
            name=op.f("ck_intake_state_known"),
        ),
        sa.CheckConstraint("size >= 0", name=op.f("ck_intake_size_not_negative")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_intake_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
    )
    op.create_index(op.f("ix_intake_sha256"), "intake", ["sha256"], unique=False)
    op.create_index(op.f("ix_intake_state"), "intake", ["state"], unique=False)
    op.create_table(
        "intake_piece",
        sa.Column("intake_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.id"], name=op.f("fk_intake_piece_intake_id")
        ),
        sa.PrimaryKeyConstraint("intake_id", "position", name=op.f("pk_intake_piece")),
    )
    op.create_table(
        "mapping_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_mapping_profile_name_given")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_mapping_profile_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_profile")),
        sa.UniqueConstraint(
            "project_id",
            "kind",
            "fingerprint",
            name=op.f("uq_mapping_profile_project_id_kind_fingerprint"),
        ),
    )


def _guard() -> None:
    for name, when, table, rule, said in REFUSALS:
        if is_sqlite():
            run(
                f"CREATE TRIGGER {name} {when} ON {table} WHEN {rule}"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        else:
            run(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {rule} THEN RAISE check_violation USING MESSAGE = '{said}'; END IF;"
                " RETURN NEW; END $$;"
                f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    for table in (*OWN_DAY, *OF_LINES):
        _lock_periods(table)
    for table in KEPT:
        keep(table, "UPDATE", "DELETE")
    for table in LASTING:
        keep(table, "DELETE")


def _lock_periods(table: str) -> None:
    """Refuse what counts in a closed period; a period cannot close while something comes in."""
    if is_sqlite():
        day = (OWN_DAY.get(table) or LINE_DAY).format(row="NEW")
        line = "JOIN cost_line line ON line.id = NEW.cost_line_id" if table in OF_LINES else ""
        run(
            f"CREATE TRIGGER {table}_in_open_period AFTER INSERT ON {table}"
            " WHEN EXISTS (SELECT 1 FROM reporting_period WHERE state = 'closed') BEGIN"
            f" SELECT RAISE(ABORT, 'period_is_closed') FROM reporting_period period {line}"
            f" WHERE period.state = 'closed'"
            f" AND {day} BETWEEN period.first_day AND period.last_day; END"
        )
        return
    day = (OWN_DAY.get(table) or LINE_DAY).format(row="added")
    line = "JOIN cost_line line ON line.id = added.cost_line_id" if table in OF_LINES else ""
    name = f"{table}_in_open_period"
    run(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM 1 FROM reporting_period ORDER BY id FOR SHARE;"
        " IF EXISTS (SELECT 1 FROM reporting_period WHERE state = 'closed') AND EXISTS ("
        f"  SELECT 1 FROM added {line} JOIN reporting_period period ON period.state = 'closed'"
        f"  AND {day} BETWEEN period.first_day AND period.last_day"
        " ) THEN RAISE check_violation USING MESSAGE = 'period_is_closed'; END IF;"
        " RETURN NULL; END $$;"
        f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    # Forgets periods, corrections, files on their way and what is known of a line besides its
    # amount. Refused while the database holds what revision 0002 cannot say.
    _check_nothing_is_lost()
    kept = _take_guards_away()
    _narrow_rules()
    for table in (
        *("mapping_profile", "intake_piece", "intake", "depreciation", "worked", "invoiced"),
        *("obligation", "correction", "sent_report", "reopening", "reporting_period"),
    ):
        op.drop_table(table)
    _narrow()
    for sql in kept:
        run(sql)


def _check_nothing_is_lost() -> None:
    lines = run("SELECT COUNT(*) FROM cost_line WHERE import_id IS NULL").scalar_one()
    left = run(
        f"SELECT COUNT(*) FROM unallocated WHERE NOT {one_of('reason', REASONS)}"
    ).scalar_one()
    tables = run("SELECT COUNT(*) FROM import WHERE kind = 'table'".replace("import", '"import"'))
    rules = run(
        "SELECT COUNT(*) FROM split_rule WHERE ended_at IS NULL AND (category_id IS NOT NULL"
        " OR account <> '' OR supplier <> '' OR first_day IS NOT NULL OR last_day IS NOT NULL"
        " OR (NOT is_in_kind AND work_package_id IS NULL))"
    ).scalar_one()
    if lines or left or rules or tables.scalar_one():
        raise RuntimeError(
            "revision 0002 cannot hold the corrections, rules and tables of this database"
        )


def _take_guards_away() -> list[str]:
    ours = {name for name, *_ in REFUSALS} | {f"{t}_in_open_period" for t in (*OWN_DAY, *OF_LINES)}
    if is_sqlite():
        found = run("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _, _ in found:
            run(f'DROP TRIGGER "{name}"')
        gone = (*KEPT, *LASTING)
        return [sql for name, table, sql in found if table not in gone and name not in ours]
    for name, _, table, *_ in REFUSALS:
        run(f"DROP TRIGGER {name} ON {table}")
        run(f"DROP FUNCTION {name}()")
    for table in (*OWN_DAY, *OF_LINES):
        run(f"DROP TRIGGER {table}_in_open_period ON {table}")
        run(f"DROP FUNCTION {table}_in_open_period()")
    for table in (*KEPT, *LASTING):
        for each in ("row", "statement"):
            run(f"DROP TRIGGER {table}_kept_{each} ON {table}")
    return []


def _narrow_rules() -> None:
    op.rename_table("split_share", "split_share_after")
    if not is_sqlite():
        run("ALTER INDEX pk_split_share RENAME TO pk_split_share_after")
        for name in ("rule_id", "commitment_id"):
            run(f"ALTER TABLE split_share_after DROP CONSTRAINT fk_split_share_{name}")
    op.create_table(
        "split_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        check("split_share", "weight_positive", "weight > 0"),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_split_share_{table}_id")
            )
            for table in ("project", "work_package", "commitment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split_share")),
        sa.UniqueConstraint(
            "project_id",
            "work_package_id",
            "commitment_id",
            name=op.f("uq_split_share_project_id_work_package_id_commitment_id"),
        ),
    )
    run(
        "INSERT INTO split_share (project_id, work_package_id, commitment_id, weight, position)"
        " SELECT r.project_id, r.work_package_id, s.commitment_id, s.weight, s.position"
        " FROM split_share_after s JOIN split_rule r ON r.id = s.rule_id"
        " WHERE r.ended_at IS NULL ORDER BY s.id"
    )
    op.drop_table("split_share_after")
    op.drop_table("split_rule")


def _narrow() -> None:
    for table in ("allocation", "receipt"):
        with op.batch_alter_table(table) as narrower:
            narrower.drop_column("counted_on")
    with op.batch_alter_table("unallocated") as left:
        left.drop_constraint(op.f("ck_unallocated_reason_known"), type_="check")
        left.create_check_constraint(op.f("ck_unallocated_reason_known"), one_of("reason", REASONS))
        left.drop_column("counted_on")
    _narrow_cost_lines()
    with op.batch_alter_table("import") as brought_in:
        brought_in.drop_column("accepted")
        brought_in.drop_constraint(op.f("ck_import_kind_known"), type_="check")
        brought_in.create_check_constraint(op.f("ck_import_kind_known"), one_of("kind", KINDS))
    with op.batch_alter_table("book") as book:
        book.alter_column("import_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("charge") as charge:
        charge.drop_constraint(op.f("ck_charge_kind_known"), type_="check")
        charge.drop_column("kind")
        charge.drop_column("reason")


def _narrow_cost_lines() -> None:
    for name in ("corrects_id", "reverses_id"):
        op.drop_index(f"ix_cost_line_{name}", table_name="cost_line")
    cents = ("vat", "vat_deductible", "ineligible")
    points = ("milestone_id", "corrects_id", "reverses_id", "charge_id")
    rules = ["vat_within", "eligible_within", "ineligible_for_reason"]
    rules += [f"{name}_whole" for name in cents] if is_sqlite() else []
    with op.batch_alter_table("cost_line") as line:
        for name in rules:
            line.drop_constraint(op.f(f"ck_cost_line_{name}"), type_="check")
        for name in points:
            line.drop_constraint(op.f(f"fk_cost_line_{name}"), type_="foreignkey")
        for name in (*points, *cents, "counted_on", "paid_on", "ineligible_for", "person"):
            line.drop_column(name)
        line.alter_column("import_id", existing_type=sa.Integer(), nullable=False)
