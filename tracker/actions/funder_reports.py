"""Making a funder report: begin it, write in it, let others look, and correct what was issued."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from reports import catalogue
from tracker.domain.errors import RuleViolation
from tracker.domain.funder_reports import (
    ReportState,
    check_approver,
    check_begin,
    check_editable,
    check_reason,
    check_step,
)
from tracker.domain.report_checks import check_nothing_blocks
from tracker.domain.report_texts import Place, check_text
from tracker.store import audit, commitments, documents
from tracker.store.audit import stale_edit
from tracker.store.funder_reports import (
    WRITES,
    FunderReportRow,
    ReportCommentRow,
    ReportExplanationRow,
    ReportPaperRow,
    ReportTextRow,
    held,
    hold,
    of_report,
    report_numbered,
    writers_of,
)
from tracker.store.report_checks import blocking_of
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.periods import Period
    from tracker.store.documents import Upload


def begin(session: Session, code: str, kind: str, period: Period, *, by: Actor) -> int:
    """Begin a report to a funder over a period, and give its key.

    Errors: ``NotFoundError``; ``RuleViolation`` where there is one already, where nothing is
            committed, or where the period lies outside.
    """
    catalogue.check_of_commitment(kind)
    with transaction(session):
        commitment = commitments.commitment_row(session, code)
        check_begin(commitments.commitment_named(session, code), period)
        found = session.scalar(
            select(FunderReportRow.id).where(
                FunderReportRow.commitment_id == commitment.id,
                FunderReportRow.kind == kind,
                FunderReportRow.first_day == period.first_day,
                FunderReportRow.last_day == period.last_day,
                FunderReportRow.state != ReportState.DROPPED.value,
            )
        )
        if found is not None:
            raise RuleViolation(
                "There is a report on {code} over {period} already.",
                "Go on with that one; what was issued of it can be corrected.",
                field="first_day",
                code=code,
                period=period.code,
            )
        row = FunderReportRow(
            commitment_id=commitment.id,
            kind=kind,
            first_day=period.first_day,
            last_day=period.last_day,
            prepared_by=by.name,
            prepared_at=datetime.now(UTC),
        )
        session.add(row)
        session.flush()
        report = report_numbered(session, row.id)
        audit.record(session, by=by, did="begin report", subject=of_report(report))
    return report.id


def write(
    session: Session, report_id: int, place: Place, said: str, *, version: int, by: Actor
) -> None:
    """Write a text of a report; an empty one takes it out.

    Shape:  ``version`` is of the text that was open, 0 for none.
    Errors: ``NotFoundError``; ``RuleViolation`` for a report that is no draft; ``StaleEditError``.
    """
    words = check_text(said, place.value)
    with transaction(session):
        report = _editable(session, report_id)
        row, key, now = ReportTextRow, place.value, datetime.now(UTC)
        known = session.scalar(select(row).where(row.report_id == report.id, row.place == key))
        fresh = row(report_id=report.id, place=key, said=words, written_by=by.name, written_at=now)
        _put(session, f"{of_report(report)}/{key}", known, fresh, version, by)


def explain(
    session: Session, report_id: int, about: str, said: str, *, version: int, by: Actor
) -> None:
    """Say why something differs.

    Errors: ``NotFoundError``; ``RuleViolation`` for a report that is no draft; ``StaleEditError``.
    """
    words = check_text(said, about)
    with transaction(session):
        report = _editable(session, report_id)
        row, now = ReportExplanationRow, datetime.now(UTC)
        known = session.scalar(select(row).where(row.report_id == report.id, row.about == about))
        fresh = row(
            report_id=report.id, about=about, said=words, written_by=by.name, written_at=now
        )
        _put(session, f"{of_report(report)}/{about}", known, fresh, version, by)


def attach(session: Session, report_id: int, title: str, upload: Upload, *, by: Actor) -> None:
    """Put a document with a report; one of the same title takes the place of the older.

    Errors: ``NotFoundError``; ``RuleViolation`` for a report that is no draft, or no title.
    """
    if not title.strip():
        raise RuleViolation("The document has no title.", "Say what it is.", field="title")
    with transaction(session):
        report = _editable(session, report_id)
        now, subject = datetime.now(UTC), of_report(report)
        key = documents.add_document(session, subject, upload, by=by.name, at=now)
        row = session.scalar(
            select(ReportPaperRow).where(
                ReportPaperRow.report_id == report.id, ReportPaperRow.title == title.strip()
            )
        )
        if row is None:
            session.add(ReportPaperRow(report_id=report.id, title=title.strip(), document_id=key))
        else:
            row.document_id = key
        session.flush()
        detail = {"description": title.strip(), "file": upload[0]}
        audit.record(session, by=by, did="add report paper", subject=subject, detail=detail)


def comment(session: Session, report_id: int, place: str, said: str, *, by: Actor) -> None:
    """Say something of a report, or of one of its parts, to who works on it.

    Errors: ``NotFoundError``; ``RuleViolation`` where nothing is said.
    """
    words = check_text(said, "said")
    if not words:
        raise RuleViolation("The comment is empty.", "Say what you mean.", field="said")
    with transaction(session):
        report = report_numbered(session, report_id)
        session.add(
            ReportCommentRow(
                report_id=report.id,
                place=place,
                said=words,
                written_by=by.name,
                written_at=datetime.now(UTC),
            )
        )
        session.flush()
        subject, detail = of_report(report), {"said": words}
        audit.record(session, by=by, did="comment on report", subject=subject, detail=detail)


def ask_review(session: Session, report_id: int, *, version: int, today: date, by: Actor) -> None:
    """Give a draft to somebody else to look at, once nothing blocks it.

    Errors: ``NotFoundError``; ``RuleViolation`` for what blocks; ``StaleEditError``.
    """
    with transaction(session):
        row, report = held(session, report_id, version)
        check_step(report, ReportState.IN_REVIEW)
        facts = catalogue.facts_to_issue(session, report, made_on=today)
        check_nothing_blocks(blocking_of(session, report, facts))
        step(session, row, report, ReportState.IN_REVIEW, by=by, asked_by=by.name)


def approve(session: Session, report_id: int, *, version: int, by: Actor) -> None:
    """Approve a report that others prepared: it may be issued as it stands.

    Errors: ``NotFoundError``; ``NotAllowedError`` for who prepared it or wrote in it;
            ``RuleViolation``; ``StaleEditError``.
    Source: separation of duties, domain rule 31.
    """
    with transaction(session):
        row, report = held(session, report_id, version)
        check_approver(report, writers_of(session, report), by.name)
        step(session, row, report, ReportState.APPROVED, by=by, approved_by=by.name)


def send_back(session: Session, report_id: int, reason: str, *, version: int, by: Actor) -> None:
    """Give a report back to who prepares it, with the reason; an approval is over.

    Errors: ``NotFoundError``; ``RuleViolation``; ``StaleEditError``.
    """
    why = check_reason(reason, "reason")
    with transaction(session):
        row, report = held(session, report_id, version)
        values = {"approved_by": "", "asked_by": ""}
        step(session, row, report, ReportState.DRAFT, by=by, detail={"reason": why}, **values)


def correct(session: Session, report_id: int, reason: str, *, version: int, by: Actor) -> None:
    """Begin the next version of a report that was returned or withdrawn.

    Errors: ``NotFoundError``; ``RuleViolation``; ``StaleEditError``.
    """
    why = check_reason(reason, "reason")
    with transaction(session):
        row, report = held(session, report_id, version)
        values = {"prepared_by": by.name, "prepared_at": datetime.now(UTC), "approved_by": ""}
        step(session, row, report, ReportState.DRAFT, by=by, detail={"reason": why}, **values)


def drop(session: Session, report_id: int, *, version: int, by: Actor) -> None:
    """Drop a draft of which nothing was issued; another can be begun over its period.

    Errors: ``NotFoundError``; ``RuleViolation``; ``StaleEditError``.
    """
    with transaction(session):
        row, report = held(session, report_id, version)
        if report.issues:
            raise RuleViolation(
                "Version {number} of this report was issued, so it is not dropped.",
                "Correct it and issue the next version, or leave it as it is.",
                number=report.issues[-1].number,
            )
        step(session, row, report, ReportState.DROPPED, by=by)


def step(
    session: Session,
    row: FunderReportRow,
    report: FunderReport,
    to: ReportState,
    *,
    by: Actor,
    detail: dict[str, object] | None = None,
    **values: object,
) -> None:
    """Take a step on the ladder, with other values of its row, and write it down.

    Errors: ``RuleViolation`` where there is no such step.
    """
    did = check_step(report, to)
    row.state, row.version = to.value, row.version + 1
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    told = {"status": [report.state.value, to.value], **(detail or {})}
    audit.record(session, by=by, did=did, subject=of_report(report), detail=told)


def _editable(session: Session, report_id: int) -> FunderReport:
    _row, report = hold(session, report_id)
    check_editable(report)
    return report


def _put(
    session: Session,
    subject: str,
    known: ReportTextRow | ReportExplanationRow | None,
    fresh: ReportTextRow | ReportExplanationRow,
    version: int,
    by: Actor,
) -> None:
    """Write words where they belong, if nobody else wrote there meanwhile."""
    if (known.version if known else 0) != version:
        raise stale_edit(session, subject, known.version if known else 0)
    before, words = known.said if known else "", fresh.said
    if known is None:
        session.add(fresh)
    elif before != words:
        known.said, known.written_by, known.written_at = words, by.name, fresh.written_at
        known.version += 1
    else:
        return
    session.flush()
    audit.record(session, by=by, did=WRITES, subject=subject, detail={"said": [before, words]})
