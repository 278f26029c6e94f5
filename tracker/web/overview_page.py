"""The overview as its page shows it: charts, and what is to be decided with where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import url_for
from flask_login import current_user

from reports import charts_made
from tracker.domain.overview_decisions import Subject
from tracker.domain.overview_order import PAGE, timeline_page
from tracker.web.auth import current_actor
from tracker.web.charts import funding_by_source
from tracker.web.language import language
from tracker.web.projects import offered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from reports.charts import Bullets, StackedBar, Steps, Timeline, Trend
    from tracker.domain.commitments import Commitment
    from tracker.domain.headlines import Headline
    from tracker.domain.milestones import Milestone
    from tracker.domain.overview import OverviewFacts, OwnFacts, ProjectOverview, Spending
    from tracker.domain.overview_decisions import Decision
    from tracker.domain.overview_order import TimelinePage, Wish

WHERE: dict[Subject, tuple[str, str]] = {
    Subject.MILESTONE: ("milestones.show", "code"),
    Subject.COMMITMENT: ("commitments.show", "code"),
    Subject.INSTALMENT: ("instalments.show", "code"),
    Subject.LAPSE: ("outlook.show_commitment", "code"),
    Subject.CASH: ("outlook.show", ""),
    Subject.DEVIATION: ("forecasts.show_newest", ""),
    Subject.DRAFT: ("amendments.show", "amendment_id"),
    Subject.WAIVER: ("financing.show", ""),
    Subject.REOPENING: ("reporting_periods.show", "code"),
}


@dataclass(frozen=True, slots=True)
class ToDecide:
    """A decision on a page: where it is taken, and in how many days; below zero is late.

    Shape:  ``project`` is the code of its project where there are several.
    """

    decision: Decision
    where: str
    days: int | None
    project: str


class Decisions(NamedTuple):
    """The first of the decisions, and how many there are in all."""

    first: tuple[ToDecide, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of an overview shows besides the facts.

    Shape:  ``own`` are the milestones of which the reader is the owner; ``in_project`` gives the
            code that an address names a project by, where the page is about several.
    """

    figures: tuple[tuple[Headline, Trend | None], ...]
    yours: Decisions
    watched: Decisions
    timeline: Timeline | None
    shown: TimelinePage
    spending: Bullets | None
    cash: Steps | None
    own: tuple[tuple[ProjectOverview, Milestone], ...]
    in_project: dict[int, str]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What a funder's overview shows besides the facts."""

    figures: tuple[tuple[Headline, Trend | None], ...]
    timeline: Timeline | None
    in_project: dict[int, str]


def page_of(facts: OverviewFacts, wish: Wish, number: int) -> Page:
    """Lay the overview out for its reader."""
    actor, codes = current_actor(), _codes() if len(facts.projects) > 1 else {}
    shown = timeline_page(facts, wish, number)
    names = {current_user.name.casefold(), actor.name.casefold()}
    yours = [one for one in facts.decisions if one.is_for(actor.role, actor.name)]
    watched = [one for one in facts.decisions if not one.is_for(actor.role, actor.name)]
    own = (
        (project, one)
        for project in facts.projects
        for one in project.milestones
        if one.is_open and one.owner.casefold() in names
    )
    return Page(
        figures=tuple((each, charts_made.trend_of(each, language())) for each in facts.headlines),
        yours=_to_decide(yours, facts.as_of, codes),
        watched=_to_decide(watched, facts.as_of, codes),
        timeline=timeline_of(shown, facts.as_of, codes),
        shown=shown,
        spending=bullets_of(facts.spending, is_of_projects=len(facts.projects) > 1),
        cash=charts_made.cash_by_month(facts.cash, facts.as_of, language()) if facts.cash else None,
        own=tuple(sorted(own, key=lambda row: (row[1].current, row[1].code))[:PAGE]),
        in_project=codes,
    )


def own_page_of(facts: OwnFacts) -> OwnPage:
    """Lay a funder's own overview out."""
    rows = [each.milestone for each in facts.milestones]
    return OwnPage(
        figures=tuple((each, charts_made.trend_of(each, language())) for each in facts.headlines),
        timeline=charts_made.milestones_over_time(rows[:PAGE], facts.as_of, language()),
        in_project=_codes(),
    )


def timeline_of(shown: TimelinePage, today: date, codes: dict[int, str]) -> Timeline | None:
    """Show a page of milestones; of several projects, under the code of each."""
    found = {project.id: project.code for project, _one in shown.rows}
    return charts_made.milestones_over_time(
        [one for _project, one in shown.rows],
        today,
        language(),
        address=lambda one: url_for(
            "milestones.show", code=one.code, project=codes.get(one.project_id)
        ),
        group=lambda one: found[one.project_id] if len(found) > 1 else "",
    )


def bullets_of(spending: Sequence[Spending], *, is_of_projects: bool) -> Bullets | None:
    """Set spending against budget and forecast; nothing where none of them is known."""
    return charts_made.spending_and_budget(
        spending[:PAGE],
        language(),
        is_of_projects=is_of_projects,
        address=lambda one: _spending_address(one, is_of_projects=is_of_projects),
    )


def _spending_address(one: Spending, *, is_of_projects: bool) -> str:
    if is_of_projects:
        return url_for("overview.show", project=one.name)
    return url_for("costs.show_list", work_package=one.name) if one.name else ""


def sources_of(commitments: Sequence[Commitment]) -> StackedBar | None:
    """Show who funds what; of several projects, without a way to the list of one of them."""
    if len({one.project_id for one in commitments}) > 1:
        return charts_made.funding_by_source(commitments, language())
    return funding_by_source(commitments)


def _codes() -> dict[int, str]:
    """Give the codes of the projects where there are several to tell apart."""
    known = offered()
    return {one.id: one.code for one in known} if len(known) > 1 else {}


def _to_decide(decisions: Sequence[Decision], today: date, codes: Mapping[int, str]) -> Decisions:
    first = tuple(_placed(one, today, codes) for one in decisions[:PAGE])
    return Decisions(first, len(decisions))


def _placed(decision: Decision, today: date, codes: Mapping[int, str]) -> ToDecide:
    endpoint, name = WHERE[decision.subject]
    values: dict[str, Any] = {name: decision.key} if name else {}
    code = codes.get(decision.project_id)
    return ToDecide(
        decision,
        url_for(endpoint, project=code, **values),
        None if decision.due_on is None else (decision.due_on - today).days,
        code or "",
    )
