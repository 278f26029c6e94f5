"""What the work list says of deadlines, settlements and drafts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reports.words import say
from tests.domain.test_commitment_lists import ONE
from tracker.domain.amendments import Amendment, Entered, Verdict
from tracker.domain.commitments import Status
from tracker.domain.deadlines import Deadline, DeadlineKind
from tracker.domain.determination import Settlement
from tracker.domain.money import Money
from tracker.store.endings import Ending
from tracker.web.attention import of_drafts, of_endings

if TYPE_CHECKING:
    from tracker.web.attention import Matter

TODAY = date(2026, 3, 1)
DRAFT = Entered(
    id=7,
    commitment="NGF-1",
    decision=Amendment(2, TODAY, Money(500), "more"),
    verdict=Verdict.DRAFT,
    entered_by="officer",
    entered_at=datetime(2026, 3, 1, tzinfo=UTC),
    confirmed_by="",
    returned="",
    document_id=None,
    version=1,
)


def ending(days: int, kind: DeadlineKind = DeadlineKind.DETERMINATION_REQUEST) -> Ending:
    return Ending(ONE, None, None, Deadline(TODAY + timedelta(days), kind), None)


def said(matter: Matter) -> str:
    return say(matter.what, "en")


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (30, "attention", "due 31 Mar 2026, 30 days left."),
        (1, "attention", "due 2 Mar 2026, 1 day left."),
        (-1, "late", "due 28 Feb 2026, 1 day late."),
        (-41, "late", "41 days late."),
    ],
)
def test_a_deadline_is_told_with_its_days(days: int, state: str, words: str) -> None:
    (matter,) = of_endings([ending(days)], TODAY)
    assert matter.state == state
    assert said(matter).startswith("NGF-1: Request for determination, ")
    assert said(matter).endswith(words)


def test_a_deadline_that_is_far_off_is_not_told_yet() -> None:
    assert list(of_endings([ending(91)], TODAY)) == []
    assert list(of_endings([ending(90)], TODAY))


@pytest.mark.parametrize(
    ("received", "words", "cents"), [(60, "Settlement to receive", 30), (120, "repay", 30)]
)
def test_a_settlement_says_which_way_the_money_goes(received: int, words: str, cents: int) -> None:
    settlement = Settlement(Money(90), Money(received))
    due = ending(10, DeadlineKind.SETTLEMENT_PAYMENT)
    (matter,) = of_endings([replace(due, settlement=settlement)], TODAY)
    assert words in said(matter)
    assert matter.amount == Money(cents)


def test_a_settlement_without_weeks_is_told_too_and_a_settled_one_is_not() -> None:
    determined = replace(ONE, status=Status.DETERMINED)
    open_ = Ending(determined, None, TODAY, None, Settlement(Money(90), Money(60)))
    (matter,) = of_endings([open_], TODAY)
    assert said(matter) == "NGF-1 was determined; the settlement is still to be received."
    settled = replace(open_, settlement=Settlement(Money(90), Money(90)))
    assert list(of_endings([settled], TODAY)) == []


def test_a_draft_waits_for_everybody_who_may_confirm_but_who_entered_it() -> None:
    for who, may_confirm, told in (
        ("controller", True, ["Amendment 2 of NGF-1, entered by officer, waits for you."]),
        ("officer", True, []),
        ("auditor", False, []),
    ):
        assert [said(m) for m in of_drafts([DRAFT], who, TODAY, may_confirm=may_confirm)] == told


def test_what_was_sent_back_waits_for_who_entered_it_only() -> None:
    returned = replace(DRAFT, returned="Look again.")
    (matter,) = of_drafts([returned], "officer", TODAY, may_confirm=True)
    assert said(matter) == "Amendment 2 of NGF-1 was sent back to you."
    assert list(of_drafts([returned], "controller", TODAY, may_confirm=True)) == []
