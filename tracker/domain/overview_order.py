"""What of the overview is shown, in which order: milestones in time, projects in a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.headlines import Measure
from tracker.domain.milestones import Standing
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.milestones import Milestone
    from tracker.domain.overview import OverviewFacts, ProjectOverview

PAGE: Final = 100  # milestones on a timeline, projects in a table


class Wish(StrEnum):
    """Which milestones a timeline shows."""

    ALL = ""
    OPEN = "open"
    LATE = "late"
    AT_RISK = "at_risk"
    MET = "met"


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A page of milestones, each with its project, and of how many it is one.

    Shape:  pages are numbered from 1.
    """

    rows: tuple[tuple[ProjectOverview, Milestone], ...]
    number: int
    page_count: int
    count: int


def timeline_page(facts: OverviewFacts, wish: Wish, number: int = 1) -> TimelinePage:
    """Cut a page out of the milestones: of one project in their order, of several the late first.

    Shape:  of several projects: first late ones, then those with money at risk, then the others,
            each by its date.
    """
    risk, today = facts.at_risk, facts.as_of
    found = [
        (project, one)
        for project in facts.projects
        for one in project.milestones
        if _is_wished(one, wish, risk.get((project.id, one.code), ZERO), today)
    ]
    if len(facts.projects) > 1:
        found.sort(key=lambda row: _urgency(row[1], risk.get((row[0].id, row[1].code)), today))
    page_count = max(1, -(-len(found) // PAGE))
    at = min(max(number, 1), page_count)
    rows = tuple(found[(at - 1) * PAGE : at * PAGE])
    return TimelinePage(rows, at, page_count, len(found))


def _is_wished(one: Milestone, wish: Wish, at_risk: Money, today: date) -> bool:
    match wish:
        case Wish.ALL:
            return True
        case Wish.OPEN:
            return one.is_open
        case Wish.LATE:
            return one.standing(today) is Standing.LATE
        case Wish.AT_RISK:
            return bool(at_risk)
        case Wish.MET:
            return one.met_on is not None


def _urgency(one: Milestone, at_risk: Money | None, today: date) -> tuple[int, date, str]:
    if one.met_on:
        return 3, one.met_on, one.code
    is_late = one.standing(today) is Standing.LATE
    return (0 if is_late else 1 if at_risk else 2), one.current, one.code


class ProjectOrder(StrEnum):
    """The columns by which projects can be sorted; a minus in front turns the order around."""

    CODE = "code"
    LATE = "late"
    COMMITTED = "committed"
    RECEIVED = "received"
    CHARGED = "charged"
    AT_RISK = "at_risk"
    GAP = "gap"
    LAPSE = "lapse"
    LOWEST = "lowest"


def projects_in_order(facts: OverviewFacts, order: str = "") -> tuple[ProjectOverview, ...]:
    """Put the projects in an order; without one, in that in which they were set up.

    Shape:  a project of which the figure is not known stands last, whichever way.
    """
    if not order:
        return facts.projects
    by, is_down = ProjectOrder(order.removeprefix("-")), order.startswith("-")
    if by is ProjectOrder.CODE:
        return tuple(sorted(facts.projects, key=lambda p: p.code.casefold(), reverse=is_down))

    def place(project: ProjectOverview) -> tuple[bool, int]:
        cents = _sorted_by(project, by, facts.as_of)
        return cents is None, (-cents if is_down else cents) if cents is not None else 0

    return tuple(sorted(facts.projects, key=place))


def _sorted_by(project: ProjectOverview, by: ProjectOrder, today: date) -> int | None:
    if by is ProjectOrder.LATE:
        return project.late(today)
    if by is ProjectOrder.LAPSE:
        amount = project.lapse
    elif by is ProjectOrder.LOWEST:
        amount = project.cash.lowest.amount if project.cash else None
    else:
        amount = project.amount(Measure(by.value))
    return amount.cents if amount is not None else None
