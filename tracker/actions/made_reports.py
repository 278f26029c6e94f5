"""What a job makes that is kept for who asked: a report of the catalogue, or a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import catalogue
from tracker.actions import dossiers
from tracker.domain.periods import period_named
from tracker.domain.report_jobs import JobKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.report_jobs import Wanted
    from tracker.store.documents import Upload


def made(
    session: Session, wanted: Wanted, tell: Callable[[int, int], None], *, by: Actor
) -> Upload:
    """Make what is wanted, and say how far it is.

    Errors: ``NotFoundError``; ``TrackerError`` where it cannot be made.
    """
    period = period_named(wanted.period)
    if wanted.kind is JobKind.DOSSIER:
        return dossiers.made(session, wanted, period, tell, by=by)
    tell(0, 2)
    report = catalogue.make(
        session, wanted.slug, wanted.commitment, period, made_on=wanted.made_on, author=by.name
    )
    tell(1, 2)
    content = catalogue.to_format(report, wanted.face)
    tell(2, 2)
    name = catalogue.file_name(report, wanted.face)
    return name, catalogue.MIMETYPES[wanted.face], content


def record(session: Session, wanted: Wanted, upload: Upload, *, by: Actor) -> None:
    """Note in the trail what takes more along than a page shows."""
    if wanted.kind is JobKind.DOSSIER:
        dossiers.record(session, wanted, upload, by=by)
