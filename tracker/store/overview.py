"""Reading what the overview shows, of one project or of all, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sqlalchemy import select

from tracker.domain import overview_decisions as deciding
from tracker.domain.cash_ahead import cash_ahead
from tracker.domain.commitments import funding_totals
from tracker.domain.headlines import Past, days_of_year, headlines_of
from tracker.domain.money import ZERO, Money
from tracker.domain.outlook import outlook
from tracker.domain.overview import OverviewFacts, ProjectOverview
from tracker.domain.risk import at_risk
from tracker.domain.waivers import WaiverState
from tracker.store.amendments import drafts
from tracker.store.commitments import commitments_of
from tracker.store.endings import endings_of
from tracker.store.forecasting import deviations_to_report
from tracker.store.headlines import pasts_of
from tracker.store.instalments import instalments_by_commitment
from tracker.store.milestones import milestones_of
from tracker.store.outlook import outlook_facts
from tracker.store.overview_spending import spending_of
from tracker.store.projects import ProjectRow
from tracker.store.remembered import remembered, remembered_by_project
from tracker.store.reporting_periods import ReopeningRow, ReportingPeriodRow, reopenings_asked
from tracker.store.risk import risks_by_day
from tracker.store.scope import in_project, over_all, scope_of
from tracker.store.waivers import WaiverRow, waivers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.instalments import Instalment
    from tracker.domain.milestones import Milestone
    from tracker.domain.outlook import Outlook
    from tracker.domain.overview_decisions import Decision
    from tracker.domain.risk import Risk
    from tracker.store.overview_spending import SpendingOf

One = TypeVar("One")
FEW = 20
"""How many projects are gathered sooner one by one than all together."""


class Part(NamedTuple):
    """What the overview shows of one project."""

    project: ProjectOverview
    decisions: tuple[Decision, ...]
    spending: SpendingOf


class Known(NamedTuple):
    """What is read for all projects at once, before it is told project by project."""

    today: date
    commitments: Mapping[int, tuple[Commitment, ...]]
    instalments: Mapping[int, tuple[Instalment, ...]]
    milestones: Mapping[int, tuple[Milestone, ...]]
    pasts: Mapping[int, Past]
    risks: tuple[Mapping[int, tuple[Risk, ...]], ...]  # on each of the days of the year
    outlooks: Mapping[int, Outlook]


def overview_of(session: Session, today: date) -> OverviewFacts:
    """Give what the overview shows, each project as it was gathered since its records changed."""
    about = scope_of(session).project_id
    return remembered(session, ("overview", about, today), lambda: _of_parts(session, today))


def overview_facts(session: Session, today: date) -> OverviewFacts:
    """Gather what the overview shows, of every project that the session reads."""
    return _together(_gather(session, today), today)


def _of_parts(session: Session, today: date) -> OverviewFacts:
    parts = remembered_by_project(
        session, ("overview", today), lambda keys: _gather_some(session, today, keys)
    )
    return _together(parts, today)


def _together(parts: Mapping[int, Part], today: date) -> OverviewFacts:
    """Put what projects show together."""
    several = len(parts) > 1
    return OverviewFacts(
        as_of=today,
        projects=tuple(part.project for part in parts.values()),
        decisions=deciding.in_order((one for p in parts.values() for one in p.decisions), today),
        spending=tuple(
            one
            for part in parts.values()
            for one in (part.spending.whole if several else part.spending.by_package)
        ),
    )


def _gather_some(session: Session, today: date, keys: Sequence[int]) -> dict[int, Part]:
    """Gather what some projects show: of few one by one, of more together."""
    found: dict[int, Part] = {}
    with over_all(session):
        if len(keys) > FEW:
            found = _gather(session, today)
        else:
            for key in keys:
                in_project(session, key)
                found |= _gather(session, today)
    return {key: found[key] for key in keys}


def _gather(session: Session, today: date) -> dict[int, Part]:
    """Gather what each project shows, of all that the session reads."""
    names = session.execute(
        select(ProjectRow.id, ProjectRow.code, ProjectRow.name).order_by(ProjectRow.id)
    ).all()
    known = _known(session, today)
    projects = [_project(key, code, name, known) for key, code, name in names]
    decisions = _by_project(_decisions(session, known, projects), lambda one: one.project_id)
    spending = spending_of(session)
    return {one.id: Part(one, decisions.get(one.id, ()), spending[one.id]) for one in projects}


def _known(session: Session, today: date) -> Known:
    commitments, milestones = commitments_of(session), milestones_of(session)
    instalments = instalments_by_commitment(session)
    owners = {one.id: one.project_id for one in commitments}
    ahead = outlook_facts(session, today, commitments, instalments)
    return Known(
        today,
        _by_project(commitments, lambda one: one.project_id),
        instalments,
        _by_project(milestones, lambda one: one.project_id),
        pasts_of(session, owners, today),
        tuple(
            _by_project(of_day, lambda one: one.project_id)
            for of_day in risks_by_day(session, days_of_year(today), milestones)
        ),
        {key: outlook(facts) for key, facts in ahead.items()},
    )


def _project(key: int, code: str, name: str, known: Known) -> ProjectOverview:
    commitments = known.commitments.get(key, ())
    risks = [of_day.get(key, ()) for of_day in known.risks]
    hanging: dict[str, Money] = {}
    for risk in risks[-1]:
        hanging[risk.milestone] = hanging.get(risk.milestone, ZERO) + risk.counts
    ahead = known.outlooks.get(key)
    return ProjectOverview(
        id=key,
        code=code,
        name=name,
        commitments=commitments,
        milestones=known.milestones.get(key, ()),
        headlines=headlines_of(
            funding_totals(commitments),
            known.pasts.get(key, Past()),
            [at_risk(of_day) for of_day in risks],
            known.today,
        ),
        at_risk=hanging,
        lapse=ahead.lapsing if ahead else None,
        cash=cash_ahead(ahead.months, ahead.cash, known.today) if ahead else None,
    )


def _decisions(
    session: Session, known: Known, projects: Sequence[ProjectOverview]
) -> Iterator[Decision]:
    risks, today = known.risks[-1], known.today
    seen = [one for project in projects for one in project.commitments]
    deadlines = {one.commitment.id: one.next for one in endings_of(session, seen) if one.next}
    yield from deciding.of_endings(seen, deadlines, today)
    yield from deciding.of_instalments(seen, known.instalments, today)
    for project in projects:
        if ahead := known.outlooks.get(project.id):
            lapses = {lapse.commitment: lapse for lapse in ahead.lapses}
            yield from deciding.of_lapses(project.commitments, lapses, today)
        lowest = project.cash.lowest if project.cash else None
        yield from deciding.of_cash(project.id, project.code, lowest)
        of_it = risks.get(project.id, ())
        yield from deciding.of_milestones(project.milestones, of_it, today)
        yield from deciding.of_budgets(of_it)
    yield from _of_deviations(session, today)
    owners = {one.code: one.project_id for one in seen}
    yield from deciding.of_drafts(drafts(session), owners)
    of_waivers = dict(iter(session.execute(select(WaiverRow.id, WaiverRow.project_id))))
    yield from deciding.of_waivers(
        (of_waivers[one.id], one)
        for one in waivers_of(session)
        if one.state(today) is WaiverState.ASKED
    )
    of_periods = dict(
        iter(
            session.execute(
                select(ReopeningRow.id, ReportingPeriodRow.project_id).join(
                    ReportingPeriodRow, ReportingPeriodRow.id == ReopeningRow.period_id
                )
            )
        )
    )
    yield from deciding.of_reopenings(
        (of_periods[one.id], one) for one in reopenings_asked(session)
    )


def _of_deviations(session: Session, today: date) -> Iterator[Decision]:
    """Tell what funders are to be told of, in every project."""
    found = deviations_to_report(session, today)
    yield from deciding.of_deviations(
        ((one.project_id, one.variance, one.threshold) for one in found), today
    )


def _by_project(found: Iterable[One], of: Callable[[One], int]) -> dict[int, tuple[One, ...]]:
    grouped: defaultdict[int, list[One]] = defaultdict(list)
    for one in found:
        grouped[of(one)].append(one)
    return {key: tuple(ones) for key, ones in grouped.items()}
