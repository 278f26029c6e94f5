"""Money that comes in: bank entries, and by which commitment each is recognised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tracker.domain.errors import Finding
    from tracker.domain.instalments import Instalment


TAKEN_BACK: Final = _("reversed by the bank")
REPLACED: Final = _("replaced by the bank entry")
ASSIGNED: Final = _("assigned to an instalment")
SAME_PAYMENT: Final = timedelta(days=7)  # a receipt by hand and the bank may differ by this
DUE_ABOUT: Final = timedelta(days=31)  # a payment comes within this of the day it was due


class Recognised(StrEnum):
    """By what a receipt is known to belong to its commitment."""

    BY_REFERENCE = "reference"
    BY_ACCOUNT = "iban"
    BY_PERSON = "matched_by_hand"
    BY_HAND = "entered_by_hand"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One transaction on a bank statement; a batch is split into its transactions.

    Shape:  ``key`` is the same for the same transaction in every statement that holds it.
            ``is_reversal`` says that the bank undoes an earlier transaction by this one.
    Units:  ``cents`` are positive for money that came in, negative for money that left.
    """

    key: str
    booked_on: date
    cents: int
    counterparty: str
    counterparty_iban: str
    remittance: str
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One statement of one account.

    Shape:  ``entry_count`` counts the entries as the bank does, a batch as one; ``warnings``
            say what does not tie out and is yet no reason to refuse the file.
    """

    iban: str
    number: str
    opening: int
    closing: int
    entry_count: int
    entries: tuple[BankEntry, ...]
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Payer:
    """A commitment as its payments are recognised."""

    commitment_id: int
    reference: str
    ibans: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """The commitment that a receipt belongs to, and by what it was recognised."""

    commitment_id: int
    recognised_by: str


def match_of(entry: BankEntry, payers: Iterable[Payer]) -> Match | None:
    """Recognise a receipt by a commitment's reference, or else by the payer's account.

    Shape:  ``None`` for money that left, for money of others, for a payment of ours that came
            back, and where two commitments fit equally well: a person decides those.
    """
    if entry.cents <= 0 or entry.is_reversal:
        return None
    candidates = tuple(payers)
    quoted = [payer for payer in candidates if quotes(entry.remittance, payer.reference)]
    if quoted:
        return Match(quoted[0].commitment_id, Recognised.BY_REFERENCE) if len(quoted) == 1 else None
    paid = [payer for payer in candidates if entry.counterparty_iban in payer.ibans]
    return Match(paid[0].commitment_id, Recognised.BY_ACCOUNT) if len(paid) == 1 else None


def quotes(remittance: str, reference: str) -> bool:
    """Tell whether a remittance text names a reference, whole, whatever the case and spaces."""
    if not (wanted := "".join(reference.split())):
        return False
    pattern = r"\s*".join(re.escape(letter) for letter in wanted)
    return bool(re.search(rf"(?<!\w){pattern}(?!\w)", remittance, re.IGNORECASE))


def is_same_payer(one: BankEntry, other: BankEntry, payers: Iterable[Payer]) -> bool:
    """Tell whether two entries are of one payer: by account, by text, or by what both quote."""
    if one.counterparty_iban and one.counterparty_iban == other.counterparty_iban:
        return True
    if one.remittance and one.remittance == other.remittance:
        return True
    return any(
        quotes(one.remittance, payer.reference) and quotes(other.remittance, payer.reference)
        for payer in payers
    )


def takes_back(reversal: BankEntry, entry: BankEntry, payers: Iterable[Payer]) -> bool:
    """Tell whether the bank takes back money by a reversal that came in by an earlier entry."""
    return (
        reversal.is_reversal
        and reversal.cents < 0
        and entry.cents == -reversal.cents
        and entry.booked_on <= reversal.booked_on
        and is_same_payer(reversal, entry, payers)
    )


def is_same_payment(one: tuple[date, Money], other: tuple[date, Money]) -> bool:
    """Tell whether a receipt by hand and one of the bank are one payment: amount, and a week."""
    return one[1] == other[1] and abs(one[0] - other[0]) <= SAME_PAYMENT


def instalment_of(amount: Money, day: date, instalments: Iterable[Instalment]) -> Instalment | None:
    """Give the instalment that a receipt pays in full, if only one can be meant.

    Shape:  of several with that much outstanding, the only one that was due within a month of
            the day; else none, and a person decides.
    """
    fits = [one for one in instalments if not one.is_cancelled and one.outstanding == amount]
    if len(fits) > 1:
        fits = [one for one in fits if abs(one.due_on - day) <= DUE_ABOUT]
    return fits[0] if len(fits) == 1 else None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the money that came in, and where it belongs.

    Shape:  ``instalment`` is a number, 0 for none; ``row`` names the part in a refusal.
    """

    commitment: str
    instalment: int
    amount: Money
    row: int = 1


def check_parts(
    parts: Sequence[Part], left: Money, outstanding: Mapping[tuple[str, int], Money]
) -> None:
    """Refuse parts that are more than the money that is left, or than an instalment still asks.

    Shape:  ``outstanding`` by commitment and number, of every instalment that is named.
    Errors: ``RuleViolation`` on field ``amount_<row>``.
    """
    if not parts:
        raise RuleViolation(
            "Nothing is matched yet: {left} waits.",
            "Choose where it belongs, and enter how much.",
            field="amount_1",
            left=left,
        )
    used, on_instalment = ZERO, dict(outstanding)
    for part in parts:
        _check_above_nothing(part)
        if used + part.amount > left:
            raise RuleViolation(
                "{amount} is more than what is left of this bank entry: {room}.",
                "Lower the amount; what came in is matched once.",
                field=f"amount_{part.row}",
                amount=part.amount,
                room=left - used,
            )
        _check_outstanding(part, on_instalment)
        used += part.amount


def _check_above_nothing(part: Part) -> None:
    if part.amount <= ZERO:
        raise RuleViolation(
            "{amount} is no receipt; a receipt is more than nothing.",
            "Enter an amount above zero. A wrong receipt is undone, not corrected by a negative"
            " one.",
            field=f"amount_{part.row}",
            amount=part.amount,
        )


def _check_outstanding(part: Part, outstanding: dict[tuple[str, int], Money]) -> None:
    """Take a part off what its instalment still asks."""
    if not part.instalment:
        return
    key = (part.commitment, part.instalment)
    room = outstanding.get(key, ZERO)
    if part.amount > room:
        raise RuleViolation(
            "Instalment {number} of {code} still expects {room}, and {amount} is matched to it.",
            "Match what is more to the commitment, or to another instalment; what is held back is"
            " released first.",
            field=f"amount_{part.row}",
            number=part.instalment,
            code=part.commitment,
            room=room,
            amount=part.amount,
        )
    outstanding[key] = room - part.amount


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A receipt as somebody enters it before the bank statement is there."""

    received_on: date
    counterparty: str
    remittance: str
    part: Part


def check_new_receipt(new: NewReceipt, today: date, known: Iterable[tuple[date, Money]]) -> None:
    """Refuse a receipt by hand without a payer, from the future, or that the bank told already.

    Shape:  ``known`` are the days and amounts that the bank brought on the commitment.
    Errors: ``RuleViolation`` at the field.
    """
    if new.received_on > today:
        raise RuleViolation(
            "{day} is still to come; a receipt is entered when the money is there.",
            "Enter the day on which it came in.",
            field="received_on",
            day=new.received_on,
        )
    if not new.counterparty.strip():
        raise RuleViolation("A receipt has a payer.", "Enter who paid.", field="counterparty")
    for day, amount in known:
        if is_same_payment((day, amount), (new.received_on, new.part.amount)):
            raise RuleViolation(
                "The bank statement brought {amount} on {code} on {day} already.",
                "If this is another payment, wait for its bank statement.",
                field="amount_1",
                amount=amount,
                code=new.part.commitment,
                day=day,
            )
