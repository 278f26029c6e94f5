"""Plans of instalments: within the terms, of one person at a time, and with a memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.actions.programme import OFFICER
from tracker.actions import instalments
from tracker.domain.actor import Actor
from tracker.domain.errors import AlreadyDoneError, NotFoundError, RuleViolation, StaleEditError
from tracker.domain.instalments import InstalmentKind, InstalmentState, NewInstalment, Progress
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.store.audit import history_of
from tracker.store.commitments import commitment_named
from tracker.store.funders import ProgrammeTermRow
from tracker.store.instalments import InstalmentRow, instalments_of, milestones_free, plan_terms
from tracker.store.milestones import milestones_of
from tracker.store.projects import the_project
from tracker.store.session import transaction
from tracker.store.waivers import WaiverRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.instalments import Instalment

TODAY = date(2026, 1, 31)
COLLEAGUE = Actor("colleague@example.org", Role.FINANCE_OFFICER)
SEVENTH = NewInstalment(7, date(2026, 7, 1), Money(100_00), InstalmentKind.BALANCE)


def plan(session: Session, code: str = "NGF-1") -> tuple[Instalment, ...]:
    session.rollback()
    return instalments_of(session, commitment_named(session, code).id)


def wished(session: Session, code: str = "NGF-1") -> list[NewInstalment]:
    """The plan as it stands, as a form would send it back."""
    return [
        NewInstalment(one.number, one.due_on, one.amount, one.kind, one.milestone, one.report)
        for one in plan(session, code)
    ]


def change(
    session: Session, new: list[NewInstalment], code: str = "NGF-1", by: Actor = OFFICER
) -> RuleViolation | None:
    version = commitment_named(session, code).version
    return instalments.change_plan(session, code, new, version=version, today=TODAY, by=by)


def test_an_instalment_is_added_and_told_in_the_history(loaded: Session) -> None:
    before = plan(loaded)
    assert change(loaded, [*wished(loaded), SEVENTH]) is None
    assert plan(loaded)[:-1] == before
    assert (plan(loaded)[-1].number, plan(loaded)[-1].amount) == (7, Money(100_00))
    newest = history_of(loaded, "commitment/NGF-1")[0]
    assert newest.did == "plan instalment"
    assert (newest.detail["instalment"], newest.detail["amount"]) == (7, ["", 100_00])


def test_what_is_changed_is_written_down_as_before_and_after(loaded: Session) -> None:
    later = [
        replace(one, due_on=date(2026, 9, 1)) if one.number == 6 else one for one in wished(loaded)
    ]
    change(loaded, later)
    newest = history_of(loaded, "commitment/NGF-1")[0]
    assert newest.detail == {"instalment": 6, "due_on": ["2025-07-01", "2026-09-01"]}


def test_the_same_plan_again_changes_nothing(loaded: Session) -> None:
    version, entries = commitment_named(loaded, "NGF-1").version, history_of(loaded, "commitment")
    change(loaded, wished(loaded))
    assert commitment_named(loaded, "NGF-1").version == version
    assert history_of(loaded, "commitment") == entries
    change(loaded, [*wished(loaded), SEVENTH])
    assert commitment_named(loaded, "NGF-1").version == version + 1


def test_the_advances_reach_their_ceiling_and_not_a_cent_more(loaded: Session) -> None:
    commitment = commitment_named(loaded, "NGF-1")
    terms = plan_terms(loaded, commitment, TODAY)
    assert terms.ceiling_share is not None
    limit = commitment.amount.share_down(terms.ceiling_share)
    room = limit - Money.total(one.amount for one in plan(loaded))
    assert room == Money(0)
    rest = wished(loaded)[:-1]
    sixth = wished(loaded)[-1]
    with pytest.raises(RuleViolation) as refusal:
        change(loaded, [*rest, replace(sixth, amount=sixth.amount + Money(1))])
    assert refusal.value.field == "amount_6"
    assert limit in refusal.value.message.facts.values()
    balance = replace(SEVENTH, amount=commitment.amount - limit)
    change(loaded, [*rest, sixth, balance])
    with pytest.raises(RuleViolation, match="The instalments would be") as refusal:
        change(loaded, [*rest, sixth, replace(balance, amount=balance.amount + Money(1))])
    assert refusal.value.field == "amount_7"
    assert plan(loaded)[-1].amount == balance.amount


def break_ceiling(session: Session) -> RuleViolation | None:
    advance = replace(SEVENTH, kind=InstalmentKind.ADVANCE)
    return change(session, [*wished(session), advance])


def test_a_programme_that_warns_lets_the_plan_pass_and_says_so(loaded: Session) -> None:
    with pytest.raises(RuleViolation):
        break_ceiling(loaded)
    assert len(plan(loaded)) == 6
    commitment = commitment_named(loaded, "NGF-1")
    with transaction(loaded):
        loaded.add(
            ProgrammeTermRow(
                programme_id=commitment.programme_id,
                name="on_advance_ceiling",
                value="warn",
                first_day=commitment.decided_on,
                source="award letter",
            )
        )
    warning = break_ceiling(loaded)
    assert warning is not None
    assert warning.field == "amount_7"
    assert len(plan(loaded)) == 7


def test_a_waiver_that_holds_lets_the_plan_pass(loaded: Session) -> None:
    waiver = WaiverRow(
        project_id=the_project(loaded).id,
        commitment_id=commitment_named(loaded, "NGF-1").id,
        rule="advance_ceiling",
        reason="agreed with the funder",
        until=TODAY,
        entered_by="somebody",
        entered_at=datetime.now(UTC),
    )
    with transaction(loaded):
        loaded.add(waiver)
    with pytest.raises(RuleViolation):
        break_ceiling(loaded)  # nobody has approved it
    with transaction(loaded):
        waiver.approved_by, waiver.approved_at = "somebody else", datetime.now(UTC)
    assert break_ceiling(loaded) is not None
    assert len(plan(loaded)) == 7


def test_the_second_of_two_is_told_who_changed_what(loaded: Session) -> None:
    seen = commitment_named(loaded, "NGF-1").version
    change(loaded, [*wished(loaded), SEVENTH], by=COLLEAGUE)
    with pytest.raises(StaleEditError, match=r"colleague@example\.org changed .*amount") as told:
        instalments.change_plan(
            loaded, "NGF-1", wished(loaded), version=seen, today=TODAY, by=OFFICER
        )
    assert told.value.version == seen + 1
    with pytest.raises(StaleEditError):
        instalments.follow(
            loaded, "NGF-1", 6, Progress(TODAY), version=seen, today=TODAY, by=OFFICER
        )


def test_the_same_form_twice_plans_once(loaded: Session) -> None:
    new = [*wished(loaded), SEVENTH]
    loaded.info["once"] = "form-1"
    change(loaded, new)
    loaded.info["once"] = "form-1"
    with pytest.raises(AlreadyDoneError):
        change(loaded, [*new, replace(SEVENTH, number=8)])
    assert len(plan(loaded)) == 7


def test_what_is_taken_out_stays_cancelled_and_its_milestone_is_free_again(
    loaded: Session,
) -> None:
    assert "M7" not in milestones_free(loaded, commitment_named(loaded, "PZH-1").id)
    change(loaded, [one for one in wished(loaded) if one.number != 6])
    key = commitment_named(loaded, "NGF-1").id
    assert [one.number for one in plan(loaded)] == [1, 2, 3, 4, 5]
    everything = instalments_of(loaded, key, cancelled=True)
    assert (everything[-1].number, everything[-1].state(TODAY)) == (6, InstalmentState.CANCELLED)
    assert "M7" in milestones_free(loaded, commitment_named(loaded, "PZH-1").id)
    assert history_of(loaded, "commitment/NGF-1")[0].did == "take instalment out"


def test_what_money_came_in_on_is_not_taken_out(loaded: Session) -> None:
    with pytest.raises(RuleViolation, match="has come in on it") as refusal:
        change(loaded, [one for one in wished(loaded) if one.number != 5])
    assert refusal.value.field == "amount_5"
    assert len(plan(loaded)) == 6


def test_milestones_may_change_places(loaded: Session) -> None:
    swap = {"M6": "M7", "M7": "M6"}
    change(
        loaded, [replace(o, milestone=swap.get(o.milestone, o.milestone)) for o in wished(loaded)]
    )
    assert [one.milestone for one in plan(loaded)][-2:] == ["M7", "M6"]
    releases = {m.code: m.releases.number for m in milestones_of(loaded) if m.releases}
    assert (releases["M6"], releases["M7"]) == (6, 5)


@pytest.mark.parametrize("milestone", ["M7", "M99"])
def test_a_milestone_of_another_commitment_releases_nothing_here(
    loaded: Session, milestone: str
) -> None:
    new = [replace(one, milestone=milestone) for one in wished(loaded, "PZH-1")[:1]]
    with pytest.raises(RuleViolation) as refusal:
        change(loaded, [*new, *wished(loaded, "PZH-1")[1:]], "PZH-1")
    assert refusal.value.field == "milestone_1"
    free = [replace(one, milestone="M8") for one in new]
    change(loaded, [*free, *wished(loaded, "PZH-1")[1:]], "PZH-1")
    assert plan(loaded, "PZH-1")[0].milestone == "M8"


@pytest.mark.parametrize("code", ["RMX-K", "nobody"])
def test_where_no_money_comes_in_nothing_is_planned(loaded: Session, code: str) -> None:
    with pytest.raises((RuleViolation, NotFoundError)):
        instalments.change_plan(
            loaded, code, [replace(SEVENTH, number=1)], version=1, today=TODAY, by=OFFICER
        )


def follow(session: Session, number: int, progress: Progress) -> None:
    version = commitment_named(session, "NGF-1").version
    instalments.follow(session, "NGF-1", number, progress, version=version, today=TODAY, by=OFFICER)


def test_an_instalment_is_asked_for_held_back_and_released_again(loaded: Session) -> None:
    follow(loaded, 6, Progress(date(2026, 1, 5)))
    assert plan(loaded)[-1].state(date(2025, 1, 1)) is InstalmentState.REQUESTED
    follow(loaded, 6, Progress(date(2026, 1, 5), None, Money(800_000_00), "milestone is late"))
    held = plan(loaded)[-1]
    assert (held.outstanding, held.state(TODAY)) == (Money(0), InstalmentState.HELD_BACK)
    follow(loaded, 6, Progress(date(2026, 1, 5)))
    assert plan(loaded)[-1].outstanding == Money(800_000_00)
    deeds = history_of(loaded, "commitment/NGF-1")[:3]
    assert {deed.did for deed in deeds} == {"follow instalment"}
    assert deeds[0].detail["held_back"] == [800_000_00, 0]


def test_a_report_releases_once_it_is_accepted_and_another_one_anew(loaded: Session) -> None:
    by_report = [
        replace(one, milestone="", report="Year 4") if one.number == 6 else one
        for one in wished(loaded)
    ]
    change(loaded, by_report)
    assert not plan(loaded)[-1].is_released
    follow(loaded, 6, Progress(None, date(2026, 1, 20)))
    assert plan(loaded)[-1].is_released
    change(loaded, wished(loaded))
    assert plan(loaded)[-1].is_released
    change(loaded, [replace(o, report="Year 5") if o.report else o for o in wished(loaded)])
    assert not plan(loaded)[-1].is_released


def test_an_instalment_that_is_not_in_the_plan_is_not_followed(loaded: Session) -> None:
    with pytest.raises(NotFoundError):
        follow(loaded, 9, Progress(TODAY))
    rows = loaded.scalars(select(InstalmentRow).where(InstalmentRow.requested_on.is_not(None)))
    assert rows.all() == []
