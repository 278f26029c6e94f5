"""Lay the ground: the programme as data, the books, receipts, charges, people, the trail.

Besides the tables come the guards: triggers that hold for every path into the database, raw SQL
included. A cost line is never charged for more than itself, a commitment never for more than was
committed, and what was once written of money is neither changed nor deleted.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


KEPT = [
    "allocation",
    "amendment",
    "audit",
    "bank_entry",
    "budget",
    "charge",
    "cost_line",
    "excluded_line",
    "invoice",
    "milestone_move",
    "programme_term",
    "receipt",
    "unallocated",
]
LASTING = [
    "bank_statement",
    "book",
    "commitment",
    "commitment_balance",
    "import",
    "instalment",
    "milestone",
]

SQLITE_BALANCE = """
CREATE TRIGGER commitment_has_balance AFTER INSERT ON commitment BEGIN
  INSERT INTO commitment_balance (commitment_id, committed, charged) VALUES (NEW.id, 0, 0);
END;
CREATE TRIGGER amendment_in_balance AFTER INSERT ON amendment BEGIN
  UPDATE commitment_balance SET committed = committed + NEW.amount
  WHERE commitment_id = NEW.commitment_id;
END;
CREATE TRIGGER allocation_within_ceilings AFTER INSERT ON allocation BEGIN
  SELECT RAISE(ABORT, 'allocation_within_cost_line')
  FROM cost_line WHERE id = NEW.cost_line_id AND CASE WHEN amount >= 0
    THEN (SELECT SUM(amount) FROM allocation WHERE cost_line_id = NEW.cost_line_id)
         NOT BETWEEN 0 AND amount
    ELSE (SELECT SUM(amount) FROM allocation WHERE cost_line_id = NEW.cost_line_id)
         NOT BETWEEN amount AND 0 END;
  UPDATE commitment_balance SET charged = charged + NEW.amount
  WHERE commitment_id = NEW.commitment_id;
END
"""

# FOR NO KEY UPDATE, because the foreign keys of an allocation hold FOR KEY SHARE on its cost line
# already: two that both wanted FOR UPDATE would wait for each other for ever.
POSTGRESQL_BALANCE = """
CREATE FUNCTION commitment_has_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO commitment_balance (commitment_id, committed, charged) VALUES (NEW.id, 0, 0);
  RETURN NULL;
END $$;
CREATE TRIGGER commitment_has_balance AFTER INSERT ON commitment
  FOR EACH ROW EXECUTE FUNCTION commitment_has_balance();
CREATE FUNCTION amendment_in_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE commitment_balance SET committed = committed + NEW.amount
  WHERE commitment_id = NEW.commitment_id;
  RETURN NULL;
END $$;
CREATE TRIGGER amendment_in_balance AFTER INSERT ON amendment
  FOR EACH ROW EXECUTE FUNCTION amendment_in_balance();
CREATE FUNCTION allocation_within_ceilings() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM 1 FROM cost_line WHERE id IN (SELECT cost_line_id FROM added) ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM cost_line line JOIN (
      SELECT cost_line_id, SUM(amount) AS charged FROM allocation
      WHERE cost_line_id IN (SELECT cost_line_id FROM added) GROUP BY cost_line_id
    ) paid ON paid.cost_line_id = line.id
    WHERE paid.charged NOT BETWEEN LEAST(line.amount, 0) AND GREATEST(line.amount, 0)
  ) THEN
    RAISE EXCEPTION 'allocation_within_cost_line' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM 1 FROM commitment_balance
    WHERE commitment_id IN (SELECT commitment_id FROM added) ORDER BY commitment_id FOR NO KEY UPDATE;
  UPDATE commitment_balance balance SET charged = balance.charged + paid.charged FROM (
    SELECT commitment_id, SUM(amount) AS charged FROM added GROUP BY commitment_id
  ) paid WHERE balance.commitment_id = paid.commitment_id;
  RETURN NULL;
END $$;
CREATE TRIGGER allocation_within_ceilings AFTER INSERT ON allocation
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION allocation_within_ceilings();
CREATE FUNCTION nothing_is_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE check_violation USING MESSAGE = TG_TABLE_NAME || ' is kept as it was written';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("did", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_previous")),
    )
    op.create_table(
        "booked_twice",
        sa.Column("signature", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_booked_twice")),
    )
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charged_at", sa.DateTime(), nullable=False),
        sa.Column("charged_by", sa.String(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    op.create_table(
        "funder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("report_language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funder")),
        sa.UniqueConstraint("name", name=op.f("uq_funder_name")),
    )
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("totals", sa.String(), nullable=False),
        sa.Column("warnings", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ledger', 'bank', 'in_kind')", name=op.f("ck_import_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
        sa.UniqueConstraint("sha256", name=op.f("uq_import_sha256")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("case_hash", sa.String(), nullable=False),
        sa.CheckConstraint("currency = 'EUR'", name=op.f("ck_project_currency_euro")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_project_period_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    op.create_table(
        "bank_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=False),
        sa.Column("counterparty_iban", sa.String(), nullable=False),
        sa.Column("remittance", sa.String(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_bank_entry_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_bank_entry_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_bank_entry_key")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("closing", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "typeof(closing) = 'integer'", name=op.f("ck_bank_statement_closing_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(opening) = 'integer'", name=op.f("ck_bank_statement_opening_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_bank_statement_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "iban", "number", "import_id", name=op.f("uq_bank_statement_iban_number_import_id")
        ),
    )
    op.create_index(
        op.f("ix_bank_statement_import_id"), "bank_statement", ["import_id"], unique=False
    )
    op.create_table(
        "book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("typeof(credit) = 'integer'", name=op.f("ck_book_credit_whole")).ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint("typeof(debit) = 'integer'", name=op.f("ck_book_debit_whole")).ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint(
            "fiscal_year BETWEEN 1900 AND 2999", name=op.f("ck_book_fiscal_year_sane")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_book_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
        sa.UniqueConstraint(
            "origin", "company", "fiscal_year", name=op.f("uq_book_origin_company_fiscal_year")
        ),
    )
    op.create_table(
        "cost_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_cost_category_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_category")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_cost_category_project_id_code")),
    )
    op.create_table(
        "funder_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["funder.id"], name=op.f("fk_funder_account_funder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funder_account")),
        sa.UniqueConstraint("iban", name=op.f("uq_funder_account_iban")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(role = 'funder_viewer') = (funder_id IS NOT NULL)",
            name=op.f("ck_person_viewer_has_funder"),
        ),
        sa.CheckConstraint("language IN ('en', 'nl')", name=op.f("ck_person_language_known")),
        sa.CheckConstraint(
            "role IN ('finance_officer', 'controller', 'director', 'funder_viewer', 'auditor', 'administrator')",
            name=op.f("ck_person_role_known"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.ForeignKeyConstraint(["funder_id"], ["funder.id"], name=op.f("fk_person_funder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["funder_id"], ["funder.id"], name=op.f("fk_programme_funder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("funder_id", "name", name=op.f("uq_programme_funder_id_name")),
    )
    op.create_table(
        "work_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_work_package_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_package")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_work_package_project_id_code")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("ineligible", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT (ineligible AND category_id IS NOT NULL)", name=op.f("ck_account_one_judgement")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_account_category_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_account_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_account_project_id_code")),
    )
    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "form IN ('cash', 'in_kind', 'loan')", name=op.f("ck_commitment_form_known")
        ),
        sa.CheckConstraint(
            "status IN ('pledge', 'reserved', 'conditional', 'awarded', 'determined', 'settled', 'closed', 'withdrawn')",
            name=op.f("ck_commitment_status_known"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_commitment_period_in_order")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_commitment_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_commitment_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint(
            "programme_id", "reference", name=op.f("uq_commitment_programme_id_reference")
        ),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_commitment_project_id_code")),
    )
    op.create_index(
        op.f("ix_commitment_programme_id"), "commitment", ["programme_id"], unique=False
    )
    op.create_table(
        "cost_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("journal", sa.String(), nullable=False),
        sa.Column("transaction_number", sa.String(), nullable=False),
        sa.Column("line_number", sa.String(), nullable=False),
        sa.Column("incurred_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=True),
        sa.Column("cost_centre", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("invoice", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_cost_line_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_cost_line_book_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_cost_line_category_id")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_cost_line_import_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_cost_line_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_package_id"], ["work_package.id"], name=op.f("fk_cost_line_work_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_line")),
        sa.UniqueConstraint(
            "book_id",
            "journal",
            "transaction_number",
            "line_number",
            name=op.f("uq_cost_line_book_id_journal_transaction_number_line_number"),
        ),
    )
    op.create_index(
        op.f("ix_cost_line_category_id_incurred_on_amount"),
        "cost_line",
        ["category_id", "incurred_on", "amount"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cost_line_incurred_on_id"), "cost_line", ["incurred_on", "id"], unique=False
    )
    op.create_table(
        "excluded_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("journal", sa.String(), nullable=False),
        sa.Column("transaction_number", sa.String(), nullable=False),
        sa.Column("line_number", sa.String(), nullable=False),
        sa.Column("incurred_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("cost_centre", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('not_a_cost', 'other_project', 'ineligible_account')",
            name=op.f("ck_excluded_line_reason_known"),
        ),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_excluded_line_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_excluded_line_book_id")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_excluded_line_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excluded_line")),
        sa.UniqueConstraint(
            "book_id",
            "journal",
            "transaction_number",
            "line_number",
            name=op.f("uq_excluded_line_book_id_journal_transaction_number_line_number"),
        ),
    )
    op.create_index(
        op.f("ix_excluded_line_reason_amount"), "excluded_line", ["reason", "amount"], unique=False
    )
    op.create_table(
        "in_kind_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_in_kind_rule_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_in_kind_rule_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_kind_rule")),
        sa.UniqueConstraint("project_id", name=op.f("uq_in_kind_rule_project_id")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("journal", sa.String(), nullable=False),
        sa.Column("transaction_number", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_invoice_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint(
            "book_id",
            "journal",
            "transaction_number",
            name=op.f("uq_invoice_book_id_journal_transaction_number"),
        ),
    )
    op.create_index(op.f("ix_invoice_signature"), "invoice", ["signature"], unique=False)
    op.create_table(
        "programme_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_term_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_term")),
        sa.UniqueConstraint(
            "programme_id",
            "name",
            "first_day",
            name=op.f("uq_programme_term_programme_id_name_first_day"),
        ),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("cost_line_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_allocation_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_allocation_amount_not_zero")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_allocation_charge_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_allocation_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["cost_line_id"], ["cost_line.id"], name=op.f("fk_allocation_cost_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(
        op.f("ix_allocation_commitment_id_cost_line_id_amount"),
        "allocation",
        ["commitment_id", "cost_line_id", "amount"],
        unique=False,
    )
    op.create_index(
        op.f("ix_allocation_cost_line_id_amount"),
        "allocation",
        ["cost_line_id", "amount"],
        unique=False,
    )
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_amendment_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("number >= 0", name=op.f("ck_amendment_number_from_0")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_amendment_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint(
            "commitment_id", "number", name=op.f("uq_amendment_commitment_id_number")
        ),
    )
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_budget_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budget_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_budget_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_budget_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint(
            "commitment_id",
            "category_id",
            "version",
            name=op.f("uq_budget_commitment_id_category_id_version"),
        ),
    )
    op.create_table(
        "commitment_balance",
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("charged", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(charged) = 'integer'", name=op.f("ck_commitment_balance_charged_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(committed) = 'integer'", name=op.f("ck_commitment_balance_committed_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "charged <= committed", name=op.f("ck_commitment_balance_charged_within_committed")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_commitment_balance_commitment_id")
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_commitment_balance")),
    )
    op.create_table(
        "commitment_category",
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_commitment_category_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_commitment_category_commitment_id")
        ),
        sa.PrimaryKeyConstraint(
            "commitment_id", "category_id", name=op.f("pk_commitment_category")
        ),
    )
    op.create_table(
        "instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_instalment_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_instalment_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint(
            "commitment_id", "number", name=op.f("uq_instalment_commitment_id_number")
        ),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_entry_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recognised_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_receipt_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_amount_positive")),
        sa.ForeignKeyConstraint(
            ["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_receipt_bank_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_receipt_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("bank_entry_id", name=op.f("uq_receipt_bank_entry_id")),
    )
    op.create_index(
        op.f("ix_receipt_commitment_id_amount"),
        "receipt",
        ["commitment_id", "amount"],
        unique=False,
    )
    op.create_table(
        "split_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_split_share_weight_positive")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_split_share_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_split_share_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_package_id"], ["work_package.id"], name=op.f("fk_split_share_work_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split_share")),
        sa.UniqueConstraint(
            "project_id",
            "work_package_id",
            "commitment_id",
            name=op.f("uq_split_share_project_id_work_package_id_commitment_id"),
        ),
    )
    op.create_table(
        "unallocated",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("cost_line_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('no_split_rule', 'not_awarded', 'outside_period', 'category_not_allowed', 'commitment_exhausted')",
            name=op.f("ck_unallocated_reason_known"),
        ),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_unallocated_amount_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_unallocated_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.id"], name=op.f("fk_unallocated_charge_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_unallocated_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["cost_line_id"], ["cost_line.id"], name=op.f("fk_unallocated_cost_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unallocated")),
    )
    op.create_index(
        op.f("ix_unallocated_cost_line_id"), "unallocated", ["cost_line_id"], unique=False
    )
    op.create_index(
        op.f("ix_unallocated_reason_cost_line_id_amount"),
        "unallocated",
        ["reason", "cost_line_id", "amount"],
        unique=False,
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("work_package_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("baseline", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("releases_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_milestone_weight_not_negative")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_milestone_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["releases_id"], ["instalment.id"], name=op.f("fk_milestone_releases_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_package_id"], ["work_package.id"], name=op.f("fk_milestone_work_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_milestone_project_id_code")),
        sa.UniqueConstraint("releases_id", name=op.f("uq_milestone_releases_id")),
    )
    op.create_table(
        "milestone_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_milestone_move_reason_given")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_move_milestone_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_move")),
    )
    op.create_index(
        op.f("ix_milestone_move_milestone_id"), "milestone_move", ["milestone_id"], unique=False
    )
    _guard()


def _guard() -> None:
    run = op.get_bind().exec_driver_sql
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_BALANCE.strip().split(";\nCREATE "):
            run(("" if trigger.startswith("CREATE") else "CREATE ") + trigger.removesuffix(";"))
        for table in (*KEPT, *LASTING):
            for deed in ("UPDATE", "DELETE") if table in KEPT else ("DELETE",):
                run(
                    f'CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON "{table}"'
                    f" BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
                )
        return
    run(POSTGRESQL_BALANCE)
    for table in (*KEPT, *LASTING):
        deeds = "UPDATE OR DELETE" if table in KEPT else "DELETE"
        for each, when in (("ROW", deeds), ("STATEMENT", "TRUNCATE")):
            run(
                f'CREATE TRIGGER {table}_kept_{each.lower()} BEFORE {when} ON "{table}"'
                f" FOR EACH {each} EXECUTE FUNCTION nothing_is_rewritten()"
            )


def downgrade() -> None:
    op.drop_index(op.f("ix_milestone_move_milestone_id"), table_name="milestone_move")
    op.drop_table("milestone_move")
    op.drop_table("milestone")
    op.drop_index(op.f("ix_unallocated_reason_cost_line_id_amount"), table_name="unallocated")
    op.drop_index(op.f("ix_unallocated_cost_line_id"), table_name="unallocated")
    op.drop_table("unallocated")
    op.drop_table("split_share")
    op.drop_index(op.f("ix_receipt_commitment_id_amount"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("instalment")
    op.drop_table("commitment_category")
    op.drop_table("commitment_balance")
    op.drop_table("budget")
    op.drop_table("amendment")
    op.drop_index(op.f("ix_allocation_cost_line_id_amount"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_commitment_id_cost_line_id_amount"), table_name="allocation")
    op.drop_table("allocation")
    op.drop_table("programme_term")
    op.drop_index(op.f("ix_invoice_signature"), table_name="invoice")
    op.drop_table("invoice")
    op.drop_table("in_kind_rule")
    op.drop_index(op.f("ix_excluded_line_reason_amount"), table_name="excluded_line")
    op.drop_table("excluded_line")
    op.drop_index(op.f("ix_cost_line_incurred_on_id"), table_name="cost_line")
    op.drop_index(op.f("ix_cost_line_category_id_incurred_on_amount"), table_name="cost_line")
    op.drop_table("cost_line")
    op.drop_index(op.f("ix_commitment_programme_id"), table_name="commitment")
    op.drop_table("commitment")
    op.drop_table("account")
    op.drop_table("work_package")
    op.drop_table("programme")
    op.drop_table("person")
    op.drop_table("funder_account")
    op.drop_table("cost_category")
    op.drop_table("book")
    op.drop_index(op.f("ix_bank_statement_import_id"), table_name="bank_statement")
    op.drop_table("bank_statement")
    op.drop_table("bank_entry")
    op.drop_table("project")
    op.drop_table("import")
    op.drop_table("funder")
    op.drop_table("charge")
    op.drop_table("booked_twice")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        for function in (
            "commitment_has_balance",
            "amendment_in_balance",
            "allocation_within_ceilings",
            "nothing_is_rewritten",
        ):
            op.execute(f"DROP FUNCTION {function}()")
