"""Loading the sample programme, so that a newcomer sees figures at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tracker.demo
from tracker.actions import (
    allocations,
    imports,
    people,
    programmes,
    sample_charging,
    sample_costs,
    sample_forecasts,
    sample_funding,
    sample_milestones,
    sample_planning,
    sample_reminders,
    sample_reports,
    sample_spending,
    sample_workbooks,
)
from tracker.actions.cost_index import CostIndex
from tracker.domain.actor import Actor
from tracker.domain.errors import FileRefused
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role
from tracker.store import people as stored_people
from tracker.store.funders import funders_of
from tracker.store.projects import project_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.actions.imports import Progress

FILES = Path(tracker.demo.__file__).parent
PASSWORD = "sample facility"  # noqa: S105 - everybody may know it: see the guard in tracker.web
FUNDER_OF_VIEWER = "National Growth Fund"


@dataclass(frozen=True, slots=True)
class SampleSignIn:
    """A sign-in that exists only where the sample is loaded."""

    role: Role
    email: str
    name: str
    language: str


SIGN_INS = (
    SampleSignIn(Role.FINANCE_OFFICER, "finance@sample.example", "Fenna Officer", "en"),
    SampleSignIn(Role.CONTROLLER, "controller@sample.example", "Coen Controller", "nl"),
    SampleSignIn(Role.DIRECTOR, "director@sample.example", "Dirkje Director", "en"),
    SampleSignIn(Role.PROJECT_LEAD, "lead@sample.example", "Lotte Lead", "nl"),
    SampleSignIn(Role.FUNDER_VIEWER, "funder@sample.example", "Floris Funder", "nl"),
    SampleSignIn(Role.AUDITOR, "auditor@sample.example", "Aukje Auditor", "en"),
    SampleSignIn(Role.ADMINISTRATOR, "admin@sample.example", "Adam Administrator", "en"),
)


def load(
    session: Session, *, by: Actor, progress: Progress = lambda _name, _done, _whole: None
) -> bool:
    """Load the sample into an empty database, or finish what an interrupted run began.

    Shape:  ``False`` where the database holds another programme; it is left alone.
    """
    project = project_of(session)
    if project is not None and not project.is_sample:
        return False
    programmes.set_up(session, FILES / "case.json", by=by, is_sample=True)
    books = sorted(p for p in FILES.iterdir() if p.suffix in (".xaf", ".xml", ".csv"))
    for outcome in imports.bring_in(
        session, [(p.name, p) for p in books], by=by, progress=progress
    ):
        if isinstance(outcome, FileRefused):
            raise outcome
    allocations.charge(session, by=by)
    _let_people_in(session, by)
    officer, controller, lead = (
        Actor(sign_in.email, sign_in.role)
        for sign_in in SIGN_INS
        if sign_in.role in (Role.FINANCE_OFFICER, Role.CONTROLLER, Role.PROJECT_LEAD)
    )
    sample_funding.live_through(session, controller=controller, by=officer)
    sample_costs.live_through(session, by=officer)
    sample_charging.live_through(session, by=officer)
    sample_spending.live_through(session, controller=controller, by=officer)
    sample_planning.live_through(session, controller=controller, by=officer)
    sample_milestones.live_through(session, lead=lead, by=officer)
    sample_forecasts.live_through(session, by=officer)
    sample_workbooks.live_through(session, by=officer)
    sample_reports.live_through(session, controller=controller, by=officer)
    sample_reminders.live_through(session, by=by)
    CostIndex(session).follow()
    return True


def _let_people_in(session: Session, by: Actor) -> None:
    funders = {funder.name: funder.id for funder in funders_of(session)}
    for sign_in in SIGN_INS:
        if not stored_people.is_known(session, sign_in.email):
            viewer = sign_in.role is Role.FUNDER_VIEWER
            new = NewPerson(
                email=sign_in.email,
                name=sign_in.name,
                role=sign_in.role,
                password=PASSWORD,
                funder_id=funders[FUNDER_OF_VIEWER] if viewer else None,
                language=sign_in.language,
                is_sample=True,
            )
            people.add(session, new, by=by)
