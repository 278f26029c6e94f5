"""Bank statements: what is recognised, what the bank takes back, and what waits for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.actions.programme import OFFICER
from tests.actions.statements import (
    NGF,
    NGF_IBAN,
    PZH,
    bring_in,
    coming,
    entry_id,
    going_back,
    matched,
)
from tracker.actions import receipts
from tracker.domain.money import Money
from tracker.domain.receipts import TAKEN_BACK, NewReceipt, Part
from tracker.store.audit import history_of
from tracker.store.checks import broken
from tracker.store.commitments import commitment_named
from tracker.store.instalments import instalments_of
from tracker.store.receipts import (
    receipts_by_hand,
    receipts_of,
    set_aside,
    undone_of,
    unmatched,
    unmatched_receipts,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

TODAY = date(2026, 1, 31)
SIXTH = "800000.00"  # what the sixth instalment of NGF-1 is, and no other


def received(session: Session, code: str = "NGF-1") -> Money:
    session.rollback()
    return commitment_named(session, code).received


def on_instalments(session: Session, code: str) -> dict[int, Money]:
    session.rollback()
    commitment = commitment_named(session, code)
    return {one.number: one.received for one in instalments_of(session, commitment.id)}


def by_hand(session: Session, cents: int, day: date, instalment: int = 0) -> int:
    part = Part("NGF-1", instalment, Money(cents))
    new = NewReceipt(day, "National Growth Fund", "by telephone", part)
    receipts.enter(session, new, today=TODAY, by=OFFICER)
    ((_, receipt),) = receipts_by_hand(session)
    return receipt.id


def test_every_receipt_of_the_programme_finds_its_instalment(loaded: Session) -> None:
    for code in ("NGF-1", "PZH-1", "UL-1", "LUMC-1", "RMX-C"):
        commitment = commitment_named(loaded, code)
        assert commitment.received == Money.total(on_instalments(loaded, code).values())
        assert all(r.instalment for r in receipts_of(loaded, commitment.id)), code


def test_a_payment_finds_the_only_instalment_of_its_amount(loaded: Session, tmp_path: Path) -> None:
    before = on_instalments(loaded, "NGF-1")
    bring_in(loaded, tmp_path, coming(SIXTH, NGF, day="2023-06-01"))
    assert on_instalments(loaded, "NGF-1") == before | {6: Money.euros(SIXTH)}


def test_a_payment_of_another_amount_is_on_no_instalment(loaded: Session, tmp_path: Path) -> None:
    before, plan = received(loaded), on_instalments(loaded, "NGF-1")
    bring_in(loaded, tmp_path, coming("799999.99", NGF))
    assert received(loaded) == before + Money.euros("799999.99")
    assert on_instalments(loaded, "NGF-1") == plan


def test_what_the_bank_takes_back_is_undone(loaded: Session, tmp_path: Path) -> None:
    before, plan = received(loaded), on_instalments(loaded, "NGF-1")
    outcome = bring_in(loaded, tmp_path, coming(SIXTH, NGF), going_back(SIXTH, NGF))
    assert ("Taken back by the bank", Money.euros(SIXTH)) in [
        (str(what), total) for what, total in outcome.totals
    ]
    assert received(loaded) == before
    assert on_instalments(loaded, "NGF-1") == plan
    (undone,) = undone_of(loaded, commitment_named(loaded, "NGF-1").id)
    assert (undone.reason, undone.receipt.amount) == (TAKEN_BACK, Money.euros(SIXTH))
    waiting = {entry.id for entry in unmatched_receipts(loaded)}
    assert entry_id(loaded) not in waiting
    assert broken(loaded) == []


@pytest.mark.parametrize("first", ["the money", "its reversal"])
def test_the_order_of_the_statements_makes_no_difference(
    loaded: Session, tmp_path: Path, first: str
) -> None:
    before, waiting = received(loaded), unmatched(loaded)
    statements = [coming(SIXTH, NGF), going_back(SIXTH, NGF)]
    for number, entry in enumerate(statements if first == "the money" else statements[::-1]):
        bring_in(loaded, tmp_path, entry, number=f"T{number}")
    assert received(loaded) == before
    loaded.rollback()
    assert unmatched(loaded) == waiting
    assert broken(loaded) == []


def test_a_reversal_takes_back_one_receipt_and_the_newest(loaded: Session, tmp_path: Path) -> None:
    before = received(loaded)
    bring_in(
        loaded,
        tmp_path,
        coming("123.45", NGF, day="2023-02-01", key="OLD"),
        coming("123.45", NGF, day="2023-02-02", key="NEW"),
        going_back("123.45", NGF),
    )
    assert received(loaded) == before + Money.euros("123.45")
    assert (matched(loaded, "OLD"), matched(loaded, "NEW")) == (12_345, 0)


@pytest.mark.parametrize(
    ("amount", "quoted", "iban", "day"),
    [
        ("123.46", NGF, NGF_IBAN, "2023-03-05"),  # another amount
        ("123.45", PZH, "NL02BNGH0285012345", "2023-03-05"),  # another payer
        ("123.45", NGF, NGF_IBAN, "2023-02-28"),  # before the money came
    ],
)
def test_a_reversal_of_something_else_undoes_nothing_and_says_so(
    loaded: Session, tmp_path: Path, amount: str, quoted: str, iban: str, day: str
) -> None:
    bring_in(loaded, tmp_path, coming("123.45", NGF, NGF_IBAN))
    outcome = bring_in(loaded, tmp_path, going_back(amount, quoted, iban, day=day), number="T2")
    assert matched(loaded) == 12_345
    assert "no receipt of that amount is known" in " ".join(map(str, outcome.warnings))


def test_a_reversal_is_recognised_by_the_account_too(loaded: Session, tmp_path: Path) -> None:
    bring_in(loaded, tmp_path, coming("123.45", NGF, NGF_IBAN))
    assert matched(loaded) == 12_345
    bring_in(loaded, tmp_path, going_back("123.45", "retour", NGF_IBAN), number="T2")
    assert matched(loaded) == 0


def test_money_that_nobody_knew_and_that_is_taken_back_waits_no_longer(
    loaded: Session, tmp_path: Path
) -> None:
    bring_in(loaded, tmp_path, coming("55.55", "wrong account"))
    assert entry_id(loaded) in {entry.id for entry in unmatched_receipts(loaded)}
    bring_in(loaded, tmp_path, going_back("55.55", "wrong account"), number="T2")
    assert entry_id(loaded) not in {entry.id for entry in unmatched_receipts(loaded)}
    assert [e.set_aside for e in set_aside(loaded) if e.amount == Money(5_555)] == [TAKEN_BACK]


def test_money_matched_to_two_commitments_is_taken_back_from_both(
    loaded: Session, tmp_path: Path
) -> None:
    before = received(loaded, "NGF-1"), received(loaded, "PZH-1")
    bring_in(loaded, tmp_path, coming("100.00", "together"))
    parts = [Part("NGF-1", 0, Money(60_00)), Part("PZH-1", 0, Money(40_00), 2)]
    receipts.match(loaded, entry_id(loaded), parts, by=OFFICER)
    assert received(loaded, "PZH-1") == before[1] + Money(40_00)
    bring_in(loaded, tmp_path, going_back("100.00", "together"), number="T2")
    assert (received(loaded, "NGF-1"), received(loaded, "PZH-1")) == before
    assert broken(loaded) == []


def test_a_payment_of_ours_that_came_back_is_not_taken_for_a_receipt(
    loaded: Session, tmp_path: Path
) -> None:
    came_back = coming("77.00", NGF).replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    bring_in(loaded, tmp_path, came_back, coming("78.00", NGF, key="K3"))
    assert (matched(loaded), matched(loaded, "K3")) == (0, 78_00)
    assert entry_id(loaded) in {entry.id for entry in unmatched_receipts(loaded)}


@pytest.mark.parametrize(("day", "waits"), [("2025-07-08", True), ("2025-07-09", False)])
def test_what_was_entered_by_hand_is_not_counted_twice(
    loaded: Session, tmp_path: Path, day: str, waits: bool
) -> None:
    by_hand(loaded, 500_00, date(2025, 7, 1))
    before = received(loaded)
    outcome = bring_in(loaded, tmp_path, coming("500.00", NGF, day=day))
    assert (received(loaded) == before) == waits
    assert ("entered by hand" in " ".join(map(str, outcome.warnings))) == waits


def test_the_bank_entry_takes_the_place_of_the_receipt_by_hand(
    loaded: Session, tmp_path: Path
) -> None:
    receipt = by_hand(loaded, 800_000_00, date(2025, 7, 1), instalment=6)
    before = received(loaded)
    bring_in(loaded, tmp_path, coming(SIXTH, NGF, day="2025-07-02"))
    receipts.replace(loaded, entry_id(loaded), receipt, by=OFFICER)
    assert received(loaded) == before
    assert on_instalments(loaded, "NGF-1")[6] == Money.euros(SIXTH)
    assert receipts_by_hand(loaded) == []
    assert matched(loaded) == 800_000_00
    assert broken(loaded) == []


def test_an_overlapping_statement_changes_nothing(loaded: Session, tmp_path: Path) -> None:
    entries = coming(SIXTH, NGF), going_back(SIXTH, NGF), coming("9.00", "who", key="K3")
    bring_in(loaded, tmp_path, *entries)
    kept = {table: _count(loaded, table) for table in ("bank_entry", "receipt", "set_aside")}
    outcome = bring_in(loaded, tmp_path, *entries, number="T2")
    assert (outcome.new, outcome.same) == (0, 3)
    assert kept == {table: _count(loaded, table) for table in kept}


def test_balances_that_do_not_tie_out_are_told_and_remembered(
    loaded: Session, tmp_path: Path
) -> None:
    outcome = bring_in(loaded, tmp_path, coming("10.00", NGF))
    assert "The balances do not tie out" in str(outcome.warnings[0])
    assert matched(loaded) == 10_00


def test_the_history_of_the_commitment_tells_what_came_in_and_what_was_taken_back(
    loaded: Session, tmp_path: Path
) -> None:
    bring_in(loaded, tmp_path, coming(SIXTH, NGF), going_back(SIXTH, NGF))
    newest = history_of(loaded, "commitment/NGF-1")[:2]
    assert {entry.did for entry in newest} == {"recognise receipts", "undo receipt"}
    assert {entry.detail["amount"] for entry in newest} == {800_000_00}
    assert history_of(loaded, "commitment/NGF") == []


def _count(session: Session, table: str) -> int:
    found = session.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()
    session.rollback()
    return int(found)
