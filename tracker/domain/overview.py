"""What the overview shows: of one project, of several together, and of a funder's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.cash_ahead import CashAhead, cash_together
from tracker.domain.commitments import FundingTotals, funding_totals
from tracker.domain.headlines import Headline, Measure, together
from tracker.domain.milestones import Standing
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.domain.commitments import Commitment
    from tracker.domain.deadlines import Due
    from tracker.domain.milestones import Milestone
    from tracker.domain.overview_decisions import Decision


class Spending(NamedTuple):
    """What a part of the work has cost, what it is expected to cost in the end, and its budget."""

    name: str
    title: str
    spent: Money
    forecast: Money | None
    budget: Money | None


@dataclass(frozen=True, slots=True)
class ProjectOverview:
    """One project as the overview shows it.

    Shape:  ``at_risk`` by the code of a milestone; ``lapse`` and ``cash`` are ``None`` where
            nothing is known of what is ahead.
    """

    id: int
    code: str
    name: str
    commitments: tuple[Commitment, ...]
    milestones: tuple[Milestone, ...]
    headlines: tuple[Headline, ...]
    at_risk: Mapping[str, Money]
    lapse: Money | None = None
    cash: CashAhead | None = None

    def amount(self, measure: Measure) -> Money | None:
        """Give one of its figures as it is now."""
        return next(each.amount for each in self.headlines if each.measure is measure)

    def late(self, today: date) -> int:
        """Count its milestones that are late."""
        return sum(each.standing(today) is Standing.LATE for each in self.milestones)


@dataclass(frozen=True)
class OverviewFacts:
    """Everything that the overview shows, of one project or of several.

    Shape:  ``spending`` is by work package for one project, by project for several. What is added
            up over projects is added up once.
    """

    as_of: date
    projects: tuple[ProjectOverview, ...]
    decisions: tuple[Decision, ...] = ()
    spending: tuple[Spending, ...] = ()

    @cached_property
    def commitments(self) -> tuple[Commitment, ...]:
        """The commitments of all projects, project by project."""
        return tuple(one for project in self.projects for one in project.commitments)

    @cached_property
    def totals(self) -> FundingTotals:
        """What the commitments add up to."""
        return funding_totals(self.commitments)

    @cached_property
    def headlines(self) -> tuple[Headline, ...]:
        """The five figures of all projects together."""
        kinds = zip(*(project.headlines for project in self.projects), strict=True)
        return tuple(together(each) for each in kinds)

    @cached_property
    def late(self) -> int:
        """How many milestones are late, of all projects."""
        return sum(project.late(self.as_of) for project in self.projects)

    @cached_property
    def lapse(self) -> Money:
        """What will lapse in all projects together."""
        return Money.total(project.lapse or ZERO for project in self.projects)

    @cached_property
    def cash(self) -> CashAhead | None:
        """Cash on hand in all projects together."""
        return cash_together([p.cash for p in self.projects if p.cash], self.as_of)

    @cached_property
    def at_risk(self) -> dict[tuple[int, str], Money]:
        """What hangs on each milestone, by its project and its code."""
        return {
            (project.id, code): amount
            for project in self.projects
            for code, amount in project.at_risk.items()
        }


class OwnMilestone(NamedTuple):
    """A milestone that a funder's own commitments are about: what they are to pay, and paid."""

    milestone: Milestone
    planned: Money
    charged: Money


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """Everything that the overview shows to a funder: its own, and nothing of others.

    Shape:  the figures are those that are known of commitments: without the risk and the gap of
            the project. ``dues`` are the reports and instalments to come, the first first.
    """

    as_of: date
    commitments: tuple[Commitment, ...]
    headlines: tuple[Headline, ...]
    milestones: tuple[OwnMilestone, ...]
    dues: tuple[Due, ...]

    @property
    def totals(self) -> FundingTotals:
        """What the commitments add up to."""
        return funding_totals(self.commitments)
