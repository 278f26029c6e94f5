"""Scenarios are kept under a name, changed by one person at a time, and dropped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.actions.programme import OFFICER
from tracker.actions import scenarios as deeds
from tracker.domain.actor import Actor
from tracker.domain.errors import AlreadyDoneError, NotFoundError, RuleViolation, StaleEditError
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.scenarios import Change, ChangeKind, NewScenario
from tracker.store import audit
from tracker.store.projects import the_project
from tracker.store.scenarios import scenario_numbered, scenarios_of
from tracker.store.submissions import ONCE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DIRECTOR = Actor("director@example.org", Role.DIRECTOR)
CHANGES = (
    Change(ChangeKind.MOVE_MILESTONE, "M7", first_day=date(2026, 10, 31)),
    Change(ChangeKind.DROP_COMMITMENT, "UL-1", first_day=date(2026, 1, 1)),
    Change(
        ChangeKind.ADD_COMMITMENT,
        "NEW",
        Money(12_345),
        Decimal("0.75"),
        date(2026, 2, 1),
        date(2027, 1, 31),
    ),
    Change(ChangeKind.PACE, "WP3", share=Decimal("1.2")),
)
LATE = NewScenario("  Late ", " because ", CHANGES)


def test_every_kind_of_supposition_is_kept_as_it_was(loaded: Session) -> None:
    key = deeds.keep(loaded, LATE, by=DIRECTOR)

    kept = scenario_numbered(loaded, the_project(loaded).id, key)
    assert (kept.name, kept.note, kept.made_by) == ("Late", "because", DIRECTOR.name)
    assert kept.changes == CHANGES
    assert [entry.did for entry in audit.history_of(loaded, f"scenario/{key}")] == ["keep scenario"]


def test_a_second_scenario_of_the_same_name_is_refused(loaded: Session) -> None:
    deeds.keep(loaded, LATE, by=OFFICER)
    with pytest.raises(RuleViolation) as refused:
        deeds.keep(loaded, NewScenario("LATE", "", CHANGES[:1]), by=OFFICER)
    assert refused.value.field == "name"
    deeds.keep(loaded, NewScenario("Later", "", CHANGES[:1]), by=OFFICER)
    assert len(scenarios_of(loaded, the_project(loaded).id)) == 2


def test_a_form_that_is_sent_twice_keeps_one_scenario(loaded: Session) -> None:
    loaded.info[ONCE] = "x" * 30
    deeds.keep(loaded, LATE, by=OFFICER)
    loaded.info[ONCE] = "x" * 30
    with pytest.raises(AlreadyDoneError):
        deeds.keep(loaded, NewScenario("Other", "", CHANGES), by=OFFICER)
    loaded.info.pop(ONCE, None)
    assert len(scenarios_of(loaded, the_project(loaded).id)) == 1


def test_of_two_who_change_it_the_second_is_told(loaded: Session) -> None:
    key = deeds.keep(loaded, LATE, by=OFFICER)
    deeds.change(loaded, key, NewScenario("Late", "", CHANGES[:2]), version=1, by=DIRECTOR)
    with pytest.raises(StaleEditError) as told:
        deeds.change(loaded, key, NewScenario("Late", "", CHANGES[:1]), version=1, by=OFFICER)
    assert told.value.message.facts["who"] == DIRECTOR.name

    kept = scenario_numbered(loaded, the_project(loaded).id, key)
    assert (kept.version, kept.changes) == (2, CHANGES[:2])


def test_a_scenario_that_was_dropped_is_offered_no_more(loaded: Session) -> None:
    key = deeds.keep(loaded, LATE, by=OFFICER)
    with pytest.raises(StaleEditError):
        deeds.drop(loaded, key, version=7, by=OFFICER)
    assert len(scenarios_of(loaded, the_project(loaded).id)) == 1
    deeds.drop(loaded, key, version=1, by=OFFICER)

    assert scenarios_of(loaded, the_project(loaded).id) == []
    for deed in (
        lambda: scenario_numbered(loaded, the_project(loaded).id, key),
        lambda: deeds.drop(loaded, key, version=2, by=OFFICER),
    ):
        with pytest.raises(NotFoundError):
            deed()
    deeds.keep(loaded, LATE, by=OFFICER)  # its name is free again
