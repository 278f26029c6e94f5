"""The files of an issued report, made from its facts; from kept facts they are made again.

Besides the facts, only the template of the funder's own workbook is needed, which is kept as it
was handed in and never changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from reports.model import Report
    from tracker.domain.statements import StatementFacts
    from tracker.store.documents import Upload

FILLED: Final = "filled"
"""What stands for the funder's own workbook among the files of a report."""


def files_of(
    session: Session,
    slug: str,
    facts: StatementFacts,
    tell: Callable[[int, int], None] = lambda _done, _whole: None,
) -> dict[str, Upload]:
    """Make the files of a report, by their formats.

    Shape:  ``tell(done, whole)`` is told how far it is. The PDF is made last, for it holds the
            workbook and the figures that stand beside it.
    Errors: ``NotFoundError``; ``TrackerError`` where a file cannot be made.
    """
    files = faces_of(catalogue.laid_out(slug, facts), tell)
    if facts.own_workbook:
        files[FILLED] = catalogue.filled_as_kept(session, facts.own_workbook, facts)
    return files


def faces_of(
    report: Report, tell: Callable[[int, int], None] = lambda _done, _whole: None
) -> dict[str, Upload]:
    """Make the files of a report that was laid out, in every format that its kind is issued in.

    Shape:  as of ``files_of``.
    """
    faces, made = catalogue.CATALOGUE[report.slug].formats, dict[str, bytes]()
    for at, face in enumerate(sorted(faces, key=lambda face: face == "pdf")):
        tell(at, len(faces))
        made[face] = catalogue.to_format(report, face, beside=made)
    tell(len(faces), len(faces))
    return {
        face: (catalogue.file_name(report, face), catalogue.MIMETYPES[face], made[face])
        for face in faces
    }
