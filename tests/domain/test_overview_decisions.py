"""What is to be decided is said in one sentence with its figures, by its date and its money."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.domain.test_headlines import TODAY, commitment
from tests.domain.test_overview_order import milestone
from tracker.domain import overview_decisions as deciding
from tracker.domain.amendments import Amendment, Entered, Verdict
from tracker.domain.commitments import Status
from tracker.domain.deadlines import Deadline, DeadlineKind
from tracker.domain.errors import Sentence
from tracker.domain.headlines import Dated
from tracker.domain.instalments import Instalment
from tracker.domain.lapse import Lapse, Sureness
from tracker.domain.milestones import MilestoneStatus
from tracker.domain.money import Money
from tracker.domain.overview_decisions import Decision, Subject, in_order
from tracker.domain.periods import Period
from tracker.domain.policy import Role
from tracker.domain.risk import Risk, RiskKind
from tracker.domain.variances import Threshold, Variance

EUROS = Money(72_000_000)


def risk(kind: RiskKind, code: str = "M7", project: int = 1, **others: object) -> Risk:
    made = Risk(kind, code, "NGF-1", 1, project, EUROS, date(2026, 3, 1), None, None, EUROS)
    return replace(made, **others)  # type: ignore[arg-type]


def test_a_late_milestone_says_how_late_it_is_and_what_waits_for_it() -> None:
    late = milestone("M7", date(2025, 12, 5))
    (found,) = deciding.of_milestones([late], [risk(RiskKind.HELD_BACK)], TODAY)
    assert str(found.what) == "M7 Line is 41 days late; € 720,000.00 waits for it."
    assert (found.state, found.due_on, found.amount) == ("late", date(2025, 12, 5), EUROS)
    assert (found.subject, found.key) == (Subject.MILESTONE, "M7")


def test_a_milestone_that_moved_past_an_instalment_is_to_be_decided_by_the_due_date() -> None:
    moved = milestone("M7", date(2026, 4, 30))
    (found,) = deciding.of_milestones([moved], [risk(RiskKind.HELD_BACK)], TODAY)
    assert str(found.what) == (
        "M7 Line is planned for 2026-04-30; € 720,000.00 is due before that and waits for it."
    )
    assert (found.state, found.due_on) == ("attention", date(2026, 3, 1))
    (passed,) = deciding.of_milestones(
        [moved], [risk(RiskKind.HELD_BACK, due_on=date(2025, 7, 1))], TODAY
    )
    assert (passed.state, passed.due_on) == ("late", date(2025, 7, 1))


def test_the_risks_of_another_project_with_the_same_codes_are_not_taken() -> None:
    on_time = milestone("M7", date(2026, 4, 30))
    other = risk(RiskKind.HELD_BACK, project=2)
    assert list(deciding.of_milestones([on_time], [other], TODAY)) == []


def test_one_day_late_is_said_in_the_singular_and_without_money_only_that() -> None:
    (found,) = deciding.of_milestones([milestone("M7", date(2026, 1, 14))], [], TODAY)
    assert str(found.what) == "M7 Line is 1 day late."
    assert found.amount is None


def test_what_cannot_be_spent_in_time_says_when_the_commitment_ends() -> None:
    later = milestone("M7", date(2026, 4, 30))
    ends = risk(RiskKind.ENDS_FIRST, ends_on=date(2026, 2, 25))
    (found,) = deciding.of_milestones([later], [ends], TODAY)
    assert str(found.what) == (
        "NGF-1 runs until 2026-02-25, and M7 Line is planned for 2026-04-30: € 720,000.00 that it"
        " was to pay cannot be spent in time."
    )
    given_up = replace(later, status=MilestoneStatus.NOT_MET)
    unspendable = risk(RiskKind.UNSPENDABLE, ends_on=date(2026, 2, 25))
    (found,) = deciding.of_milestones([given_up], [unspendable], TODAY)
    assert str(found.what) == "M7 Line was given up; € 720,000.00 of NGF-1 was meant for it."


def test_a_budget_for_after_the_end_is_a_decision_about_the_commitment() -> None:
    of_budget = risk(RiskKind.UNSPENDABLE, code="", ends_on=date(2026, 2, 25))
    (found,) = deciding.of_budgets([of_budget, risk(RiskKind.HELD_BACK)])
    assert (found.subject, found.key, found.due_on) == (
        Subject.COMMITMENT,
        "NGF-1",
        date(2026, 2, 25),
    )


def test_what_lapses_is_said_with_the_days_left_and_by_when_to_act() -> None:
    lapse = Lapse(
        "C-1", Money(312_000_00), date(2026, 2, 25), Money(0), Sureness.SURE, date(2025, 11, 26)
    )
    (found,) = deciding.of_lapses([commitment()], {"C-1": lapse}, TODAY)
    assert str(found.what) == (
        "C-1 of Province South Holland ends in 41 days; € 312,000.00 of it will not be spent by"
        " then and lapses."
    )
    assert (found.due_on, found.state) == (date(2025, 11, 26), "late")
    over = replace(lapse, has_ended=True)
    assert list(deciding.of_lapses([commitment()], {"C-1": over}, TODAY)) == []


def test_a_commitment_that_is_over_asks_for_its_determination() -> None:
    ended = commitment(period=Period(date(2024, 1, 1), date(2025, 12, 31)))
    request = Deadline(date(2026, 4, 1), DeadlineKind.DETERMINATION_REQUEST)
    (found,) = deciding.of_endings([ended], {1: request}, TODAY)
    assert (found.due_on, found.state, found.amount) == (
        date(2026, 4, 1),
        "attention",
        Money(75_000_00),
    )
    (late,) = deciding.of_endings([ended], {}, TODAY)
    assert (late.due_on, late.state) == (date(2025, 12, 31), "late")
    asked = Deadline(date(2026, 6, 1), DeadlineKind.DETERMINATION_DECISION)
    determined = replace(ended, status=Status.DETERMINED)
    for none in (
        deciding.of_endings([commitment()], {}, TODAY),
        deciding.of_endings([ended], {1: asked}, TODAY),
        deciding.of_endings([determined], {}, TODAY),
    ):
        assert list(none) == []


def test_an_instalment_that_nothing_holds_back_and_has_not_come_in_is_told() -> None:
    late = Instalment(3, date(2026, 1, 2), Money(500))
    to_come = Instalment(4, date(2026, 1, 15), Money(500))
    waits = Instalment(5, date(2026, 1, 2), Money(500), milestone="M7")
    (found,) = deciding.of_instalments([commitment()], {1: (late, to_come, waits)}, TODAY)
    assert (
        str(found.what) == "Instalment 3 of C-1 was due on 2026-01-02, and € 5.00 has not come in."
    )


def test_cash_below_zero_is_told_and_cash_above_it_is_not() -> None:
    (found,) = deciding.of_cash(1, "NECST", Dated(date(2026, 8, 31), Money(-900)))
    assert str(found.what) == "By 2026-08-31, NECST will have spent € 9.00 more than has come in."
    assert found.amount == Money(900)
    assert list(deciding.of_cash(1, "NECST", Dated(date(2026, 8, 31), Money(0)))) == []
    assert list(deciding.of_cash(1, "NECST", None)) == []


def test_a_year_that_deviates_is_to_be_told_with_both_figures_and_who_wants_to_know() -> None:
    """Rule 21: 342,000 of a budgeted 480,000 is -28.75 %."""
    wants = Threshold(Decimal("0.25"), "RegMed XB", "art. 37")
    below = Variance("", "", 2025, Money.euros(480_000), Money.euros(342_000))
    above = Variance("", "", 2024, Money.euros(480_000), Money.euros(600_001))
    told, late = deciding.of_deviations([(3, below, wants), (3, above, wants)], TODAY)
    assert told.what.template == deciding.SPENT_LESS
    assert told.what.facts == {
        "year": "2025",
        "expected": Money.euros(342_000),
        "share": Decimal("0.2875"),
        "budget": Money.euros(480_000),
        "programme": "RegMed XB",
        "threshold": Decimal("0.25"),
        "source": "art. 37",
    }
    assert (told.subject, told.project_id, told.key) == (Subject.DEVIATION, 3, "2025")
    assert (told.due_on, told.state, told.amount) == (
        date(2026, 2, 11),
        "attention",
        Money.euros(138_000),
    )
    assert late.what.template == deciding.SPENT_MORE
    assert (late.due_on, late.state) == (date(2025, 2, 11), "late")
    assert told.is_for(Role.DIRECTOR, "Dirkje")
    assert told.is_for(Role.FINANCE_OFFICER, "Olga")
    assert not told.is_for(Role.PROJECT_LEAD, "Pim")


def test_who_entered_a_draft_does_not_decide_on_it() -> None:
    made = Entered(
        id=12,
        commitment="C-1",
        decision=Amendment(1, date(2026, 1, 2), Money(75), "more"),
        verdict=Verdict.DRAFT,
        entered_by="Olga",
        entered_at=datetime(2026, 1, 3, tzinfo=UTC),
        confirmed_by="",
        returned="",
        document_id=None,
        version=1,
    )
    (found,) = deciding.of_drafts([made, replace(made, returned="wrong")], {"C-1": 7})
    assert (found.project_id, found.key) == (7, "12")
    assert found.is_for(Role.DIRECTOR, "Dirkje")
    assert not found.is_for(Role.DIRECTOR, "Olga")
    assert not found.is_for(Role.AUDITOR, "Anna")


def test_decisions_stand_by_date_and_then_by_money_and_what_has_no_date_stands_today() -> None:
    def one(due_on: date | None, cents: int) -> Decision:
        amount = Money(cents) if cents else None
        return Decision(Subject.CASH, "late", Sentence("x"), amount, due_on, 1)

    before, after = date(2026, 1, 1), date(2026, 2, 1)
    found = in_order(
        [one(after, 9), one(None, 0), one(before, 3), one(before, -5), one(None, 8)], TODAY
    )
    assert [(each.due_on, each.amount.cents if each.amount else 0) for each in found] == [
        (before, -5),
        (before, 3),
        (None, 8),
        (None, 0),
        (after, 9),
    ]
