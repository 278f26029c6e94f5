"""Bring in an index over the cost lines, by which a list of a million is filtered in no time.

All of it can be made anew from the cost lines and what became of them.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cost_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("cost_centre", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("paid_by", sa.String(), nullable=False),
        sa.Column("left_for", sa.String(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *_whole("cost_group", "amount"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["cost_category.id"], name=op.f("fk_cost_group_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_group")),
        sa.UniqueConstraint(
            "year",
            "category_id",
            "account",
            "cost_centre",
            "state",
            "paid_by",
            "left_for",
            name="uq_cost_group_of",
        ),
    )
    op.create_table(
        "cost_place",
        sa.Column("cost_line_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("incurred_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *_whole("cost_place", "amount"),
        sa.PrimaryKeyConstraint("cost_line_id", name=op.f("pk_cost_place")),
    )
    for first in ("incurred_on", "amount"):
        op.create_index(
            f"ix_cost_place_group_{first}", "cost_place", ["group_id", first, "cost_line_id"]
        )
        op.create_index(f"ix_cost_place_{first}", "cost_place", [first, "cost_line_id", "group_id"])
    op.create_table(
        "cost_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("last_allocation", sa.Integer(), nullable=False),
        sa.Column("last_unallocated", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_index")),
    )
    op.get_bind().exec_driver_sql("INSERT INTO cost_index VALUES (1, 0, 0, 0)")
    if _is_sqlite():
        op.execute(
            "CREATE VIRTUAL TABLE cost_text USING fts5(said, content='', tokenize='trigram')"
        )
    else:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("CREATE TABLE cost_text (cost_line_id integer PRIMARY KEY, said text NOT NULL)")
        op.execute("CREATE INDEX ix_cost_text_said ON cost_text USING gin (said gin_trgm_ops)")


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _whole(table: str, column: str) -> list[Any]:
    rule, name = f"typeof({column}) = 'integer'", f"ck_{table}_{column}_whole"
    return [sa.CheckConstraint(rule, name=op.f(name))] if _is_sqlite() else []


def downgrade() -> None:
    for table in ("cost_text", "cost_index", "cost_place", "cost_group"):
        op.drop_table(table)
