"""Costs that are entered by hand, with the evidence for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.entries import BY_HAND, Entry, Provenance, check_cost, check_double
from tracker.domain.errors import RuleViolation
from tracker.store import audit, documents, entries, imports, projects
from tracker.store.costs import cost_line, of_cost
from tracker.store.session import transaction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.entries import NewCost
    from tracker.store.documents import Upload


def enter(
    session: Session,
    new: NewCost,
    document: Upload | None,
    without_because: str,
    *,
    today: date,
    by: Actor,
) -> int:
    """Keep a cost that is in no books yet, and give its id; the split rules judge it later.

    Errors: ``RuleViolation`` at the field; also for one that looks like a cost that is there, and
            for one with neither a document nor the reason why there is none.
    """
    check_cost(new, today)
    if document is None and not without_because.strip():
        raise RuleViolation(
            "A cost has its evidence.",
            "Attach the invoice, or say why there is none.",
            field="document",
        )
    with transaction(session):
        imports.lock(session)
        project = projects.the_project(session)
        check_double(new, entries.like_cost(session, new))
        entry = _entry(session, project.id, new)
        line_id = entries.add_entry(session, project.id, entry, Provenance(journal=BY_HAND))
        if document is not None:
            now = datetime.now(UTC)
            documents.add_document(session, of_cost(line_id), document, by=by.name, at=now)
        audit.record(
            session,
            by=by,
            did="enter cost",
            subject=of_cost(line_id),
            detail=_said(new, document, without_because),
        )
    return line_id


def add_document(session: Session, line_id: int, document: Upload, *, by: Actor) -> int:
    """Keep a document with a cost line; it is never taken away.

    Errors: ``NotFoundError``.
    """
    with transaction(session):
        subject = of_cost(cost_line(session, line_id).id)
        now = datetime.now(UTC)
        key = documents.add_document(session, subject, document, by=by.name, at=now)
        audit.record(
            session, by=by, did="add document", subject=subject, detail={"file": document[0]}
        )
    return key


def _entry(session: Session, project_id: int, new: NewCost) -> Entry:
    places = entries.places_of(session, project_id, new.category, new.work_package, new.milestone)
    return Entry(
        incurred_on=new.incurred_on,
        booked_on=new.booked_on,
        paid_on=new.paid_on,
        amount=new.cost.cents,
        vat=new.vat.cents,
        vat_deductible=new.vat_deductible.cents,
        ineligible=new.ineligible.cents,
        ineligible_for=new.ineligible_for,
        category_id=places.category_id,
        work_package_id=places.work_package_id,
        cost_centre=new.work_package,
        milestone_id=places.milestone_id,
        account=new.account.strip(),
        supplier=new.supplier.strip(),
        document=new.document.strip(),
        invoice=new.invoice.strip(),
        description=new.description.strip(),
        person=new.person.strip(),
    )


def _said(new: NewCost, document: Upload | None, without_because: str) -> dict[str, str | int]:
    return {
        "supplier": new.supplier.strip(),
        "invoice": new.invoice.strip(),
        "day": str(new.incurred_on),
        "amount": new.cost.cents,
        "not_eligible": new.ineligible.cents or "",
        "work_package": new.work_package,
        "file": document[0] if document else "",
        "without_document": "" if document else without_because.strip(),
        "double_because": new.double_because.strip(),
    }
