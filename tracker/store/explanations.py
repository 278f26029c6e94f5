"""Explaining a figure: the records that it is made of, and how it came from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.domain.explanations import Figure
from tracker.store import explained_costs as costs
from tracker.store import explained_funding as funding
from tracker.store import explained_lines as lines
from tracker.store import explained_milestones as milestones
from tracker.store import explained_plans as plans

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.domain.explanations import Explanation
    from tracker.store.questions import Question


def explain(question: Question) -> Explanation:
    """Explain a figure to somebody who may see it.

    Errors: ``NotFoundError`` for what does not exist.
    """
    return EXPLAINED[question.asked.figure](question)


EXPLAINED: Final[dict[Figure, Callable[[Question], Explanation]]] = {
    Figure.COMMITTED: funding.committed,
    Figure.ORIGINAL: funding.original,
    Figure.CONDITIONAL: funding.conditional,
    Figure.PLEDGED: funding.pledged,
    Figure.RECEIVED: funding.received,
    Figure.REMAINING: funding.remaining,
    Figure.ROOM: funding.room,
    Figure.CASH: funding.cash_on_hand,
    Figure.BUDGET: plans.budget,
    Figure.BUDGET_LEFT: plans.budget_left,
    Figure.PLANNED: plans.planned,
    Figure.GAP: plans.gap,
    Figure.IN_KIND: plans.in_kind,
    Figure.CHARGED: costs.charged_costs,
    Figure.LEFT: costs.left_costs,
    Figure.COSTS: costs.all_costs,
    Figure.WAITING: costs.waiting_costs,
    Figure.EXCLUDED: lines.excluded_lines,
    Figure.LINE: lines.one_line,
    Figure.MILESTONE_PLANNED: milestones.planned_for,
    Figure.MILESTONE_CHARGED: milestones.charged_on,
    Figure.AT_RISK: milestones.at_risk,
}
