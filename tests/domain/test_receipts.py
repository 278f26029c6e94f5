"""A receipt is recognised by the reference it quotes, or else by the account it comes from."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.instalments import Instalment
from tracker.domain.money import Money
from tracker.domain.receipts import (
    BankEntry,
    Match,
    NewReceipt,
    Part,
    Payer,
    check_new_receipt,
    check_parts,
    instalment_of,
    match_of,
    quotes,
    takes_back,
)
from tracker.domain.suggestions import Candidate, suggestions

PAYERS = (
    Payer(1, "NGF-RMXB-2021-07", frozenset({"NL91ABNA0417164300"})),
    Payer(2, "UL/FIN/2021/118", frozenset({"NL44RABO0123456789"})),
    Payer(3, "RMXB-PP-2022-C", frozenset({"NL69ABNA0535350000"})),
    Payer(4, "RMXB-PP-2022-D", frozenset({"NL69ABNA0535350000"})),
)


def entry(remittance: str = "", iban: str = "", cents: int = 100) -> BankEntry:
    return BankEntry("key", date(2023, 1, 1), cents, "Somebody", iban, remittance)


@pytest.mark.parametrize(
    ("coming", "match"),
    [
        (entry("Termijn 3 NGF-RMXB-2021-07"), Match(1, "reference")),
        (entry("termijn 3 ngf-rmxb- 2021-07."), Match(1, "reference")),
        (entry("Bijdrage", "NL44RABO0123456789"), Match(2, "iban")),
        (entry("RMXB-PP-2022-C", "NL44RABO0123456789"), Match(3, "reference")),
        (entry("Bijdrage", "NL69ABNA0535350000"), None),  # two commitments of one payer
        (entry("RMXB-PP-2022-C en RMXB-PP-2022-D"), None),
        (entry("Betaling 7", "NL86INGB0002445588"), None),
        (entry("NGF-RMXB-2021-07", cents=-100), None),  # money that left
    ],
)
def test_money_is_recognised(coming: BankEntry, match: Match | None) -> None:
    assert match_of(coming, PAYERS) == match


@pytest.mark.parametrize("text", ["NGF-RMXB-2021-071", "XNGF-RMXB-2021-07", "NGF-RMXB-2021", ""])
def test_a_reference_is_recognised_only_whole(text: str) -> None:
    assert not quotes(text, "NGF-RMXB-2021-07")


def test_a_payment_of_ours_that_came_back_is_no_receipt() -> None:
    came_back = replace(entry("NGF-RMXB-2021-07"), is_reversal=True)
    assert match_of(came_back, PAYERS) is None
    assert match_of(replace(came_back, is_reversal=False), PAYERS) == Match(1, "reference")


def test_a_commitment_without_a_reference_is_quoted_by_nothing() -> None:
    assert not quotes("anything", " ")


TAKEN = replace(entry("NGF-RMXB-2021-07", "NL91ABNA0417164300", -100), is_reversal=True)


@pytest.mark.parametrize(
    ("coming", "taken"),
    [
        (entry("termijn NGF-RMXB-2021-07"), True),
        (entry("anders", "NL91ABNA0417164300"), True),
        (entry("NGF-RMXB-2021-07", cents=101), False),
        (entry("anders", "NL44RABO0123456789"), False),
        (replace(entry("NGF-RMXB-2021-07"), booked_on=date(2023, 1, 2)), False),
    ],
)
def test_a_reversal_takes_back_the_same_amount_of_the_same_payer(
    coming: BankEntry, taken: bool
) -> None:
    assert takes_back(TAKEN, coming, PAYERS) == taken
    assert not takes_back(replace(TAKEN, is_reversal=False), coming, PAYERS)


def instalment(number: int, euros: int, due: date, received: int = 0) -> Instalment:
    return Instalment(number, due, Money(euros * 100), received=Money(received * 100))


JUNE, JULY = date(2023, 6, 1), date(2023, 7, 1)


@pytest.mark.parametrize(
    ("plan", "day", "number"),
    [
        ([instalment(1, 50, JUNE)], date(2024, 1, 1), 1),
        ([instalment(1, 50, JUNE), instalment(2, 60, JULY)], JULY, 1),
        ([instalment(1, 80, JUNE, received=30)], JULY, 1),
        ([instalment(1, 50, JUNE, received=50), instalment(2, 50, JULY)], JUNE, 2),
        ([instalment(1, 50, JUNE), instalment(2, 50, date(2024, 6, 1))], JULY, 1),
        ([instalment(1, 50, JUNE), instalment(2, 50, JULY)], JULY, None),
        ([instalment(1, 50, JUNE), instalment(2, 50, JULY)], date(2025, 1, 1), None),
        ([instalment(1, 51, JUNE)], JULY, None),
        ([replace(instalment(1, 50, JUNE), is_cancelled=True)], JULY, None),
        ([replace(instalment(1, 60, JUNE), held_back=Money(10_00))], JULY, 1),
        ([], JULY, None),
    ],
)
def test_a_payment_pays_the_instalment_that_alone_can_be_meant(
    plan: list[Instalment], day: date, number: int | None
) -> None:
    found = instalment_of(Money(50_00), day, plan)
    assert (found.number if found else None) == number


def test_what_fits_best_is_suggested_first_with_the_reasons() -> None:
    plan = (instalment(3, 1, JUNE),)
    candidates = [
        Candidate("UL", "University", PAYERS[1], plan),
        Candidate("NGF", "Fund", PAYERS[0], plan),
        Candidate("C", "Partners", PAYERS[2], ()),
    ]
    found = suggestions(entry("NGF-RMXB-2021-07"), Money(100), candidates)
    assert [(s.code, s.instalment, s.reasons) for s in found] == [
        ("NGF", 3, ("reference", "amount")),
        ("UL", 3, ("amount",)),
    ]
    assert suggestions(entry("nothing"), Money(99), candidates) == ()


@given(
    left=st.integers(0, 1_000),
    amounts=st.lists(st.integers(-5, 400), max_size=5),
    room=st.integers(0, 600),
)
def test_parts_that_are_accepted_never_exceed_the_money_or_the_instalment(
    left: int, amounts: list[int], room: int
) -> None:
    parts = [Part("A", row % 2, Money(cents), row) for row, cents in enumerate(amounts, 1)]
    on_one = sum(part.amount.cents for part in parts if part.instalment)
    fits = min(amounts, default=0) > 0 and sum(amounts) <= left and on_one <= room
    with nullcontext() if fits else pytest.raises(RuleViolation, match="€"):
        check_parts(parts, Money(left), {("A", 1): Money(room)})


def test_a_cent_too_much_is_refused_with_the_room_at_its_row() -> None:
    parts = [Part("A", 0, Money(60)), Part("B", 0, Money(41), 2)]
    with pytest.raises(RuleViolation, match=r"€ 0\.41 is more than .*: € 0\.40") as refusal:
        check_parts(parts, Money(100), {})
    assert refusal.value.field == "amount_2"
    check_parts(parts, Money(101), {})


NEW = NewReceipt(JUNE, "Payer", "", Part("A", 0, Money(50_00)))


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (replace(NEW, received_on=date(2023, 6, 9)), "received_on"),
        (replace(NEW, counterparty=" "), "counterparty"),
        (replace(NEW, received_on=date(2023, 5, 25)), "amount_1"),
    ],
)
def test_a_receipt_by_hand_that_cannot_be_is_refused_at_its_field(
    new: NewReceipt, field: str
) -> None:
    known = [(date(2023, 5, 24), Money(50_00))]
    with pytest.raises(RuleViolation) as refusal:
        check_new_receipt(new, date(2023, 6, 8), known)
    assert refusal.value.field == field
    check_new_receipt(NEW, date(2023, 6, 8), known)
