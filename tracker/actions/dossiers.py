"""Making an audit dossier, and noting in the audit trail that it was made."""

from __future__ import annotations

import hashlib
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from reports import dossier_archive
from tracker.domain.dossiers import check_size
from tracker.store import audit
from tracker.store.documents import intact
from tracker.store.dossiers import dossier_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.periods import Period
    from tracker.domain.report_jobs import Wanted
    from tracker.store.documents import Upload

MEDIA_TYPE: Final = "application/zip"


def made(
    session: Session,
    wanted: Wanted,
    period: Period,
    tell: Callable[[int, int], None],
    *,
    by: Actor,
) -> Upload:
    """Make the dossier of a commitment over a period.

    Errors: ``NotFoundError``; ``RuleViolation`` where it would be too large; ``TrackerError``
            where a paper is not what was kept, or the statement does not tie.
    """
    facts = dossier_facts(
        session, wanted.commitment, period, made_on=wanted.made_on, author=by.name
    )
    issued = [file for report in facts.reports for one in report.issues for file in one.files]
    size = sum(file.size for file in issued) + sum(paper.size for paper in facts.papers)
    check_size(size, wanted.commitment, period.code)
    with TemporaryFile(prefix="dossier-") as file:
        dossier_archive.write(facts, file, lambda *which: intact(session, *which), tell)
        file.seek(0)
        return dossier_archive.file_name(facts), MEDIA_TYPE, file.read()


def record(session: Session, wanted: Wanted, upload: Upload, *, by: Actor) -> None:
    """Note who took everything of a commitment and a period along, and what that was.

    Shape:  it changes no figure, and so no state of the books.
    """
    name, _media_type, content = upload
    audit.record(
        session,
        by=by,
        did="make dossier",
        subject=f"{audit.DOSSIERS}{wanted.commitment}/{wanted.period}",
        detail={"file": name, "sha256": hashlib.sha256(content).hexdigest()},
    )
