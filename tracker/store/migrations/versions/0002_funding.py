"""Bring in funding: decisions that a second person confirms, budgets in versions, receipts in parts.

An amendment is a draft until somebody else confirms it; triggers then carry it into the
commitment and its balance. What was known before counts as confirmed. A receipt may pay several
instalments, and is undone by another one. Documents, waivers, requests for determination and
contributors' signatures are new, and so is the list of forms that were carried out.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tracker.store.migrations.parts import check, is_sqlite, run, whole

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LOADED = "tracker setup"
UPGRADED = "tracker upgrade 0002"

KEPT = [
    "budget",
    "budget_version",
    "determination_request",
    "document",
    "in_kind_declaration",
    "receipt",
    "set_aside",
]
LASTING = ["amendment", "funder", "programme", "waiver"]

STATUSES = (
    "draft",
    "pledge",
    "reserved",
    "conditional",
    "awarded",
    "determined",
    "settled",
    "closed",
    "withdrawn",
)
AMENDMENT = {
    "number_from_0": "number >= 0",
    "period_in_order": "first_day <= last_day",
    "period_whole": "(first_day IS NULL) = (last_day IS NULL)",
    "share_of_one": "share BETWEEN 0 AND 1000000",
    "determined_has_amount": "(determined IS NOT NULL) = (COALESCE(status, '') = 'determined')",
    "determined_not_negative": "determined >= 0",
    "confirmed_by_somebody": "(verdict = 'confirmed') = (confirmed_by IS NOT NULL)",
    "confirmed_by_another": "confirmed_by <> entered_by",
    "reason_given": "reason <> ''",
    "status_known": f"status IN ({', '.join(map(repr, STATUSES))})",
    "verdict_known": "verdict IN ('draft', 'confirmed', 'dropped')",
}
RECEIPT = {
    "amount_positive_or_undone": "(amount > 0) = (undoes_id IS NULL)",
    "amount_not_zero": "amount <> 0",
    "undone_for_reason": "undoes_id IS NULL OR reason <> ''",
    "by_hand_names_payer": "(bank_entry_id IS NULL) = (counterparty <> '')",
}

NEWEST = """(SELECT {column} FROM amendment WHERE commitment_id = NEW.{key}
  AND verdict = 'confirmed' AND {column} IS NOT NULL ORDER BY decided_on DESC, number DESC LIMIT 1)"""

EFFECT = f"""
  UPDATE commitment_balance SET committed = committed + NEW.amount
  WHERE commitment_id = NEW.commitment_id;
  UPDATE commitment SET
    status = COALESCE({NEWEST.format(column="status", key="commitment_id")}, status),
    first_day = COALESCE({NEWEST.format(column="first_day", key="commitment_id")}, first_day),
    last_day = COALESCE({NEWEST.format(column="last_day", key="commitment_id")}, last_day),
    share = COALESCE({NEWEST.format(column="share", key="commitment_id")}, share)
  WHERE id = NEW.commitment_id;
  DELETE FROM commitment_category WHERE commitment_id = NEW.commitment_id
    AND EXISTS (SELECT 1 FROM amendment_category WHERE amendment_id = NEW.id);
  INSERT INTO commitment_category (commitment_id, category_id)
  SELECT NEW.commitment_id, category_id FROM amendment_category
  WHERE EXISTS (SELECT 1 FROM amendment_category WHERE amendment_id = NEW.id)
  AND amendment_id = (
    SELECT amendment.id FROM amendment JOIN amendment_category ON amendment_id = amendment.id
    WHERE commitment_id = NEW.commitment_id AND verdict = 'confirmed'
    ORDER BY decided_on DESC, number DESC LIMIT 1);
"""

REWRITTEN = """OLD.verdict <> 'draft' OR NEW.entered_by <> OLD.entered_by
  OR NEW.commitment_id <> OLD.commitment_id"""
ELSEWISE = f"""NEW.status <> COALESCE({NEWEST.format(column="status", key="id")}, 'draft')
  OR NEW.first_day <> COALESCE({NEWEST.format(column="first_day", key="id")}, NEW.first_day)
  OR NEW.last_day <> COALESCE({NEWEST.format(column="last_day", key="id")}, NEW.last_day)
  OR COALESCE(NEW.share, -1) <> COALESCE({NEWEST.format(column="share", key="id")}, -1)"""
WAIVED = """OLD.approved_by IS NOT NULL AND (NEW.approved_by IS NULL
  OR NEW.approved_by <> OLD.approved_by OR NEW.entered_by <> OLD.entered_by
  OR NEW.rule <> OLD.rule OR NEW.reason <> OLD.reason OR NEW.until <> OLD.until)"""
UNLIKE = """NEW.undoes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM receipt undone
  WHERE undone.id = NEW.undoes_id AND undone.undoes_id IS NULL
  AND undone.amount = -NEW.amount AND undone.commitment_id = NEW.commitment_id
  AND COALESCE(undone.bank_entry_id, 0) = COALESCE(NEW.bank_entry_id, 0)
  AND COALESCE(undone.instalment_id, 0) = COALESCE(NEW.instalment_id, 0))"""
BEYOND = """EXISTS (SELECT 1 FROM bank_entry WHERE id = NEW.bank_entry_id
  AND (SELECT SUM(amount) FROM receipt WHERE bank_entry_id = NEW.bank_entry_id)
      NOT BETWEEN 0 AND bank_entry.amount)"""

# Name, when, on which table, the condition, what is said.
REFUSALS = [
    (
        "amendment_begins_as_draft",
        "BEFORE INSERT",
        "amendment",
        "NEW.verdict <> 'draft'",
        "an amendment begins as a draft",
    ),
    (
        "amendment_no_update",
        "BEFORE UPDATE",
        "amendment",
        REWRITTEN,
        "amendment is kept as it was written",
    ),
    (
        "commitment_begins_as_draft",
        "BEFORE INSERT",
        "commitment",
        "NEW.status <> 'draft'",
        "a commitment begins as a draft",
    ),
    (
        "commitment_is_its_amendments",
        "BEFORE UPDATE",
        "commitment",
        ELSEWISE,
        "a commitment is what its amendments say",
    ),
    ("waiver_no_update", "BEFORE UPDATE", "waiver", WAIVED, "waiver is kept as it was written"),
    ("receipt_undoes_its_like", "BEFORE INSERT", "receipt", UNLIKE, "receipt_undoes_its_like"),
    ("receipt_within_entry", "AFTER INSERT", "receipt", BEYOND, "receipt_within_entry"),
    *(
        (
            f"amendment_category_{deed.lower()}",
            f"BEFORE {deed}",
            "amendment_category",
            f"EXISTS (SELECT 1 FROM amendment WHERE id = {row}.amendment_id AND verdict <> 'draft')",
            "amendment is kept as it was written",
        )
        for deed, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    ),
]


def upgrade() -> None:
    kept = _drop_triggers()
    _add_documents()
    _widen()
    _replace_amendments()
    _replace_budgets()
    _replace_receipts()
    _add_records()
    _restore(kept)
    _guard()


def _drop_triggers() -> list[str]:
    """Take all triggers away: SQLite loses them with a table that is rebuilt, or stumbles."""
    if not is_sqlite():
        run("DROP TRIGGER amendment_in_balance ON amendment")
        run("DROP FUNCTION amendment_in_balance()")
        for table in ("amendment", "budget", "receipt"):
            for each in ("row", "statement"):
                run(f"DROP TRIGGER {table}_kept_{each} ON {table}")
        return []
    found = run("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _, _ in found:
        run(f'DROP TRIGGER "{name}"')
    return [sql for _, table, sql in found if table not in ("amendment", "budget", "receipt")]


def _restore(triggers: list[str]) -> None:
    for sql in triggers:
        run(sql)


def _reshape(
    table: str,
    columns: list[sa.Column[Any]] = [],  # noqa: B006 - never changed
    checks: dict[str, str] = {},  # noqa: B006
    *,
    whole: tuple[str, ...] = (),
    dropped: tuple[str, ...] = (),
    dropped_columns: tuple[str, ...] = (),
    unique: tuple[str, str, list[str]] | None = None,
) -> None:
    """Change the columns and rules of a table, which SQLite must build anew for it."""
    rules = list(checks.items())
    if is_sqlite():
        rules += [(f"{column}_whole", f"typeof({column}) = 'integer'") for column in whole]
    with op.batch_alter_table(table) as changed:
        for column in columns:
            changed.add_column(column)
        for name in dropped:
            changed.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        for name, rule in rules:
            changed.create_check_constraint(op.f(f"ck_{table}_{name}"), rule)
        if unique:
            before, after, of = unique
            changed.drop_constraint(op.f(before), type_="unique")
            changed.create_unique_constraint(op.f(after), of)
        for gone in dropped_columns:
            changed.drop_column(gone)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _version() -> sa.Column[Any]:
    return sa.Column("version", sa.Integer(), nullable=False, server_default="1")


def _add_documents() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_size_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_subject"), "document", ["subject"], unique=False)
    op.create_table(
        "submission",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submission")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["funder_id"], ["funder.id"], name=op.f("fk_contact_funder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_funder_id"), "contact", ["funder_id"], unique=False)


def _widen() -> None:
    _reshape("funder", [_text("kvk"), _version()])
    size = sa.Column("size", sa.String(), nullable=False, server_default="large")
    _reshape("programme", [size], {"size_known": "size IN ('small', 'medium', 'large')"})
    verified: sa.Column[Any] = sa.Column(
        "is_verified", sa.Boolean(), nullable=False, server_default=sa.true()
    )
    _reshape(
        "programme_term",
        [_text("scope"), verified],
        {"source_given": "source <> ''"},
        unique=(
            "uq_programme_term_programme_id_name_first_day",
            "uq_programme_term_programme_id_name_scope_first_day",
            ["programme_id", "name", "scope", "first_day"],
        ),
    )
    reversal: sa.Column[Any] = sa.Column(
        "is_reversal", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    _reshape("bank_entry", [reversal])
    _reshape(
        "commitment",
        [sa.Column("share", sa.Integer()), _text("conditions"), _version()],
        {"status_known": f"status IN ({', '.join(map(repr, STATUSES))})"},
        dropped=("status_known",),
    )
    _widen_instalments()


def _widen_instalments() -> None:
    _reshape(
        "instalment",
        [
            sa.Column("kind", sa.String(), nullable=False, server_default="advance"),
            _text("report"),
            sa.Column("requested_on", sa.Date()),
            sa.Column("accepted_on", sa.Date()),
            sa.Column("held_back", sa.BigInteger(), nullable=False, server_default="0"),
            _text("held_back_reason"),
            sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.false()),
        ],
        {
            "held_back_within_amount": "held_back BETWEEN 0 AND amount",
            "held_back_for_reason": "(held_back = 0) = (held_back_reason = '')",
            "kind_known": "kind IN ('advance', 'balance')",
        },
        whole=("held_back",),
    )


def _replace_amendments() -> None:
    run("CREATE TABLE amendment_before AS SELECT * FROM amendment")
    op.drop_table("amendment")
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("determined", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("returned", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(check("amendment", name, rule) for name, rule in AMENDMENT.items()),
        *whole("amendment", "amount"),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_amendment_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_amendment_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    _index_where("amendment", "commitment_id_number_standing", "verdict <> 'dropped'")
    op.create_table(
        "amendment_category",
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_amendment_category_amendment_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_amendment_category_category_id")
        ),
        sa.PrimaryKeyConstraint("amendment_id", "category_id", name=op.f("pk_amendment_category")),
    )
    run(
        "INSERT INTO amendment (id, commitment_id, number, decided_on, amount, reason, status,"
        " first_day, last_day, entered_by, entered_at, verdict, confirmed_by, confirmed_at,"
        " returned, version)"
        " SELECT before.id, commitment_id, number, before.decided_on, amount,"
        " CASE WHEN reason = '' THEN 'award' ELSE reason END,"
        " CASE WHEN number = 0 THEN status END, CASE WHEN number = 0 THEN first_day END,"
        f" CASE WHEN number = 0 THEN last_day END, '{LOADED}', CURRENT_TIMESTAMP, 'confirmed',"
        f" '{UPGRADED}', CURRENT_TIMESTAMP, '', 1"
        " FROM amendment_before before JOIN commitment ON commitment.id = commitment_id"
    )
    run(
        "INSERT INTO amendment_category SELECT amendment.id, category_id FROM commitment_category"
        " JOIN amendment ON amendment.commitment_id = commitment_category.commitment_id"
        " WHERE number = 0"
    )
    run("DROP TABLE amendment_before")
    _count_on("amendment")


def _replace_budgets() -> None:
    run("CREATE TABLE budget_before AS SELECT * FROM budget")
    op.drop_table("budget")
    op.create_table(
        "budget_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_budget_version_number_from_1")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_budget_version_amendment_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_budget_version_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_budget_version_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_budget_version_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_version")),
    )
    for of, rule in (("commitment", "IS NOT NULL"), ("project", "IS NULL")):
        op.create_index(
            f"ix_budget_version_of_{of}",
            "budget_version",
            [f"{of}_id", "number"],
            unique=True,
            sqlite_where=sa.text(f"commitment_id {rule}"),
            postgresql_where=sa.text(f"commitment_id {rule}"),
        )
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        check("budget", "amount_not_negative", "amount >= 0"),
        *whole("budget", "amount"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["budget_version.id"], name=op.f("fk_budget_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_budget_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_package_id"], ["work_package.id"], name=op.f("fk_budget_work_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )
    op.create_index(op.f("ix_budget_version_id"), "budget", ["version_id"], unique=False)
    run(
        "INSERT INTO budget_version (project_id, commitment_id, number, made_on, reason,"
        " entered_by, entered_at)"
        " SELECT DISTINCT project_id, commitment_id, budget_before.version, decided_on, 'award',"
        f" '{LOADED}', CURRENT_TIMESTAMP"
        " FROM budget_before JOIN commitment ON commitment.id = commitment_id"
    )
    run(
        "INSERT INTO budget (version_id, category_id, amount)"
        " SELECT budget_version.id, category_id, amount"
        " FROM budget_before before JOIN budget_version ON number = before.version"
        " AND budget_version.commitment_id = before.commitment_id ORDER BY before.id"
    )
    run("DROP TABLE budget_before")


def _replace_receipts() -> None:
    run("CREATE TABLE receipt_before AS SELECT * FROM receipt")
    op.drop_table("receipt")
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_entry_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recognised_by", sa.String(), nullable=False),
        sa.Column("instalment_id", sa.Integer(), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=False),
        sa.Column("remittance", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        *(check("receipt", name, rule) for name, rule in RECEIPT.items()),
        *whole("receipt", "amount"),
        *(
            sa.ForeignKeyConstraint(
                [f"{column}_id"], [f"{table}.id"], name=op.f(f"fk_receipt_{column}_id")
            )
            for column, table in (
                ("bank_entry", "bank_entry"),
                ("commitment", "commitment"),
                ("instalment", "instalment"),
                ("undoes", "receipt"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_receipt_undoes_id")),
    )
    for columns in (["commitment_id", "amount"], ["bank_entry_id"], ["instalment_id"]):
        op.create_index(op.f(f"ix_receipt_{'_'.join(columns)}"), "receipt", columns)
    run(
        "INSERT INTO receipt (id, bank_entry_id, commitment_id, received_on, amount,"
        " recognised_by, reason, counterparty, remittance, entered_by)"
        " SELECT id, bank_entry_id, commitment_id, received_on, amount, recognised_by, '', '', '',"
        f" '{LOADED}' FROM receipt_before"
    )
    run("DROP TABLE receipt_before")
    _count_on("receipt")


def _count_on(table: str) -> None:
    """Let PostgreSQL number on after rows that came with their numbers."""
    if not is_sqlite():
        run(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f" (SELECT COALESCE(MAX(id), 0) + 1 FROM {table}), false)"
        )


def _index_where(table: str, name: str, rule: str) -> None:
    op.create_index(
        f"ix_{table}_{name}",
        table,
        ["commitment_id", "number"],
        unique=True,
        sqlite_where=sa.text(rule),
        postgresql_where=sa.text(rule),
    )


def _add_records() -> None:
    op.create_table(
        "in_kind_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("method <> ''", name=op.f("ck_in_kind_declaration_method_given")),
        sa.CheckConstraint(
            "signed_by <> ''", name=op.f("ck_in_kind_declaration_signed_by_somebody")
        ),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("ck_in_kind_declaration_period_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_in_kind_declaration_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_kind_declaration")),
    )
    op.create_index(op.f("ix_in_kind_declaration_partner"), "in_kind_declaration", ["partner"])
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_entry_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_set_aside_reason_given")),
        sa.ForeignKeyConstraint(
            ["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_set_aside_bank_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
        sa.UniqueConstraint("bank_entry_id", name=op.f("uq_set_aside_bank_entry_id")),
    )
    op.create_table(
        "determination_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("claimed", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        *whole("determination_request", "claimed"),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_determination_request_commitment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_determination_request_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_determination_request")),
        sa.UniqueConstraint("commitment_id", name=op.f("uq_determination_request_commitment_id")),
    )
    op.create_table(
        "waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_waiver_reason_given")),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_waiver_approved_at_a_moment"),
        ),
        sa.CheckConstraint("approved_by <> entered_by", name=op.f("ck_waiver_approved_by_another")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_waiver_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_waiver_document_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_waiver_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    op.create_table(
        "earmark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=True),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(work_package_id IS NULL) <> (milestone_id IS NULL)",
            name=op.f("ck_earmark_one_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_earmark_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_earmark_milestone_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_package_id"], ["work_package.id"], name=op.f("fk_earmark_work_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earmark")),
    )
    op.create_index(op.f("ix_earmark_commitment_id"), "earmark", ["commitment_id"])


def _guard() -> None:
    for name, when, table, rule, said in REFUSALS:
        if is_sqlite():
            run(
                f"CREATE TRIGGER {name} {when} ON {table} WHEN {rule}"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        else:
            row = "OLD" if when.endswith("DELETE") else "NEW"
            run(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {rule} THEN RAISE check_violation USING MESSAGE = '{said}'; END IF;"
                f" RETURN {row}; END $$;"
                f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    if is_sqlite():
        run(
            "CREATE TRIGGER amendment_takes_effect AFTER UPDATE OF verdict ON amendment"
            f" WHEN NEW.verdict = 'confirmed' BEGIN {EFFECT} END"
        )
    else:
        run(
            "CREATE FUNCTION amendment_takes_effect() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" {EFFECT} RETURN NULL; END $$;"
            "CREATE TRIGGER amendment_takes_effect AFTER UPDATE OF verdict ON amendment"
            " FOR EACH ROW WHEN (NEW.verdict = 'confirmed')"
            " EXECUTE FUNCTION amendment_takes_effect()"
        )
    _keep()


def _keep() -> None:
    for table in (*KEPT, *LASTING):
        deeds = ("UPDATE", "DELETE") if table in KEPT else ("DELETE",)
        if is_sqlite():
            for deed in deeds:
                run(
                    f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
                )
            continue
        for each, when in (("ROW", " OR ".join(deeds)), ("STATEMENT", "TRUNCATE")):
            run(
                f"CREATE TRIGGER {table}_kept_{each.lower()} BEFORE {when} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION nothing_is_rewritten()"
            )


def downgrade() -> None:
    # Forgets drafts, receipts by hand, waivers, documents and signatures; of a bank entry that
    # paid several instalments or commitments it keeps one receipt on the first.
    kept = _take_guards_away()
    for table in ("earmark", "waiver", "determination_request", "set_aside", "in_kind_declaration"):
        op.drop_table(table)
    _narrow_receipts()
    _narrow_budgets()
    _narrow_amendments()
    _narrow()
    for table in ("contact", "submission", "document"):
        op.drop_table(table)
    _restore(kept)
    _guard_as_before()


def _take_guards_away() -> list[str]:
    ours = [name for name, *_ in REFUSALS] + ["amendment_takes_effect"]
    if is_sqlite():
        found = run("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _, _ in found:
            run(f'DROP TRIGGER "{name}"')
        gone = (*KEPT, *LASTING, "amendment_category")
        return [sql for name, table, sql in found if table not in gone and name not in ours]
    for name, _, table, *_ in [*REFUSALS, ("amendment_takes_effect", "", "amendment")]:
        run(f"DROP TRIGGER {name} ON {table}")
        run(f"DROP FUNCTION {name}()")
    for table in (*KEPT, *LASTING):
        for each in ("row", "statement"):
            run(f"DROP TRIGGER {table}_kept_{each} ON {table}")
    return []


def _narrow_receipts() -> None:
    run(
        "CREATE TABLE receipt_after AS SELECT MIN(id) AS id, bank_entry_id,"
        " MIN(commitment_id) AS commitment_id, MIN(received_on) AS received_on,"
        " SUM(amount) AS amount, MIN(recognised_by) AS recognised_by FROM receipt"
        " WHERE bank_entry_id IS NOT NULL GROUP BY bank_entry_id HAVING SUM(amount) > 0"
    )
    op.drop_table("receipt")
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_entry_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recognised_by", sa.String(), nullable=False),
        check("receipt", "amount_positive", "amount > 0"),
        *whole("receipt", "amount"),
        sa.ForeignKeyConstraint(
            ["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_receipt_bank_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_receipt_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("bank_entry_id", name=op.f("uq_receipt_bank_entry_id")),
    )
    op.create_index(op.f("ix_receipt_commitment_id_amount"), "receipt", ["commitment_id", "amount"])
    columns = "id, bank_entry_id, commitment_id, received_on, amount, recognised_by"
    run(f"INSERT INTO receipt ({columns}) SELECT {columns} FROM receipt_after")
    run("DROP TABLE receipt_after")
    _count_on("receipt")


def _narrow_budgets() -> None:
    run(
        "CREATE TABLE budget_after AS SELECT MIN(budget.id) AS id, commitment_id, category_id,"
        " number AS version, SUM(amount) AS amount FROM budget"
        " JOIN budget_version ON budget_version.id = version_id"
        " WHERE commitment_id IS NOT NULL GROUP BY commitment_id, category_id, number"
    )
    op.drop_table("budget")
    op.drop_table("budget_version")
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        check("budget", "amount_not_negative", "amount >= 0"),
        *whole("budget", "amount"),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_budget_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_budget_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint(
            "commitment_id",
            "category_id",
            "version",
            name=op.f("uq_budget_commitment_id_category_id_version"),
        ),
    )
    columns = "id, commitment_id, category_id, version, amount"
    run(f"INSERT INTO budget ({columns}) SELECT {columns} FROM budget_after")
    run("DROP TABLE budget_after")
    _count_on("budget")


def _narrow_amendments() -> None:
    run("CREATE TABLE amendment_after AS SELECT * FROM amendment WHERE verdict = 'confirmed'")
    op.drop_table("amendment_category")
    op.drop_table("amendment")
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        check("amendment", "number_from_0", "number >= 0"),
        *whole("amendment", "amount"),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_amendment_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint(
            "commitment_id", "number", name=op.f("uq_amendment_commitment_id_number")
        ),
    )
    columns = "id, commitment_id, number, decided_on, amount, reason"
    run(f"INSERT INTO amendment ({columns}) SELECT {columns} FROM amendment_after")
    run("DROP TABLE amendment_after")
    _count_on("amendment")


def _narrow() -> None:
    """Take the columns back, and with them what only they could say."""
    run("UPDATE commitment SET status = 'pledge' WHERE status = 'draft'")
    _reshape(
        "commitment",
        [],
        {"status_known": f"status IN ({', '.join(map(repr, STATUSES[1:]))})"},
        dropped=("status_known",),
        dropped_columns=("share", "conditions", "version"),
    )
    rules = ["held_back_within_amount", "held_back_for_reason", "kind_known"]
    _reshape(
        "instalment",
        dropped=(*rules, *(["held_back_whole"] if is_sqlite() else [])),
        dropped_columns=(
            "kind",
            "report",
            "requested_on",
            "accepted_on",
            "held_back",
            "held_back_reason",
            "cancelled",
        ),
    )
    _reshape("bank_entry", dropped_columns=("is_reversal",))
    _reshape("programme", dropped=("size_known",), dropped_columns=("size",))
    _reshape("funder", dropped_columns=("kvk", "version"))
    run("DELETE FROM programme_term WHERE scope <> ''")
    _reshape(
        "programme_term",
        dropped=("source_given",),
        unique=(
            "uq_programme_term_programme_id_name_scope_first_day",
            "uq_programme_term_programme_id_name_first_day",
            ["programme_id", "name", "first_day"],
        ),
        dropped_columns=("scope", "is_verified"),
    )


def _guard_as_before() -> None:
    added = (
        "UPDATE commitment_balance SET committed = committed + NEW.amount"
        " WHERE commitment_id = NEW.commitment_id;"
    )
    tables = ("amendment", "budget", "receipt")
    if is_sqlite():
        run(f"CREATE TRIGGER amendment_in_balance AFTER INSERT ON amendment BEGIN {added} END")
        for table in tables:
            for deed in ("UPDATE", "DELETE"):
                run(
                    f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
                )
        return
    run(
        "CREATE FUNCTION amendment_in_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {added} RETURN NULL; END $$;"
        "CREATE TRIGGER amendment_in_balance AFTER INSERT ON amendment"
        " FOR EACH ROW EXECUTE FUNCTION amendment_in_balance()"
    )
    for table in tables:
        for each, when in (("ROW", "UPDATE OR DELETE"), ("STATEMENT", "TRUNCATE")):
            run(
                f"CREATE TRIGGER {table}_kept_{each.lower()} BEFORE {when} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION nothing_is_rewritten()"
            )
