"""What the outlook is made from is what the tables hold, added up here from their rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.actions.programme import OFFICER
from tests.questions import questions
from tests.store.whole import everything
from tracker.actions import scenarios as deeds
from tracker.actions import splitting
from tracker.domain.allocations import Share
from tracker.domain.commitments import Form
from tracker.domain.forecasts import Forecast
from tracker.domain.money import Money
from tracker.domain.outlook import outlook
from tracker.domain.scenarios import Change, ChangeKind, NewScenario
from tracker.domain.splitting import SplitRule
from tracker.domain.supposing import supposing
from tracker.store.allocations import AllocationRow
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.forecasts import ForecastLineRow, ForecastRow
from tracker.store.instalments import InstalmentRow
from tracker.store.milestones import MilestoneMoveRow, MilestoneRow
from tracker.store.outlook import outlook_facts
from tracker.store.projects import the_project
from tracker.store.receipts import ReceiptRow
from tracker.store.scenarios import scenarios_of
from tracker.store.splitting import SplitRuleRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.outlook import OutlookFacts

TODAY = date(2025, 3, 10)


def facts_of(session: Session, day: date = TODAY) -> OutlookFacts:
    (found,) = outlook_facts(session, day).values()
    return found


def test_spending_charges_and_receipts_are_those_of_the_rows(loaded: Session) -> None:
    facts = facts_of(loaded)
    spent: dict[date, int] = defaultdict(int)
    for line in loaded.scalars(select(CostLineRow)):
        spent[(line.counted_on or line.incurred_on).replace(day=1)] += line.amount
    paid: dict[Any, int] = defaultdict(int)
    for row, line in loaded.execute(
        select(AllocationRow, CostLineRow).join(
            CostLineRow, CostLineRow.id == AllocationRow.cost_line_id
        )
    ):
        day = row.counted_on or line.counted_on or line.incurred_on
        paid[row.commitment_id, day.replace(day=1)] += row.amount
    came: dict[Any, int] = defaultdict(int)
    for receipt in loaded.scalars(select(ReceiptRow)):
        came[receipt.commitment_id, receipt.received_on.replace(day=1)] += receipt.amount

    assert len(came) > 5
    assert facts.spent == {month: cents for month, cents in spent.items() if cents}
    for one in facts.funding:
        key = one.commitment.id
        assert one.charged == {m: c for (k, m), c in paid.items() if k == key and c}
        assert one.received == {m: c for (k, m), c in came.items() if k == key and c}
        balance = loaded.get_one(CommitmentBalanceRow, key)
        assert one.room == balance.committed - balance.charged


def test_what_was_spent_lately_is_without_what_was_given_in_kind(loaded: Session) -> None:
    facts = facts_of(loaded)
    in_kind = set(
        loaded.scalars(select(CommitmentRow.id).where(CommitmentRow.form == Form.IN_KIND.value))
    )
    found: dict[Any, int] = defaultdict(int)
    for line in loaded.scalars(select(CostLineRow)):
        if date(2024, 3, 1) <= (line.counted_on or line.incurred_on) < date(2025, 3, 1):
            found[line.work_package_id or 0, line.category_id] += line.amount
    for row, line in loaded.execute(
        select(AllocationRow, CostLineRow).join(
            CostLineRow, CostLineRow.id == AllocationRow.cost_line_id
        )
    ):
        day = row.counted_on or line.counted_on or line.incurred_on
        if row.commitment_id in in_kind and date(2024, 3, 1) <= day < date(2025, 3, 1):
            found[line.work_package_id or 0, line.category_id] -= row.amount

    assert in_kind
    assert {k: c for k, c in facts.lately.items() if c} == {k: c for k, c in found.items() if c}


def test_what_is_awaited_is_what_did_not_come_in_and_knows_its_milestone(loaded: Session) -> None:
    facts = facts_of(loaded)
    released = {
        row.releases_id: row
        for row in loaded.scalars(select(MilestoneRow).where(MilestoneRow.met_on.is_(None)))
    }
    checked = 0
    for one in facts.funding:
        awaited = {each.number: each for each in one.awaited}
        for row in loaded.scalars(
            select(InstalmentRow).where(InstalmentRow.commitment_id == one.commitment.id)
        ):
            came = sum(
                loaded.scalars(select(ReceiptRow.amount).where(ReceiptRow.instalment_id == row.id))
            )
            left = max(0, row.amount - row.held_back - came)
            if row.number not in awaited:
                assert left == 0
                continue
            each = awaited[row.number]
            assert (each.amount, each.due_on) == (Money(left), row.due_on)
            if milestone := released.get(row.id):
                moves = loaded.scalars(
                    select(MilestoneMoveRow.to_day)
                    .where(MilestoneMoveRow.milestone_id == milestone.id)
                    .order_by(MilestoneMoveRow.moved_on, MilestoneMoveRow.id)
                ).all()
                assert each.planned_on == (moves[-1] if moves else milestone.baseline)
                checked += 1
    assert checked


def test_rules_that_a_forecast_cannot_follow_are_left_out(loaded: Session) -> None:
    before = facts_of(loaded).rules
    payer = facts_of(loaded).funding[0].commitment.id
    for name, supplier in (("By supplier", "Bakker"), ("For all", "")):
        rule = SplitRule(0, 0, name, (Share(payer, 1),), supplier=supplier)
        splitting.enter_rule(loaded, rule, by=OFFICER)

    found = [rule.name for rule in facts_of(loaded).rules]
    assert found == [*(rule.name for rule in before), "For all"]
    in_kind = loaded.scalars(select(SplitRuleRow.id).where(SplitRuleRow.is_in_kind)).all()
    assert in_kind
    assert {rule.id for rule in before}.isdisjoint(in_kind)


def test_the_outlook_is_made_in_as_many_questions_however_many_commitments(
    loaded: Session,
) -> None:
    with questions(loaded.get_bind()) as asked:
        facts = facts_of(loaded)

    assert len(facts.funding) > 5
    assert len([each for each in asked if each.startswith("SELECT")]) <= 36


def test_a_scenario_changes_nothing_but_what_is_kept_of_it(loaded: Session) -> None:
    code = facts_of(loaded).funding[0].commitment.code
    changes = (
        Change(ChangeKind.DROP_COMMITMENT, code, first_day=date(2025, 5, 1)),
        Change(ChangeKind.ADD_COMMITMENT, "NEW", Money(500_000), None, TODAY, date(2025, 12, 1)),
    )
    before = everything(loaded)
    now = outlook(facts_of(loaded))
    assert outlook(supposing(facts_of(loaded), changes)) != now
    assert everything(loaded) == before

    key = deeds.keep(loaded, NewScenario("Other", "why", changes), by=OFFICER)
    (kept,) = scenarios_of(loaded, the_project(loaded).id)
    assert (kept.id, kept.changes) == (key, changes)
    after = everything(loaded)
    grown = {"audit", "scenario", "scenario_change"}
    assert {name for name, rows in after.items() if rows != before[name]} == grown
    assert outlook(facts_of(loaded)) == now


def test_the_newest_forecast_is_the_one_that_is_followed(loaded: Session) -> None:
    project = the_project(loaded)
    facts = facts_of(loaded)
    for number, cents in ((1, 900), (2, 600)):
        row = ForecastRow(
            project_id=project.id,
            number=number,
            first_day=date(2026, 4, 1),
            made_on=TODAY,
            made_by="lead",
            reason="as we see it",
            made_at=datetime.now(UTC),
        )
        loaded.add(row)
        loaded.flush()
        loaded.add(
            ForecastLineRow(
                forecast_id=row.id,
                work_package_id=next(iter(facts.packages.values())),
                category_id=next(iter(facts.categories.values())),
                quarter=date(2026, 4, 1),
                amount=cents,
            )
        )
    loaded.flush()
    made = outlook(facts_of(loaded))

    assert isinstance(facts_of(loaded).forecast, Forecast)
    assert made.spending[made.months.index(date(2026, 5, 1))] == Money(200)
