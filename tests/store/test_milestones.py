"""Milestones and the money on them as they are read: the sums are those of the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.actions.programme import OFFICER
from tests.actions.test_costs import enter as enter_cost
from tests.actions.test_milestones import enter, follow, found, fund, move
from tests.questions import questions
from tracker.actions import allocations, milestones
from tracker.actions.milestones import Released
from tracker.domain.explanations import Asked, Figure
from tracker.domain.milestone_lists import sums_of
from tracker.domain.milestone_rules import Follow
from tracker.domain.milestones import MilestoneStatus
from tracker.domain.money import ZERO, Money
from tracker.domain.risk import RiskKind, at_risk
from tracker.store.allocations import AllocationRow
from tracker.store.commitments import commitment_named, commitments_of
from tracker.store.costs import CostLineRow
from tracker.store.explanations import explain
from tracker.store.instalments import instalments_of
from tracker.store.milestone_money import milestone_list
from tracker.store.milestones import milestones_of
from tracker.store.projects import the_project
from tracker.store.questions import Question
from tracker.store.risk import risks_on

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.milestone_lists import Listed

TODAY = date(2025, 3, 1)


def test_the_instalment_of_a_milestone_that_moved_past_its_due_date_is_at_risk(
    loaded: Session,
) -> None:
    plan = instalments_of(loaded, commitment_named(loaded, "NGF-1").id)
    six = next(one for one in plan if one.milestone == "M7")
    held = [risk for risk in risks_on(loaded, date(2026, 1, 15)) if risk.milestone == "M7"]
    (risk,) = held
    assert (risk.kind, risk.amount, risk.due_on) == (
        RiskKind.HELD_BACK, six.outstanding, six.due_on,
    )  # fmt: skip
    follow(loaded, "M7", Follow(MilestoneStatus.MET, 100, date(2026, 1, 10)))
    assert not [risk for risk in risks_on(loaded, date(2026, 1, 15)) if risk.milestone == "M7"]
    before = [risk for risk in risks_on(loaded, date(2026, 1, 9)) if risk.milestone == "M7"]
    assert before == held  # it was, on the day before it was met


def test_on_a_day_that_has_passed_only_the_moves_made_by_then_count(loaded: Session) -> None:
    enter(loaded, day=date(2025, 11, 1), after=(), evidence=())
    fund(loaded, "M20", NGF_1=700)
    move(loaded, "M20", date(2026, 6, 1))  # on 15 January 2026

    def on(day: date) -> Money:
        return at_risk(risk for risk in risks_on(loaded, day) if risk.milestone == "M20")

    assert (on(date(2026, 1, 14)), on(date(2026, 1, 15))) == (ZERO, Money(70_000))


def test_what_is_charged_on_a_milestone_is_not_to_come_any_more(loaded: Session) -> None:
    enter(loaded, day=date(2026, 3, 1), after=(), evidence=())
    fund(loaded, "M20", NGF_1=100_000)
    before = listed_as(loaded, "M20").money
    assert (before.charged, before.to_come) == (ZERO, Money(10_000_000))
    enter_cost(loaded, milestone="M20")
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    loaded.rollback()
    key = found(loaded, "M20").id
    charged = Money(
        loaded.scalar(
            select(func.sum(AllocationRow.amount))
            .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
            .where(CostLineRow.milestone_id == key)
        )
        or 0
    )
    after = listed_as(loaded, "M20").money
    assert after.charged == charged > ZERO
    assert after.to_come == before.to_come - charged
    fund(loaded, "M20", NGF_1=1)
    over = listed_as(loaded, "M20").money
    assert (over.to_come, over.over) == (ZERO, charged - Money(100))
    day, sums = date(2026, 1, 15), Asked(Figure.MILESTONE_CHARGED)
    question = Question(loaded, the_project(loaded).id, commitments_of(loaded), sums, day)
    assert (explain(question).amount, explain(question).apart) == (charged, ZERO)
    told = explain(replace(question, asked=sums.but(milestone="M20")))
    assert (told.amount, told.apart) == (charged, ZERO)
    for part in told.tables[0].parts:
        assert part.asked is not None
        narrower = explain(replace(question, asked=part.asked))
        assert narrower.amount == part.amount
        assert narrower.lines


def listed_as(session: Session, code: str) -> Listed:
    return next(one for one in milestone_list(session, TODAY).listed if one.milestone.code == code)


def test_the_sums_of_the_list_are_those_of_the_risks_and_plans(loaded: Session) -> None:
    for at, day in enumerate((date(2026, 6, 1), date(2025, 1, 1)), 20):
        enter(loaded, f"M{at}", day, after=(), evidence=())
        fund(loaded, f"M{at}", NGF_1=500, LUMC_1=300)
    known = milestone_list(loaded, date(2026, 1, 15))
    sums = sums_of(known.listed)
    assert sums.planned == sums.committed == Money(160_000)
    assert sums.at_risk == at_risk(known.risks) == known.at_risk
    committed = {one.id: one for one in commitments_of(loaded)}
    for key in {risk.commitment_id for risk in known.risks}:
        own = at_risk(risk for risk in known.risks if risk.commitment_id == key)
        outstanding = Money.total(one.outstanding for one in instalments_of(loaded, key))
        assert own <= max(committed[key].remaining, outstanding)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(Figure.AT_RISK),
        Asked(Figure.AT_RISK, milestone="M7"),
        Asked(Figure.AT_RISK, commitment="NGF-1"),
        Asked(Figure.MILESTONE_PLANNED),
        Asked(Figure.MILESTONE_PLANNED, milestone="M20"),
        Asked(Figure.MILESTONE_CHARGED),
        Asked(Figure.MILESTONE_CHARGED, milestone="M20"),
        Asked(Figure.CHARGED, commitment="NGF-1", milestone="M20"),
    ],
)
def test_every_amount_is_the_sum_of_its_parts(loaded: Session, asked: Asked) -> None:
    enter(loaded, day=date(2026, 6, 1), after=(), evidence=())
    fund(loaded, "M20", NGF_1=500, LUMC_1=300)
    day = date(2026, 1, 15)
    question = Question(loaded, the_project(loaded).id, commitments_of(loaded), asked, day)
    told = explain(question)
    assert told.apart == ZERO
    known = milestone_list(loaded, day)
    one = next((x for x in known.listed if x.milestone.code == asked.milestone), None)
    if asked.figure is Figure.AT_RISK and not asked.commitment:
        assert told.amount == (one.money.at_risk if one else known.at_risk)
        assert told.amount > ZERO
    if asked.figure is Figure.MILESTONE_PLANNED:
        assert told.amount == Money(80_000)


def test_reading_the_list_takes_as_many_queries_for_many_milestones_as_for_few(
    loaded: Session,
) -> None:
    def queries() -> int:
        loaded.rollback()
        with questions(loaded.get_bind()) as asked:
            milestone_list(loaded, TODAY)
        return len(asked)

    queries()  # what is asked once for a session
    few = queries()
    for at in range(20, 26):
        enter(loaded, f"M{at}", TODAY + timedelta(at))
        fund(loaded, f"M{at}", NGF_1=10)
    assert queries() == few <= 20
    assert len(milestones_of(loaded)) > 10


def test_an_instalment_is_released_anew(loaded: Session) -> None:
    enter(loaded, day=date(2030, 1, 1), after=(), evidence=())
    nothing, six = Released("", 0, ()), Released("NGF-1", 6, ())
    for code, wished in (("M7", nothing), ("M20", six)):
        version = found(loaded, code).version
        milestones.release(loaded, code, wished, version=version, by=OFFICER)
    (risk,) = risks_on(loaded, TODAY)
    assert (risk.milestone, risk.kind) == ("M20", RiskKind.HELD_BACK)
