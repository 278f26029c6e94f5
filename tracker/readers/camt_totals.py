"""Whether the entries of a bank statement tie out to what the statement declares of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.money import Money
from tracker.readers.camt_entries import SIGNS, cents_in, count_in, text_in
from tracker.readers.findings import AT_BANK

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from tracker.readers.camt_entries import Entry
    from tracker.readers.findings import Findings

NET_AMOUNTS = (  # the amount and its side: in version .08 and later, and in those before
    ("TtlNetNtry/Amt", "TtlNetNtry/CdtDbtInd"),
    ("TtlNetNtryAmt", "CdtDbtInd"),
)


def check_summary(element: Element, entries: list[Entry], place: str, findings: Findings) -> None:
    """Note where the entries do not tie out to the summary, which a bank may leave out."""
    for part, listed in (
        ("TtlNtries", entries),
        ("TtlCdtNtries", [entry for entry in entries if entry.is_credit]),
        ("TtlDbtNtries", [entry for entry in entries if not entry.is_credit]),
    ):
        at = f"{place}/TxsSummry/{part}"
        declared = count_in(element, f"TxsSummry/{part}/NbOfNtries")
        if declared not in (None, str(len(listed))):
            message = "The summary declares {declared} entries, and there are {found}."
            findings.add(
                f"{at}/NbOfNtries", message, AT_BANK, declared=declared[:80], found=len(listed)
            )
        found = sum(abs(entry.cents) for entry in listed)
        _check_sum(element.find(f"TxsSummry/{part}/Sum"), found, f"{at}/Sum", findings)
    net = sum(entry.cents for entry in entries)
    for amount, side in NET_AMOUNTS:
        total = element.find(f"TxsSummry/TtlNtries/{amount}")
        at = f"{place}/TxsSummry/TtlNtries/{amount}"
        sign = SIGNS.get(text_in(element, f"TxsSummry/TtlNtries/{side}"), 1 if net >= 0 else -1)
        _check_sum(total, sign * net, at, findings)


def _check_sum(total: Element | None, found: int, place: str, findings: Findings) -> None:
    """Note where a declared amount is not what the entries add up to."""
    cents = None if total is None else cents_in(total, place, findings)
    if cents is not None and cents != found:
        message = "The summary declares {declared}, and the entries add up to {found}."
        findings.add(place, message, AT_BANK, declared=Money(cents), found=Money(found))


def warn_of_balance(
    opening: int, closing: int, booked: list[Entry], place: str, warnings: Findings
) -> None:
    """Warn where the entries do not lead from the opening balance to the closing one."""
    moved = sum(entry.cents for entry in booked)
    if opening + moved != closing:
        warnings.add(
            place,
            "The balances do not tie out: {opening} and entries of {moved} make {found}, and the "
            "statement closes at {closing}; the difference is {difference}.",
            "Ask the bank whether the statement is complete.",
            opening=Money(opening),
            moved=Money(moved),
            found=Money(opening + moved),
            closing=Money(closing),
            difference=Money(opening + moved - closing),
        )
