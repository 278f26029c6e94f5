"""Matching money by hand: never more than came in, and everything can be undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from itertools import count
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.actions.statements import bring_in, coming, entry_id, matched
from tracker.actions import receipts
from tracker.domain.errors import AlreadyDoneError, NotFoundError, RuleViolation
from tracker.domain.money import Money
from tracker.domain.receipts import ASSIGNED, NewReceipt, Part
from tracker.store.audit import history_of
from tracker.store.checks import broken
from tracker.store.commitments import commitment_named, commitments_of
from tracker.store.instalments import instalments_by_commitment, instalments_of
from tracker.store.receipts import (
    receipt_numbered,
    receipts_of,
    set_aside,
    undone_of,
    unmatched,
    unmatched_entry,
)
from tracker.store.session import open_engine, transaction

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 1, 31)
numbers = count(1)


def figures(session: Session) -> dict[str, Any]:
    """What is received, on commitments and on instalments, and what waits."""
    session.rollback()
    found = {
        "received": {c.code: c.received for c in commitments_of(session)},
        "plans": instalments_by_commitment(session),
        "waits": unmatched(session),
    }
    session.rollback()
    return found


def waiting(session: Session, folder: Path, amount: str = "1000.00") -> int:
    bring_in(session, folder, coming(amount, "who knows"))
    return entry_id(session)


def match(session: Session, entry: int, *parts: tuple[str, int, int]) -> None:
    receipts.match(
        session,
        entry,
        [
            Part(code, number, Money(cents), row)
            for row, (code, number, cents) in enumerate(parts, 1)
        ],
        by=OFFICER,
    )


def newest_on(session: Session, code: str) -> int:
    session.rollback()
    found = receipts_of(session, commitment_named(session, code).id)
    return max(receipt.id for receipt in found)


def test_one_payment_goes_to_several_instalments_and_one_instalment_gets_several(
    loaded: Session, tmp_path: Path
) -> None:
    entry = waiting(loaded, tmp_path)
    before = figures(loaded)
    match(loaded, entry, ("NGF-1", 6, 300_00), ("PZH-1", 0, 200_00), ("NGF-1", 6, 100_00))
    after = figures(loaded)
    assert after["received"]["NGF-1"] - before["received"]["NGF-1"] == Money(400_00)
    assert after["received"]["PZH-1"] - before["received"]["PZH-1"] == Money(200_00)
    assert unmatched_entry(loaded, entry).left == Money(400_00)
    plan = instalments_of(loaded, commitment_named(loaded, "NGF-1").id)
    assert plan[-1].received == Money(400_00)
    match(loaded, entry, ("NGF-1", 6, 400_00))
    assert unmatched_entry(loaded, entry).left == Money(0)
    assert broken(loaded) == []


def test_a_cent_more_than_came_in_is_refused_and_nothing_is_kept(
    loaded: Session, tmp_path: Path
) -> None:
    entry = waiting(loaded, tmp_path)
    before = figures(loaded)
    with pytest.raises(RuleViolation, match="more than what is left") as refusal:
        match(loaded, entry, ("NGF-1", 0, 600_00), ("PZH-1", 0, 400_01))
    assert refusal.value.field == "amount_2"
    assert figures(loaded) == before
    match(loaded, entry, ("NGF-1", 0, 600_00), ("PZH-1", 0, 400_00))
    with pytest.raises(RuleViolation):
        match(loaded, entry, ("NGF-1", 0, 1))


def test_more_than_an_instalment_expects_is_refused_with_the_figures(
    loaded: Session, tmp_path: Path
) -> None:
    entry = waiting(loaded, tmp_path, "900000.00")
    with pytest.raises(RuleViolation, match=r"still expects € 800,000\.00") as refusal:
        match(loaded, entry, ("NGF-1", 6, 800_000_01))
    assert refusal.value.field == "amount_1"
    match(loaded, entry, ("NGF-1", 6, 800_000_00), ("NGF-1", 0, 100_000_00))


@pytest.mark.parametrize(
    ("code", "number"), [("EFRO-C", 0), ("RMX-K", 0), ("HF-P", 0), ("nobody", 0), ("NGF-1", 99)]
)
def test_money_goes_only_where_money_can_come_in(
    loaded: Session, tmp_path: Path, code: str, number: int
) -> None:
    entry = waiting(loaded, tmp_path)
    with pytest.raises((NotFoundError, RuleViolation)):
        match(loaded, entry, (code, number, 1_00))
    assert matched(loaded) == 0


def test_undoing_puts_everything_back_as_it_was(loaded: Session, tmp_path: Path) -> None:
    entry = waiting(loaded, tmp_path)
    before = figures(loaded)
    match(loaded, entry, ("NGF-1", 6, 1000_00))
    assert figures(loaded) != before
    receipt = newest_on(loaded, "NGF-1")
    with pytest.raises(RuleViolation, match="without a reason"):
        receipts.undo(loaded, receipt, " ", by=OFFICER)
    receipts.undo(loaded, receipt, "wrong commitment", by=OFFICER)
    assert figures(loaded) == before
    (undone,) = undone_of(loaded, commitment_named(loaded, "NGF-1").id)
    assert (undone.reason, undone.undone_by) == ("wrong commitment", OFFICER.name)
    with pytest.raises(NotFoundError):
        receipts.undo(loaded, receipt, "again", by=OFFICER)
    deeds = [deed.did for deed in history_of(loaded, "commitment/NGF-1")[:2]]
    assert deeds == ["undo receipt", "match receipt"]


def test_a_receipt_is_assigned_to_another_instalment_of_its_commitment(
    loaded: Session, tmp_path: Path
) -> None:
    match(loaded, waiting(loaded, tmp_path), ("NGF-1", 0, 1000_00))
    before = figures(loaded)["received"]
    receipts.assign(loaded, newest_on(loaded, "NGF-1"), 6, by=OFFICER)
    moved = newest_on(loaded, "NGF-1")
    assert receipt_numbered(loaded, moved)[1].instalment == 6
    assert figures(loaded)["received"] == before
    with pytest.raises(RuleViolation) as refusal:
        receipts.assign(loaded, moved, 5, by=OFFICER)
    assert refusal.value.field == "instalment"
    assert newest_on(loaded, "NGF-1") == moved
    receipts.assign(loaded, moved, 0, by=OFFICER)
    undone = undone_of(loaded, commitment_named(loaded, "NGF-1").id)
    assert [one.reason for one in undone] == [ASSIGNED, ASSIGNED]
    assert broken(loaded) == []


def test_what_the_bank_told_is_not_entered_by_hand_as_well(loaded: Session, tmp_path: Path) -> None:
    match(loaded, waiting(loaded, tmp_path), ("NGF-1", 0, 1000_00))
    new = NewReceipt(date(2023, 3, 4), "Payer", "", Part("NGF-1", 0, Money(1000_00)))
    with pytest.raises(RuleViolation, match=r"brought € 1,000\.00 on NGF-1"):
        receipts.enter(loaded, new, today=TODAY, by=OFFICER)
    receipts.undo(loaded, newest_on(loaded, "NGF-1"), "not this one", by=OFFICER)
    receipts.enter(loaded, new, today=TODAY, by=OFFICER)
    assert receipt_numbered(loaded, newest_on(loaded, "NGF-1"))[1].counterparty == "Payer"


def test_what_was_set_aside_waits_no_longer_and_can_still_be_matched(
    loaded: Session, tmp_path: Path
) -> None:
    before = figures(loaded)["waits"]
    entry = waiting(loaded, tmp_path)
    receipts.set_aside(loaded, entry, "not from a funder", by=OFFICER)
    assert figures(loaded)["waits"] == before
    assert [one.set_aside for one in set_aside(loaded)] == ["not from a funder"]
    with pytest.raises(RuleViolation, match="set aside already"):
        receipts.set_aside(loaded, entry, "again", by=OFFICER)
    match(loaded, entry, ("NGF-1", 0, 1000_00))
    assert set_aside(loaded) == ()


def test_the_same_form_twice_matches_once(loaded: Session, tmp_path: Path) -> None:
    entry = waiting(loaded, tmp_path)
    loaded.info["once"] = "form-1"
    match(loaded, entry, ("NGF-1", 0, 100_00))
    loaded.info["once"] = "form-1"
    with pytest.raises(AlreadyDoneError):
        match(loaded, entry, ("NGF-1", 0, 100_00))
    assert matched(loaded) == 100_00


@pytest.mark.parametrize("cents", [1000_01, -1])
def test_the_database_itself_keeps_receipts_within_their_entry(
    loaded: Session, tmp_path: Path, cents: int
) -> None:
    entry = waiting(loaded, tmp_path)
    with pytest.raises(DBAPIError), transaction(loaded):
        loaded.execute(
            text(
                "INSERT INTO receipt (bank_entry_id, commitment_id, received_on, amount,"
                " recognised_by, reason, counterparty, remittance, entered_by)"
                " VALUES (:entry, 1, '2023-03-01', :cents, 'test', '', '', '', '')"
            ),
            {"entry": entry, "cents": cents},
        )
    assert matched(loaded) == 0


CROWD = 6


def test_of_many_who_match_the_same_money_at_once_only_as_many_succeed_as_fit(
    loaded: Session, loaded_url: str, tmp_path: Path
) -> None:
    entry = waiting(loaded, tmp_path)
    loaded.rollback()
    gate = Barrier(CROWD)

    def race(racer: int) -> str:
        engine = open_engine(loaded_url)
        with Session(engine) as session:
            gate.wait(60)
            try:
                match(session, entry, ("NGF-1", 6 * (racer % 2), 400_00))
            except RuleViolation as refusal:
                return str(refusal)
            finally:
                session.rollback()
                engine.dispose()
        return ""

    with ThreadPoolExecutor(CROWD) as crowd:
        told = list(crowd.map(race, range(CROWD)))
    assert told.count("") == 2
    assert all("€ 400.00 is more than what is left" in refusal for refusal in told if refusal)
    assert matched(loaded) == 800_00
    assert broken(loaded) == []


class Desk(RuleBasedStateMachine):
    """An officer who matches, undoes, assigns, enters by hand and sets aside, in any order."""

    session: Session
    folder: Path

    @initialize()
    def open_books(self) -> None:
        self.entries: list[int] = []
        self.start = figures(self.session)

    @rule(cents=st.integers(1, 500_000))
    def money_comes_in(self, cents: int) -> None:
        key = f"S{next(numbers)}"
        amount = f"{cents // 100}.{cents % 100:02}"
        bring_in(self.session, self.folder, coming(amount, "who knows", key=key), number=key)
        self.entries.append(entry_id(self.session, key))

    @rule(
        at=st.integers(0, 9),
        parts=st.lists(
            st.tuples(
                st.sampled_from([("NGF-1", 6), ("NGF-1", 0), ("PZH-1", 0), ("NGF-1", 5)]),
                st.integers(-10, 300_000),
            ),
            max_size=3,
        ),
    )
    def match(self, at: int, parts: list[tuple[tuple[str, int], int]]) -> None:
        if self.entries:
            entry = self.entries[at % len(self.entries)]
            with suppress(RuleViolation):
                match(self.session, entry, *((c, number, cents) for (c, number), cents in parts))

    @rule(at=st.integers(0, 9))
    def undo(self, at: int) -> None:
        mine = self.mine()
        if mine:
            receipts.undo(self.session, mine[at % len(mine)], "wrong", by=OFFICER)

    @rule(at=st.integers(0, 9), number=st.sampled_from([0, 5, 6]))
    def assign(self, at: int, number: int) -> None:
        mine = self.mine()
        if mine:
            with suppress(RuleViolation):
                receipts.assign(self.session, mine[at % len(mine)], number, by=OFFICER)

    @rule(cents=st.integers(1, 200_000), number=st.sampled_from([0, 6]))
    def enter(self, cents: int, number: int) -> None:
        part = Part("NGF-1", number, Money(cents))
        new = NewReceipt(date(2025, 9, 9), "Somebody", f"by hand {next(numbers)}", part)
        with suppress(RuleViolation):
            receipts.enter(self.session, new, today=TODAY, by=OFFICER)

    @rule(at=st.integers(0, 9))
    def set_aside(self, at: int) -> None:
        if self.entries:
            entry = self.entries[at % len(self.entries)]
            with suppress(RuleViolation):
                receipts.set_aside(self.session, entry, "no funder's", by=OFFICER)

    @invariant()
    def everything_ties(self) -> None:
        assert broken(self.session) == []
        for key, plan in instalments_by_commitment(self.session).items():
            standing = receipts_of(self.session, key)
            for one in plan:
                on_it = (r.amount for r in standing if r.instalment == one.number)
                assert one.received == Money.total(on_it)
                assert one.received <= one.expected
        for commitment in commitments_of(self.session):
            standing = receipts_of(self.session, commitment.id)
            assert commitment.received == Money.total(r.amount for r in standing)
        for entry in self.entries:
            known = unmatched_entry(self.session, entry)
            assert Money(0) <= known.left <= known.amount
        self.session.rollback()

    def mine(self) -> list[int]:
        """The receipts that stand and that this desk made."""
        found = [
            r.id
            for c in commitments_of(self.session)
            for r in receipts_of(self.session, c.id)
            if r.entry_id in self.entries or r.remittance.startswith("by hand")
        ]
        self.session.rollback()
        return found

    def teardown(self) -> None:
        """Undo everything: what is received is what it was at the start."""
        for receipt in self.mine():
            receipts.undo(self.session, receipt, "the day is over", by=OFFICER)
        now = figures(self.session)
        assert now["received"] == self.start["received"]
        assert now["plans"] == self.start["plans"]


def test_whatever_is_done_at_the_desk_ties_and_can_be_undone(
    loaded: Session, tmp_path: Path
) -> None:
    Desk.session, Desk.folder = loaded, tmp_path
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
