"""What has changed since the last report, worked out from what both of them say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.reports.facts import facts_of
from tracker.domain.amendments import Amendment
from tracker.domain.commitments import Status
from tracker.domain.errors import Code
from tracker.domain.milestones import MilestoneStatus
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_year
from tracker.domain.statement_changes import changed_since
from tracker.domain.statement_parts import Changed, ChangedAmount, ChangedTerm, ChangeOf
from tracker.domain.statements import StatementFacts, required_beside
from tracker.domain.waivers import Waiver

LEAVE = Waiver(
    7, "virement", "NGF-1", "bought ahead", date(2024, 1, 31), None, "a", "b", None, None
)  # fmt: skip


def before() -> StatementFacts:
    """The report over the year before, of the same books."""
    now = facts_of(language="en")
    kept = tuple(receipt for receipt in now.receipts if receipt.received_on.year < 2023)
    return replace(now, period=calendar_year(2022), receipts=kept)


def test_nothing_changed_but_what_came_in_and_how_milestones_stand() -> None:
    assert changed_since(before(), facts_of(language="en")) == Changed(
        (ChangedAmount(ChangeOf.RECEIVED, "", Money(400_000_00), Money(750_000_50)),),
        (
            ChangedTerm(
                ChangeOf.MILESTONE_STANDING, "M6", "First patient batch",
                Code("on_schedule"), Code("late"),
            ),
        ),
    )  # fmt: skip
    same = facts_of(language="en")
    assert changed_since(same, same) == Changed((), ())


def test_the_award_its_period_and_its_status_are_compared() -> None:
    was = facts_of(language="en")
    more = Amendment(2, date(2023, 11, 1), Money(5_00), "half a year more")
    commitment = replace(
        was.commitment,
        amount=was.commitment.amount + Money(5_00),
        period=Period(was.commitment.period.first_day, date(2026, 6, 30)),
        status=Status.DETERMINED,
    )
    now = replace(was, commitment=commitment, amendments=(*was.amendments, more))
    found = changed_since(was, now)
    assert found.amounts == (
        ChangedAmount(ChangeOf.AWARD, "", was.commitment.amount, commitment.amount),
    )
    why = "half a year more"
    assert found.terms == (
        ChangedTerm(ChangeOf.STATUS, "", "", Code("awarded"), Code("determined"), why),
        ChangedTerm(ChangeOf.LAST_DAY, "", "", date(2025, 12, 31), date(2026, 6, 30), why),
    )


def test_budgets_are_compared_by_category() -> None:
    was = facts_of(language="en")
    first, second, *rest = was.categories
    now = replace(was, categories=(replace(first, budget=Money(1_00)), *rest))
    assert changed_since(was, now).amounts == (
        ChangedAmount(ChangeOf.BUDGET, first.category, first.budget, Money(1_00)),
        ChangedAmount(ChangeOf.BUDGET, second.category, second.budget, None),
    )


def test_milestones_are_compared_as_each_report_knew_them() -> None:
    was, now = before(), facts_of(language="en")
    later = replace(now, period=calendar_year(2024))
    moved = [one for one in changed_since(was, later).terms if one.about == "M6"]
    assert moved == [
        ChangedTerm(
            ChangeOf.MILESTONE_DAY, "M6", "First patient batch",
            date(2023, 6, 30), date(2024, 9, 30), "After the period",
        ),
        ChangedTerm(
            ChangeOf.MILESTONE_STANDING, "M6", "First patient batch",
            Code("on_schedule"), Code("met_late"),
        ),
    ]  # fmt: skip
    fewer = replace(was, milestones=was.milestones[:2])
    assert [one for one in changed_since(fewer, now).terms if one.about == "M6"] == [
        ChangedTerm(ChangeOf.MILESTONE, "M6", "First patient batch", None, date(2023, 6, 30))
    ]
    dropped = replace(now, milestones=now.milestones[:2])
    assert [one for one in changed_since(was, dropped).terms if one.about == "M6"] == [
        ChangedTerm(ChangeOf.MILESTONE, "M6", "First patient batch", date(2023, 6, 30), None)
    ]
    given_up = replace(now.milestones[2], met_on=None, status=MilestoneStatus.NOT_MET)
    ended = replace(now, milestones=(*now.milestones[:2], given_up))
    assert changed_since(was, ended).terms[-1].now == Code("not_met")


def test_waivers_come_go_and_last_longer() -> None:
    was = facts_of(language="en")
    now = replace(was, waivers=(LEAVE,))
    longer = replace(was, waivers=(replace(LEAVE, until=date(2024, 6, 30)),))
    until, reason = LEAVE.until, LEAVE.reason
    assert changed_since(was, now).terms == (
        ChangedTerm(ChangeOf.WAIVER, "virement", "", None, until, reason),
    )
    assert changed_since(now, longer).terms == (
        ChangedTerm(ChangeOf.WAIVER, "virement", "", until, date(2024, 6, 30), reason),
    )
    assert changed_since(now, was).terms == (
        ChangedTerm(ChangeOf.WAIVER, "virement", "", until, None, reason),
    )


def test_what_others_must_bring_follows_from_the_share() -> None:
    award = Money.euros("450000")
    assert required_beside(award, Decimal("0.45")) == Money.euros("550000")
    assert required_beside(Money(1), Decimal("0.3")) == Money(2)
    assert required_beside(award, None) is None
    assert required_beside(award, Decimal(1)) is None
