"""Overviews that were given to the partners of a project, as the trail and the documents tell."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from tracker.domain.consortium import PARTNERS, Given, GivenFile, Taking
from tracker.store import audit
from tracker.store.audit import AuditRow
from tracker.store.documents import DocumentRow
from tracker.store.funders import FunderRow
from tracker.store.projects import ProjectRow, the_project

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

GIVEN, WITHDRAWN, TAKEN = ("give overview out", "withdraw overview", "take overview")
"""What the audit trail says of these overviews."""
ZIP: Final = "application/zip"


def hold(session: Session) -> None:
    """Let nobody else give or withdraw an overview of the project until the deed is done."""
    key = the_project(session).id
    session.get(ProjectRow, key, with_for_update=True, populate_existing=True)


def of_overview(session: Session, number: int) -> str:
    """Name an overview of the project, as the audit trail and its documents do."""
    return f"{audit.OVERVIEWS}{the_project(session).code}/{number}"


def given_of(session: Session) -> list[Given]:
    """List the overviews of the project that were given to its partners, the newest first."""
    return _given_of(session, f"{audit.OVERVIEWS}{the_project(session).code}/")


def given_with(session: Session, sha256: str) -> list[Given]:
    """List the overviews of the project, whichever that is, of which one has a file of a hash.

    Shape:  the newest first; none where no overview has such a file.
    """
    row = DocumentRow
    subject = session.scalar(
        select(row.subject)
        .where(row.sha256 == sha256, row.subject.startswith(audit.OVERVIEWS, autoescape=True))
        .limit(1)
    )
    return _given_of(session, f"{subject.rpartition('/')[0]}/") if subject else []


def _given_of(session: Session, about: str) -> list[Given]:
    row, found = AuditRow, dict[str, Given]()
    deeds = session.execute(
        select(row.subject, row.did, row.at, row.by, row.role, row.detail)
        .where(row.subject.startswith(about, autoescape=True))
        .order_by(row.seq)
    ).all()
    files = files_given(session, about)
    for deed in deeds:
        if deed.did == GIVEN:
            found[deed.subject] = _given(deed, files.get(deed.subject, ()))
        else:
            found[deed.subject] = _with(found[deed.subject], deed)
    return sorted(found.values(), key=lambda one: one.number, reverse=True)


def has_partner(session: Session, funder_id: int | None) -> bool:
    """Tell whether a funder takes part in the project, and does not only pay for it."""
    kind = session.scalar(select(FunderRow.kind).where(FunderRow.id == funder_id))
    return kind in PARTNERS


def files_given(session: Session, about: str = audit.OVERVIEWS) -> dict[str, tuple[GivenFile, ...]]:
    """Give the files of overviews of a project, or of all, by what names the overview."""
    row, found = DocumentRow, dict[str, tuple[GivenFile, ...]]()
    for subject, key, name, size, sha256, media_type in session.execute(
        select(row.subject, row.id, row.name, row.size, row.sha256, row.media_type)
        .where(row.subject.startswith(about, autoescape=True))
        .order_by(row.id)
    ):
        face = "csv" if media_type == ZIP else name.rpartition(".")[2]
        found[subject] = (*found.get(subject, ()), GivenFile(face, name, size, sha256, key))
    return found


def _given(deed: Any, files: tuple[GivenFile, ...]) -> Given:
    said = json.loads(deed.detail)
    at = datetime.fromisoformat(deed.at)
    return Given(said["number"], date.fromisoformat(said["day"]), deed.by, at, files)


def _with(given: Given, deed: Any) -> Given:
    said, at = json.loads(deed.detail), datetime.fromisoformat(deed.at)
    if deed.did == WITHDRAWN:
        return replace(given, withdrawn_at=at, reason=said["reason"])
    taking = Taking(said["format"], deed.by, deed.role, at)
    return replace(given, takings=(taking, *given.takings))
