"""The outlook adds up, never promises more than there is, and says what doing nothing costs."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.outlooks import (
    CATEGORIES,
    PACKAGES,
    TODAY,
    any_facts,
    commitment,
    facts,
    forecast,
    funding,
    rule,
)
from tracker.domain.budgets import BudgetLine
from tracker.domain.commitments import COMMITTED, Form, Status
from tracker.domain.expected import expected_costs, shares_of
from tracker.domain.expected_receipts import balance_of
from tracker.domain.lapse import Sureness, burn_rate, runway, spent_at
from tracker.domain.money import Money
from tracker.domain.outlook import Awaited, Outlook, OutlookFacts, outlook
from tracker.domain.periods import Period, month_of

JANUARY, FEBRUARY, APRIL = date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)


def at(made: Outlook, month: date) -> int:
    return made.months.index(month)


def test_the_worked_numbers_of_burn_rate_and_runway() -> None:
    assert burn_rate(Money.euros("742310.18"), 18) == Money.euros("41239.45")
    assert runway(Money.euros("157689.82"), Money.euros("41239.45")) == Decimal("3.8")
    assert runway(Money(1), Money(0)) is None


def test_the_worked_numbers_of_the_settlement() -> None:
    paid = {date(2025, 5, 1): 81_000_000}
    to_receive = commitment(amount=Money.euros(900_000), determined=Money.euros("829447.85"))
    to_repay = replace(to_receive, determined=Money.euros(765_000))

    assert balance_of(funding(to_receive, received=paid), 0) == 1_944_785
    assert balance_of(funding(to_repay, received=paid), 0) == -4_500_000
    assert balance_of(funding(replace(to_repay, status=Status.SETTLED), received=paid), 0) == 0


def test_a_quarter_falls_over_its_months_and_of_this_month_only_the_rest_comes() -> None:
    one = facts(funding(commitment()), forecast=forecast(("WP1", "personnel", JANUARY, 9300)))
    made = outlook(one)

    # 31.00 a month; 17 of the 31 days of January are still to come, today among them.
    assert [made.spending[at(made, m)].cents for m in (JANUARY, FEBRUARY)] == [1700, 3100]
    assert Money.total(made.spending) == Money(1700 + 3100 + 3100)


def test_a_month_without_a_forecast_goes_by_the_burn_rate_until_the_project_ends() -> None:
    spent = {date(2025, month, 1): 1200 for month in range(1, 13)}
    one = facts(funding(commitment(), charged=spent), lately={(11, 21): 10_800, (12, 22): 3_600})
    made = outlook(one)

    assert made.burn_rate == Money(1200)
    assert made.by_burn_rate == tuple(date(2026, month, 1) for month in range(1, 13))
    assert made.spending[at(made, FEBRUARY)] == Money(1200)
    assert [cell.cents for cell in expected_costs(one)[0] if cell.month == FEBRUARY] == [900, 300]


def test_a_month_of_the_forecast_that_expects_nothing_does_not_go_by_the_burn_rate() -> None:
    spent = {date(2025, month, 1): 1200 for month in range(1, 13)}
    lines = (("WP1", "personnel", JANUARY, 300), ("WP1", "personnel", date(2026, 10, 1), 300))
    one = facts(
        funding(commitment(), charged=spent), lately={(11, 21): 14_400}, forecast=forecast(*lines)
    )
    made = outlook(one)

    assert made.spending[at(made, date(2026, 5, 1))] == Money(0)
    assert made.by_burn_rate == ()


def test_an_instalment_comes_on_its_day_with_its_milestone_or_next_month() -> None:
    waits = Awaited(2, Money(20), date(2026, 3, 1), "M1", date(2026, 7, 20))
    early = Awaited(3, Money(40), date(2026, 9, 1), "M1", date(2026, 7, 20))
    overdue = Awaited(1, Money(10), date(2025, 11, 1))
    made = outlook(facts(funding(commitment(amount=Money(70)), (overdue, waits, early))))

    came = {m: a.cents for m, a in zip(made.months, made.receipts, strict=True) if a.cents > 0}
    assert came == {FEBRUARY: 10, date(2026, 7, 1): 20, date(2026, 9, 1): 40}


def test_what_was_paid_too_much_is_repaid_when_the_amount_has_been_determined() -> None:
    of = funding(commitment(), received={date(2025, 3, 1): 700}, charged={date(2025, 4, 1): 500})
    made = outlook(facts(of))

    # The last day is 31 December 2026; 13 + 13 + 6 weeks later is 12 August 2027.
    assert made.receipts[at(made, date(2027, 8, 1))] == Money(-200)
    assert made.cash[-1] == Money(0)


def test_in_kind_moves_no_cash() -> None:
    of = commitment(form=Form.IN_KIND)
    made = outlook(facts(funding(of, received={JANUARY: 300}, charged={date(2025, 4, 1): 500})))

    assert set(made.cash) == {Money(0)}
    assert Money.total(made.receipts) == Money(0)
    assert made.lapses == ()


def test_who_ends_within_a_month_pays_for_its_days_only() -> None:
    ends = commitment(period=Period(date(2025, 1, 1), date(2026, 2, 7)))
    one = facts(funding(ends), forecast=forecast(("WP1", "personnel", JANUARY, 8400)))
    made = outlook(one)
    february = at(made, FEBRUARY)

    assert made.by_commitment[0].charged[february] == Money(700)  # 7 of 28 days of 28.00
    assert made.uncovered[february] == Money(2100)


def test_a_lapse_is_sure_where_forecast_and_pace_both_say_so() -> None:
    spent = {date(2025, month, 1): 1000 for month in range(1, 13)}
    of = funding(commitment(amount=Money(40_000)), charged=spent)
    lines = [("WP1", "personnel", date(2026, q, 1), 3000) for q in (1, 4, 7, 10)]
    (lapse,) = outlook(facts(of, forecast=forecast(*lines))).lapses

    assert lapse.is_sure is Sureness.SURE
    assert lapse.amount == Money(28_000 - (17 * 1000 + 15) // 31 - 11_000)
    assert lapse.at_pace == Money(28_000) - spent_at(Money(1000), of.commitment.period, TODAY)
    assert lapse.act_by == date(2026, 12, 31) - timedelta(weeks=13)
    assert str(lapse.why_then) == (
        "Act by 2026-10-01: 13 weeks before the end, as no term for its decisions is known; an"
        " amendment asked for later cannot be decided on in time."
    )
    known = replace(of, decided_in=22, decided_by="the decision, art. 4")
    (lapse,) = outlook(facts(known, forecast=forecast(*lines))).lapses
    assert lapse.act_by == date(2026, 12, 31) - timedelta(weeks=22)
    assert str(lapse.why_then) == (
        "Act by 2026-07-30: its programme gives 22 weeks for a decision (the decision, art. 4), and"
        " an amendment asked for later cannot be decided on in time."
    )


def test_a_lapse_is_only_possible_where_the_pace_alone_says_so() -> None:
    spent = {date(2025, 12, 1): 10}
    of = funding(commitment(amount=Money(1010)), charged=spent)
    one = facts(of, forecast=forecast(("WP1", "personnel", APRIL, 3000)))

    assert [lapse.is_sure for lapse in outlook(one).lapses] == [Sureness.POSSIBLE]
    assert outlook(one).lapsing == Money(0)


def test_without_a_pace_a_lapse_is_likely() -> None:
    (lapse,) = outlook(facts(funding(commitment()))).lapses

    assert (lapse.is_sure, lapse.has_pace) == (Sureness.LIKELY, False)
    assert "no pace" in str(lapse.reason)


def test_what_doing_nothing_costs_is_said_with_the_day_and_the_amount() -> None:
    ends = commitment("PZH", period=Period(date(2025, 1, 1), date(2026, 2, 25)))
    (lapse,) = outlook(facts(funding(ends))).lapses

    assert str(lapse.says("Province", TODAY)) == (
        "PZH of Province ends in 41 days; € 10,000.00 of it will not be spent by then and lapses."
    )


def test_the_gap_of_a_year_is_what_nobody_pays_of_the_plan() -> None:
    of = funding(commitment(amount=Money(5000)))
    pledge = commitment("B", 2, status=Status.PLEDGE, amount=Money(900))
    plan = (
        BudgetLine("personnel", "WP1", 2026, Money(4000)),
        BudgetLine("personnel", "WP1", 2027, Money(4000)),
    )
    one = facts(of, funding(pledge), plan=plan, rules=(rule(1, (1, 1)),))
    first, second = (g for g in outlook(one).gap_by_year if g.year >= 2026)

    assert (first.needed, first.covered, first.pledged) == (Money(4000), Money(4000), Money(900))
    assert (second.covered, second.gap) == (Money(0), Money(4000))  # it ends in 2026
    assert outlook(one).gap == Money(4000)


@given(any_facts())
def test_months_add_up_to_the_whole_and_commitments_with_own_money_to_the_spending(
    one: OutlookFacts,
) -> None:
    made, cells = outlook(one), expected_costs(one)[0]

    booked = sum(one.spent.values())
    assert Money.total(made.spending).cents == booked + sum(cell.cents for cell in cells)
    for place in range(len(made.months)):
        paid = Money.total(each.charged[place] for each in made.by_commitment)
        assert made.spending[place] == paid + made.uncovered[place]


@given(any_facts())
def test_cash_in_the_end_is_what_was_received_without_what_was_charged(one: OutlookFacts) -> None:
    made = outlook(one)
    cash = [each for each in made.by_commitment if each.moves_cash]

    for each in cash:
        assert each.cash[-1] == Money.total(each.received) - Money.total(each.charged)
    assert made.cash[-1] == Money.total(each.cash[-1] for each in cash)
    assert made.lowest[1] <= made.cash[-1]
    assert made.lowest[1] == min(made.cash[made.now :])
    assert all(amount >= Money(0) for amount in made.pre_financed)


@given(any_facts())
def test_what_lapses_is_never_more_than_what_is_left_of_a_commitment(one: OutlookFacts) -> None:
    made = outlook(one)
    room = {each.commitment.code: each.room for each in one.funding}

    for each in made.by_commitment:
        assert 0 <= each.left.cents <= room[each.commitment.code]
        if each.lapse:
            assert each.lapse.amount == each.left
            assert Money(0) <= each.lapse.at_pace <= Money(room[each.commitment.code])
            assert each.commitment.status is Status.AWARDED
    assert made.lapsing <= Money(sum(room.values()))


@given(any_facts())
def test_what_is_charged_stays_within_room_period_and_categories(one: OutlookFacts) -> None:
    made = outlook(one)

    for of, each in zip((f for f in one.funding if f.binds), made.by_commitment, strict=True):
        assert of.commitment.status in COMMITTED
        assert 0 <= each.going_out.cents <= of.room
        paid = [share for share in shares_of(one, of.commitment.id) if share.paid]
        assert Money.total(share.paid for share in paid) == each.going_out
        for share in paid:
            assert share.category_id in of.terms.categories
            assert month_of(of.commitment.period.first_day) <= share.month
            assert share.month <= of.commitment.period.last_day
            assert share.paid + share.refused <= share.cost


@given(any_facts())
def test_what_is_spent_of_a_plan_is_never_covered_beyond_itself(one: OutlookFacts) -> None:
    plan = tuple(
        BudgetLine(category, package, year, Money(70_000))
        for category in CATEGORIES
        for package in PACKAGES
        for year in (2026, 2027)
    )
    for each in outlook(replace(one, plan=plan)).gap_by_year:
        if each.by_plan:
            assert Money(0) <= each.covered <= each.needed
            assert each.needed == Money(280_000)
        assert each.gap == each.needed - each.covered


@given(any_facts(), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_the_outlook_of_any_day_can_be_told(one: OutlookFacts, day: date) -> None:
    made = outlook(replace(one, as_of=day))

    assert made.months == tuple(sorted(set(made.months)))
    assert made.months[made.now] == month_of(day)
