"""The mix of money, held against what the law and each programme ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.commitments import Form, Status
from tracker.domain.errors import RuleViolation
from tracker.domain.financing import (
    SIDES,
    FinancingFacts,
    FinancingTerms,
    Side,
    Source,
    side_of,
)
from tracker.domain.financing_rules import broken_rules, check_new_funding, judged
from tracker.domain.money import ZERO, Money
from tracker.domain.waivers import Rule, Waiver

HALF = Decimal("0.5")
STOP = frozenset(rule.value for rule in Rule)
INFRASTRUCTURE = FinancingTerms("research_infrastructure", HALF, stops=STOP)
PPS = FinancingTerms(
    private_minimum=Decimal("0.3"),
    research_minimum=Decimal("0.1"),
    cash_share=Decimal(2) / Decimal(3),
    stops=STOP,
)
WAIVER = Waiver(
    1, "aid_intensity", "", "why", date(2027, 1, 1), None, "a", "b", date(2026, 1, 1), None
)


def source(code: str, euros: int, side: Side = Side.PUBLIC, **more: object) -> Source:
    facts = {"form": Form.CASH, "status": Status.AWARDED, "terms": FinancingTerms()} | more
    return Source(code, f"funder of {code}", f"scheme of {code}", side, amount=Money(euros * 100),
                  **facts)  # type: ignore[arg-type] # fmt: skip


def plan(euros: int, *sources: Source, **more: object) -> FinancingFacts:
    return FinancingFacts(Money(euros * 100), sources, **more)  # type: ignore[arg-type]


NGF = source("NGF", 1_600_000, terms=INFRASTRUCTURE)
PROVINCE = source("PZH", 300_000, terms=INFRASTRUCTURE)


def test_aid_of_1_900_000_on_4_000_000_leaves_100_000_and_150_000_more_is_refused() -> None:
    before = plan(4_000_000, NGF, PROVINCE)
    aid = next(rule for rule in judged(before) if rule.what == "aid_intensity")
    assert (aid.limit, aid.found, aid.room) == (
        Money(2_000_000_00), Money(1_900_000_00), Money(100_000_00)
    )  # fmt: skip
    fits = replace(before, sources=(*before.sources, replace(PROVINCE, amount=Money(100_000_00))))
    assert check_new_funding(before, fits) == ()
    more = replace(before, sources=(*before.sources, replace(PROVINCE, amount=Money(150_000_00))))
    with pytest.raises(RuleViolation) as refusal:
        check_new_funding(before, more)
    assert refusal.value.field == "amount"
    assert refusal.value.message.facts["difference"] == Money(50_000_00)


def test_public_money_that_names_no_category_of_aid_is_said_beside_the_rule() -> None:
    horizon = source("HEU", 250_000)
    later = replace(source("EFRO", 90_000), status=Status.CONDITIONAL)
    company = source("C", 70_000, Side.PRIVATE)
    aid, law = (
        next(
            rule
            for rule in judged(plan(4_000_000, NGF, horizon, later, company))
            if rule.what == what
        )
        for what in ("aid_intensity", "public_funding")
    )
    assert (aid.found, aid.not_in_it) == (NGF.amount, horizon.amount)
    assert (law.found, law.not_in_it) == (NGF.amount + horizon.amount, ZERO)
    alone = next(rule for rule in judged(plan(4_000_000, NGF)) if rule.what == "aid_intensity")
    assert alone.not_in_it == ZERO


def test_private_money_of_120_000_in_cash_and_80_000_in_kind_fails_30_percent() -> None:
    facts = plan(
        1_000_000,
        source("PPS", 500_000, terms=PPS),
        source("firm", 120_000, Side.PRIVATE),
        source("hours", 80_000, Side.PRIVATE, form=Form.IN_KIND),
        source("uni", 100_000, Side.OWN),
    )
    found = {rule.what: (rule.limit.cents, rule.found.cents) for rule in broken_rules(facts)}
    assert found == {
        "private_minimum": (300_000_00, 200_000_00),
        "cash_share_large": (200_000_00, 120_000_00),
    }


def test_the_least_of_everybody_is_enough() -> None:
    facts = plan(
        1_000_000,
        source("PPS", 500_000, terms=PPS),
        source("firm", 200_000, Side.PRIVATE),
        source("hours", 100_000, Side.PRIVATE, form=Form.IN_KIND),
        source("uni", 100_000, Side.OWN),
    )
    assert broken_rules(facts) == ()


def test_public_money_is_never_more_than_the_costs_even_where_it_is_no_aid() -> None:
    horizon = source("HEU", 1_000_001, terms=FinancingTerms(stops=STOP))
    (rule,) = broken_rules(plan(1_000_000, horizon))
    assert rule.what == "public_funding"
    with pytest.raises(RuleViolation):
        check_new_funding(plan(1_000_000), plan(1_000_000, horizon))


@pytest.mark.parametrize("status", [Status.CONDITIONAL, Status.PLEDGE, Status.RESERVED])
def test_what_does_not_bind_stands_beside_the_figure_and_never_in_it(status: Status) -> None:
    facts = plan(1_000_000, replace(NGF, status=status))
    assert broken_rules(facts) == ()
    assert (facts.committed, facts.gap) == (ZERO, Money(1_000_000_00))
    assert facts.conditional + facts.pledged == NGF.amount
    assert facts.gap_later == Money(-600_000_00)
    assert all(rule.later == NGF.amount for rule in judged(facts))


def test_without_a_plan_nothing_is_judged_and_the_gap_is_unknown() -> None:
    facts = FinancingFacts(None, (NGF,))
    assert judged(facts) == ()
    assert (facts.gap, facts.gap_later, facts.share_of_plan(NGF.amount)) == (None, None, None)


@pytest.mark.parametrize("about", ["", "PZH"])
def test_a_waiver_lets_a_broken_rule_pass_with_a_warning(about: str) -> None:
    before = plan(3_000_000, NGF)
    after = replace(before, sources=(NGF, PROVINCE), waivers=(replace(WAIVER, commitment=about),))
    said = check_new_funding(before, after)
    assert len(said) == 2  # the ceiling of each programme that gives such aid
    assert {rule.state for rule in broken_rules(after)} == {"waived"}


def test_a_waiver_of_another_commitment_or_rule_lets_nothing_pass() -> None:
    before = plan(3_000_000, NGF)
    for other in (replace(WAIVER, commitment="UL-1"), replace(WAIVER, rule="public_funding")):
        after = replace(before, sources=(NGF, PROVINCE), waivers=(other,))
        with pytest.raises(RuleViolation):
            check_new_funding(before, after)


def test_a_programme_that_only_warns_stops_nothing() -> None:
    warns = replace(INFRASTRUCTURE, stops=frozenset())
    before = plan(3_000_000, replace(NGF, terms=warns))
    after = plan(3_000_000, replace(NGF, terms=warns), replace(PROVINCE, terms=warns))
    assert len(check_new_funding(before, after)) == 2  # each programme's ceiling


def test_what_was_broken_before_is_not_held_against_a_decision_that_does_not_add_to_it() -> None:
    broken = plan(2_000_000, NGF)
    assert broken_rules(broken)
    private = source("firm", 50_000, Side.PRIVATE)
    assert check_new_funding(broken, plan(2_000_000, NGF, private)) == ()
    with pytest.raises(RuleViolation):
        check_new_funding(broken, plan(2_000_000, replace(NGF, amount=NGF.amount + Money(1))))


def test_every_kind_of_funder_has_a_side_and_an_unknown_one_is_public() -> None:
    from tracker.domain.funders import KINDS

    assert set(KINDS) == set(SIDES)
    assert side_of("something new") is Side.PUBLIC


sources = st.builds(
    Source,
    code=st.sampled_from(["A", "B", "C"]),
    funder=st.just("funder"),
    programme=st.sampled_from(["one", "two"]),
    side=st.sampled_from(list(Side)),
    form=st.sampled_from(list(Form)),
    status=st.sampled_from(list(Status)),
    amount=st.integers(1, 10**10).map(Money),
    terms=st.sampled_from([FinancingTerms(), INFRASTRUCTURE, PPS]),
)
plans = st.builds(
    FinancingFacts,
    planned=st.integers(1, 10**10).map(Money),
    sources=st.lists(sources, max_size=6).map(tuple),
)


@given(plans)
def test_the_sides_and_forms_add_up_to_what_is_committed(facts: FinancingFacts) -> None:
    assert Money.total(facts.of(side) for side in Side) == facts.committed
    assert Money.total(facts.of(None, form) for form in Form) == facts.committed
    for side in Side:
        assert Money.total(facts.of(side, form) for form in Form) == facts.of(side)
    assert facts.gap is not None
    assert facts.gap + facts.committed == facts.planned


@given(plans, sources)
def test_what_is_let_in_without_a_word_breaks_no_rule_further(
    before: FinancingFacts, new: Source
) -> None:
    after = replace(before, sources=(*before.sources, new))
    try:
        warnings = check_new_funding(before, after)
    except RuleViolation:
        return
    room = {(rule.what, rule.programme): rule.room for rule in judged(before)}
    worse = [
        rule
        for rule in broken_rules(after)
        if (rule.what, rule.programme) not in room or rule.room < room[rule.what, rule.programme]
    ]
    assert len(worse) == len(warnings)
    assert all(not rule.stops or rule.waiver for rule in worse)


@given(plans)
def test_a_rule_is_broken_exactly_where_found_is_beyond_its_limit(facts: FinancingFacts) -> None:
    for rule in judged(facts):
        beyond = rule.found < rule.limit if rule.is_minimum else rule.found > rule.limit
        assert rule.is_broken == beyond
        assert str(rule.says)
