"""Who took what was issued: shown to the office, and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from tracker.store.issued_reports import IssuedReportRow, ReportDownloadRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

ALL: Final = "zip"
"""What stands for the format where all files of a period were taken at once."""


@dataclass(frozen=True, slots=True)
class Download:
    """That somebody took a file of an issued version."""

    number: int
    face: str
    by: str
    role: str
    at: datetime


def note_download(session: Session, issued_ids: Collection[int], face: str, by: Actor) -> None:
    """Write down that somebody takes a file of issued versions."""
    now = datetime.now(UTC)
    session.add_all(
        ReportDownloadRow(issued_id=key, face=face, by=by.name, role=by.role.value, at=now)
        for key in issued_ids
    )
    session.flush()


def downloads_of(session: Session, report_id: int) -> list[Download]:
    """List who took files of a report, of all its versions, the newest first."""
    row, issued = ReportDownloadRow, IssuedReportRow
    found = session.execute(
        select(issued.number, row.face, row.by, row.role, row.at)
        .join(issued, issued.id == row.issued_id)
        .where(issued.report_id == report_id)
        .order_by(row.id.desc())
    )
    return [Download(*one) for one in found]
