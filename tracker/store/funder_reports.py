"""Funder reports that are being made: where each stands, its texts, papers and comments."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.funder_reports import FunderReport, IssuedReport, ReportState
from tracker.domain.periods import Period
from tracker.domain.report_texts import Comment, Paper, Picture, Wording, Written
from tracker.store.audit import history_of, stale_edit
from tracker.store.commitments import CommitmentRow
from tracker.store.documents import document_numbered
from tracker.store.issued_reports import IssuedReportRow, issues_of
from tracker.store.tables import Base, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WRITES = "write report"
"""The deed of writing a text, or an explanation, of a report."""
PICTURES = frozenset({"image/png", "image/jpeg"})
_NOT_DROPPED = text("state <> 'report_dropped'")


class FunderReportRow(Base):
    """A report to a funder; ``version`` counts its changes of state."""

    __tablename__ = "funder_report"
    __table_args__ = (
        Index(
            "ix_funder_report_one_of_a_period",
            *("commitment_id", "kind", "first_day", "last_day"),
            unique=True,
            sqlite_where=_NOT_DROPPED,
            postgresql_where=_NOT_DROPPED,
        ),
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint(
            "approved_by = '' OR (approved_by <> prepared_by AND approved_by <> asked_by)",
            name="approved_by_another",
        ),
        one_of("state", ReportState),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=ReportState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    asked_by: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")


class ReportTextRow(Base):
    """What a preparer wrote for a place of the report, in Markdown."""

    __tablename__ = "report_text"
    __table_args__ = (UniqueConstraint("report_id", "place"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("funder_report.id"))
    place: Mapped[str]
    said: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ReportExplanationRow(Base):
    """Why something differs; ``about`` is the key of the variance."""

    __tablename__ = "report_explanation"
    __table_args__ = (UniqueConstraint("report_id", "about"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("funder_report.id"))
    about: Mapped[str]
    said: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ReportPaperRow(Base):
    """A document that goes with a report: one that is required, or a picture of its texts."""

    __tablename__ = "report_paper"
    __table_args__ = (UniqueConstraint("report_id", "title"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("funder_report.id"))
    title: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))


class ReportCommentRow(Base):
    """What somebody said of a report while it was made. Never changed, never deleted."""

    __tablename__ = "report_comment"
    __table_args__ = (
        Index("ix_report_comment_report_id", "report_id"),
        CheckConstraint("said <> ''", name="said_something"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("funder_report.id"))
    place: Mapped[str]
    said: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]


def of_report(report: FunderReport) -> str:
    """Name a report as the audit trail and its documents do."""
    return f"commitment/{report.commitment}/report/{report.kind}-{report.period.code}"


def answers_to(report: FunderReport) -> str:
    """Name what the letters belong to by which a funder answered to a report."""
    return f"{of_report(report)}/answers"


def reports_of(session: Session, commitment_id: int | None = None) -> list[FunderReport]:
    """List the reports of a commitment, or of all, by their periods; dropped ones are left out."""
    query = (
        _query()
        .where(FunderReportRow.state != ReportState.DROPPED.value)
        .order_by(FunderReportRow.last_day, FunderReportRow.id)
    )
    if commitment_id is not None:
        query = query.where(FunderReportRow.commitment_id == commitment_id)
    return _reports(session, session.execute(query))


def report_numbered(session: Session, report_id: int) -> FunderReport:
    """Give a report.

    Errors: ``NotFoundError``.
    """
    return _one(session, _query().where(FunderReportRow.id == report_id))


def issue_numbered(session: Session, issued_id: int) -> tuple[FunderReport, IssuedReport]:
    """Give an issued version with the report that it is of.

    Errors: ``NotFoundError``.
    """
    row = session.get(IssuedReportRow, issued_id)
    if row is None:
        raise NotFoundError("There is no such report.")
    report = report_numbered(session, row.report_id)
    return report, next(one for one in report.issues if one.id == issued_id)


def hold(session: Session, report_id: int) -> tuple[FunderReportRow, FunderReport]:
    """Hold a report still: nobody else changes it before this transaction is done.

    Errors: ``NotFoundError``.
    """
    row = session.scalar(
        select(FunderReportRow).where(FunderReportRow.id == report_id).with_for_update()
    )
    if row is None:
        raise NotFoundError("There is no such report.")
    session.refresh(row)
    return row, report_numbered(session, report_id)


def held(session: Session, report_id: int, version: int) -> tuple[FunderReportRow, FunderReport]:
    """Hold a report still, as it was when its page was opened.

    Errors: ``NotFoundError``; ``StaleEditError``.
    """
    row, report = hold(session, report_id)
    if report.version != version:
        raise stale_edit(session, of_report(report), report.version)
    return row, report


def texts_of(session: Session, report_id: int) -> dict[str, Written]:
    """Give what was written for each place of a report."""
    rows = session.scalars(select(ReportTextRow).where(ReportTextRow.report_id == report_id))
    return {row.place: _written(row) for row in rows}


def explanations_of(session: Session, report_id: int) -> dict[str, Written]:
    """Give what was said of each variance of a report."""
    row = ReportExplanationRow
    rows = session.scalars(select(row).where(row.report_id == report_id))
    return {found.about: _written(found) for found in rows}


def papers_of(session: Session, report_id: int) -> list[Paper]:
    """List the documents that go with a report, in the order in which they came."""
    row = ReportPaperRow
    rows = session.scalars(select(row).where(row.report_id == report_id).order_by(row.id))
    return [Paper(found.title, found.document_id) for found in rows]


def wording_of(session: Session, report_id: int) -> Wording:
    """Give all words of a report, and the pictures that its texts may name."""
    pictures = []
    for paper in papers_of(session, report_id):
        document, content = document_numbered(session, paper.document_id)
        if document.media_type in PICTURES:
            told = b64encode(content).decode("ascii")
            pictures.append(Picture(paper.title, document.media_type, told))
    return Wording(
        _said(texts_of(session, report_id)),
        _said(explanations_of(session, report_id)),
        tuple(pictures),
    )


def _said(written: Mapping[str, Written]) -> tuple[tuple[str, str], ...]:
    return tuple((key, written[key].said) for key in sorted(written) if written[key].said)


def comments_of(session: Session, report_id: int) -> list[Comment]:
    """List what was said of a report, the oldest first."""
    row = ReportCommentRow
    rows = session.scalars(select(row).where(row.report_id == report_id).order_by(row.id))
    return [Comment(one.place, one.said, one.written_by, one.written_at) for one in rows]


def writers_of(session: Session, report: FunderReport) -> set[str]:
    """Name everybody who ever wrote in a report, also where somebody else wrote it anew."""
    deeds = history_of(session, of_report(report))
    return {deed.by for deed in deeds if deed.did == WRITES}


def _written(row: ReportTextRow | ReportExplanationRow) -> Written:
    return Written(row.said, row.written_by, row.written_at, row.version)


def _query() -> Any:
    return select(FunderReportRow, CommitmentRow.code, CommitmentRow.project_id).join(
        CommitmentRow, CommitmentRow.id == FunderReportRow.commitment_id
    )


def _one(session: Session, query: Any) -> FunderReport:
    found = _reports(session, session.execute(query))
    if not found:
        raise NotFoundError("There is no such report.")
    return found[0]


def _reports(session: Session, found: Iterable[Any]) -> list[FunderReport]:
    rows = list(found)
    issued = issues_of(session, [row.id for row, _code, _project in rows])
    return [
        FunderReport(
            id=row.id,
            project_id=project_id,
            commitment_id=row.commitment_id,
            commitment=code,
            kind=row.kind,
            period=Period(row.first_day, row.last_day),
            state=ReportState(row.state),
            version=row.version,
            prepared_by=row.prepared_by,
            prepared_at=row.prepared_at,
            asked_by=row.asked_by,
            approved_by=row.approved_by,
            issues=tuple(issued.get(row.id, ())),
        )
        for row, code, project_id in rows
    ]
