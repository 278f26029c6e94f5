"""Contributions in kind: hours entered by hand, and the signed statements that make them count."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tracker.actions.books import Deed
from tracker.actions.in_kind import InKindImport
from tracker.domain.contributions import check_contribution, check_declaration, check_partner
from tracker.domain.errors import RuleViolation
from tracker.domain.imports import FileKind, ImportOutcome
from tracker.store import audit, documents, imports, projects
from tracker.store.contributions import DeclarationRow, of_partner, partners_of
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.contributions import NewDeclaration
    from tracker.domain.costs import InKindRow
    from tracker.store.documents import Upload
    from tracker.store.projects import Project


def enter(session: Session, row: InKindRow, *, today: date, by: Actor) -> None:
    """Keep one partner's hours, the way a list of one row would be kept.

    Errors: ``RuleViolation`` at the field; also where the books hold the very same hours.
    """
    check_contribution(row, today)
    with transaction(session):
        imports.lock(session)
        project = projects.the_project(session)
        check_partner(row.partner, partners_of(session))
        _check_work_package(row, project)
        outcome = _outcome(row, by)
        import_id = imports.add_import(session, outcome)
        coming = InKindImport(session, [row], outcome.file_name, project)
        coming.read(lambda _done, _whole: None)
        coming.keep(Deed(import_id, by.name))
        if not coming.new:
            raise RuleViolation(
                "The books hold these very hours already: {partner}, {day}, {value}.",
                "If it is other work, describe it in other words.",
                field="description",
                partner=row.partner,
                day=row.worked_on,
                value=row.value,
            )
        done = replace(outcome, new=coming.new, same=coming.same, totals=coming.totals())
        imports.close_import(session, import_id, done)
        audit.record(
            session,
            by=by,
            did="enter contribution",
            subject=of_partner(session, row.partner),
            detail=_said(row),
        )


def declare(
    session: Session, new: NewDeclaration, document: Upload | None, *, today: date, by: Actor
) -> int:
    """Keep a contributor's signed statement: the hours of its period count from now on.

    Errors: ``RuleViolation`` at the field.
    """
    check_declaration(new, today)
    if document is None:
        raise RuleViolation(
            "A declaration is the signed statement itself.",
            "Attach it.",
            field="document",
        )
    with transaction(session):
        check_partner(new.partner, partners_of(session))
        subject, now = of_partner(session, new.partner), datetime.now(UTC)
        row = DeclarationRow(
            project_id=projects.the_project(session).id,
            partner=new.partner,
            first_day=new.first_day,
            last_day=new.last_day,
            method=new.method.strip(),
            signed_by=new.signed_by.strip(),
            signed_on=new.signed_on,
            document_id=documents.add_document(session, subject, document, by=by.name, at=now),
            entered_by=by.name,
            entered_at=now,
        )
        session.add(row)
        session.flush()
        key = row.id
        audit.record(
            session,
            by=by,
            did="enter declaration",
            subject=subject,
            detail=_declared(new, document),
        )
    return key


def _check_work_package(row: InKindRow, project: Project) -> None:
    if row.work_package not in project.work_packages:
        raise RuleViolation(
            "Work package {code} is not part of the programme.",
            "Choose one of the work packages.",
            field="work_package",
            code=row.work_package,
        )


def _said(row: InKindRow) -> dict[str, str | int]:
    return {
        "day": str(row.worked_on),
        "work_package": row.work_package,
        "hours": f"{row.hours.normalize():f}",
        "rate": f"{row.rate.normalize():f}",
        "worth": row.value.cents,
        "description": row.description,
    }


def _declared(new: NewDeclaration, document: Upload) -> dict[str, str]:
    return {
        "first_day": str(new.first_day),
        "last_day": str(new.last_day),
        "method": new.method.strip(),
        "signed_by": new.signed_by.strip(),
        "signed_on": str(new.signed_on),
        "document": document[0],
    }


def _outcome(row: InKindRow, by: Actor) -> ImportOutcome:
    """Describe the list of one row that this contribution is."""
    said = f"{row.partner}|{row.worked_on}|{row.work_package}|{row.hours}|{row.rate}"
    moment = datetime.now(UTC)
    return ImportOutcome(
        file_name=f"{row.partner} {row.worked_on}",
        kind=FileKind.IN_KIND,
        new=0,
        same=0,
        already_imported=False,
        totals=(),
        imported_at=moment,
        imported_by=by.name,
        sha256=hashlib.sha256(f"{said}|{row.description}|{moment}".encode()).hexdigest(),
    )
