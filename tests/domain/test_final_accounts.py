"""The end of a commitment: claim, settlement, terms and what an auditor bears."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.reports.facts import facts_of
from tracker.domain.commitments import Commitment, Form
from tracker.domain.deadlines import DeadlineKind, Weeks
from tracker.domain.final_accounts import FinalAccount, limits_of
from tracker.domain.financing import Side
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import Period
from tracker.domain.statement_parts import SourceSum

ADVANCES = Money.euros(810_000)


def commitment(amount: int = 900_000) -> Commitment:
    found = facts_of(2).commitment
    return replace(
        found,
        amount=Money.euros(amount),
        period=Period(date(2024, 7, 1), date(2026, 6, 30)),
    )


@pytest.mark.parametrize(
    ("determined", "settled"), [("829447.85", "19447.85"), ("765000", "-45000")]
)
def test_what_was_determined_is_settled_with_the_advances(determined: str, settled: str) -> None:
    """Domain rule 20."""
    decided = replace(commitment(), determined=Money.euros(determined))
    found = FinalAccount(ZERO).settlement(decided, Money.euros(1), ADVANCES)
    assert found.amount == Money.euros(settled)


@pytest.mark.parametrize(
    ("charged", "claim"), [("742310.18", "742310.18"), ("900000.01", "900000"), ("-0.01", "0")]
)
def test_what_can_be_claimed_is_the_costs_and_at_most_the_award(charged: str, claim: str) -> None:
    account = FinalAccount(ZERO)
    assert account.claim(commitment(), Money.euros(charged)) == Money.euros(claim)
    asked = replace(account, claimed=Money.euros("1.23"))
    assert asked.claim(commitment(), Money.euros(charged)) == Money.euros("1.23")


def test_a_term_begins_when_the_step_before_it_is_done() -> None:
    """Domain rule 22."""
    asked = FinalAccount(ZERO, weeks=Weeks(13, 13, 6))
    first, second, third = asked.steps(commitment())
    assert first.kind is DeadlineKind.DETERMINATION_REQUEST
    assert first.due_on == date(2026, 9, 29)
    assert (second.due_on, third.due_on) == (None, None)
    done = replace(
        asked,
        weeks=Weeks(13, 22, 6),
        requested_on=date(2026, 9, 29),
        determined_on=date(2027, 1, 12),
    )
    _, second, third = done.steps(commitment())
    assert (second.due_on, third.due_on) == (date(2027, 3, 2), date(2027, 2, 23))
    assert [step.due_on for step in FinalAccount(ZERO).steps(commitment())] == [None] * 3


def test_an_auditor_is_needed_from_the_threshold_on() -> None:
    """Domain rule 23."""
    account = FinalAccount(ZERO, auditor_from=Money.euros(125_000))
    assert account.needs_auditor(commitment(125_000))
    assert not account.needs_auditor(commitment(124_999))
    assert not FinalAccount(ZERO).needs_auditor(commitment())
    limits = limits_of(Money.euros("1843217.44"))
    assert (limits.unqualified, limits.adverse) == (
        Money.euros("18432.17"),
        Money.euros("55296.52"),
    )


def test_what_nobody_paid_is_the_rest_of_the_costs() -> None:
    others = SourceSum((Side.PUBLIC,), (Form.CASH,), ZERO, ZERO, Money(30_00))
    account = FinalAccount(Money(100_00), (others,))
    assert account.paid_by_others == Money(30_00)
    assert account.paid_by_nobody(Money(50_00)) == Money(20_00)
