"""Charging: what a dry run shows is what happens, and what is taken back can be charged again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from tests.actions.programme import OFFICER, load
from tracker.actions import allocations, bulk_charging, terms
from tracker.actions import splitting as rules
from tracker.domain.allocations import Reason
from tracker.domain.bulk_charging import Aim, Fate, Wish
from tracker.domain.costs import CostFilter
from tracker.domain.errors import RuleViolation
from tracker.domain.imports import ChargeOutcome
from tracker.domain.money import Money
from tracker.domain.terms import DatedTerm
from tracker.store import flat_rates
from tracker.store.allocations import AllocationRow, UnallocatedRow, left_of_line
from tracker.store.bulk_charging import try_in_bulk
from tracker.store.checks import broken
from tracker.store.commitments import CommitmentRow, commitment_named, commitments_of, room_of
from tracker.store.costs import CostLineRow, cost_line
from tracker.store.dry_runs import try_charging
from tracker.store.earmarks import EarmarkRow
from tracker.store.projects import CategoryRow, WorkPackageRow, the_project
from tracker.store.session import transaction
from tracker.store.splitting import split_rules

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WHY = "booked on the wrong award"
LONG_AGO = date(2000, 1, 1)


@pytest.fixture
def waiting(session: Session) -> Session:
    """A programme whose costs wait to be charged."""
    load(session, charge=False)
    return session


def set_term(session: Session, code: str, name: str, value: str) -> None:
    term = DatedTerm(name, "", value, LONG_AGO, "the award")
    programme = commitment_named(session, code).programme_id
    terms.change_term(session, programme, term, by=OFFICER)


def charged_line(session: Session, code: str = "NGF-1") -> tuple[int, Money]:
    """A line of which a commitment pays something, and how much."""
    row = session.execute(
        select(AllocationRow.cost_line_id, AllocationRow.amount)
        .join(CommitmentRow, CommitmentRow.id == AllocationRow.commitment_id)
        .where(CommitmentRow.code == code, AllocationRow.amount > 1000)
        .order_by(AllocationRow.id)
    ).first()
    assert row
    return row[0], Money(row[1])


def test_a_dry_run_changes_nothing_and_tells_exactly_what_charging_does(waiting: Session) -> None:
    shown = try_charging(waiting)
    assert waiting.scalar(select(func.count()).select_from(AllocationRow)) == 0
    before = {effect.commitment_id: effect for effect in shown.effects}
    done = allocations.charge(waiting, by=OFFICER, state=shown.state)
    told = tuple((each.reason, each.shares, each.amount) for each in shown.left)
    assert ChargeOutcome(shown.lines, shown.charged, told) == done
    room = room_of(waiting, the_project(waiting).id)
    assert {key: effect.room_after.cents for key, effect in before.items()} == {
        key: room[key] for key in before
    }
    for line_id, judged in shown.first.items():
        parts = {s.commitment: s.amount for s in cost_line(waiting, line_id).shares if not s.reason}
        codes = {c.id: c.code for c in commitments_of(waiting)}
        assert {codes[j.commitment_id or 0]: j.amount for j in judged if not j.reason} == parts


def test_what_changed_since_the_dry_run_is_said_and_nothing_is_charged(waiting: Session) -> None:
    shown = try_charging(waiting)
    rule = split_rules(waiting, the_project(waiting).id)[0]
    rules.end_rule(waiting, rule.id, by=OFFICER)
    with pytest.raises(RuleViolation, match="changed since this was shown"):
        allocations.charge(waiting, by=OFFICER, state=shown.state)
    assert waiting.scalar(select(func.count()).select_from(AllocationRow)) == 0
    again = try_charging(waiting)
    assert allocations.charge(waiting, by=OFFICER, state=again.state).charged == again.charged


def test_what_is_taken_back_is_left_and_can_be_charged_to_the_same_again(loaded: Session) -> None:
    line, paid = charged_line(loaded)
    before = commitment_named(loaded, "NGF-1").charged
    allocations.take_back(loaded, line, "NGF-1", paid, WHY, by=OFFICER)
    assert commitment_named(loaded, "NGF-1").charged == before - paid
    assert Reason.TAKEN_BACK in {reason for _, reason, _ in left_of_line(loaded, line)}
    allocations.charge_by_hand(loaded, line, "NGF-1", paid, by=OFFICER)
    assert commitment_named(loaded, "NGF-1").charged == before
    assert broken(loaded) == []


@pytest.mark.parametrize(
    ("more", "reason", "told"),
    [(1, WHY, "cannot be taken back: NGF-1 pays"), (0, " ", "Say why"), (-(10**9), WHY, "cannot")],
)
def test_more_than_is_charged_is_not_taken_back_and_nothing_without_a_reason(
    loaded: Session, more: int, reason: str, told: str
) -> None:
    line, paid = charged_line(loaded)
    before = commitment_named(loaded, "NGF-1").charged
    with pytest.raises(RuleViolation, match=told):
        allocations.take_back(loaded, line, "NGF-1", paid + Money(more), reason, by=OFFICER)
    assert commitment_named(loaded, "NGF-1").charged == before


def test_what_counts_in_a_closed_period_is_not_taken_back(loaded: Session) -> None:
    line, paid = charged_line(loaded)
    close_the_year_of(loaded, line)
    with pytest.raises(RuleViolation, match=r"counts in a closed period[^§]*wrong funder"):
        allocations.take_back(loaded, line, "NGF-1", paid, WHY, by=OFFICER)
    every = CostFilter(year=cost_line(loaded, line).incurred_on.year)
    run, _ = try_in_bulk(loaded, every, Wish(Aim.TAKE_BACK, None, WHY))
    assert set(run.fates) <= {Fate.LOCKED, Fate.NOTHING_CHARGED, Fate.SETTLED}
    assert Fate.LOCKED in run.fates


def close_the_year_of(session: Session, line: int) -> None:
    year = cost_line(session, line).incurred_on.year
    with transaction(session):
        session.execute(
            text(
                "INSERT INTO reporting_period (project_id, first_day, last_day, state, version)"
                " VALUES (:project, :first, :last, 'open', 1)"
            ),
            {
                "project": the_project(session).id,
                "first": date(year, 1, 1).isoformat(),
                "last": date(year, 12, 31).isoformat(),
            },
        )
        for state in ("closing", "closed"):
            session.execute(
                text("UPDATE reporting_period SET state = :state, version = version + 1"),
                {"state": state},
            )


def test_charging_what_is_left_of_many_lines_does_what_was_shown(loaded: Session) -> None:
    payer = next(c for c in commitments_of(loaded) if c.code == "NGF-1")
    line, paid = charged_line(loaded)
    allocations.take_back(loaded, line, "NGF-1", paid, WHY, by=OFFICER)
    chosen, wish = CostFilter(reason=Reason.TAKEN_BACK), Wish(Aim.TO_COMMITMENT, payer.id)
    shown, state = try_in_bulk(loaded, chosen, wish)
    assert shown.done[0] == 1
    done = bulk_charging.charge_in_bulk(loaded, chosen, wish, state=state, by=OFFICER)
    assert done.told == shown.told
    assert commitment_named(loaded, "NGF-1").charged - payer.charged == shown.done[1] - paid
    assert broken(loaded) == []


def test_bulk_is_refused_where_the_books_changed_since_it_was_shown(loaded: Session) -> None:
    chosen, wish = CostFilter(year=2022), Wish(Aim.TAKE_BACK, None, WHY)
    shown, state = try_in_bulk(loaded, chosen, wish)
    line, paid = charged_line(loaded)
    allocations.take_back(loaded, line, "NGF-1", paid, WHY, by=OFFICER)
    with pytest.raises(RuleViolation, match="changed since"):
        bulk_charging.charge_in_bulk(loaded, chosen, wish, state=state, by=OFFICER)
    _, state = try_in_bulk(loaded, chosen, wish)
    done = bulk_charging.charge_in_bulk(loaded, chosen, wish, state=state, by=OFFICER)
    assert done.done[0] <= shown.done[0]
    assert broken(loaded) == []


def test_the_rules_again_charge_what_they_left_and_leave_what_a_person_took_back(
    loaded: Session,
) -> None:
    everything, wish = CostFilter(), Wish(Aim.AGAIN)
    before = commitment_named(loaded, "NGF-1").charged
    line, paid = charged_line(loaded)
    allocations.take_back(loaded, line, "NGF-1", paid, WHY, by=OFFICER)
    again, _ = try_in_bulk(loaded, everything, wish)
    assert line not in {change.line_id for change in again.changes if change.charged}
    widen(loaded, "UL-1")
    shown, state = try_in_bulk(loaded, everything, wish)
    assert shown.done[0] > 0
    bulk_charging.charge_in_bulk(loaded, everything, wish, state=state, by=OFFICER)
    assert commitment_named(loaded, "NGF-1").charged <= before - paid + shown.done[1]
    assert broken(loaded) == []
    last, _ = try_in_bulk(loaded, everything, wish)
    assert last.done[0] == 0


def widen(session: Session, code: str) -> None:
    """Let a commitment pay for every category, as an amendment would."""
    from tests.actions.test_commitments import CONTROLLER, TODAY
    from tracker.actions import amendments
    from tracker.domain.amendments import Amendment

    categories = tuple(the_project(session).categories)
    step = Amendment(0, date(2024, 1, 1), Money(0), "every category", categories=categories)
    key = amendments.amend(session, code, step, today=TODAY, by=OFFICER)
    amendments.confirm(session, key, version=1, today=TODAY, by=CONTROLLER)


def test_a_commitment_with_a_flat_rate_has_room_for_its_overhead(waiting: Session) -> None:
    set_term(waiting, "NGF-1", "overhead_share", "25")
    set_term(waiting, "NGF-1", "overhead_base", "personnel,equipment,construction")
    allocations.charge(waiting, by=OFFICER)
    commitment = commitment_named(waiting, "NGF-1")
    rate = flat_rates.flat_rates_of(waiting)[commitment.id]
    assert rate.charged > 0
    assert rate.overhead() == Money(rate.charged).share_nearest(rate.share).cents
    assert commitment.charged + Money(rate.overhead()) <= commitment.amount
    assert broken(waiting) == []


def test_by_hand_the_overhead_on_it_must_fit_too(waiting: Session) -> None:
    allocations.charge(waiting, by=OFFICER)
    room = commitment_named(waiting, "UL-1").remaining
    assert room.cents > 0
    line = unpaid_personnel(waiting)
    set_term(waiting, "UL-1", "overhead_share", "100")
    set_term(waiting, "UL-1", "overhead_base", "personnel")
    rate = flat_rates.flat_rates_of(waiting)[commitment_named(waiting, "UL-1").id]
    fits = Money(rate.most((room - Money(rate.overhead())).cents))
    if fits.cents < Money.total(Money(c) for _, _, c in left_of_line(waiting, line)).cents:
        with pytest.raises(RuleViolation, match="overhead on it"):
            allocations.charge_by_hand(waiting, line, "UL-1", fits + Money(1), by=OFFICER)
    assert broken(waiting) == []


def unpaid_personnel(session: Session) -> int:
    found = session.scalar(
        select(CostLineRow.id)
        .join(UnallocatedRow, UnallocatedRow.cost_line_id == CostLineRow.id)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
        .where(
            CategoryRow.code == "personnel",
            UnallocatedRow.amount > 100,
            CostLineRow.incurred_on.between(date(2022, 1, 1), date(2024, 12, 31)),
        )
        .limit(1)
    )
    assert found
    return found


def test_costs_that_a_flat_rate_covers_are_not_charged_as_real_costs_too(waiting: Session) -> None:
    set_term(waiting, "NGF-1", "overhead_share", "25")
    set_term(waiting, "NGF-1", "overhead_base", "personnel")
    set_term(waiting, "NGF-1", "overhead_covers", "travel")
    allocations.charge(waiting, by=OFFICER)
    commitment = commitment_named(waiting, "NGF-1")
    found = waiting.execute(
        select(CostLineRow.id, UnallocatedRow.amount)
        .join(UnallocatedRow, UnallocatedRow.cost_line_id == CostLineRow.id)
        .where(
            UnallocatedRow.reason == Reason.COVERED_BY_FLAT_RATE,
            UnallocatedRow.commitment_id == commitment.id,
            UnallocatedRow.amount > 0,
        )
    ).first()
    assert found
    with pytest.raises(RuleViolation, match="and that covers this category"):
        allocations.charge_by_hand(waiting, found[0], "NGF-1", Money(found[1]), by=OFFICER)
    assert broken(waiting) == []


def test_terms_that_would_fund_a_charged_cost_twice_are_refused(loaded: Session) -> None:
    with pytest.raises(RuleViolation, match="real costs that its flat rate would cover"):
        set_term(loaded, "NGF-1", "overhead_covers", "personnel")
    assert broken(loaded) == []


def test_a_commitment_pays_only_for_the_work_packages_that_it_is_meant_for(
    waiting: Session,
) -> None:
    package = waiting.scalars(select(WorkPackageRow).order_by(WorkPackageRow.position)).first()
    assert package
    commitment = commitment_named(waiting, "NGF-1")
    with transaction(waiting):
        waiting.add(EarmarkRow(commitment_id=commitment.id, work_package_id=package.id))
    allocations.charge(waiting, by=OFFICER)
    paid = waiting.scalars(
        select(CostLineRow.work_package_id)
        .join(AllocationRow, AllocationRow.cost_line_id == CostLineRow.id)
        .where(AllocationRow.commitment_id == commitment.id)
        .distinct()
    ).all()
    assert paid == [package.id]
    left = waiting.scalar(select(func.count()).where(UnallocatedRow.reason == Reason.NOT_EARMARKED))
    assert left
    line = waiting.scalar(
        select(UnallocatedRow.cost_line_id).where(
            UnallocatedRow.reason == Reason.NOT_EARMARKED, UnallocatedRow.amount > 100
        )
    )
    with pytest.raises(RuleViolation, match="meant for other work packages"):
        allocations.charge_by_hand(waiting, line or 0, "NGF-1", Money(1), by=OFFICER)
