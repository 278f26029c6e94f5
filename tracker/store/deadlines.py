"""Every deadline that the records imply, of one project or of all, in a few questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from tracker.domain import due_dates, own_due_dates
from tracker.domain.amendments import Verdict
from tracker.domain.costs import Origin
from tracker.domain.deadlines import in_order
from tracker.domain.due_dates import Sent
from tracker.domain.funder_reports import MILESTONES
from tracker.domain.milestone_reports import Promised
from tracker.domain.money import Money
from tracker.domain.outlook import outlook
from tracker.domain.own_due_dates import Deviating, Unsigned
from tracker.domain.periods import Period
from tracker.domain.reporting_periods import PeriodState, ReportingPeriod
from tracker.domain.terms import TermSheet
from tracker.store.amendments import drafts
from tracker.store.commitments import commitments_of
from tracker.store.contributions import DeclarationRow
from tracker.store.costs import CostLineRow, still_stands
from tracker.store.endings import endings_of
from tracker.store.forecasting import deviations_to_report
from tracker.store.imports import BookRow
from tracker.store.instalments import instalments_by_commitment
from tracker.store.milestones import EvidenceRow, MilestoneReportRow, milestones_of
from tracker.store.outlook import outlook_facts
from tracker.store.report_chain import sent_by_issuing
from tracker.store.reporting_periods import ReopeningRow, ReportingPeriodRow, SentReportRow
from tracker.store.terms import term_sheets
from tracker.store.waivers import WaiverRow, waivers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.deadlines import Due
    from tracker.domain.milestones import Milestone
    from tracker.domain.waivers import Waiver


def deadlines_on(session: Session, today: date) -> tuple[Due, ...]:
    """List everything that is due, the first deadline first; what is done is left out.

    Shape:  of the project that the session is about, or of all projects together.
    """
    commitments = {one.code: one for one in commitments_of(session)}
    facts = outlook_facts(session, today).values()
    lapses = [one.lapse for each in facts for one in outlook(each).by_commitment if one.lapse]
    return in_order(
        (*deadlines_of_records(session, today), *due_dates.of_lapses(lapses, commitments))
    )


def deadlines_of_records(session: Session, today: date) -> tuple[Due, ...]:
    """List what is due by the records alone, without what the outlook foresees."""
    known = _Known(commitments_of(session), milestones_of(session), sent_by_commitment(session))
    return in_order(
        (
            *_of_funding(session, known, today),
            *_of_milestones(session, known),
            *_of_office(session, known, today),
        )
    )


class _Known(NamedTuple):
    """What several deadlines rest on."""

    commitments: list[Commitment]
    milestones: list[Milestone]
    sent: dict[int, list[Sent]]


def _of_funding(session: Session, known: _Known, today: date) -> Iterator[Due]:
    plans, sheets = instalments_by_commitment(session), term_sheets(session)
    milestones = {(one.project_id, one.code): one for one in known.milestones}
    for ending in endings_of(session, known.commitments):
        one = ending.commitment
        claimed = ending.request.claimed if ending.request else None
        yield from due_dates.of_ending(one, ending.next, claimed, ending.settlement, today)
        yield from due_dates.of_instalments(one, plans.get(one.id, ()), milestones, today)
        sheet = sheets.get(one.programme_id, TermSheet())
        yield from due_dates.of_progress_reports(one, sheet, known.sent.get(one.id, ()), today)


def _of_milestones(session: Session, known: _Known) -> Iterator[Due]:
    missing: dict[int, list[str]] = {}
    for key, title in session.execute(
        select(EvidenceRow.milestone_id, EvidenceRow.title)
        .where(EvidenceRow.document_id.is_(None))
        .order_by(EvidenceRow.id)
    ):
        missing.setdefault(key, []).append(title)
    yield from due_dates.of_milestones(known.milestones, missing)
    yield from due_dates.of_milestone_reports(
        promised_after_milestones(session),
        {one.id: one for one in known.milestones},
        {one.id: one for one in known.commitments},
        sent_of_milestones(session, known.sent),
    )


def _of_office(session: Session, known: _Known, today: date) -> Iterator[Due]:
    """Tell what the facility owes itself: decisions, the books, waivers and signatures."""
    by_code = {one.code: one for one in known.commitments}
    yield from own_due_dates.of_drafts(drafts(session), by_code, today)
    yield from own_due_dates.of_periods(_periods(session))
    yield from own_due_dates.of_reopenings(_reopenings(session), today)
    yield from own_due_dates.of_waivers(_waivers(session), today)
    yield from own_due_dates.of_hours(_unsigned(session))
    yield from own_due_dates.of_deviations(_deviating(session, today))


def _deviating(session: Session, today: date) -> Iterator[Deviating]:
    for found in deviations_to_report(session, today):
        variance = found.variance
        share = variance.share_of_size
        if share is not None:
            yield Deviating(found.project_id, variance.year, variance.difference, share)


def sent_by_commitment(session: Session) -> dict[int, list[Sent]]:
    """Tell which reports went out, by commitment: noted by hand, or issued and standing."""
    found: dict[int, list[Sent]] = {}
    for key, sent_on, about in session.execute(
        select(SentReportRow.commitment_id, SentReportRow.sent_on, ReportingPeriodRow.last_day)
        .join(ReportingPeriodRow, ReportingPeriodRow.id == SentReportRow.period_id)
        .order_by(SentReportRow.id)
    ):
        found.setdefault(key, []).append(Sent(sent_on, about))
    for key, sent_on, about in sent_by_issuing(session):
        found.setdefault(key, []).append(Sent(sent_on, about))
    return found


def sent_of_milestones(
    session: Session, sent: Mapping[int, Sequence[Sent]]
) -> dict[int, list[Sent]]:
    """Add to the reports that went out those that tell of milestones only, by commitment."""
    found = {key: list(reports) for key, reports in sent.items()}
    for key, sent_on, about in sent_by_issuing(session, [MILESTONES]):
        found.setdefault(key, []).append(Sent(sent_on, about))
    return found


def promised_after_milestones(session: Session) -> list[Promised]:
    """List the reports that are due so many weeks after a milestone."""
    row = MilestoneReportRow
    promised = session.execute(
        select(row.id, row.milestone_id, row.commitment_id, row.title, row.weeks).order_by(row.id)
    )
    return [Promised(*found) for found in promised]


def _periods(session: Session) -> list[tuple[int, ReportingPeriod]]:
    rows = session.scalars(select(ReportingPeriodRow).order_by(ReportingPeriodRow.id))
    return [
        (
            row.project_id,
            ReportingPeriod(
                row.id, Period(row.first_day, row.last_day), PeriodState(row.state), row.version
            ),
        )
        for row in rows
    ]


def _reopenings(session: Session) -> Iterator[tuple[int, int, str, str, date]]:
    rows = session.execute(
        select(ReopeningRow, ReportingPeriodRow)
        .join(ReportingPeriodRow, ReportingPeriodRow.id == ReopeningRow.period_id)
        .where(ReopeningRow.verdict == Verdict.DRAFT)
        .order_by(ReopeningRow.id)
    )
    for row, period in rows:
        code = Period(period.first_day, period.last_day).code
        yield row.id, period.project_id, code, row.asked_by, row.asked_at.date()


def _waivers(session: Session) -> Iterator[tuple[int, date, Waiver]]:
    row = WaiverRow
    found = {
        key: (project_id, entered_at.date())
        for key, project_id, entered_at in session.execute(
            select(row.id, row.project_id, row.entered_at)
        )
    }
    for waiver in waivers_of(session):
        yield *found[waiver.id], waiver


def _unsigned(session: Session) -> list[Unsigned]:
    """Add up partners' hours that no declaration covers, by partner and year."""
    declared = (
        select(DeclarationRow.id)
        .where(
            DeclarationRow.partner == BookRow.company,
            DeclarationRow.project_id == BookRow.project_id,
            DeclarationRow.first_day <= CostLineRow.incurred_on,
            DeclarationRow.last_day >= CostLineRow.incurred_on,
        )
        .exists()
    )
    of = (BookRow.project_id, BookRow.company, BookRow.fiscal_year)
    rows = session.execute(
        select(*of, func.sum(CostLineRow.amount))
        .join(CostLineRow, CostLineRow.book_id == BookRow.id)
        .where(BookRow.origin == Origin.IN_KIND.value, *still_stands(), ~declared)
        .group_by(*of)
        .order_by(*of)
    )
    return [
        Unsigned(project_id, partner, year, Money(int(cents)))
        for project_id, partner, year, cents in rows
    ]
