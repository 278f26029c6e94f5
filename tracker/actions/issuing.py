"""Issuing a report: its facts, its files and their hashes are kept, and never change again.

The files are made before anything is written, because that takes long. Then the books are read
once more: a report is issued only if they still say what its files say.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from reports import catalogue
from reports.issued_files import files_of
from tracker.actions.funder_reports import step
from tracker.actions.instalments import release_by_report
from tracker.actions.report_mails import Round
from tracker.domain.errors import NotFoundError, RuleViolation, TrackerError
from tracker.domain.funder_reports import TELLING, ReportState, check_reason, check_step
from tracker.domain.report_checks import check_nothing_blocks
from tracker.domain.statements import file_stem
from tracker.store import audit, documents
from tracker.store.funder_reports import (
    answers_to,
    held,
    issue_numbered,
    of_report,
    report_numbered,
)
from tracker.store.issued_reports import (
    IssuedFigureRow,
    IssuedFileRow,
    IssuedReportRow,
    ReportAnswerRow,
    ReportWithdrawalRow,
    bytes_of,
)
from tracker.store.kept_facts import MEDIA_TYPE, kept
from tracker.store.projects import categories_of
from tracker.store.report_checks import blocking_of
from tracker.store.report_downloads import note_download
from tracker.store.session import at_one_moment, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.funder_reports import FunderReport, IssuedFile, IssuedReport
    from tracker.domain.statements import StatementFacts
    from tracker.store.documents import Upload

ATTEMPTS: Final = 3
FACTS: Final = "facts"
"""What stands for the facts among the files of a report."""


def issue(
    session: Session,
    report_id: int,
    *,
    version: int,
    today: date,
    by: Actor,
    tell: Callable[[int, int], None] = lambda _done, _whole: None,
    settle: Callable[[], None] = lambda: None,
) -> int:
    """Issue an approved report under its next number, and give the key of what was issued.

    Shape:  ``tell(done, whole)`` is told how far it is, and ``settle()`` is done together with
            the issuing, or neither; what they raise ends it.
    Errors: ``NotFoundError``; ``RuleViolation`` for a report that is not approved, or where a
            check blocks; ``StaleEditError`` where somebody was faster; ``TrackerError`` where a
            file cannot be made, or the books keep moving.
    """
    for _ in range(ATTEMPTS):
        report, facts = _gathered(session, report_id, version, today)
        files = {FACTS: _facts(facts), **files_of(session, report.kind, facts, tell)}
        with transaction(session):
            if not _says_the_same(facts, catalogue.facts_to_issue(session, report, made_on=today)):
                continue
            settle()
            key = _keep(session, report_id, version, facts, files, by)
        Round(session).begin()
        return key
    raise TrackerError(
        "The books changed while the report was made, {count} times in a row.",
        "Issue it again when nobody brings in or charges costs.",
        count=ATTEMPTS,
    )


def answer(
    session: Session,
    issued_id: int,
    said: str,
    *,
    is_accepted: bool,
    version: int,
    by: Actor,
    on: date | None = None,
    letter: Upload | None = None,
) -> None:
    """Note what a funder answers to an issued report: accepted, or returned with a reason.

    Shape:  ``on`` is the day of the answer, today unless told; the ``letter`` is kept with the
            report. What waits for an accepted statement is released.
    Errors: ``NotFoundError``; ``RuleViolation`` for an older version, or without a reason;
            ``StaleEditError``.
    """
    to = ReportState.ACCEPTED if is_accepted else ReportState.RETURNED
    words = said.strip() if is_accepted else check_reason(said, "said")
    now = datetime.now(UTC)
    with transaction(session):
        report, issued = issue_numbered(session, issued_id)
        row, report = held(session, report.id, version)
        _check_newest(report, issued)
        answered = {"answer": to.value, "said": words, "answered_by": by.name}
        session.add(ReportAnswerRow(issued_id=issued.id, answered_at=now, **answered))
        detail: dict[str, object] = {"reason": words} if words else {}
        detail["day"] = str(on or now.date())
        if letter is not None:
            documents.add_document(session, answers_to(report), letter, by=by.name, at=now)
            detail["file"] = letter[0]
        step(session, row, report, to, by=by, detail=detail)
        if is_accepted and report.kind in TELLING:
            day = on or now.date()
            release_by_report(session, report.commitment, report.period, day, by=by)


def withdraw(session: Session, issued_id: int, reason: str, *, version: int, by: Actor) -> None:
    """Withdraw what was issued in error: it stays where it is, and says so.

    Errors: ``NotFoundError``; ``RuleViolation`` for an older version, or without a reason;
            ``StaleEditError``.
    """
    why = check_reason(reason, "reason")
    with transaction(session):
        report, issued = issue_numbered(session, issued_id)
        row, report = held(session, report.id, version)
        _check_newest(report, issued)
        session.add(
            ReportWithdrawalRow(
                issued_id=issued.id,
                reason=why,
                withdrawn_by=by.name,
                withdrawn_at=datetime.now(UTC),
            )
        )
        step(session, row, report, ReportState.WITHDRAWN, by=by, detail={"reason": why})
    Round(session).begin()


def take(session: Session, issued_id: int, face: str, *, by: Actor) -> tuple[IssuedFile, bytes]:
    """Hand a file of an issued report out as it was kept, and note who took it.

    Errors: ``NotFoundError``; ``TrackerError`` where the bytes are not those that were kept.
    """
    with transaction(session):
        _report, issued = issue_numbered(session, issued_id)
        file = issued.file(face)
        if file is None:
            raise NotFoundError("This report has no file of that format.")
        content = bytes_of(session, file)
        note_download(session, [issued.id], face, by)
    return file, content


def _check_newest(report: FunderReport, issued: IssuedReport) -> None:
    if report.newest != issued:
        raise RuleViolation(
            "Version {number} was followed by version {newest}.",
            "Look at the newest version.",
            number=issued.number,
            newest=len(report.issues),
        )


def _gathered(
    session: Session, report_id: int, version: int, today: date
) -> tuple[FunderReport, StatementFacts]:
    """Gather what a report says, all of one moment, and hold its lines; judge whether it may go."""
    at_one_moment(session)
    report = report_numbered(session, report_id)
    if report.version != version:
        raise audit.stale_edit(session, of_report(report), report.version)
    check_step(report, ReportState.ISSUED)
    facts = catalogue.facts_to_issue(session, report, made_on=today)
    check_nothing_blocks(blocking_of(session, report, facts))
    catalogue.check_own_workbook(session, facts)
    lines = tuple(facts.lines())
    return report, replace(facts, lines=lambda: iter(lines))


def _facts(facts: StatementFacts) -> Upload:
    about = (facts.project_code, facts.commitment.code, facts.period, facts.number)
    return f"{file_stem(*about)}.facts.json.gz", MEDIA_TYPE, kept(facts)


def _says_the_same(facts: StatementFacts, now: StatementFacts) -> bool:
    """Tell whether the books still say what was laid out; deeds that change no figure do not."""
    same = replace(now, lines=facts.lines, ledger_state=facts.ledger_state)
    return same == facts and Counter(facts.lines()) == Counter(now.lines())


def _keep(
    session: Session,
    report_id: int,
    version: int,
    facts: StatementFacts,
    files: dict[str, Upload],
    by: Actor,
) -> int:
    """Keep a report with its files, and take the step on the ladder."""
    row, report = held(session, report_id, version)
    now, subject = datetime.now(UTC), of_report(report)
    keys = {
        face: documents.add_document(session, subject, upload, by=by.name, at=now)
        for face, upload in files.items()
    }
    issued = IssuedReportRow(
        report_id=report.id,
        number=report.next_number,
        ledger_state=facts.ledger_state,
        prepared_by=report.prepared_by,
        approved_by=report.approved_by,
        issued_by=by.name,
        issued_at=now,
        facts_id=keys.pop(FACTS),
    )
    session.add(issued)
    session.flush()
    session.add_all(
        IssuedFileRow(issued_id=issued.id, face=face, document_id=key) for face, key in keys.items()
    )
    _keep_figures(session, report, issued.id, facts)
    hashes = {face: documents.hash_of(upload) for face, upload in files.items()}
    detail = {"number": issued.number, **hashes}
    step(session, row, report, ReportState.ISSUED, by=by, detail=detail)
    return issued.id


def _keep_figures(
    session: Session, report: FunderReport, issued_id: int, facts: StatementFacts
) -> None:
    keys = categories_of(session, report.project_id)
    session.add_all(
        IssuedFigureRow(
            issued_id=issued_id,
            category_id=keys[line.category],
            previously=line.previously.cents,
            adjustments=line.adjustments.cents,
            this_period=line.this_period.cents,
            to_date=line.to_date.cents,
        )
        for line in facts.categories
    )
    session.flush()
