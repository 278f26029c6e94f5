"""Budgets are kept in versions, and move no further than the funder allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from tests.actions.programme import OFFICER
from tracker.actions import amendments, budgets, waivers
from tracker.domain.actor import Actor
from tracker.domain.amendments import Amendment
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.errors import AlreadyDoneError, RuleViolation, StaleEditError
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.waivers import NewWaiver, Rule
from tracker.store import budgets as stored
from tracker.store.audit import history_of
from tracker.store.budgets import BudgetVersionRow, budget_of
from tracker.store.commitments import commitment_named
from tracker.store.funders import ProgrammeTermRow
from tracker.store.projects import the_project
from tracker.store.session import transaction
from tracker.store.submissions import ONCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

CONTROLLER = Actor("controller@example.org", Role.CONTROLLER)
TODAY = date(2026, 6, 30)
LETTER = ("consent.pdf", "application/pdf", b"%PDF-1.7 we agree")


def say(session: Session, code: str, value: str) -> None:
    """Let the programme of NGF-1 have a term from long ago."""
    programme = commitment_named(session, "NGF-1").programme_id
    with transaction(session):
        session.add(
            ProgrammeTermRow(
                programme_id=programme,
                name=code,
                value=value,
                first_day=date(2020, 1, 1),
                source="the decision",
            )
        )


def amounts(session: Session) -> dict[str, Money]:
    found = budget_of(session, commitment_named(session, "NGF-1").id)
    session.rollback()
    return found


def version(held: Mapping[str, Money], based_on: int = 1, **more: int) -> NewBudget:
    lines = tuple(BudgetLine(code, "", 0, amount) for code, amount in held.items())
    return NewBudget(date(2026, 5, 1), "Other prices", lines, based_on, **more)


def moved(session: Session, share: int) -> dict[str, Money]:
    """The budget with so many percent of the personnel moved to travel."""
    held = amounts(session)
    part = Money(held["personnel"].cents * share // 100)
    return held | {"personnel": held["personnel"] - part, "travel": held["travel"] + part}


def divide(session: Session, new: NewBudget, **more: object) -> object:
    return budgets.divide(session, "NGF-1", new, today=TODAY, by=OFFICER, **more)  # type: ignore[arg-type]


def versions(session: Session) -> list[tuple[int, bool]]:
    project, commitment = the_project(session), commitment_named(session, "NGF-1")
    found = stored.versions_of(session, project.id, commitment.id)
    session.rollback()
    return [(each.number, each.counts) for each in found]


def test_a_move_within_the_tolerance_is_a_new_version_and_the_old_one_stays(
    loaded: Session,
) -> None:
    say(loaded, "virement_tolerance", "10")
    before, new = amounts(loaded), moved(loaded, 10)
    assert divide(loaded, version(new)) == ()
    assert amounts(loaded) == new != before
    assert versions(loaded) == [(2, True), (1, True)]
    entry = history_of(loaded, "commitment/NGF-1")[0]
    assert entry.did == "divide budget"
    assert entry.detail["moves"]["travel.."] == [before["travel"].cents, new["travel"].cents]


def test_a_move_over_the_tolerance_asks_for_the_funders_consent(loaded: Session) -> None:
    say(loaded, "virement_tolerance", "10")
    new = version(moved(loaded, 12))
    with pytest.raises(RuleViolation, match="may move without consent") as refusal:
        divide(loaded, new)
    assert refusal.value.field == "consent"
    assert versions(loaded) == [(1, True)]
    divide(loaded, new, consent=LETTER)
    assert versions(loaded) == [(2, True), (1, True)]


def test_small_moves_do_not_add_up_to_a_large_one_unseen(loaded: Session) -> None:
    say(loaded, "virement_tolerance", "10")
    divide(loaded, version(moved(loaded, 8)))
    again = version(moved(loaded, 8), based_on=2)
    with pytest.raises(RuleViolation, match="may move without consent"):
        divide(loaded, again)
    divide(loaded, again, consent=LETTER)
    divide(loaded, version(moved(loaded, 8), based_on=3))  # counted from what was agreed to


def test_a_programme_that_warns_or_a_waiver_lets_the_move_pass(loaded: Session) -> None:
    say(loaded, "virement_tolerance", "10")
    leave = NewWaiver(Rule.VIREMENT, "NGF-1", "bought ahead", date(2026, 12, 31))
    key = waivers.ask(loaded, leave, LETTER, today=TODAY, by=OFFICER)
    with pytest.raises(RuleViolation):
        divide(loaded, version(moved(loaded, 20)))
    waivers.approve(loaded, key, today=TODAY, by=CONTROLLER)
    assert len(divide(loaded, version(moved(loaded, 20)))) == 1  # type: ignore[arg-type]
    waivers.end(loaded, key, today=TODAY, by=OFFICER)
    with pytest.raises(RuleViolation):
        divide(loaded, version(moved(loaded, 20), based_on=2))
    say(loaded, "on_virement", "warn")
    assert len(divide(loaded, version(moved(loaded, 20), based_on=2))) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("off", [1, -1])
def test_a_budget_divides_the_commitment_to_the_cent(loaded: Session, off: int) -> None:
    held = amounts(loaded)
    with pytest.raises(RuleViolation) as refusal:
        divide(loaded, version(held | {"travel": held["travel"] + Money(off)}))
    assert refusal.value.field == "total"
    divide(loaded, version(held))


def test_who_is_second_is_told_who_was_first_and_why(loaded: Session) -> None:
    divide(loaded, version(moved(loaded, 1)))
    with pytest.raises(StaleEditError, match="Other prices") as told:
        divide(loaded, version(moved(loaded, 2)))
    assert told.value.version == 2
    assert OFFICER.name in str(told.value)


def test_the_same_form_sent_twice_is_one_version(loaded: Session) -> None:
    new = version(moved(loaded, 1))
    loaded.info[ONCE] = "k" * 40
    divide(loaded, new)
    loaded.info[ONCE] = "k" * 40
    with pytest.raises(AlreadyDoneError):
        divide(loaded, replace(new, based_on=2))
    assert len(versions(loaded)) == 2


def test_a_version_that_goes_with_a_draft_counts_once_that_is_confirmed(loaded: Session) -> None:
    held = amounts(loaded)
    more = Amendment(2, date(2026, 4, 1), Money(1_000_00), "More travel")
    key = amendments.amend(loaded, "NGF-1", more, today=TODAY, by=OFFICER)
    raised = held | {"travel": held["travel"] + Money(1_000_00)}
    divide(loaded, version(raised, amendment=key))
    assert versions(loaded)[0] == (2, False)
    assert amounts(loaded) == held
    amendments.confirm(loaded, key, version=1, today=TODAY, by=CONTROLLER)
    assert versions(loaded)[0] == (2, True)
    assert amounts(loaded) == raised


def test_an_amendment_of_another_commitment_is_none_of_this_one(loaded: Session) -> None:
    other = Amendment(1, date(2026, 4, 1), Money(100), "More")
    key = amendments.amend(loaded, "UL-1", other, today=TODAY, by=OFFICER)
    with pytest.raises(RuleViolation, match="no such amendment"):
        divide(loaded, version(amounts(loaded), amendment=key))


def test_the_projects_plan_has_versions_of_its_own(loaded: Session) -> None:
    lines = (
        BudgetLine("personnel", "WP1", 2024, Money(700)),
        BudgetLine("personnel", "WP2", 2025, Money(300)),
    )
    for number in (0, 1):
        new = NewBudget(date(2026, 5, 1), "The plan", lines, number)
        budgets.plan(loaded, new, today=TODAY, by=OFFICER)
    found = stored.versions_of(loaded, the_project(loaded).id, None)
    assert [each.number for each in found] == [2, 1]
    assert found[0].lines == lines
    loaded.rollback()
    with pytest.raises(StaleEditError):
        budgets.plan(loaded, new, today=TODAY, by=OFFICER)


def test_what_was_spent_is_known_by_category_work_package_and_year(loaded: Session) -> None:
    commitment = commitment_named(loaded, "NGF-1")
    spent = stored.charged_lines(loaded, commitment.id)
    assert Money.total(line.amount for line in spent) == commitment.charged
    assert len({line.key for line in spent}) == len(spent)
    whole = loaded.execute(text("SELECT SUM(amount) FROM cost_line")).scalar_one()
    assert Money.total(line.amount for line in stored.cost_lines(loaded)).cents == whole


def test_a_version_cannot_be_changed_afterwards(loaded: Session) -> None:
    from sqlalchemy.exc import DBAPIError

    row = loaded.scalars(select(BudgetVersionRow)).first()
    assert row is not None
    loaded.rollback()
    for deed in ("UPDATE budget_version SET reason = 'x'", "DELETE FROM budget"):
        with pytest.raises(DBAPIError), transaction(loaded):
            loaded.execute(text(deed))
