"""Working time entered by hand, valued by the method of a programme."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.entries import BY_HAND, Entry, Provenance
from tracker.domain.errors import RuleViolation
from tracker.domain.worked import check_hours, check_room, labour_terms, value
from tracker.store import audit, documents, entries, imports, projects, valuations
from tracker.store.costs import of_cost
from tracker.store.session import transaction
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.worked import LabourTerms, NewHours, Worked
    from tracker.store.documents import Upload


def enter(
    session: Session,
    new: NewHours,
    time_sheet: Upload | None = None,
    *,
    today: date,
    by: Actor,
) -> int:
    """Keep working time as a cost line, and give its id; the split rules judge it later.

    Errors: ``RuleViolation`` at the field: time that does not fit in its days, or in the year of
            the person over all projects, and the very same time entered twice.
    """
    with transaction(session):
        imports.lock(session)
        project = projects.the_project(session)
        terms = _terms(session, new)
        check_hours(new, terms.unit, today)
        worked = value(
            new.person.strip(), new.time, terms, rate=new.rate, annual_cost=new.annual_cost
        )
        year = new.first_day.year
        before = valuations.worked_in_year(session, worked.person, year)
        check_room(new, worked, terms.year, before)
        entry = _entry(session, project.id, new, worked)
        line_id = entries.add_entry(session, project.id, entry, Provenance(journal=BY_HAND))
        valuations.add_worked(session, line_id, worked)
        if time_sheet is not None:
            now = datetime.now(UTC)
            documents.add_document(session, of_cost(line_id), time_sheet, by=by.name, at=now)
        audit.record(
            session, by=by, did="enter hours", subject=of_cost(line_id), detail=_said(new, worked)
        )
    return line_id


def _terms(session: Session, new: NewHours) -> LabourTerms:
    found = labour_terms(terms_of(session, new.programme_id), new.first_day)
    if found is None:
        raise RuleViolation(
            "The programme does not say how working time is valued.",
            "Enter the method of the hourly rate on the page of the programme first.",
            field="programme",
        )
    return found


def _entry(session: Session, project_id: int, new: NewHours, worked: Worked) -> Entry:
    places = entries.places_of(session, project_id, new.category, new.work_package, new.milestone)
    return Entry(
        incurred_on=new.last_day,
        amount=worked.cost.total.cents,
        category_id=places.category_id,
        work_package_id=places.work_package_id,
        cost_centre=new.work_package,
        milestone_id=places.milestone_id,
        account="",
        supplier="",
        document=new.period,
        invoice="",
        description=new.description.strip(),
        person=worked.person,
    )


def _said(new: NewHours, worked: Worked) -> dict[str, str | int]:
    return {
        "person": worked.person,
        "first_day": str(new.first_day),
        "last_day": str(new.last_day),
        "time": f"{worked.time.normalize():f}",
        "method": worked.method.value,
        "amount": worked.cost.total.cents,
        "work_package": new.work_package,
        "long_because": new.long_because.strip(),
    }
