"""Waivers: asked for by one, approved by another, and kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.actions.programme import OFFICER
from tracker.actions import waivers
from tracker.domain.actor import Actor
from tracker.domain.errors import NotAllowedError, NotFoundError, RuleViolation
from tracker.domain.periods import calendar_year
from tracker.domain.policy import Role
from tracker.domain.waivers import NewWaiver, Rule, WaiverState
from tracker.store.audit import history_of
from tracker.store.commitments import commitment_named
from tracker.store.session import transaction
from tracker.store.statements import facts_of
from tracker.store.waivers import waivers_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CONTROLLER = Actor("controller@example.org", Role.CONTROLLER)
TODAY = date(2026, 6, 30)
LETTER = ("leave.pdf", "application/pdf", b"%PDF-1.7 you may")
NEW = NewWaiver(Rule.AID_INTENSITY, "NGF-1", "bought ahead", date(2026, 12, 31))


def ask(session: Session, new: NewWaiver = NEW) -> int:
    return waivers.ask(session, new, LETTER, today=TODAY, by=OFFICER)


def test_a_waiver_holds_once_somebody_else_has_approved_it(loaded: Session) -> None:
    key = ask(loaded)
    assert waivers_of(loaded)[0].state(TODAY) is WaiverState.ASKED
    loaded.rollback()
    with pytest.raises(NotAllowedError):
        waivers.approve(loaded, key, today=TODAY, by=OFFICER)
    waivers.approve(loaded, key, today=TODAY, by=CONTROLLER)
    assert waivers_of(loaded)[0].holds_on(TODAY)
    loaded.rollback()
    with pytest.raises(RuleViolation, match="approved this waiver already"):
        waivers.approve(loaded, key, today=TODAY, by=CONTROLLER)
    assert [entry.did for entry in history_of(loaded, f"waiver/{key}")] == [
        "approve waiver",
        "ask for waiver",
    ]


def test_a_waiver_ends_early_and_cannot_be_approved_after_that(loaded: Session) -> None:
    key = ask(loaded)
    waivers.end(loaded, key, today=TODAY, by=OFFICER)
    assert waivers_of(loaded)[0].state(TODAY) is WaiverState.ENDED
    loaded.rollback()
    with pytest.raises(RuleViolation, match="over on"):
        waivers.approve(loaded, key, today=TODAY, by=CONTROLLER)
    with pytest.raises(RuleViolation, match="over on"):
        waivers.end(loaded, key, today=TODAY, by=OFFICER)


def test_a_waiver_needs_a_document_and_a_commitment_that_exists(loaded: Session) -> None:
    with pytest.raises(RuleViolation) as refusal:
        waivers.ask(loaded, NEW, None, today=TODAY, by=OFFICER)
    assert refusal.value.field == "document"
    with pytest.raises(NotFoundError):
        ask(loaded, NewWaiver(Rule.VIREMENT, "NONE-1", "why", TODAY))
    with pytest.raises(NotFoundError):
        waivers.approve(loaded, 99, today=TODAY, by=CONTROLLER)
    assert waivers_of(loaded) == []


def test_the_database_refuses_ones_own_approval_and_a_change_afterwards(loaded: Session) -> None:
    key = ask(loaded)
    own = "UPDATE waiver SET approved_by = entered_by, approved_at = entered_at"
    with pytest.raises(DBAPIError), transaction(loaded):
        loaded.execute(text(own))
    waivers.approve(loaded, key, today=TODAY, by=CONTROLLER)
    with pytest.raises(DBAPIError), transaction(loaded):
        loaded.execute(text("UPDATE waiver SET reason = 'another'"))


@pytest.mark.parametrize(
    ("code", "year", "is_printed"),
    [("NGF-1", 2025, True), ("NGF-1", 2027, False), ("PZH-1", 2025, False)],
)
def test_the_statement_tells_which_waivers_mattered(
    loaded: Session,
    code: str,
    year: int,
    is_printed: bool,
) -> None:
    key = ask(loaded)
    period = calendar_year(year)

    def printed() -> list[str]:
        facts = facts_of(loaded, code, period, made_on=TODAY, author="O.")
        loaded.rollback()
        return [waiver.reason for waiver in facts.waivers]

    assert printed() == []  # nobody has approved it yet
    waivers.approve(loaded, key, today=TODAY, by=CONTROLLER)
    assert printed() == (["bought ahead"] if is_printed else [])


def test_a_waiver_of_the_whole_project_is_one_of_every_commitment(loaded: Session) -> None:
    key = ask(loaded, NewWaiver(Rule.PUBLIC_FUNDING, "", "why", TODAY))
    waivers.approve(loaded, key, today=TODAY, by=CONTROLLER)
    for code in ("NGF-1", "PZH-1"):
        found = waivers_of(loaded, commitment_named(loaded, code).id)
        assert [waiver.rule for waiver in found] == ["public_funding"]
