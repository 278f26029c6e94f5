"""What the sample's people want to be reminded of, and a calendar that one of them follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.actions import reminders
from tracker.domain.policy import Role
from tracker.domain.reminders import Rhythm, Wish
from tracker.store.people import people_of
from tracker.store.reminders import has_chosen

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

SECRET: Final = "the-sample-calendar-that-everybody-may-know"  # noqa: S105 - as the passwords
WISHES: Final = {
    Role.DIRECTOR: Wish(Rhythm.WEEKLY, own_only=True),
    Role.PROJECT_LEAD: Wish(Rhythm.DAILY, in_30_days=False, own_only=True),
}


def live_through(session: Session, *, by: Actor) -> None:
    """Choose for the sample's people, where an interrupted run has not."""
    for person in people_of(session):
        if not person.is_sample or has_chosen(session, person.id):
            continue
        if wish := WISHES.get(person.role):
            reminders.choose(session, person.id, wish, by=by)
        elif person.role is Role.FUNDER_VIEWER:
            reminders.open_feed(session, person.id, SECRET, by=by)
