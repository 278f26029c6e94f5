"""Verification: which issued version a file is of, and whether what is kept is what was kept."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from tracker.domain.periods import Period
from tracker.domain.verification import HASH, Verdict
from tracker.store.audit import AuditRow
from tracker.store.consortium import GIVEN, files_given, given_with
from tracker.store.documents import DocumentRow
from tracker.store.funder_reports import FunderReportRow, of_report, reports_of
from tracker.store.issued_reports import IssuedFileRow, IssuedReportRow, ReportWithdrawalRow
from tracker.store.scope import over_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

ISSUED: Final = "issue report"
OUT: Final = (ISSUED, GIVEN)
"""What the audit trail says of what goes out."""
FACTS: Final = "facts"
CONSORTIUM: Final = "consortium"
OFFICE: Final = ZoneInfo("Europe/Amsterdam")


def issued_with(session: Session, sha256: str) -> Verdict | None:
    """Tell which issued version has a file of this hash, in whichever project.

    Shape:  an overview that partners were given is told of as at its day.
    """
    report, issued = FunderReportRow, IssuedReportRow
    with over_all(session):
        found = session.execute(
            select(
                *(report.id, report.kind, report.first_day, report.last_day),
                *(IssuedFileRow.face, issued.number, issued.issued_at),
                ReportWithdrawalRow.withdrawn_at,
            )
            .select_from(IssuedFileRow)
            .join(DocumentRow, DocumentRow.id == IssuedFileRow.document_id)
            .join(issued, issued.id == IssuedFileRow.issued_id)
            .join(report, report.id == issued.report_id)
            .outerjoin(ReportWithdrawalRow, ReportWithdrawalRow.issued_id == issued.id)
            .where(DocumentRow.sha256 == sha256)
            .order_by(issued.id)
            .limit(1)
        ).first()
        return _verdict(session, found) if found else _of_overview(session, sha256)


def _verdict(session: Session, found: Any) -> Verdict:
    row = IssuedReportRow
    newest = session.scalar(select(func.max(row.number)).where(row.report_id == found.id))
    return Verdict(
        kind=found.kind,
        face=found.face,
        period=Period(found.first_day, found.last_day),
        number=found.number,
        newest=newest or found.number,
        issued_on=_day_of(found.issued_at),
        withdrawn_on=_day_of(found.withdrawn_at) if found.withdrawn_at else None,
    )


def _of_overview(session: Session, sha256: str) -> Verdict | None:
    given = given_with(session, sha256)
    for one in given:
        for file in one.files:
            if file.sha256 == sha256:
                return Verdict(
                    kind=CONSORTIUM,
                    face=file.face,
                    period=Period(one.as_of, one.as_of),
                    number=one.number,
                    newest=given[0].number,
                    issued_on=_day_of(one.at),
                    withdrawn_on=_day_of(one.withdrawn_at) if one.withdrawn_at else None,
                )
    return None


def _day_of(moment: datetime) -> date:
    """Tell which day it was at the office."""
    return moment.astimezone(OFFICE).date()


def hashes_of(session: Session, keys: Iterable[int] | None = None) -> dict[int, str]:
    """Work out the hash of documents from their bytes, one by one, by their keys.

    Shape:  of all of them, unless told which.
    """
    content = DocumentRow.content
    if keys is None:
        keys = session.scalars(select(DocumentRow.id).order_by(DocumentRow.id)).all()
    return {
        key: hashlib.sha256(
            session.execute(select(content).where(DocumentRow.id == key)).scalar_one()
        ).hexdigest()
        for key in keys
    }


def issued_documents(session: Session) -> tuple[int, list[int]]:
    """Count the versions that were issued, and list the documents of their files and facts."""
    facts = session.scalars(select(IssuedReportRow.facts_id)).all()
    files = session.scalars(select(IssuedFileRow.document_id)).all()
    given = files_given(session)
    of_overviews = (file.document_id for one in given.values() for file in one)
    return len(facts) + len(given), sorted({*facts, *files, *of_overviews})


def changed_documents(session: Session, hashes: Mapping[int, str]) -> list[str]:
    """Name the documents whose bytes are no longer those that were handed in, by their keys."""
    row = DocumentRow
    kept = session.execute(select(row.id, row.name, row.sha256).order_by(row.id))
    return [f"{key} {name}" for key, name, sha256 in kept if hashes.get(key) != sha256]


def changed_issues(session: Session, hashes: Mapping[int, str]) -> list[str]:
    """Name the issued versions that are not what the audit trail saw go out."""
    with over_all(session):
        kept = _kept(session, hashes)
    told = _told(session)
    return sorted(name for name in {*kept, *told} if kept.get(name) != told.get(name))


def _kept(session: Session, hashes: Mapping[int, str]) -> dict[str, dict[str, str]]:
    """The hashes of the files of every issued version, by its name, as their bytes are now."""
    row = IssuedReportRow
    facts = {key: hashes.get(of, "") for key, of in session.execute(select(row.id, row.facts_id))}
    return {
        f"{of_report(report)} {issued.number}": {
            FACTS: facts[issued.id],
            **{file.face: hashes.get(file.document_id, "") for file in issued.files},
        }
        for report in reports_of(session)
        for issued in report.issues
    } | {
        subject: {file.face: hashes.get(file.document_id, "") for file in files}
        for subject, files in files_given(session).items()
    }


def _told(session: Session) -> dict[str, dict[str, str]]:
    """The hashes of the files of every issued version, by its name, as the trail says them."""
    found = {}
    row = AuditRow
    for subject, did, detail in session.execute(
        select(row.subject, row.did, row.detail).where(row.did.in_(OUT)).order_by(row.seq)
    ):
        said = json.loads(detail)
        hashes = {face: told for face, told in said.items() if HASH.fullmatch(str(told))}
        found[f"{subject} {said['number']}" if did == ISSUED else subject] = hashes
    return found
