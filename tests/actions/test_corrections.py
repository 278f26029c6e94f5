"""What was booked wrong stays as it was, and what is right counts once, in an open period."""

from __future__ import annotations

import multiprocessing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.actions.closing import NOW, close_until
from tests.actions.programme import OFFICER
from tracker.actions import allocations, corrections
from tracker.domain.corrections import CorrectionKind, Wish
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.money import Money
from tracker.store import audit, checks, costs
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.commitments import commitment_named, commitments_of, lock_room, terms_of
from tracker.store.corrections import corrections_of
from tracker.store.costs import CostLineRow
from tracker.store.documents import documents_of
from tracker.store.imports import BookRow
from tracker.store.projects import the_project
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier
    from typing import Any

    from tracker.domain.corrections import Correction
    from tracker.domain.costs import CostLine

K = CorrectionKind


def charged_line(session: Session, *, largest: bool = True) -> CostLine:
    """A line of the ledger that one commitment or several pay in full."""
    paid = func.sum(AllocationRow.amount)
    order = CostLineRow.amount.desc() if largest else CostLineRow.id
    key = session.scalars(
        select(CostLineRow.id)
        .join(AllocationRow, AllocationRow.cost_line_id == CostLineRow.id)
        .join(BookRow, BookRow.id == CostLineRow.book_id)
        .where(CostLineRow.amount > 1000, BookRow.origin == "ledger")
        .group_by(CostLineRow.id)
        .having(paid == CostLineRow.amount)
        .order_by(order)
        .limit(1)
    ).one()
    session.rollback()
    return costs.cost_line(session, key)


def correct(session: Session, line: int, kind: K, **wish: Any) -> Correction:
    given = Wish(kind=kind, reason="booked wrong", **wish)
    found = corrections.correct(session, line, given, today=NOW, by=OFFICER)
    assert checks.broken(session) == []
    session.rollback()
    return found


def of_pair(session: Session, *lines: int) -> dict[str, int]:
    """What each commitment pays of these lines together, and what is left of them."""
    found: dict[str, int] = {}
    for line in lines:
        for share in costs.cost_line(session, line).shares:
            key = share.reason or share.commitment
            found[key] = found.get(key, 0) + share.amount.cents
    session.rollback()
    return {key: cents for key, cents in found.items() if cents}


def test_a_cancelled_invoice_is_taken_back_from_whoever_paid_it(loaded: Session) -> None:
    line = charged_line(loaded)
    before = commitment_named(loaded, line.shares[0].commitment).charged
    made = correct(loaded, line.id, K.CANCELLED)
    back = costs.cost_line(loaded, made.made[0].id)
    assert (back.amount, back.reverses_id) == (-line.amount, line.id)
    assert of_pair(loaded, line.id, back.id) == {}
    after = commitment_named(loaded, line.shares[0].commitment).charged
    assert after == before - line.shares[0].amount
    assert costs.cost_line(loaded, line.id).amount == line.amount  # what was booked stays
    assert made.moved[0].amount.cents < 0
    assert made.made[0].is_reversal


def test_a_line_is_taken_back_once_and_the_second_is_told_by_what(loaded: Session) -> None:
    line = charged_line(loaded)
    made = correct(loaded, line.id, K.CANCELLED).made[0]
    for kind in (K.CANCELLED, K.WRONG_CATEGORY, K.CREDIT_NOTE):
        with pytest.raises(RuleViolation, match=f"taken back already by {made.key}"):
            correct(loaded, line.id, kind, amount=Money(1), category="travel")
    with pytest.raises(RuleViolation, match=f"This line takes {line.key} back"):
        correct(loaded, made.id, K.CANCELLED)


def test_a_line_in_the_wrong_work_package_is_booked_anew_and_waits_for_the_rules(
    loaded: Session,
) -> None:
    line = charged_line(loaded)
    other = "WP2" if line.work_package != "WP2" else "WP1"
    made = correct(loaded, line.id, K.WRONG_WORK_PACKAGE, work_package=other)
    back, anew = made.made
    assert (back.is_reversal, anew.waits, anew.work_package) == (True, True, other)
    assert anew.amount == line.amount
    kept = costs.cost_line(loaded, anew.id)
    assert (kept.corrects_id, kept.incurred_on, kept.supplier) == (
        line.id,
        line.incurred_on,
        line.supplier,
    )
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    assert costs.cost_line(loaded, anew.id).state != "waiting"
    assert checks.broken(loaded) == []


def test_a_line_in_the_wrong_category_or_period_is_booked_anew(loaded: Session) -> None:
    line = charged_line(loaded)
    other = "travel" if line.category != "travel" else "materials"
    anew = correct(loaded, line.id, K.WRONG_CATEGORY, category=other).made[1]
    assert anew.category == other
    day = date(2024, 2, 29)
    again = correct(loaded, anew.id, K.WRONG_PERIOD, day=day).made[1]
    assert (again.incurred_on, again.counts_on, again.category) == (day, day, other)


def test_what_a_closed_period_holds_is_corrected_in_the_open_one(loaded: Session) -> None:
    line = charged_line(loaded)
    open_day = close_until(loaded, line.incurred_on)
    before = booked_until(loaded, open_day)
    other = "WP2" if line.work_package != "WP2" else "WP1"
    made = correct(loaded, line.id, K.WRONG_WORK_PACKAGE, work_package=other)
    assert [(m.incurred_on, m.counts_on) for m in made.made] == [(line.incurred_on, open_day)] * 2
    assert all(moved.counts_on == open_day for moved in made.moved)
    assert booked_until(loaded, open_day) == before


def booked_until(session: Session, day: date) -> int:
    """What counts before a day."""
    counts = func.coalesce(CostLineRow.counted_on, CostLineRow.incurred_on)
    return int(session.scalar(select(func.sum(CostLineRow.amount)).where(counts < day)) or 0)


@pytest.mark.parametrize("typed", [30_000, -30_000])
@pytest.mark.parametrize("kind", [K.CREDIT_NOTE, K.REFUND])
def test_a_credit_note_is_kept_negative_and_mirrors_who_paid(
    loaded: Session, kind: K, typed: int
) -> None:
    line = charged_line(loaded)
    made = correct(loaded, line.id, kind, amount=Money(typed), document="CN-7", day=NOW)
    credit = costs.cost_line(loaded, made.made[0].id)
    assert (credit.amount, credit.document, credit.corrects_id) == (
        Money(-30_000),
        "CN-7",
        line.id,
    )
    assert credit.charged == credit.amount
    assert {s.commitment for s in credit.shares} <= {s.commitment for s in line.shares}
    assert not made.made[0].waits


def test_credit_notes_take_off_no_more_than_the_line_and_the_last_cent_of_it(
    loaded: Session,
) -> None:
    line = charged_line(loaded)
    third = Money(line.amount.cents // 3)
    first = correct(loaded, line.id, K.CREDIT_NOTE, amount=third).made[0]
    rest = line.amount - third
    with pytest.raises(RuleViolation, match="has not been credited yet") as refusal:
        correct(loaded, line.id, K.CREDIT_NOTE, amount=rest + Money(1))
    assert refusal.value.message.facts["most"] == rest
    with pytest.raises(RuleViolation, match=r"take .* off this line"):
        correct(loaded, line.id, K.CANCELLED)
    second = correct(loaded, line.id, K.REFUND, amount=rest).made[0]
    assert of_pair(loaded, line.id, first.id, second.id) == {}
    with pytest.raises(RuleViolation, match="lowers costs itself"):
        correct(loaded, first.id, K.CREDIT_NOTE, amount=Money(1))
    correct(loaded, second.id, K.CANCELLED)
    correct(loaded, first.id, K.CANCELLED)
    correct(loaded, line.id, K.CANCELLED)


def test_what_is_not_eligible_is_taken_from_whoever_paid_and_can_come_back(
    loaded: Session,
) -> None:
    line = charged_line(loaded)
    part = Money(12_345)
    wish = {"amount": part, "ineligible_for": "economic_use"}
    made = correct(loaded, line.id, K.NOT_ELIGIBLE, **wish)
    assert sum(moved.amount.cents for moved in made.moved) == -part.cents
    assert dict(made.left) == {"economic_use": part}
    with pytest.raises(RuleViolation, match="counts as eligible") as refusal:
        correct(loaded, line.id, K.NOT_ELIGIBLE, **(wish | {"amount": line.amount}))
    assert refusal.value.field == "amount"
    with pytest.raises(RuleViolation, match="is not eligible"):
        correct(loaded, line.id, K.ELIGIBLE_AGAIN, amount=part + Money(1))
    correct(loaded, line.id, K.ELIGIBLE_AGAIN, amount=part)
    assert of_pair(loaded, line.id)["taken_back"] == part.cents


def test_the_wrong_funder_gets_its_money_back_and_the_right_one_is_charged(
    loaded: Session,
) -> None:
    line, taker = line_and_taker(loaded)
    giver = line.shares[0]
    part = Money(min(giver.amount.cents, 5_000))
    wish = {"taken_from": giver.commitment, "charged_to": taker}
    made = correct(loaded, line.id, K.WRONG_FUNDER, amount=part, **wish)
    assert {m.commitment: m.amount for m in made.moved} == {giver.commitment: -part, taker: part}
    assert made.left == ()
    with pytest.raises(RuleViolation, match=f"{giver.commitment} pays") as refusal:
        correct(loaded, line.id, K.WRONG_FUNDER, amount=giver.amount, **wish)
    assert refusal.value.field == "amount"
    with pytest.raises(RuleViolation, match="says already"):
        correct(
            loaded,
            line.id,
            K.WRONG_FUNDER,
            amount=part,
            taken_from=giver.commitment,
            charged_to=giver.commitment,
        )


def line_and_taker(session: Session) -> tuple[CostLine, str]:
    """A line that is paid, and a commitment that pays nothing of it, and could."""
    project = the_project(session).id
    terms, room = terms_of(session, project), lock_room(session, project)
    known = [c for c in commitments_of(session) if c.is_committed and room[c.id] > 5_000]
    rows = session.execute(
        select(CostLineRow.id, CostLineRow.category_id)
        .join(AllocationRow, AllocationRow.cost_line_id == CostLineRow.id)
        .where(CostLineRow.amount > 5_000)
        .group_by(CostLineRow.id)
        .having(func.sum(AllocationRow.amount) == CostLineRow.amount)
    ).all()
    found = (
        (line, c.code)
        for line, category in ((costs.cost_line(session, key), category) for key, category in rows)
        for c in known
        if c.code not in {share.commitment for share in line.shares}
        and category in terms[c.id].categories
        and line.incurred_on in terms[c.id].period
    )
    pair = next(found)
    session.rollback()
    return pair


def test_the_right_funder_is_asked_by_its_own_rules(loaded: Session) -> None:
    line = charged_line(loaded)
    giver = line.shares[0].commitment
    before = of_pair(loaded, line.id)
    wish = {"amount": Money(100), "taken_from": giver}
    with pytest.raises(RuleViolation, match="binds nobody yet"):
        correct(loaded, line.id, K.WRONG_FUNDER, charged_to="EFRO-C", **wish)
    with pytest.raises(RuleViolation, match="no commitment"):
        correct(loaded, line.id, K.WRONG_FUNDER, charged_to="NOPE", **wish)
    assert of_pair(loaded, line.id) == before


def test_a_reason_is_asked_and_a_correction_changes_something(loaded: Session) -> None:
    line = charged_line(loaded)
    nothing = Wish(kind=K.CANCELLED, reason="  ")
    with pytest.raises(RuleViolation) as refusal:
        corrections.correct(loaded, line.id, nothing, today=NOW, by=OFFICER)
    assert refusal.value.field == "reason"
    same: list[tuple[K, dict[str, Any]]] = [
        (K.WRONG_PERIOD, {"day": line.incurred_on}),
        (K.WRONG_WORK_PACKAGE, {"work_package": line.work_package}),
        (K.WRONG_CATEGORY, {"category": line.category}),
    ]
    for kind, wish in same:
        with pytest.raises(RuleViolation, match="says already"):
            correct(loaded, line.id, kind, **wish)
    wrong: list[tuple[K, dict[str, Any]]] = [
        (K.WRONG_WORK_PACKAGE, {"work_package": "WP99"}),
        (K.WRONG_CATEGORY, {"category": "yachts"}),
        (K.WRONG_PERIOD, {"day": date(2199, 1, 1)}),
        (K.NOT_ELIGIBLE, {"amount": Money(1), "ineligible_for": "depreciated"}),
    ]
    for kind, wish in wrong:
        with pytest.raises(RuleViolation):
            correct(loaded, line.id, kind, **wish)
    with pytest.raises(NotFoundError):
        correct(loaded, 10**9, K.CANCELLED)
    assert corrections_of(loaded, line.id) == []


def test_what_is_foreseen_is_what_happens_and_leaves_no_trace(loaded: Session) -> None:
    line = charged_line(loaded)
    wish = Wish(kind=K.CANCELLED, reason="booked wrong")
    state, pair = audit.ledger_state(loaded), of_pair(loaded, line.id)
    seen = corrections.foresee(loaded, line.id, wish, today=NOW, by=OFFICER)
    assert (audit.ledger_state(loaded), of_pair(loaded, line.id)) == (state, pair)
    assert corrections_of(loaded, line.id) == []
    loaded.rollback()
    done = correct(loaded, line.id, K.CANCELLED)
    assert (seen.moved, seen.left) == (done.moved, done.left)
    assert [m.amount for m in seen.made] == [m.amount for m in done.made]


def test_a_correction_is_kept_with_who_when_why_and_its_evidence(loaded: Session) -> None:
    line = charged_line(loaded)
    wish = Wish(kind=K.CANCELLED, reason=" never delivered ")
    letter = ("letter.txt", "text/plain", b"we cancel")
    corrections.correct(loaded, line.id, wish, today=NOW, by=OFFICER, evidence=letter)
    (kept,) = corrections_of(loaded, line.id)
    assert (kept.kind, kept.reason, kept.corrected_by) == (
        K.CANCELLED,
        "never delivered",
        OFFICER.name,
    )
    assert [d.name for d in documents_of(loaded, f"cost/{line.id}")] == ["letter.txt"]
    entry = audit.history_of(loaded, f"cost/{line.id}")[0]
    assert (entry.did, entry.detail["kind"]) == ("correct cost", "correction_cancelled")


def test_a_line_that_was_never_judged_can_be_taken_back_but_not_credited(
    loaded: Session,
) -> None:
    line = charged_line(loaded)
    other = "WP2" if line.work_package != "WP2" else "WP1"
    anew = correct(loaded, line.id, K.WRONG_WORK_PACKAGE, work_package=other).made[1]
    for kind in (K.CREDIT_NOTE, K.NOT_ELIGIBLE):
        with pytest.raises(RuleViolation, match="have not judged"):
            correct(loaded, anew.id, kind, amount=Money(1), ineligible_for="not_eligible")
    back = correct(loaded, anew.id, K.CANCELLED).made[0]
    assert of_pair(loaded, anew.id, back.id) == {}
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    assert of_pair(loaded, anew.id, back.id) == {}


def test_hours_in_kind_are_cancelled_and_not_booked_anew(loaded: Session) -> None:
    key = loaded.scalars(
        select(CostLineRow.id)
        .join(BookRow, BookRow.id == CostLineRow.book_id)
        .where(BookRow.origin == "in_kind")
        .limit(1)
    ).one()
    loaded.rollback()
    with pytest.raises(RuleViolation, match="Hours in kind"):
        correct(loaded, key, K.WRONG_WORK_PACKAGE, work_package="WP2")
    back = correct(loaded, key, K.CANCELLED).made[0]
    assert of_pair(loaded, key, back.id) == {}


def test_a_cancelled_credit_needs_room_at_who_pays_again(loaded: Session) -> None:
    line = charged_line(loaded)
    credit = correct(loaded, line.id, K.CREDIT_NOTE, amount=Money(10_000)).made[0]
    giver = credit_payer(loaded, credit.id)
    fill_up(loaded, giver)
    with pytest.raises(RuleViolation, match=f"would charge {giver}"):
        correct(loaded, credit.id, K.CANCELLED)


def credit_payer(session: Session, line: int) -> str:
    found = costs.cost_line(session, line).shares[0].commitment
    session.rollback()
    return found


def fill_up(session: Session, code: str) -> None:
    """Leave a commitment without a cent of room."""
    from tests.store.test_guards import add_line, allocate, unpaid_line

    commitment = commitment_named(session, code)
    room = commitment.remaining.cents
    session.rollback()
    allocate(session, add_line(session, unpaid_line(session), room), room, code)


def hurry(url: str, line: int, barrier: Barrier, told: list[str]) -> None:
    engine = open_engine(url)
    with Session(engine) as session:
        barrier.wait(120)
        wish = Wish(kind=K.CANCELLED, reason="twice")
        try:
            corrections.correct(session, line, wish, today=NOW, by=OFFICER)
        except RuleViolation as refusal:
            told.append(str(refusal))
        else:
            told.append("done")
    engine.dispose()


def test_of_two_who_correct_a_line_at_once_the_second_is_told(
    loaded: Session, loaded_url: str
) -> None:
    line = charged_line(loaded)
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        barrier, told = manager.Barrier(3), manager.list()
        racers = [
            context.Process(target=hurry, args=(loaded_url, line.id, barrier, told))
            for _ in range(3)
        ]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(300)
        said = sorted(told)
    assert said.count("done") == 1
    assert sum("taken back already" in one for one in said) == 2
    assert (
        loaded.scalar(
            select(func.count()).select_from(UnallocatedRow).where(UnallocatedRow.amount == 0)
        )
        == 0
    )
