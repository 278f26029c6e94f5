"""How reports carry each other on: what one told to date is where the next begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tracker.domain.funder_reports import TELLING, Standing
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.statements import Earlier
from tracker.store.commitments import CommitmentRow
from tracker.store.documents import intact
from tracker.store.funder_reports import FunderReportRow
from tracker.store.issued_reports import (
    IssuedFigureRow,
    IssuedReportRow,
    ReportAnswerRow,
    ReportWithdrawalRow,
)
from tracker.store.kept_facts import facts_in
from tracker.store.projects import CategoryRow
from tracker.store.reporting_periods import sent_reports

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.reporting_periods import ReportingPeriod
    from tracker.domain.statements import StatementFacts


def carried_on(session: Session, commitment_id: int, first_day: date) -> Earlier | None:
    """Give the statement that one from a day on carries on: the newest before it that stands.

    Shape:  other kinds, such as a list of hours, tell no costs to date.
    """
    found = _newest_before(session, commitment_id, first_day)
    if found is None:
        return None
    amounts = session.execute(
        select(CategoryRow.code, IssuedFigureRow.to_date)
        .join(CategoryRow, CategoryRow.id == IssuedFigureRow.category_id)
        .where(IssuedFigureRow.issued_id == found.id)
        .order_by(CategoryRow.id)
    )
    return Earlier(
        kind=found.kind,
        number=found.number,
        period=Period(found.first_day, found.last_day),
        issued_at=found.issued_at,
        to_date=tuple((category, Money(cents)) for category, cents in amounts),
    )


def facts_carried_on(
    session: Session, commitment_id: int, first_day: date
) -> StatementFacts | None:
    """Give the facts of the report that one from a day on carries on, as they were kept."""
    found = _newest_before(session, commitment_id, first_day)
    return None if found is None else facts_in(intact(session, found.facts_id))


def told_of(session: Session, project_id: int, period: ReportingPeriod) -> list[str]:
    """Name the commitments of which a report rests on a period: sent by hand, or issued.

    Shape:  a report that was issued and stands tells of its period and of all before it.
    """
    first_day = period.period.first_day
    issued = session.scalars(
        select(CommitmentRow.code)
        .join(FunderReportRow, FunderReportRow.commitment_id == CommitmentRow.id)
        .join(IssuedReportRow, IssuedReportRow.report_id == FunderReportRow.id)
        .where(
            CommitmentRow.project_id == project_id,
            FunderReportRow.last_day >= first_day,
            *_stands(),
        )
    )
    return sorted({*issued, *(sent.commitment for sent in sent_reports(session, period.id))})


def sent_by_issuing(
    session: Session, kinds: Collection[str] = TELLING
) -> list[tuple[int, date, date]]:
    """List the statements that stand: of which commitment, issued when, and until which day.

    Shape:  other kinds, such as a list of hours, are no progress reports.
    """
    report, row = FunderReportRow, IssuedReportRow
    rows = session.execute(
        select(report.commitment_id, row.issued_at, report.last_day)
        .join(report, report.id == row.report_id)
        .where(*_stands(), report.kind.in_(kinds))
        .order_by(row.id)
    )
    return [(key, issued_at.date(), last_day) for key, issued_at, last_day in rows]


def _newest_before(session: Session, commitment_id: int, first_day: date) -> Any:
    report, row = FunderReportRow, IssuedReportRow
    return session.execute(
        select(
            row.id,
            row.number,
            row.issued_at,
            row.facts_id,
            report.kind,
            report.first_day,
            report.last_day,
        )
        .join(report, report.id == row.report_id)
        .where(
            report.commitment_id == commitment_id,
            report.last_day < first_day,
            *_stands(),
            report.kind.in_(TELLING),
        )
        .order_by(report.last_day.desc(), row.id.desc())
        .limit(1)
    ).first()


def _stands() -> tuple[Any, ...]:
    """The condition that an issued version was neither withdrawn nor returned."""
    returned = ReportAnswerRow.answer == Standing.RETURNED.value
    return (
        IssuedReportRow.id.not_in(select(ReportWithdrawalRow.issued_id)),
        IssuedReportRow.id.not_in(select(ReportAnswerRow.issued_id).where(returned)),
    )
