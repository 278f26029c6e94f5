"""The sample's story of a funder's own form: its lines, and the workbook that it asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import tracker.demo
from reports.catalogue import MIMETYPES
from tracker.actions import crosswalks, funder_workbooks
from tracker.domain.crosswalks import CrosswalkLine, LineKind
from tracker.store.commitments import commitment_named
from tracker.store.crosswalks import categories_to_place, crosswalk_of
from tracker.store.funder_workbooks import workbook_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

FILE: Final = Path(tracker.demo.__file__).parent / "verantwoording-universiteit.xlsx"
COMMITMENT: Final = "UL-1"
_LINES: Final = (
    CrosswalkLine("1.1", "Loonkosten", categories=("personnel",)),
    CrosswalkLine("1.2", "Kosten derden", categories=("third_parties",)),
    CrosswalkLine("1", "Personele kosten", LineKind.SUBTOTAL),
    CrosswalkLine("2.1", "Materialen en apparatuur", categories=("materials", "equipment")),
)
_REST: Final = ("2.2", "Overige kosten")
_LAST: Final = CrosswalkLine("2", "Materiële kosten", LineKind.SUBTOTAL)


def live_through(session: Session, *, by: Actor) -> None:
    """Enter the lines of the university and hand its workbook in, unless an earlier run did."""
    programme_id = commitment_named(session, COMMITMENT).programme_id
    if crosswalk_of(session, programme_id) is None:
        told = {category for line in _LINES for category in line.categories}
        rest = tuple(one for one in categories_to_place(session) if one not in told)
        lines = (*_LINES, CrosswalkLine(*_REST, categories=rest), _LAST)
        crosswalks.change_lines(session, programme_id, "nl", lines, version=0, by=by)
    if workbook_of(session, programme_id) is None:
        upload = (FILE.name, MIMETYPES["xlsx"], FILE.read_bytes())
        funder_workbooks.hand_in(session, programme_id, upload, version=0, by=by)
