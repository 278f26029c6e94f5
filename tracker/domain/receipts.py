"""Money that comes in: bank entries, and by which commitment each is recognised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.errors import Finding


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One transaction on a bank statement; a batch is split into its transactions.

    Shape:  ``key`` is the same for the same transaction in every statement that holds it.
    Units:  ``cents`` are positive for money that came in, negative for money that left.
    """

    key: str
    booked_on: date
    cents: int
    counterparty: str
    counterparty_iban: str
    remittance: str


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

    Shape:  ``None`` for money that left, for money of others, and where two commitments fit
            equally well: a person decides those.
    """
    if entry.cents <= 0:
        return None
    candidates = tuple(payers)
    quoted = [payer for payer in candidates if quotes(entry.remittance, payer.reference)]
    if quoted:
        return Match(quoted[0].commitment_id, "reference") if len(quoted) == 1 else None
    paid = [payer for payer in candidates if entry.counterparty_iban in payer.ibans]
    return Match(paid[0].commitment_id, "iban") if len(paid) == 1 else None


def quotes(remittance: str, reference: str) -> bool:
    """Tell whether a remittance text names a reference, whole, whatever the case and spaces."""
    if not (wanted := "".join(reference.split())):
        return False
    pattern = r"\s*".join(re.escape(letter) for letter in wanted)
    return bool(re.search(rf"(?<!\w){pattern}(?!\w)", remittance, re.IGNORECASE))
