"""Funders' own workbooks: handing one in, pointing figures at its cells, and filling it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from reports.catalogue import MIMETYPES
from reports.filled import fill
from tracker.domain.errors import NotFoundError, RuleViolation, TrackerError
from tracker.domain.funder_figures import figure_names, figures_of
from tracker.domain.funder_workbooks import (
    check_figures,
    check_fits,
    check_pointed,
    marked,
    shape_of,
)
from tracker.domain.statements import file_stem
from tracker.domain.texts import stem_of
from tracker.readers.template_process import template_in
from tracker.store import audit, documents, funder_workbooks
from tracker.store.crosswalks import categories_to_place, crosswalk_of
from tracker.store.funders import ProgrammeRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.funder_workbooks import FunderWorkbook, Pointed, Template
    from tracker.domain.statements import StatementFacts
    from tracker.store.documents import Upload

FACE: Final = "filled"
"""What stands for the funder's own workbook among the files of a report."""


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
    template = template_of(session, workbook_of(session, programme_id))
    with transaction(session):
        before = _held(session, programme_id, version)
        if before is None:
            raise NotFoundError("There is no such workbook.")
        check_pointed(template, pointed, figures_there_are(session, programme_id))
        if tuple(pointed) == before.pointed:
            return before.number
        return _keep(session, programme_id, before.document_id, template, pointed, by)


def workbook_of(session: Session, programme_id: int) -> FunderWorkbook:
    """Give the workbook of a programme as it holds.

    Errors: ``NotFoundError``.
    """
    found = funder_workbooks.workbook_of(session, programme_id)
    if found is None:
        raise NotFoundError("There is no such workbook.")
    return found


def template_of(session: Session, workbook: FunderWorkbook) -> Template:
    """Read what figures can be pointed at in a template that was kept.

    Errors: ``TrackerError`` where it is not what was kept.
    """
    return template_in(_content(session, workbook), workbook.file_name)


def figures_there_are(session: Session, programme_id: int) -> tuple[str, ...]:
    """Name the figures that reports of a programme have."""
    return figure_names(categories_to_place(session), crosswalk_of(session, programme_id))


def tried(
    session: Session, workbook: FunderWorkbook, template: Template, pointed: Sequence[Pointed]
) -> FunderWorkbook:
    """Give a workbook with another mapping, to be looked at before it is kept.

    Errors: ``RuleViolation`` on field ``places``.
    """
    check_pointed(template, pointed, figures_there_are(session, workbook.programme_id))
    return replace(workbook, pointed=tuple(pointed), shape=shape_of(template, pointed))


def filled(session: Session, workbook: FunderWorkbook, facts: StatementFacts) -> Upload:
    """Fill the figures of a report into a funder's workbook.

    Errors: ``RuleViolation`` where a cell asks for a figure that there no longer is;
            ``TrackerError`` where the template is not what was kept.
    """
    check_figures(workbook.pointed, figures_there_are(session, workbook.programme_id))
    content = fill(_content(session, workbook), workbook, figures_of(facts), facts.language)
    stem = file_stem(facts.project_code, facts.commitment.code, facts.period, facts.number)
    own = stem_of(PurePath(workbook.file_name).stem)
    return f"{stem}_{own}.xlsx", MIMETYPES["xlsx"], content


def filled_for(session: Session, facts: StatementFacts) -> Upload | None:
    """Fill the workbook of the programme that a report is about, if it has one to fill.

    Errors: as for ``filled``.
    """
    workbook = funder_workbooks.workbook_of(session, facts.commitment.programme_id)
    return filled(session, workbook, facts) if workbook and workbook.is_pointed else None


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


def _content(session: Session, workbook: FunderWorkbook) -> bytes:
    document, content = documents.document_numbered(session, workbook.document_id)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise TrackerError(
            "The file {name} is not what was kept, and is not handed out.",
            "Tell who looks after the tracker: the database was changed from outside. A backup"
            " holds the file as it was issued.",
            name=document.name,
        )
    return content
