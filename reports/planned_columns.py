"""What was planned up to the end of the period, beside costs by category."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind
from tracker.domain.money import Money

if TYPE_CHECKING:
    from reports.model import Row
    from tracker.domain.statements import CategoryLine, StatementFacts

TO_DATE = 5
"""The position of the costs to date in the table of costs by category."""


def is_planned(facts: StatementFacts) -> bool:
    """Tell whether the budget says more of the period than its whole."""
    return any(
        line.planned is not None and line.planned != line.budget for line in facts.categories
    )


def planned_columns(facts: StatementFacts, at: int) -> tuple[Column, ...]:
    """Give the columns from position ``at`` on; none where the budget tells no years apart."""
    if not is_planned(facts):
        return ()
    _ = words.gettext_for(facts.language)
    return (
        Column(_("Planned to date"), Kind.MONEY, 17),
        Column(_("Deviation"), Kind.MONEY, 17, plus=(TO_DATE,), minus=(at,)),
    )


def planned_cells(line: CategoryLine, facts: StatementFacts) -> Row:
    """Give the cells of a category: what was planned, and by how much the costs differ."""
    if not is_planned(facts):
        return ()
    planned = line.planned
    return (planned, None if planned is None else line.to_date - planned)


def planned_totals(facts: StatementFacts) -> Row:
    """Give the cells of the totals."""
    if not is_planned(facts):
        return ()
    planned = Money.total(line.planned for line in facts.categories if line.planned is not None)
    return planned, facts.charged_to_date - planned
