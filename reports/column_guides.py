"""What to fill in under each heading of a template workbook, with an example.

Not in here: which columns there are; the domain lists those.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.errors import Code
from tracker.domain.money import Money
from tracker.domain.table_columns import TableKind, columns_of
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from reports.model import Value
    from tracker.domain.table_columns import Column


class Guide(NamedTuple):
    """What to fill in, and an example of it; a code is said by its name."""

    text: str
    example: Value = ""


# One way to say an amount is enough for a template; what follows from the dates is not asked.
LEFT_OUT: Final = {
    TableKind.COSTS: frozenset(
        {"debit", "credit", "debit_credit", "currency", "fiscal_year", "period"}
    ),
    TableKind.HOURS: frozenset({"annual_cost"}),
}
# Without these a row of a template says too little, though other files say it elsewhere.
ASKED: Final = {
    TableKind.COSTS: frozenset({"booked_on", "amount"}),
}

_DAY: Final = date(2026, 3, 31)

GENERAL: Final = {
    TableKind.COSTS: _("One row for each cost line; a correction or credit note has a minus."),
    TableKind.HOURS: _("One row for each person, day and work package."),
    TableKind.IN_KIND: _("One row for each contribution of a partner."),
    TableKind.MILESTONES: _("One row for each milestone; a milestone keeps its code for ever."),
    TableKind.BUDGETS: _("One row for each amount that a commitment sets aside."),
    TableKind.COMMITMENTS: _("One row for each commitment, as the decision says it."),
    TableKind.FORECASTS: _("One row for each amount that is expected to be spent in a quarter."),
}

_GUIDES: Final[dict[str, Guide]] = {
    "journal": Guide(_("The journal of the books in which it is booked."), "70"),
    "number": Guide(_("The number of the entry in that journal."), "26700123"),
    "line": Guide(_("The number of the line within the entry."), "1"),
    "account": Guide(_("The account of the ledger; the sheet with codes lists them."), "4000"),
    "description": Guide(_("What it was for."), "Pipettes"),
    "booked_on": Guide(_("The day on which it was booked."), _DAY),
    "incurred_on": Guide(
        _("The day on which the cost was made; empty if that is the booking date."), _DAY
    ),
    "paid_on": Guide(_("The day on which it was paid; empty if it is not paid yet."), _DAY),
    "amount": Guide(_("The amount in euros, without VAT that you can deduct."), Money(125_000)),
    "project": Guide(_("The code of the project in the books."), "P-100"),
    "cost_centre": Guide(_("The code of the work package."), "WP1"),
    "work_package": Guide(_("The code of the work package."), "WP1"),
    "supplier_code": Guide(_("The number of the supplier in the books."), "20017"),
    "supplier": Guide(_("The name of the supplier."), "Bakker B.V."),
    "document": Guide(_("The number of the document on file."), "2026-0417"),
    "invoice": Guide(
        _("The supplier's own invoice number; it finds what is booked twice."), "F-88"
    ),
    "category": Guide(
        _("The category of the costs; empty if it follows from the account."), Code("materials")
    ),
    "milestone": Guide(_("The code of the milestone that it was for, if there is one."), "M1"),
    "person": Guide(_("The name or the number of the employee."), "1042"),
    "vat": Guide(_("The VAT on the invoice, in euros."), Money(26_250)),
    "vat_deductible": Guide(_("The part of that VAT that you can deduct, in euros."), Money(0)),
    "day": Guide(_("The day of the work."), _DAY),
    "worked_on": Guide(_("The day of the work."), _DAY),
    "hours": Guide(_("The number of hours, at most two decimals."), 8),
    "rate": Guide(_("Euros for an hour by the programme's method, with all decimals."), 60),
    "partner": Guide(_("The name of the partner, always spelled the same."), "Innocore"),
    "code": Guide(_("A short code of its own, which never changes."), "M1"),
    "title": Guide(_("What has been reached then, so that one can verify it."), "Cleanrooms open"),
    "weight": Guide(_("How heavy it weighs in the progress: a whole number."), 30),
    "baseline": Guide(_("The day that was agreed first; it never changes."), _DAY),
    "current": Guide(_("The day it is planned for now; empty if that is still the first."), _DAY),
    "reason": Guide(_("Why the day moved; needed if it did.")),
    "met_on": Guide(_("The day on which it was met; empty if it is not met yet."), _DAY),
    "owner": Guide(_("Who sees to it."), "Lotte Lead"),
    "outcome": Guide(_("What has become of it."), Code("milestone_partly_met")),
    "progress": Guide(_("How far it is, as a whole percentage."), 60),
    "criteria": Guide(_("What must be true for it to be met.")),
    "after": Guide(_("The codes of the milestones that come before it, with commas."), "M1, M2"),
    "evidence": Guide(
        _("The documents that it asks for, with semicolons."), "Permit; Report of the test"
    ),
    "commitment": Guide(
        _("The code of the commitment, or that of the project for its own plan of costs."), "NGF-1"
    ),
    "year": Guide(_("The year; empty if the budget does not tell years apart."), "2026"),
    "funder": Guide(_("The name of the funder."), "RVO"),
    "programme": Guide(_("The name of the programme."), "PPS-innovatie"),
    "reference": Guide(_("The funder's own reference of the decision."), "PPSI-2026-014"),
    "form": Guide(_("Cash, in kind or loan."), Code("cash")),
    "status": Guide(_("How certain it is."), Code("awarded")),
    "decided_on": Guide(_("The day of the decision."), _DAY),
    "first_day": Guide(_("The first day on which costs count."), _DAY),
    "last_day": Guide(_("The last day on which costs count."), _DAY),
    "share": Guide(_("The part of the costs that it pays, as a percentage."), Decimal("0.5")),
    "categories": Guide(
        _("The cost categories that it pays for, with commas; empty for all."), Code("materials")
    ),
    "work_packages": Guide(
        _("The codes of the work packages that it pays for, with commas; empty for all."),
        "WP1, WP2",
    ),
    "milestones": Guide(
        _("The codes of the milestones that it is meant for, with commas."), "M1, M2"
    ),
    "quarter": Guide(_("The quarter in which it is spent."), "2026-Q1"),
    "explanation": Guide(
        _("Why it differs from the budget, or from the forecast before; one row of a year will do.")
    ),
    "conditions": Guide(_("The conditions of the decision, in a few words.")),
}
_OF_A_KIND: Final[dict[tuple[TableKind, str], Guide]] = {
    (TableKind.IN_KIND, "rate"): Guide(_("Euros for an hour, as agreed with the partner."), 60),
    (TableKind.BUDGETS, "category"): Guide(_("The category of the costs."), Code("materials")),
    (TableKind.BUDGETS, "work_package"): Guide(
        _("The code of the work package; empty if the budget does not tell them apart."), "WP1"
    ),
    (TableKind.BUDGETS, "amount"): Guide(
        _("What is set aside, in euros; together as much as the commitment."), Money(5_000_000)
    ),
    (TableKind.COMMITMENTS, "code"): Guide(
        _("A short code of its own, which never changes."), "NGF-1"
    ),
    (TableKind.FORECASTS, "category"): Guide(_("The category of the costs."), Code("materials")),
    (TableKind.FORECASTS, "amount"): Guide(
        _("What is expected to be spent, in euros."), Money(2_500_000)
    ),
    (TableKind.COMMITMENTS, "amount"): Guide(_("What was promised, in euros."), Money(25_000_000)),
}


def template_columns(kind: TableKind) -> tuple[Column, ...]:
    """List the columns of a template, which asks each thing in one way."""
    left_out = LEFT_OUT.get(kind, frozenset())
    return tuple(column for column in columns_of(kind) if column.code not in left_out)


def is_asked(kind: TableKind, column: Column) -> bool:
    """Tell whether a template asks for a column in every row."""
    return column.is_required or column.code in ASKED.get(kind, frozenset())


def guide_to(kind: TableKind, code: str) -> Guide:
    """Tell what to fill in under a heading.

    Errors: ``KeyError`` for a column that no template has.
    """
    return _OF_A_KIND.get((kind, code)) or _GUIDES[code]
