"""The figures of a report by stable names, for the cells of a funder's own workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from tracker.domain.commitments import Form
from tracker.domain.crosswalks import in_own_lines
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from tracker.domain.crosswalks import Crosswalk
    from tracker.domain.statements import CategoryLine, StatementFacts

    Figure: TypeAlias = Money | date | int | str | None

MEASURES: Final = {
    "budget": _("Budget"),
    "previously": _("Previously reported"),
    "adjustments": _("Adjustments"),
    "this_period": _("This period"),
    "to_date": _("To date"),
    "remaining": _("Remaining"),
}
"""What is told of every category, of every line of the funder's form, and of all together."""

SINGLE: Final = {
    "award": _("Award"),
    "amendments": _("Amendments"),
    "committed": _("Committed"),
    "received": _("Received to date"),
    "cash_on_hand": _("Cash on hand"),
    "period.code": _("Reporting period"),
    "period.first_day": _("First day of the period"),
    "period.last_day": _("Last day of the period"),
    "funder.name": _("Funder"),
    "funder.programme": _("Programme"),
    "funder.reference": _("Reference of the award"),
    "commitment.code": _("Commitment"),
    "commitment.decided_on": _("Decided on"),
    "commitment.first_day": _("First day of the eligible period"),
    "commitment.last_day": _("Last day of the eligible period"),
    "project.code": _("Code of the project"),
    "project.name": _("Project"),
    "report.number": _("Version of the report"),
    "report.made_on": _("Made on"),
    "report.author": _("Made by"),
    "report.approved_by": _("Approved by"),
    "report.ledger_state": _("State of the books"),
}
"""What is told once in a report."""

LINE: Final = "line."
_OF_LINE: Final[dict[str, Callable[[CategoryLine], Money | None]]] = {
    "budget": lambda line: line.budget,
    "previously": lambda line: line.previously,
    "adjustments": lambda line: line.adjustments,
    "this_period": lambda line: line.this_period,
    "to_date": lambda line: line.to_date,
    "remaining": lambda line: line.remaining,
}


def figure_names(categories: Iterable[str], crosswalk: Crosswalk | None) -> tuple[str, ...]:
    """Name every figure that reports of a programme have.

    Shape:  ``to_date``, ``to_date.travel``, ``line.2.1.to_date``.
    """
    lines = crosswalk.lines if crosswalk else ()
    return (
        *SINGLE,
        *MEASURES,
        *(f"{measure}.{category}" for category in categories for measure in MEASURES),
        *(f"{LINE}{line.code}.{measure}" for line in lines for measure in MEASURES),
    )


def figures_of(facts: StatementFacts) -> dict[str, Figure]:
    """Give the figures of a report by their names; ``None`` is for what it does not know.

    Shape:  categories that the award does not pay for are left out.
    """
    found: dict[str, Figure] = _single(facts)
    budgets = [line.budget for line in facts.categories if line.budget is not None]
    found |= {
        "budget": Money.total(budgets) if budgets else None,
        "previously": facts.previously,
        "adjustments": facts.adjusted,
        "this_period": facts.charged_this_period,
        "to_date": facts.charged_to_date,
        "remaining": facts.commitment.amount - facts.charged_to_date,
    }
    for line in facts.categories:
        for measure, of_line in _OF_LINE.items():
            found[f"{measure}.{line.category}"] = of_line(line)
    return found | _in_own_lines(facts, has_budget=bool(budgets))


def _single(facts: StatementFacts) -> dict[str, Figure]:
    commitment, period = facts.commitment, facts.period
    is_cash = commitment.form is not Form.IN_KIND
    return {
        "award": commitment.award,
        "amendments": commitment.amount - commitment.award,
        "committed": commitment.amount,
        "received": facts.received_to_date if is_cash else None,
        "cash_on_hand": facts.cash_on_hand if is_cash else None,
        "period.code": period.code,
        "period.first_day": period.first_day,
        "period.last_day": period.last_day,
        "funder.name": commitment.funder,
        "funder.programme": commitment.programme,
        "funder.reference": commitment.reference,
        "commitment.code": commitment.code,
        "commitment.decided_on": commitment.decided_on,
        "commitment.first_day": commitment.period.first_day,
        "commitment.last_day": commitment.period.last_day,
        "project.code": facts.project_code,
        "project.name": facts.project_name,
        "report.number": facts.number or None,
        "report.made_on": facts.made_on,
        "report.author": facts.author,
        "report.approved_by": facts.approved_by,
        "report.ledger_state": facts.ledger_state,
    }


def _in_own_lines(facts: StatementFacts, *, has_budget: bool) -> dict[str, Figure]:
    if facts.crosswalk is None:
        return {}
    found: dict[str, Figure] = {}
    for measure, of_line in _OF_LINE.items():
        is_known = has_budget or measure not in ("budget", "remaining")
        amounts = {line.category: of_line(line) or ZERO for line in facts.categories}
        for line, amount in in_own_lines(facts.crosswalk, amounts):
            found[f"{LINE}{line.code}.{measure}"] = amount if is_known else None
    return found
