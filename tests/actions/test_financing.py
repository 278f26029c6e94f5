"""The financing plan as the database tells it, before and after a decision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.actions.programme import OFFICER
from tracker.actions import amendments, budgets, waivers
from tracker.domain.actor import Actor
from tracker.domain.amendments import Amendment
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.commitments import funding_totals
from tracker.domain.errors import RuleViolation
from tracker.domain.financing import Side
from tracker.domain.financing_rules import broken_rules, check_new_funding, judged
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.waivers import NewWaiver, Rule
from tracker.store.commitments import commitment_named, commitments_of
from tracker.store.financing import financing_facts
from tracker.store.funders import ProgrammeTermRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.financing import FinancingFacts

CONTROLLER = Actor("controller@example.org", Role.CONTROLLER)
TODAY = date(2026, 6, 30)
LETTER = ("leave.pdf", "application/pdf", b"%PDF-1.7 you may")


def facts_of(session: Session) -> FinancingFacts:
    found = financing_facts(session, TODAY)
    session.rollback()
    return found


def plan(session: Session, amount: Money) -> None:
    lines = (BudgetLine("personnel", "", 0, amount),)
    new = NewBudget(date(2026, 1, 5), "The plan", lines, 0)
    budgets.plan(session, new, today=TODAY, by=OFFICER)


def say(session: Session, commitment: str, **terms: str) -> None:
    """Let the programme of a commitment have terms from long ago."""
    programme = commitment_named(session, commitment).programme_id
    with transaction(session):
        session.add_all(
            ProgrammeTermRow(
                programme_id=programme,
                name=code,
                value=value,
                first_day=date(2020, 1, 1),
                source=f"article of {code}",
                scope="large" if code == "aid_ceiling" else "",
            )
            for code, value in terms.items()
        )


def test_the_plan_holds_what_the_commitments_say(loaded: Session) -> None:
    totals = funding_totals(commitments_of(loaded))
    facts = facts_of(loaded)
    assert (facts.committed, facts.conditional, facts.pledged) == (
        totals.committed,
        totals.conditional,
        totals.pledged,
    )
    assert facts.planned is None
    plan(loaded, Money(5_000_000_00))
    assert facts_of(loaded).planned == Money(5_000_000_00)
    sides = {source.code: source.side for source in facts.sources}
    assert sides["NGF-1"] is Side.PUBLIC
    assert sides["RMX-C"] is Side.PRIVATE
    assert sides["LUMC-1"] is sides["UL-1"] is Side.OWN


def test_terms_come_with_their_share_source_and_reaction(loaded: Session) -> None:
    plan(loaded, Money(100_000_000_00))
    say(
        loaded,
        "NGF-1",
        aid_category="research_infrastructure",
        aid_ceiling="47.5",
        private_minimum="30",
        cash_share_large="2/3",
        on_aid_intensity="warn",
    )
    found = {rule.what: rule for rule in judged(facts_of(loaded)) if rule.programme}
    assert set(found) == {"aid_intensity", "private_minimum", "cash_share_large"}
    aid = found["aid_intensity"]
    assert (aid.share, aid.source) == (Decimal("0.475"), "article of aid_ceiling")
    assert aid.limit == Money(47_500_000_00)
    assert (aid.stops, found["private_minimum"].stops) == (False, True)
    assert found["cash_share_large"].limit == Money(20_000_000_00)


def test_one_cent_over_the_ceiling_is_refused_and_a_waiver_lets_it_pass(loaded: Session) -> None:
    ngf = commitment_named(loaded, "NGF-1")
    loaded.rollback()
    plan(loaded, Money(ngf.amount.cents * 2))
    say(loaded, "NGF-1", aid_category="research_infrastructure", aid_ceiling="50")
    before = facts_of(loaded)
    assert not [rule for rule in broken_rules(before) if rule.what == "aid_intensity"]
    more = Amendment(2, date(2026, 4, 1), Money(1), "One cent more")
    key = amendments.amend(loaded, "NGF-1", more, today=TODAY, by=OFFICER)
    assert facts_of(loaded) == before  # a draft counts nowhere
    with transaction(loaded):
        from tracker.store.amendments import AmendmentRow

        row = loaded.get_one(AmendmentRow, key)
        row.verdict, row.confirmed_by, row.confirmed_at = "confirmed", "c", row.entered_at
        loaded.flush()
        after = financing_facts(loaded, TODAY)  # inside the deed: what it has done so far
    with pytest.raises(RuleViolation, match=r"0\.01 too much"):
        check_new_funding(before, after)
    leave = NewWaiver(Rule.AID_INTENSITY, "", "agreed", date(2026, 12, 31))
    waiver = waivers.ask(loaded, leave, LETTER, today=TODAY, by=OFFICER)
    waivers.approve(loaded, waiver, today=TODAY, by=CONTROLLER)
    assert len(check_new_funding(before, facts_of(loaded))) == 1
