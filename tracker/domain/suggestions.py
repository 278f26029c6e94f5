"""Where money that came in may belong, and why: for a person to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.domain.receipts import Recognised, instalment_of, quotes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.domain.instalments import Instalment
    from tracker.domain.money import Money
    from tracker.domain.receipts import BankEntry, Payer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commitment that money may belong to, with the instalments that are still to be paid."""

    code: str
    funder: str
    payer: Payer
    instalments: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where money of a bank entry may belong, and why.

    Shape:  ``instalment`` is a number, 0 for none; ``reasons`` are codes: ``reference``,
            ``iban``, ``amount``.
    """

    code: str
    funder: str
    instalment: int
    reasons: tuple[str, ...]


AMOUNT: Final = "amount"
WEIGHTS: Final[dict[str, int]] = {
    Recognised.BY_REFERENCE.value: 4,
    Recognised.BY_ACCOUNT.value: 2,
    AMOUNT: 1,
}


def suggestions(
    entry: BankEntry, left: Money, candidates: Iterable[Candidate], most: int = 3
) -> tuple[Suggestion, ...]:
    """Say where money may belong, what fits best first: by reference, by account, by amount."""
    found = []
    for one in candidates:
        instalment = instalment_of(left, entry.booked_on, one.instalments)
        reasons = {
            Recognised.BY_REFERENCE.value: quotes(entry.remittance, one.payer.reference),
            Recognised.BY_ACCOUNT.value: entry.counterparty_iban in one.payer.ibans,
            AMOUNT: instalment is not None,
        }
        holding = tuple(reason for reason, holds in reasons.items() if holds)
        if holding:
            number = instalment.number if instalment else 0
            found.append(Suggestion(one.code, one.funder, number, holding))
    found.sort(key=lambda s: -sum(WEIGHTS[reason] for reason in s.reasons))
    return tuple(found[:most])
