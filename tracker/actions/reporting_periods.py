"""Reporting periods: the series, closing one, reopening it by two people, noting what was sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tracker.domain.amendments import Verdict, check_separate
from tracker.domain.errors import RuleViolation, StaleEditError
from tracker.domain.reporting_periods import (
    Length,
    PeriodState,
    check_close,
    check_reopening,
    check_sent,
    check_step,
    following,
    series,
)
from tracker.store import audit, closing, commitments, documents, projects, reporting_periods
from tracker.store.report_chain import told_of
from tracker.store.reporting_periods import ReopeningRow, SentReportRow, of_period, sent_reports
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.reporting_periods import ReportingPeriod, Unfinished
    from tracker.store.documents import Upload
    from tracker.store.reporting_periods import ReportingPeriodRow


def set_up(session: Session, length: Length, *, today: date, by: Actor) -> None:
    """Begin the series: from the project's first day to the period that we are in.

    Errors: ``RuleViolation`` where there is a series already.
    """
    with transaction(session):
        project = projects.the_project(session)
        if reporting_periods.hold_series(session, project.id):
            raise RuleViolation(
                "The periods were set up already.", "Add the next one to the series instead."
            )
        first, last = project.period.first_day, project.period.last_day
        made = series(first, max(first, min(today, last)), length)
        for period in made:
            reporting_periods.add_period(session, project.id, period)
        audit.record(
            session,
            by=by,
            did="set up periods",
            subject=f"project/{project.code}/periods",
            detail={"length": length.value, "periods": len(made)},
        )


def extend(session: Session, length: Length, *, by: Actor) -> str:
    """Put the next period at the end of the series, and give its short name.

    Errors: ``RuleViolation`` where there is no series yet.
    """
    with transaction(session):
        project = projects.the_project(session)
        known = reporting_periods.hold_series(session, project.id)
        if not known:
            raise RuleViolation(
                "No periods have been set up yet.", "Choose how long they are, and set them up."
            )
        period = following(known[-1].period.last_day + timedelta(1), length)
        reporting_periods.add_period(session, project.id, period)
        audit.record(
            session,
            by=by,
            did="add period",
            subject=of_period(session, period.code),
            detail={"first_day": str(period.first_day), "last_day": str(period.last_day)},
        )
    return period.code


def begin_closing(session: Session, code: str, *, version: int, by: Actor) -> None:
    """Begin to close a period: from now on its page shows what is not finished.

    Errors: ``NotFoundError``; ``RuleViolation``; ``StaleEditError``.
    """
    with transaction(session):
        row, period = _held(session, code, version)
        _step(session, row, period, PeriodState.CLOSING, {}, by)


def break_off(session: Session, code: str, *, version: int, by: Actor) -> None:
    """Break the closing of a period off: it is open as before.

    Errors: ``NotFoundError``; ``RuleViolation``; ``StaleEditError``.
    """
    with transaction(session):
        row, period = _held(session, code, version)
        if period.state is not PeriodState.CLOSING:
            raise RuleViolation("{period} is not being closed.", period=code)
        _step(session, row, period, PeriodState.OPEN, {}, by)


def close(
    session: Session, code: str, reason: str, *, version: int, today: date, by: Actor
) -> list[Unfinished]:
    """Close a period, once its checks allow it; what warns is accepted with one reason.

    Shape:  the warnings that were accepted. Nothing new can come in while the checks run.
    Errors: ``NotFoundError``; ``RuleViolation`` for what blocks, and on ``reason`` where a reason
            is missing; ``StaleEditError`` where somebody else was faster.
    """
    with transaction(session):
        row, period = _held(session, code, version)
        check_step(period, PeriodState.CLOSED)
        found = closing.unfinished_in(session, period.period, today)
        check_close(period, found, reason)
        accepted = {one.reason or one.check.value: one.count for one in found}
        detail: dict[str, object] = {
            "reason": reason.strip() if found else "",
            "accepted": sorted(accepted),
        }
        _step(session, row, period, PeriodState.CLOSED, detail, by)
    return found


def ask_reopening(session: Session, code: str, reason: str, *, version: int, by: Actor) -> None:
    """Ask to open a closed period again; a second person decides.

    Errors: ``NotFoundError``; ``RuleViolation`` without a reason, or once a report was sent;
            ``StaleEditError``.
    """
    with transaction(session):
        row, period = _held(session, code, version)
        check_reopening(period, reason, told_of(session, row.project_id, period))
        if code in {asked.period.code for asked in reporting_periods.reopenings_asked(session)}:
            raise RuleViolation(
                "Somebody has asked already to reopen {period}.",
                "Wait for the decision on that.",
                period=code,
            )
        session.add(
            ReopeningRow(
                period_id=period.id,
                period_version=period.version,
                reason=reason.strip(),
                asked_by=by.name,
                asked_at=datetime.now(UTC),
            )
        )
        session.flush()
        detail = {"reason": reason.strip()}
        subject = of_period(session, code)
        audit.record(session, by=by, did="ask for reopening", subject=subject, detail=detail)


def confirm_reopening(session: Session, reopening_id: int, *, by: Actor) -> str:
    """Open a closed period again that somebody else asked to reopen; give its short name.

    Errors: ``NotFoundError``; ``NotAllowedError`` for who asked; ``RuleViolation`` once a report
            was sent.
    Source: separation of duties, domain rule 31.
    """
    with transaction(session):
        row, asked = reporting_periods.reopening_numbered(session, reopening_id)
        _check_waits(row)
        held, period = reporting_periods.hold(session, asked.period.id)
        check_separate(row.asked_by, by.name)
        check_reopening(period, row.reason, told_of(session, held.project_id, period))
        _decide(row, Verdict.CONFIRMED, by)
        session.flush()
        detail: dict[str, object] = {"reason": row.reason, "asked_by": row.asked_by}
        _step(session, held, period, PeriodState.OPEN, detail, by)
    return period.code


def drop_reopening(session: Session, reopening_id: int, *, by: Actor) -> str:
    """Turn a request to reopen a period down, or take one's own back; give the period's name.

    Errors: ``NotFoundError``; ``RuleViolation`` where it was decided on already.
    """
    with transaction(session):
        row, asked = reporting_periods.reopening_numbered(session, reopening_id)
        _check_waits(row)
        _decide(row, Verdict.DROPPED, by)
        session.flush()
        audit.record(
            session,
            by=by,
            did="drop reopening",
            subject=of_period(session, asked.period.code),
            detail={"reason": row.reason, "asked_by": row.asked_by},
        )
    return asked.period.code


def note_sent(
    session: Session,
    code: str,
    commitment: str,
    sent_on: date,
    note: str,
    *,
    today: date,
    by: Actor,
    document: Upload | None = None,
) -> None:
    """Note that a funder was sent a report over a period: it cannot be reopened any more.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field.
    """
    with transaction(session):
        project = projects.the_project(session)
        found = reporting_periods.period_coded(session, project.id, code)
        _row, period = reporting_periods.hold(session, found.id)
        check_sent(period, sent_on, today)
        _check_noted_once(session, period, commitment)
        now, kept, subject = datetime.now(UTC), None, of_period(session, code)
        if document is not None:
            kept = documents.add_document(session, subject, document, by=by.name, at=now)
        session.add(
            SentReportRow(
                period_id=period.id,
                commitment_id=commitments.commitment_row(session, commitment).id,
                sent_on=sent_on,
                note=note.strip(),
                entered_by=by.name,
                entered_at=now,
                document_id=kept,
            )
        )
        session.flush()
        detail = {"commitment": commitment, "day": str(sent_on), "description": note.strip()}
        audit.record(session, by=by, did="note report", subject=subject, detail=detail)


def _check_noted_once(session: Session, period: ReportingPeriod, commitment: str) -> None:
    if any(sent.commitment == commitment for sent in sent_reports(session, period.id)):
        raise RuleViolation(
            "A report over {period} was noted for {code} already.",
            "Choose another commitment.",
            field="commitment",
            period=period.code,
            code=commitment,
        )


def _held(session: Session, code: str, version: int) -> tuple[ReportingPeriodRow, ReportingPeriod]:
    """Hold a period still, as it was when the form was opened."""
    project = projects.the_project(session)
    found = reporting_periods.period_coded(session, project.id, code)
    row, period = reporting_periods.hold(session, found.id)
    if period.version != version:
        raise _told(session, period)
    return row, period


def _told(session: Session, period: ReportingPeriod) -> StaleEditError:
    last = audit.history_of(session, of_period(session, period.code))
    return StaleEditError(
        "{who} changed {period} on {day} while you had it open.",
        "Look at what is there now, and decide again.",
        who=last[0].by if last else "–",
        period=period.code,
        day=last[0].at.date() if last else date.min,
        version=period.version,
    )


def _step(
    session: Session,
    row: ReportingPeriodRow,
    period: ReportingPeriod,
    to: PeriodState,
    detail: dict[str, object],
    by: Actor,
) -> None:
    did = check_step(period, to)
    row.state, row.version = to.value, row.version + 1
    session.flush()
    subject = of_period(session, period.code)
    audit.record(session, by=by, did=did, subject=subject, detail=detail)


def _check_waits(row: ReopeningRow) -> None:
    if row.decided_by is not None:
        raise RuleViolation(
            "{who} has decided on this request already.",
            "Look at the period as it stands now.",
            who=row.decided_by,
        )


def _decide(row: ReopeningRow, verdict: Verdict, by: Actor) -> None:
    row.verdict, row.decided_by, row.decided_at = verdict.value, by.name, datetime.now(UTC)
