"""What was issued: numbered versions of reports, their files, their figures, who took them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.funder_reports import IssuedFile, IssuedReport, Standing
from tracker.store.documents import DocumentRow, intact
from tracker.store.tables import Base, Cents, whole_cents

if TYPE_CHECKING:
    from collections.abc import Collection

_ANSWERS = "answer IN ('report_accepted', 'report_returned')"
_AMOUNTS = ("previously", "adjustments", "this_period", "to_date")


class IssuedReportRow(Base):
    """A version of a report that went out. Never changed, never deleted."""

    __tablename__ = "issued_report"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(
            "approved_by <> '' AND approved_by <> prepared_by", name="approved_by_another"
        ),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("funder_report.id"))
    number: Mapped[int]
    ledger_state: Mapped[str]
    prepared_by: Mapped[str]
    approved_by: Mapped[str]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    facts_id: Mapped[int] = mapped_column(ForeignKey("document.id"))


class IssuedFileRow(Base):
    """A file of an issued report; the document holds its bytes and their hash."""

    __tablename__ = "issued_file"
    __table_args__ = (UniqueConstraint("issued_id", "face"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    issued_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"))
    face: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))


class IssuedFigureRow(Base):
    """What an issued report says of a category: the next report carries ``to_date`` on."""

    __tablename__ = "issued_figure"
    __table_args__ = (
        UniqueConstraint("issued_id", "category_id"),
        CheckConstraint("previously + adjustments + this_period = to_date", name="adds_up"),
        *whole_cents(*_AMOUNTS),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    issued_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))
    previously: Mapped[Cents]
    adjustments: Mapped[Cents]
    this_period: Mapped[Cents]
    to_date: Mapped[Cents]


class ReportAnswerRow(Base):
    """What a funder answered: the report is accepted, or returned with a reason."""

    __tablename__ = "report_answer"
    __table_args__ = (
        UniqueConstraint("issued_id"),
        CheckConstraint(_ANSWERS, name="answer_known"),
        CheckConstraint("answer <> 'report_returned' OR said <> ''", name="returned_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    issued_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"))
    answer: Mapped[str]
    said: Mapped[str]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime]


class ReportWithdrawalRow(Base):
    """That a version was issued in error, and why. It stays where it was, and says so."""

    __tablename__ = "report_withdrawal"
    __table_args__ = (
        UniqueConstraint("issued_id"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    issued_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"))
    reason: Mapped[str]
    withdrawn_by: Mapped[str]
    withdrawn_at: Mapped[datetime]


class ReportDownloadRow(Base):
    """That somebody took a file of an issued report."""

    __tablename__ = "report_download"
    __table_args__ = (Index("ix_report_download_issued_id", "issued_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    issued_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"))
    face: Mapped[str]
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]


def bytes_of(session: Session, file: IssuedFile) -> bytes:
    """Give the bytes of an issued file.

    Errors: ``TrackerError`` where they are not those that were kept.
    """
    return intact(session, file.document_id, file.sha256)


def is_issued(session: Session, document_id: int) -> bool:
    """Tell whether a document is a file of an issued report, or its facts."""
    files = select(IssuedFileRow.id).where(IssuedFileRow.document_id == document_id)
    facts = select(IssuedReportRow.id).where(IssuedReportRow.facts_id == document_id)
    return session.scalar(files.limit(1)) is not None or session.scalar(facts.limit(1)) is not None


def issues_of(session: Session, report_ids: Collection[int]) -> dict[int, list[IssuedReport]]:
    """List what was issued of reports, by their keys, the first number first."""
    row, found = IssuedReportRow, defaultdict[int, list[IssuedReport]](list)
    rows = session.scalars(
        select(row).where(row.report_id.in_(report_ids)).order_by(row.report_id, row.number)
    ).all()
    keys = [each.id for each in rows]
    files, answers = _files(session, keys), _by_issue(session, ReportAnswerRow, keys)
    withdrawals = _by_issue(session, ReportWithdrawalRow, keys)
    for each in rows:
        found[each.report_id].append(
            _issued(each, files[each.id], answers.get(each.id), withdrawals.get(each.id))
        )
    return found


def _by_issue(session: Session, row: Any, keys: Collection[int]) -> dict[int, Any]:
    return {
        one.issued_id: one for one in session.scalars(select(row).where(row.issued_id.in_(keys)))
    }


def _files(session: Session, keys: Collection[int]) -> dict[int, list[IssuedFile]]:
    row, found = IssuedFileRow, defaultdict[int, list[IssuedFile]](list)
    rows = session.execute(
        select(row.issued_id, row.face, *_DOCUMENT)
        .join(DocumentRow, DocumentRow.id == row.document_id)
        .where(row.issued_id.in_(keys))
        .order_by(row.id)
    )
    for issued_id, face, name, size, sha256, key in rows:
        found[issued_id].append(IssuedFile(face, name, size, sha256, key))
    return found


_DOCUMENT = (DocumentRow.name, DocumentRow.size, DocumentRow.sha256, DocumentRow.id)


def _issued(
    row: IssuedReportRow,
    files: list[IssuedFile],
    answer: ReportAnswerRow | None,
    withdrawal: ReportWithdrawalRow | None,
) -> IssuedReport:
    standing = Standing(answer.answer) if answer else Standing.ISSUED
    return IssuedReport(
        id=row.id,
        number=row.number,
        standing=Standing.WITHDRAWN if withdrawal else standing,
        ledger_state=row.ledger_state,
        issued_by=row.issued_by,
        approved_by=row.approved_by,
        issued_at=row.issued_at,
        files=tuple(files),
        answered_by=answer.answered_by if answer else "",
        answered_at=answer.answered_at if answer else None,
        said=answer.said if answer else "",
        withdrawn_by=withdrawal.withdrawn_by if withdrawal else "",
        withdrawn_at=withdrawal.withdrawn_at if withdrawal else None,
        reason=withdrawal.reason if withdrawal else "",
    )
