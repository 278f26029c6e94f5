"""How reports carry each other on: what one told to date is where the next begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tracker.domain.funder_reports import Standing
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.statements import Earlier
from tracker.store.commitments import CommitmentRow
from tracker.store.funder_reports import FunderReportRow
from tracker.store.issued_reports import (
    IssuedFigureRow,
    IssuedReportRow,
    ReportAnswerRow,
    ReportWithdrawalRow,
)
from tracker.store.projects import CategoryRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def carried_on(session: Session, commitment_id: int, first_day: date) -> Earlier | None:
    """Give the report that one from a day on carries on: the newest before it that stands."""
    report, row = FunderReportRow, IssuedReportRow
    found = session.execute(
        select(row.id, row.number, row.issued_at, report.kind, report.first_day, report.last_day)
        .join(report, report.id == row.report_id)
        .where(
            report.commitment_id == commitment_id,
            report.last_day < first_day,
            *_stands(),
            row.id.in_(select(IssuedFigureRow.issued_id)),
        )
        .order_by(report.last_day.desc(), row.id.desc())
        .limit(1)
    ).first()
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


def issued_over(session: Session, project_id: int, day: date) -> list[str]:
    """Name the commitments with a report that stands and tells of a day, as all later ones do."""
    rows = session.scalars(
        select(CommitmentRow.code)
        .join(FunderReportRow, FunderReportRow.commitment_id == CommitmentRow.id)
        .join(IssuedReportRow, IssuedReportRow.report_id == FunderReportRow.id)
        .where(CommitmentRow.project_id == project_id, FunderReportRow.last_day >= day, *_stands())
        .distinct()
        .order_by(CommitmentRow.code)
    )
    return list(rows)


def _stands() -> tuple[Any, ...]:
    """The condition that an issued version was neither withdrawn nor returned."""
    returned = ReportAnswerRow.answer == Standing.RETURNED.value
    return (
        IssuedReportRow.id.not_in(select(ReportWithdrawalRow.issued_id)),
        IssuedReportRow.id.not_in(select(ReportAnswerRow.issued_id).where(returned)),
    )
