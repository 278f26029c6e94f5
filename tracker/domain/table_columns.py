"""The columns of each kind of table: for mapping screens, template workbooks and readers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracker.domain.errors import Code
from tracker.domain.texts import mark as _


class TableKind(StrEnum):
    """What a table is about."""

    COSTS = "costs"
    HOURS = "hours"
    IN_KIND = "in_kind"
    MILESTONES = "milestones"
    BUDGETS = "budgets"
    COMMITMENTS = "commitments"
    FORECASTS = "forecasts"


class Holds(StrEnum):
    """What stands in the cells of a column."""

    TEXT = "text"
    DAY = "day"
    AMOUNT = "amount"
    NUMBER = "number"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table may have; one that is required stands in every table of its kind.

    Shape:  ``heading`` is what we call it, in English, marked for translation.
    """

    code: str
    heading: str
    holds: Holds = Holds.TEXT
    is_required: bool = False


COLUMNS: Final[dict[TableKind, tuple[Column, ...]]] = {
    TableKind.COSTS: (
        Column("journal", _("Journal")),
        Column("number", _("Entry number")),
        Column("line", _("Line number")),
        Column("account", _("Account"), is_required=True),
        Column("description", _("Description")),
        Column("booked_on", _("Booked on"), Holds.DAY),
        Column("incurred_on", _("Incurred on"), Holds.DAY),
        Column("paid_on", _("Paid on"), Holds.DAY),
        Column("amount", _("Amount"), Holds.AMOUNT),
        Column("debit", _("Debit"), Holds.AMOUNT),
        Column("credit", _("Credit"), Holds.AMOUNT),
        Column("debit_credit", _("Debit or credit")),
        Column("currency", _("Currency")),
        Column("fiscal_year", _("Fiscal year"), Holds.NUMBER),
        Column("period", _("Period")),
        Column("project", _("Project")),
        Column("cost_centre", _("Work package")),
        Column("supplier_code", _("Supplier number")),
        Column("supplier", _("Supplier")),
        Column("document", _("Document")),
        Column("invoice", _("Invoice number")),
        Column("category", _("Category")),
        Column("milestone", _("Milestone")),
        Column("person", _("Person")),
        Column("vat", _("VAT"), Holds.AMOUNT),
        Column("vat_deductible", _("Deductible VAT"), Holds.AMOUNT),
    ),
    TableKind.HOURS: (
        Column("person", _("Person"), is_required=True),
        Column("day", _("Date"), Holds.DAY, is_required=True),
        Column("hours", _("Hours"), Holds.NUMBER, is_required=True),
        Column("work_package", _("Work package"), is_required=True),
        Column("rate", _("Rate"), Holds.NUMBER),
        Column("annual_cost", _("Costs of a year"), Holds.AMOUNT),
        Column("description", _("Description")),
        Column("milestone", _("Milestone")),
    ),
    TableKind.IN_KIND: (
        Column("partner", _("Partner"), is_required=True),
        Column("worked_on", _("Date"), Holds.DAY, is_required=True),
        Column("work_package", _("Work package"), is_required=True),
        Column("hours", _("Hours"), Holds.NUMBER, is_required=True),
        Column("rate", _("Rate"), Holds.NUMBER, is_required=True),
        Column("description", _("Description")),
    ),
    TableKind.MILESTONES: (
        Column("code", _("Code"), is_required=True),
        Column("title", _("Milestone"), is_required=True),
        Column("work_package", _("Work package"), is_required=True),
        Column("weight", _("Weight"), Holds.NUMBER, is_required=True),
        Column("baseline", _("Baseline"), Holds.DAY, is_required=True),
        Column("current", _("Planned for"), Holds.DAY),
        Column("reason", _("Reason of the change")),
        Column("met_on", _("Met on"), Holds.DAY),
        Column("owner", _("Owner")),
        Column("outcome", _("Status")),
        Column("progress", _("Progress in %"), Holds.NUMBER),
        Column("criteria", _("Acceptance criteria")),
        Column("after", _("Comes after")),
        Column("evidence", _("Evidence")),
    ),
    TableKind.BUDGETS: (
        Column("commitment", _("Commitment"), is_required=True),
        Column("category", _("Category"), is_required=True),
        Column("work_package", _("Work package")),
        Column("year", _("Year"), Holds.NUMBER),
        Column("amount", _("Amount"), Holds.AMOUNT, is_required=True),
    ),
    TableKind.COMMITMENTS: (
        Column("code", _("Code"), is_required=True),
        Column("funder", _("Funder"), is_required=True),
        Column("programme", _("Programme"), is_required=True),
        Column("reference", _("Reference"), is_required=True),
        Column("form", _("Form"), is_required=True),
        Column("status", _("Status"), is_required=True),
        Column("decided_on", _("Decided on"), Holds.DAY, is_required=True),
        Column("first_day", _("First day"), Holds.DAY, is_required=True),
        Column("last_day", _("Last day"), Holds.DAY, is_required=True),
        Column("amount", _("Amount"), Holds.AMOUNT, is_required=True),
        Column("share", _("Funding rate"), Holds.SHARE),
        Column("categories", _("Cost categories")),
        Column("work_packages", _("Work packages")),
        Column("milestones", _("Milestones")),
        Column("conditions", _("Conditions")),
    ),
    TableKind.FORECASTS: (
        Column("work_package", _("Work package"), is_required=True),
        Column("category", _("Category"), is_required=True),
        Column("quarter", _("Quarter"), is_required=True),
        Column("amount", _("Amount"), Holds.AMOUNT, is_required=True),
        Column("explanation", _("Explanation")),
    ),
}

_BY_CODE: Final = {
    (kind, column.code): column for kind, columns in COLUMNS.items() for column in columns
}


def columns_of(kind: TableKind) -> tuple[Column, ...]:
    """List the columns that a table of this kind may have, in the order of its template."""
    return COLUMNS[kind]


def named(kind: TableKind, code: str) -> Code:
    """Give the code by which a column is named in the reader's language."""
    return Code(f"{kind.value}.{code}")


def column_of(kind: TableKind, code: str) -> Column:
    """Give a column by its code; one that the kind does not have is called by that code."""
    return _BY_CODE.get((kind, code), Column(code, code))
