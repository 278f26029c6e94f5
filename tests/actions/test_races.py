"""The last euro of a commitment is raced for, by many at once: one wins, and the rest are told."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, date, datetime
from queue import Empty
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.actions.test_commitments import CONTROLLER, TODAY, confirmed
from tests.store.test_guards import add_line, unpaid_line
from tracker.actions import allocations, amendments
from tracker.domain.amendments import Amendment
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow, ChargeRow, UnallocatedRow
from tracker.store.checks import broken
from tracker.store.commitments import commitment_named
from tracker.store.projects import the_project
from tracker.store.session import open_engine, transaction

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

CROWDS = (2, 4, 8, 16)
EURO = Money(100)
PLENTY = 10**9
PATIENCE = 300


class Outcome(NamedTuple):
    """What a racer was told: won, or why not."""

    racer: int
    won: bool
    told: str


def run(url: str, racer: int, line: int, code: str, races: int, gate: Barrier, told: Queue) -> None:  # type: ignore[type-arg]
    engine = open_engine(url)
    with Session(engine) as session:
        for _ in range(races):
            gate.wait(PATIENCE)
            try:
                allocations.charge_by_hand(session, line, code, EURO, by=OFFICER)
                told.put(Outcome(racer, won=True, told=""))
            except RuleViolation as refusal:
                told.put(Outcome(racer, won=False, told=str(refusal)))
            except Exception as failure:  # noqa: BLE001 - whatever it is, the test must hear of it
                told.put(Outcome(racer, won=False, told=repr(failure)))
            session.rollback()
            gate.wait(PATIENCE)
    engine.dispose()


def leave_line(session: Session, number: int) -> int:
    """A judged cost line that nobody pays anything of."""
    charge = session.scalars(select(ChargeRow.id)).first()
    line = add_line(session, unpaid_line(session), PLENTY + number)
    with transaction(session):
        session.add(
            ChargeRow(project_id=1, charged_at=datetime.now(UTC), charged_by="test", last_line=line)
        )
        session.add(
            UnallocatedRow(
                charge_id=charge or 0,
                cost_line_id=line,
                commitment_id=None,
                amount=PLENTY + number,
                reason="no_split_rule",
            )
        )
    return line


def put_a_euro_in(session: Session, code: str) -> None:
    """Let an amendment add one euro, entered by one and confirmed by another."""
    decision = Amendment(0, date(2024, 1, 1), EURO, "one more euro")
    key = amendments.amend(session, code, decision, today=TODAY, by=OFFICER)
    amendments.confirm(session, key, version=1, today=TODAY, by=CONTROLLER)


def outcomes_of(told: Queue[Outcome], crowd: int) -> list[Outcome]:
    found = []
    for _ in range(crowd):
        try:
            found.append(told.get(timeout=PATIENCE))
        except Empty:
            pytest.fail(f"only {len(found)} of {crowd} racers were answered")
    return found


@pytest.mark.parametrize("crowd", CROWDS)
def test_of_many_who_want_the_last_euro_one_gets_it_and_the_rest_are_told_what_is_left(
    loaded: Session, loaded_url: str, crowd: int, request: pytest.FixtureRequest
) -> None:
    races = max(1, request.config.getoption("--races") // len(CROWDS))
    everything = the_project(loaded).categories
    code = confirmed(loaded, EURO.cents, categories=everything)
    lines = [leave_line(loaded, number) for number in range(crowd)]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tracker.store.schema"])  # so that racers start soon
    gate, told = context.Barrier(crowd + 1), context.Queue()
    racers = [
        context.Process(target=run, args=(loaded_url, at, lines[at], code, races, gate, told))
        for at in range(crowd)
    ]
    for racer in racers:
        racer.start()
    try:
        for number in range(1, races + 1):
            gate.wait(PATIENCE)
            found = outcomes_of(told, crowd)
            assert sum(outcome.won for outcome in found) == 1, found
            losers = [outcome.told for outcome in found if not outcome.won]
            assert all(f"{code} has € 0.00 left" in told_it for told_it in losers), losers
            loaded.rollback()
            assert commitment_named(loaded, code).charged == Money(EURO.cents * number)
            if number < races:
                put_a_euro_in(loaded, code)
            gate.wait(PATIENCE)
    finally:
        for racer in racers:
            racer.join(5)
            racer.kill()
    loaded.rollback()
    assert (
        loaded.scalar(
            select(func.sum(AllocationRow.amount)).where(AllocationRow.cost_line_id.in_(lines))
        )
        == EURO.cents * races
    )
    # What was raced for was brought in by this test, and not by a book.
    found_broken = [str(name) for name, _ in broken(loaded)]
    assert [name for name in found_broken if not name.startswith("Every book still")] == []
