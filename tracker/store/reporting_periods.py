"""Reporting periods, how they were closed and reopened, and the reports that were sent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.amendments import Verdict
from tracker.domain.errors import NotFoundError
from tracker.domain.periods import Period
from tracker.domain.reporting_periods import (
    PeriodState,
    Reopening,
    ReportingPeriod,
    SentReport,
)
from tracker.store.scope import named
from tracker.store.tables import Base, one_of


class ReportingPeriodRow(Base):
    """A period of the books. While it is closed, the database refuses what counts in it.

    ``version`` counts its changes of state.
    """

    __tablename__ = "reporting_period"
    __table_args__ = (
        UniqueConstraint("project_id", "first_day"),
        CheckConstraint("first_day <= last_day", name="in_order"),
        one_of("state", PeriodState),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(default=PeriodState.OPEN)
    version: Mapped[int] = mapped_column(default=1)


class ReopeningRow(Base):
    """A request to open a closed period again; a second person decides."""

    __tablename__ = "reopening"
    __table_args__ = (
        Index(
            "ix_reopening_one_request",
            "period_id",
            unique=True,
            sqlite_where=text("verdict = 'draft'"),
            postgresql_where=text("verdict = 'draft'"),
        ),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("decided_by <> asked_by OR verdict = 'dropped'", name="decided_by_another"),
        CheckConstraint("(verdict = 'draft') = (decided_by IS NULL)", name="decided_by_somebody"),
        one_of("verdict", Verdict),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("reporting_period.id"))
    period_version: Mapped[int]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(default=Verdict.DRAFT)
    decided_by: Mapped[str | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class SentReportRow(Base):
    """A report over a period that a funder has been sent: the period cannot be reopened."""

    __tablename__ = "sent_report"
    __table_args__ = (UniqueConstraint("period_id", "commitment_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("reporting_period.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    sent_on: Mapped[date]
    note: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)


def of_period(session: Session, code: str) -> str:
    """Name a period as the audit trail and its documents do."""
    return f"period/{named(session, code)}"


def periods_of(session: Session, project_id: int) -> list[ReportingPeriod]:
    """List the reporting periods of a project, the first to the last."""
    rows = session.scalars(
        select(ReportingPeriodRow)
        .where(ReportingPeriodRow.project_id == project_id)
        .order_by(ReportingPeriodRow.first_day)
    )
    return [_period(row) for row in rows]


def period_coded(session: Session, project_id: int, code: str) -> ReportingPeriod:
    """Give the reporting period of a short name, such as ``2024-Q1``.

    Errors: ``NotFoundError``.
    """
    for period in periods_of(session, project_id):
        if period.code == code:
            return period
    raise NotFoundError("There is no reporting period “{code}”.", code=code)


def hold(session: Session, period_id: int) -> tuple[ReportingPeriodRow, ReportingPeriod]:
    """Give a period to be changed; whatever would count in it waits until the deed is done."""
    row = session.get_one(ReportingPeriodRow, period_id, with_for_update=True)
    return row, _period(row)


def hold_series(session: Session, project_id: int) -> list[ReportingPeriod]:
    """Give the whole series to be set up or extended: of two who do so, the second sees it."""
    from tracker.store.projects import ProjectRow  # the project's file lists its periods' codes

    session.execute(
        select(ProjectRow.id).where(ProjectRow.id == project_id).with_for_update(key_share=True)
    )
    return periods_of(session, project_id)


def add_period(session: Session, project_id: int, period: Period) -> None:
    """Put a period at the end of the series; it begins open."""
    session.add(
        ReportingPeriodRow(
            project_id=project_id, first_day=period.first_day, last_day=period.last_day
        )
    )
    session.flush()


def closed_periods(session: Session, project_id: int) -> list[Period]:
    """List the periods in which nothing may count any more; and keep them from opening.

    The rows are held until the transaction ends, so that what is judged by them stays true.
    """
    row = ReportingPeriodRow
    query = select(row.first_day, row.last_day).where(
        row.project_id == project_id, row.state == PeriodState.CLOSED
    )
    found = session.execute(query.order_by(row.first_day).with_for_update(read=True))
    return [Period(first_day, last_day) for first_day, last_day in found]


def reopenings_asked(session: Session) -> list[Reopening]:
    """List the requests to reopen a period that wait for a second person."""
    rows = session.execute(
        select(ReopeningRow, ReportingPeriodRow)
        .join(ReportingPeriodRow, ReportingPeriodRow.id == ReopeningRow.period_id)
        .where(ReopeningRow.verdict == Verdict.DRAFT)
        .order_by(ReopeningRow.id)
    )
    return [_reopening(row, period) for row, period in rows]


def reopening_numbered(session: Session, key: int) -> tuple[ReopeningRow, Reopening]:
    """Give a request to reopen a period, held still.

    Errors: ``NotFoundError``.
    """
    row = session.get(ReopeningRow, key, with_for_update=True)
    if row is None:
        raise NotFoundError("There is no such request.")
    return row, _reopening(row, session.get_one(ReportingPeriodRow, row.period_id))


def sent_reports(session: Session, period_id: int) -> list[SentReport]:
    """List the reports over a period that were sent, in the order of the commitments."""
    from tracker.store.commitments import CommitmentRow  # commitments come with everything else

    rows = session.execute(
        select(SentReportRow, CommitmentRow.code)
        .join(CommitmentRow, CommitmentRow.id == SentReportRow.commitment_id)
        .where(SentReportRow.period_id == period_id)
        .order_by(CommitmentRow.position)
    )
    return [
        SentReport(code, row.sent_on, row.note, row.document_id, row.entered_by)
        for row, code in rows
    ]


def _period(row: ReportingPeriodRow) -> ReportingPeriod:
    period = Period(row.first_day, row.last_day)
    return ReportingPeriod(row.id, period, PeriodState(row.state), row.version)


def _reopening(row: ReopeningRow, period: ReportingPeriodRow) -> Reopening:
    return Reopening(row.id, _period(period), row.reason, row.asked_by)
