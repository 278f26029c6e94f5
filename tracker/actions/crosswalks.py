"""Entering the lines of a funder's form, and changing them; every change makes a new version."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.crosswalks import LANGUAGES, Crosswalk, check_crosswalk
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.store import audit, crosswalks
from tracker.store.funders import ProgrammeRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.crosswalks import CrosswalkLine


def change_lines(
    session: Session,
    programme_id: int,
    language: str,
    lines: Sequence[CrosswalkLine],
    *,
    version: int,
    by: Actor,
) -> int:
    """Keep the lines of a funder's form, and give the number of the crosswalk.

    Shape:  ``version`` is the number of the crosswalk that was shown, 0 for none.
    Errors: ``NotFoundError``; ``RuleViolation`` at the field; ``StaleEditError``.
    """
    if language not in LANGUAGES:
        raise RuleViolation(
            "There are no reports in the language “{language}”.",
            "Choose Dutch or English.",
            field="language",
            language=language,
        )
    with transaction(session):
        if session.get(ProgrammeRow, programme_id, with_for_update=True) is None:
            raise NotFoundError("There is no such programme.")
        now = crosswalks.crosswalk_of(session, programme_id)
        number, subject = now.number if now else 0, f"programme/{programme_id}"
        if version != number:
            raise audit.stale_edit(session, subject, number)
        check_crosswalk(lines, crosswalks.categories_to_place(session))
        if now and (now.language, now.lines) == (language, tuple(lines)):
            return number
        new = Crosswalk(number + 1, language, tuple(lines))
        crosswalks.add_crosswalk(session, programme_id, new, by=by.name, at=datetime.now(UTC))
        detail = {"number": [number, new.number], "lines": len(new.lines)}
        audit.record(session, by=by, did="change own lines", subject=subject, detail=detail)
    return new.number
