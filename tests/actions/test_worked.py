"""Working time by hand: valued by the terms of its programme, within the year of the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.actions.programme import OFFICER
from tracker.actions import allocations, terms, worked
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.terms import DatedTerm
from tracker.domain.worked import NewHours
from tracker.store.audit import history_of
from tracker.store.checks import broken
from tracker.store.commitments import commitment_named
from tracker.store.costs import cost_line, of_cost
from tracker.store.documents import documents_of
from tracker.store.valuations import carry_over, people_of, worked_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TODAY = date(2026, 6, 30)
HOURS = NewHours(
    person="P-007",
    first_day=date(2024, 1, 1),
    last_day=date(2024, 3, 31),
    time=Decimal("412.5"),
    programme_id=0,
    category="personnel",
    work_package="WP1",
    description="Process development",
    annual_cost=Money.euros("68400"),
)
SHEET = ("sheet.pdf", "application/pdf", b"%PDF-1.7 hours")
WAGE = (("rate_method", "wage_surcharge"), ("hours_basis", "1650"), ("wage_surcharge", "50"))


@pytest.fixture
def programme(loaded: Session) -> int:
    """The programme of the growth fund, which says how it values working time."""
    key = commitment_named(loaded, "NGF-1").programme_id
    loaded.rollback()
    for code, value in WAGE:
        term = DatedTerm(code, "", value, date(2021, 1, 1), "Kaderbesluit, art. 11-14")
        terms.change_term(loaded, key, term, by=OFFICER)
    return key


def enter(session: Session, programme: int, **changes: Any) -> int:
    session.rollback()
    new = replace(HOURS, programme_id=programme, **changes)
    return worked.enter(session, new, SHEET, today=TODAY, by=OFFICER)


def field_refused(session: Session, programme: int, **changes: Any) -> str:
    with pytest.raises(RuleViolation) as refusal:
        enter(session, programme, **changes)
    session.rollback()
    return refusal.value.field


def test_time_becomes_a_cost_line_that_says_how_it_was_valued(
    loaded: Session, programme: int
) -> None:
    line_id = enter(loaded, programme)
    line = cost_line(loaded, line_id)
    assert line.amount == Money.euros("25650.00")
    assert (line.person, line.incurred_on) == ("P-007", date(2024, 3, 31))
    assert line.document == "2024-01-01/2024-03-31"
    kept = worked_of(loaded, line_id)
    assert kept
    assert (kept.time, kept.surcharge) == (Decimal("412.5"), Decimal("0.5"))
    assert kept.basis == 1650
    assert kept.annual_cost == Money.euros("68400")
    assert kept.cost.total == line.amount
    assert people_of(loaded) == ["P-007"]
    assert [sheet.name for sheet in documents_of(loaded, of_cost(line_id))] == ["sheet.pdf"]
    assert [deed.did for deed in history_of(loaded, of_cost(line_id))] == ["enter hours"]
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    assert broken(loaded) == []


def test_a_person_has_the_hours_of_the_scheme_in_a_year(loaded: Session, programme: int) -> None:
    rest = {"first_day": date(2024, 4, 1), "last_day": date(2024, 12, 31)}
    enter(loaded, programme)
    assert field_refused(loaded, programme, **rest, time=Decimal("1237.51")) == "time"
    assert (
        field_refused(loaded, programme, **rest, time=Decimal("1237.51"), person="p-007") == "time"
    )
    enter(loaded, programme, **rest, time=Decimal("1237.5"))
    day = {"first_day": date(2024, 12, 31), "last_day": date(2024, 12, 31), "time": Decimal(1)}
    assert field_refused(loaded, programme, **day) == "time"
    enter(loaded, programme, **day, person="P-008")


def test_a_day_has_24_hours_over_all_work_packages(loaded: Session, programme: int) -> None:
    day = {"first_day": date(2024, 5, 2), "last_day": date(2024, 5, 2)}
    long = {"long_because": "Filling of a batch through the night"}
    enter(loaded, programme, **day, **long, time=Decimal(16))
    eight = {"time": Decimal("8.5"), "work_package": "WP2"}
    assert field_refused(loaded, programme, **day, **eight) == "time"
    enter(loaded, programme, **day, time=Decimal(8), work_package="WP2")
    assert field_refused(loaded, programme, **day, time=Decimal("10.5"), person="P-2") == (
        "long_because"
    )


def test_the_very_same_time_is_kept_once(loaded: Session, programme: int) -> None:
    enter(loaded, programme)
    assert field_refused(loaded, programme) == "description"
    enter(loaded, programme, description="Validation")


def test_a_programme_without_a_method_values_nothing(loaded: Session, programme: int) -> None:
    other = commitment_named(loaded, "PZH-1").programme_id
    assert other != programme
    assert field_refused(loaded, other) == "programme"
    assert field_refused(loaded, programme, first_day=date(2020, 1, 1),
                         last_day=date(2020, 3, 31)) == "programme"  # fmt: skip


def test_what_replaces_a_line_keeps_how_it_was_valued(loaded: Session, programme: int) -> None:
    first = enter(loaded, programme)
    second = enter(loaded, programme, description="To be replaced", time=Decimal(8))
    kept = worked_of(loaded, first)
    from tests.actions.test_costs import enter as enter_cost

    other = enter_cost(loaded)
    carry_over(loaded, first, other)
    assert worked_of(loaded, other) == kept
    assert worked_of(loaded, second) != kept
