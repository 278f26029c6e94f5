"""Taking all that was issued over a period at once; one file is taken by ``issuing``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reports import bundle, catalogue
from tracker.store import funders
from tracker.store.commitments import commitment_named
from tracker.store.funder_reports import issue_numbered, reports_of
from tracker.store.issued_reports import bytes_of
from tracker.store.report_downloads import ALL, note_download
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.funder_reports import FunderReport, IssuedReport

OFFICE = ZoneInfo("Europe/Amsterdam")


def take_period(session: Session, issued_id: int, *, by: Actor) -> tuple[str, bytes]:
    """Hand out all that was issued on a commitment over a period, and note who took it.

    Shape:  the name and the bytes of a zip, in the language of the funder; withdrawn versions
            are in it and say so.
    Errors: ``NotFoundError``; ``TrackerError`` where bytes are not those that were kept.
    """
    with transaction(session):
        report, _issued = issue_numbered(session, issued_id)
        same = [
            one
            for one in reports_of(session, report.commitment_id)
            if one.period == report.period and one.issues
        ]
        code, period = report.commitment, report.period.code
        commitment = commitment_named(session, code)
        language = funders.report_language_of(session, commitment.funder_id)
        items = [item for one in same for item in _items(session, one)]
        packed = bundle.bundle(items, code, period, language)
        note_download(session, [issue.id for one in same for issue in one.issues], ALL, by)
    return bundle.name_of(code, period, language), packed


def _items(session: Session, report: FunderReport) -> Iterator[bundle.Item]:
    title = catalogue.CATALOGUE[report.kind].title
    for issue in reversed(report.issues):
        for file in issue.files:
            content = bytes_of(session, file)
            yield bundle.Item(
                title=title,
                number=issue.number,
                standing=issue.standing,
                issued_on=_day_of(issue.issued_at),
                withdrawn_on=_withdrawn_on(issue),
                reason=issue.reason,
                name=file.name,
                sha256=file.sha256,
                content=content,
            )


def _withdrawn_on(issue: IssuedReport) -> date | None:
    return _day_of(issue.withdrawn_at) if issue.withdrawn_at else None


def _day_of(moment: datetime) -> date:
    """Tell which day it was at the office."""
    return moment.astimezone(OFFICE).date()
