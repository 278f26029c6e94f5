"""The overview: five figures with their year behind them, what is to be decided, what is due."""
# long: the values of the page, and how projects, months and milestones are put together

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.commitments import COMMITTED, FundingTotals, Status, funding_totals
from tracker.domain.deadlines import months_after
from tracker.domain.milestones import Standing
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.domain.commitments import Commitment
    from tracker.domain.deadlines import Due
    from tracker.domain.milestones import Milestone
    from tracker.domain.overview_decisions import Decision

MONTHS: Final = 12
PAGE: Final = 100  # milestones on a timeline


class Measure(StrEnum):
    """The figures that matter, by the code under which each is explained."""

    COMMITTED = "committed"
    RECEIVED = "received"
    CHARGED = "charged"
    AT_RISK = "at_risk"
    GAP = "gap"


class Step(NamedTuple):
    """A confirmed decision on a commitment: what it added, and the step that it took, if any."""

    commitment_id: int
    decided_on: date
    number: int
    amount: Money
    status: Status | None


class Dated(NamedTuple):
    """An amount and the day from which it counts."""

    day: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Past:
    """What is kept of a project's past, from which its figures of a year are worked out.

    Shape:  ``received`` and ``charged`` hold at least what came after the first of the days;
            ``charged`` by the first day of its month. ``plans`` are the totals of the versions of
            the plan, the oldest first.
    """

    steps: tuple[Step, ...] = ()
    received: tuple[Dated, ...] = ()
    charged: tuple[Dated, ...] = ()
    plans: tuple[Dated, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure as it is now, and as it was at the end of each month of a year.

    Shape:  no amount where it is not known, as the gap of a project without a plan; the last of
            the months is that of today, and its amount the one of now.
    """

    measure: Measure
    amount: Money | None
    months: tuple[date, ...] = ()
    amounts: tuple[Money, ...] = ()

    @property
    def change(self) -> Money:
        """What came to it over the year."""
        return self.amounts[-1] - self.amounts[0] if self.amounts else ZERO


class Spending(NamedTuple):
    """What a part of the work has cost, what it is expected to cost in the end, and its budget."""

    name: str
    title: str
    spent: Money
    forecast: Money | None
    budget: Money | None


class CashAhead(NamedTuple):
    """Cash on hand at the end of each month, and when from today on there is least, and how much.

    Shape:  months by their first days; the lowest point by the last day of its month.
    """

    months: tuple[date, ...]
    amounts: tuple[Money, ...]
    lowest: Dated


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


def days_of_year(today: date) -> tuple[date, ...]:
    """Give the ends of the twelve months before this one, and today.

    Shape:  15 January 2026 gives 31 January 2025 to 31 December 2025 and 15 January 2026.
    """
    days, first = [today], today.replace(day=1)
    for _ in range(MONTHS):
        last = first - timedelta(1)
        days.append(last)
        first = last.replace(day=1)
    return tuple(reversed(days))


def headlines_of(
    now: FundingTotals, past: Past, at_risk: Sequence[Money], today: date
) -> tuple[Headline, ...]:
    """Work out the five figures of a project, as they are and as they were.

    Shape:  ``at_risk`` on each of the days of the year; today is the last of them. A gap is known
            from the first version of the plan on.
    """
    days = days_of_year(today)
    committed = [*(committed_on(past.steps, day) for day in days[:-1]), now.committed]
    gaps = [_gap_on(past.plans, day, whole) for day, whole in zip(days, committed, strict=True)]
    known = [(day, gap) for day, gap in zip(days, gaps, strict=True) if gap is not None]
    of_gap = Headline(
        Measure.GAP, gaps[-1], tuple(day for day, _ in known), tuple(gap for _, gap in known)
    )
    return (
        _headline(Measure.COMMITTED, days, committed),
        _headline(Measure.RECEIVED, days, _before(now.received, past.received, days)),
        _headline(Measure.CHARGED, days, _before(now.charged, past.charged, days)),
        _headline(Measure.AT_RISK, days, at_risk),
        of_gap,
    )


def committed_on(steps: Iterable[Step], day: date) -> Money:
    """Add up what was promised for certain on a day, by the decisions of any commitments."""
    amounts: dict[int, int] = {}
    statuses: dict[int, Status] = {}
    for step in sorted(steps, key=lambda s: (s.decided_on, s.number)):
        if step.decided_on <= day:
            key = step.commitment_id
            amounts[key] = amounts.get(key, 0) + step.amount.cents
            statuses[key] = step.status or statuses.get(key, Status.DRAFT)
    return Money(sum(cents for key, cents in amounts.items() if statuses[key] in COMMITTED))


def together(headlines: Sequence[Headline]) -> Headline:
    """Add up a figure over projects; where it is known of none, it is not known."""
    known = [each.amount for each in headlines if each.amount is not None]
    by_month: dict[date, int] = {}
    for each in headlines:
        for month, amount in zip(each.months, each.amounts, strict=True):
            by_month[month] = by_month.get(month, 0) + amount.cents
    months = tuple(sorted(by_month))
    return Headline(
        headlines[0].measure,
        Money.total(known) if known else None,
        months,
        tuple(Money(by_month[month]) for month in months),
    )


def cash_together(found: Sequence[CashAhead], today: date) -> CashAhead | None:
    """Add up cash on hand over projects; one that is over keeps what it ended with."""
    if not found:
        return None
    months = sorted({month for each in found for month in each.months})
    cents = [0] * len(months)
    for each in found:
        known, last = dict(zip(each.months, each.amounts, strict=True)), 0
        for at, month in enumerate(months):
            last = known[month].cents if month in known else last
            cents[at] += last
    return cash_ahead(tuple(months), tuple(map(Money, cents)), today)


def cash_ahead(months: tuple[date, ...], amounts: tuple[Money, ...], today: date) -> CashAhead:
    """Find, in cash month by month, when there will be least, and how much."""
    return CashAhead(months, amounts, lowest_ahead(months, amounts, today))


def lowest_ahead(months: Sequence[date], amounts: Sequence[Money], today: date) -> Dated:
    """Find the end of the month, from that of today on, at which there is least.

    Shape:  the first of equals; where all months are over, the last of them.
    """
    ahead = [
        Dated(month, amount)
        for month, amount in zip(months, amounts, strict=True)
        if month >= today.replace(day=1)
    ] or [Dated(months[-1], amounts[-1])]
    lowest = min(ahead, key=lambda dated: (dated.amount, dated.day))
    return Dated(months_after(lowest.day, 1) - timedelta(1), lowest.amount)


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


def _headline(measure: Measure, days: tuple[date, ...], amounts: Sequence[Money]) -> Headline:
    return Headline(measure, amounts[-1], days, tuple(amounts))


def _before(now: Money, dated: Iterable[Dated], days: Sequence[date]) -> list[Money]:
    """Take off what is there now, for each of the days, what came after it."""
    found = list(dated)
    after = [sum(each.amount.cents for each in found if each.day > day) for day in days[:-1]]
    return [*(Money(now.cents - cents) for cents in after), now]


def _gap_on(plans: Iterable[Dated], day: date, committed: Money) -> Money | None:
    planned = None
    for plan in plans:
        if plan.day <= day:
            planned = plan.amount
    return None if planned is None else planned - committed


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
