"""People by the names that papers show."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.actions.test_reminders import let_in
from tracker.domain.periods import calendar_year
from tracker.domain.policy import Role
from tracker.store.people import name_of
from tracker.store.statements import facts_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EMAIL = "anna@example.org"


def author_of(session: Session, known_as: str) -> str:
    day = date(2026, 6, 30)
    return facts_of(session, "NGF-1", calendar_year(2023), made_on=day, author=known_as).author


def test_a_paper_names_a_person_and_no_address(loaded: Session) -> None:
    assert author_of(loaded, EMAIL) == EMAIL
    let_in(loaded, EMAIL, Role.FINANCE_OFFICER)
    loaded.flush()
    assert author_of(loaded, EMAIL) == Role.FINANCE_OFFICER.value
    assert name_of(loaded, EMAIL.upper()) == Role.FINANCE_OFFICER.value


def test_who_is_no_person_is_named_as_the_trail_names_them(loaded: Session) -> None:
    assert name_of(loaded, "the command line") == "the command line"
    assert name_of(loaded, "") == ""
