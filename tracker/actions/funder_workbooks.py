"""Funders' own workbooks: handing one in, and pointing figures at its cells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reports.catalogue import MIMETYPES
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.funder_workbooks import (
    check_fits,
    check_pointed,
    marked,
    shape_of,
)
from tracker.readers.template_process import template_in
from tracker.store import audit, documents, funder_workbooks
from tracker.store.documents import intact
from tracker.store.funder_workbooks import figures_there_are, the_workbook
from tracker.store.funders import ProgrammeRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.funder_workbooks import FunderWorkbook, Pointed, Template
    from tracker.store.documents import Upload


def hand_in(
    session: Session,
    programme_id: int,
    upload: Upload,
    *,
    is_anew: bool = False,
    version: int,
    by: Actor,
) -> int:
    """Keep a template with a programme, and give its number.

    Shape:  what was pointed at before is carried over, unless it is to begin anew; cells in which
            somebody wrote ``{{ figure }}`` are pointed at. ``version`` is the number that was
            shown, 0 for none.
    Errors: ``NotFoundError``; ``RuleViolation`` for what is no template, or no longer fits;
            ``StaleEditError``.
    """
    name, media_type, content = upload
    if media_type != MIMETYPES["xlsx"]:
        raise RuleViolation(
            "{file} is no workbook.",
            "Choose a workbook that ends in .xlsx.",
            field="document",
            file=name,
        )
    template = template_in(content, name)
    with transaction(session):
        before = _held(session, programme_id, version)
        pointed = () if before is None or is_anew else before.pointed
        if before and not is_anew:
            check_fits(template, pointed, before.shape)
        pointed += marked(template, but=pointed)
        check_pointed(template, pointed, figures_there_are(session, programme_id))
        subject, now = f"programme/{programme_id}", datetime.now(UTC)
        key = documents.add_document(session, subject, upload, by=by.name, at=now)
        return _keep(session, programme_id, key, template, pointed, by, file=name)


def point(
    session: Session, programme_id: int, pointed: Sequence[Pointed], *, version: int, by: Actor
) -> int:
    """Say which figures go into which cells of the workbook, and give its new number.

    Errors: ``NotFoundError``; ``RuleViolation`` on field ``places``; ``StaleEditError``.
    """
    holds = the_workbook(session, programme_id)
    template = template_in(intact(session, holds.document_id), holds.file_name)
    with transaction(session):
        before = _held(session, programme_id, version)
        if before is None:
            raise NotFoundError("There is no such workbook.")
        check_pointed(template, pointed, figures_there_are(session, programme_id))
        if tuple(pointed) == before.pointed:
            return before.number
        return _keep(session, programme_id, before.document_id, template, pointed, by)


def _held(session: Session, programme_id: int, version: int) -> FunderWorkbook | None:
    """Hold a programme still, and give its workbook as it was when its page was opened."""
    if session.get(ProgrammeRow, programme_id, with_for_update=True) is None:
        raise NotFoundError("There is no such programme.")
    found = funder_workbooks.workbook_of(session, programme_id)
    number = found.number if found else 0
    if version != number:
        raise audit.stale_edit(session, f"programme/{programme_id}", number)
    return found


def _keep(
    session: Session,
    programme_id: int,
    document_id: int,
    template: Template,
    pointed: Sequence[Pointed],
    by: Actor,
    **more: object,
) -> int:
    shape, now = shape_of(template, pointed), datetime.now(UTC)
    number = funder_workbooks.add_workbook(
        session, programme_id, document_id, pointed, shape, by=by.name, at=now
    )
    audit.record(
        session,
        by=by,
        did="hand in funder workbook" if more else "point figures",
        subject=f"programme/{programme_id}",
        detail={**more, "number": [number - 1, number], "cells": len(pointed)},
    )
    return number
