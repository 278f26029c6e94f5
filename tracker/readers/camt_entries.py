"""One entry of a camt.053 statement: its amount, and the transactions that it consists of.

Elements are found by their local names, which the reader of the file has left on them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.iban import plain_iban
from tracker.domain.money import Money
from tracker.domain.receipts import BankEntry
from tracker.readers.findings import AT_BANK, NOT_A_DAY, NOT_AN_AMOUNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from tracker.readers.findings import Findings

CODE_MAX = 100  # letters of a reference or number that is part of a key

BOOKED = "BOOK"
STATUSES = frozenset({BOOKED, "PDNG", "INFO", "FUTR"})
SIGNS = {"CRDT": 1, "DBIT": -1}
NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF", "NOREF"})

_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,5}))?")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9:]+)?")


@dataclass(frozen=True, slots=True)
class Part:
    """One transaction of an entry; an entry that is no batch has one."""

    cents: int
    counterparty: str
    counterparty_iban: str
    remittance: str
    is_reversal: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the bank lists it. Pending entries have no parts."""

    reference: str
    booked_on: date
    cents: int
    is_credit: bool
    is_booked: bool
    parts: tuple[Part, ...]


def text_in(element: Element, *paths: str) -> str:
    """Give the first text that is not blank at any of the paths, or ``""``."""
    for path in paths:
        for found in element.iterfind(path):
            if found.text and (text := found.text.strip()):
                return text
    return ""


def count_in(element: Element, path: str) -> str | None:
    """Give a declared count as it is written; ``None`` where none is declared."""
    found = element.find(path)
    return None if found is None else (found.text or "").strip()


def day_in(element: Element, *paths: str) -> date | None:
    """Give the day at the first path that holds one, of a date or of a moment."""
    if found := _DAY.fullmatch(text_in(element, *paths)):
        try:
            return date.fromisoformat(found[1])
        except ValueError:
            return None
    return None


def cents_in(amount: Element | None, place: str, findings: Findings) -> int | None:
    """Give an amount in cents; note what is wrong with one that cannot be."""
    written = (amount.text or "").strip() if amount is not None else ""
    currency = amount.get("Ccy", "EUR") if amount is not None else "EUR"
    found = _AMOUNT.fullmatch(written)
    if currency != "EUR":
        findings.add(
            place,
            "The amount is in {currency}; only amounts in EUR are read.",
            "Import the statements of accounts in euros only.",
            currency=currency,
        )
    elif not found or (found[2] or "")[2:].strip("0"):
        findings.add(place, NOT_AN_AMOUNT, AT_BANK, value=written[:80])
    else:
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")[:2])
    return None


def sign_in(element: Element, place: str, findings: Findings) -> int:
    """Tell whether money came in (1) or left (-1), by CdtDbtInd alone.

    RvslInd says that an entry undoes another one; CdtDbtInd already tells its direction.
    """
    written = text_in(element, "CdtDbtInd")
    if written not in SIGNS:
        findings.add(
            place, "An amount is CRDT or DBIT, not “{value}”.", AT_BANK, value=written[:80]
        )
    return SIGNS.get(written, 0)


def entry_of(element: Element, place: str, findings: Findings) -> Entry | None:
    """Read one entry; ``None`` if something is wrong with it, which is then noted."""
    status = text_in(element, "Sts/Cd", "Sts/Prtry", "Sts")
    cents = cents_in(element.find("Amt"), f"{place}/Amt", findings)
    sign = sign_in(element, f"{place}/CdtDbtInd", findings)
    dated = "ValDt" if element.find("BookgDt") is None else "BookgDt"
    booked_on = day_in(element, f"{dated}/Dt", f"{dated}/DtTm")
    if status not in STATUSES:
        message = "“{value}” is not the status of an entry, such as BOOK."
        findings.add(f"{place}/Sts", message, AT_BANK, value=status[:80])
    elif status != BOOKED:
        return Entry("", date.min, sign * (cents or 0), sign > 0, is_booked=False, parts=())
    if booked_on is None:
        written = text_in(element, f"{dated}/Dt", f"{dated}/DtTm")
        findings.add(f"{place}/{dated}", NOT_A_DAY, AT_BANK, value=written[:80])
    if cents is None or booked_on is None or not sign:
        return None
    return Entry(
        text_in(element, "AcctSvcrRef"),
        booked_on,
        sign * cents,
        sign > 0,
        is_booked=True,
        parts=_parts(element, sign * cents, place, findings),
    )


def _parts(element: Element, cents: int, place: str, findings: Findings) -> tuple[Part, ...]:
    details = element.findall("NtryDtls/TxDtls")
    if not details:
        if len(batches := element.findall("NtryDtls")) == 1:
            _check_batch_total(batches[0], cents, place, findings)
        return (_part(element, element, cents),)
    parts = []
    for number, detail in enumerate(details, 1):
        at = f"{place}/TxDtls[{number}]"
        part_cents = _part_cents(detail, cents, at, findings, is_only=len(details) == 1)
        if part_cents is not None:
            parts.append(_part(element, detail, part_cents))
    if len(parts) == len(details):
        _check_batch(element, parts, cents, place, findings)
    return tuple(parts)


def _part_cents(
    detail: Element, entry_cents: int, place: str, findings: Findings, *, is_only: bool
) -> int | None:
    amount = detail.find("Amt")
    if amount is None:
        amount = detail.find("AmtDtls/TxAmt/Amt")
    if amount is None or (is_only and amount.get("Ccy", "EUR") != "EUR"):
        if is_only:
            return entry_cents
        message = "A transaction of a batch carries no amount of its own."
        remedy = "Ask the bank for statements with the amount of every transaction."
        findings.add(place, message, remedy)
        return None
    cents = cents_in(amount, f"{place}/Amt", findings)
    if cents is None:
        return None
    if detail.find("CdtDbtInd") is not None:
        return cents * sign_in(detail, f"{place}/CdtDbtInd", findings)
    return cents if entry_cents >= 0 else -cents


def _check_batch(
    element: Element, parts: list[Part], cents: int, place: str, findings: Findings
) -> None:
    total = sum(part.cents for part in parts)
    if total != cents:
        findings.add(
            place,
            "The entry is {entry}, and its transactions add up to {total}.",
            AT_BANK,
            entry=Money(cents),
            total=Money(total),
        )
    rest = iter(parts)
    for batch in element.iterfind("NtryDtls"):
        own = [next(rest).cents for _ in batch.iterfind("TxDtls")]
        if own:
            _check_batch_total(batch, sum(own), place, findings)
        declared = count_in(batch, "Btch/NbOfTxs")
        if declared is not None and own and declared != str(len(own)):
            findings.add(
                f"{place}/Btch/NbOfTxs",
                "The batch declares {declared} transactions and holds {found}.",
                AT_BANK,
                declared=declared[:80],
                found=len(own),
            )


def _check_batch_total(batch: Element, cents: int, place: str, findings: Findings) -> None:
    declared = batch.find("Btch/TtlAmt")
    if declared is None or declared.get("Ccy", "EUR") != "EUR":
        return
    total = cents_in(declared, f"{place}/Btch/TtlAmt", findings)
    if total is not None and total != abs(cents):
        findings.add(
            f"{place}/Btch/TtlAmt",
            "The batch declares {declared}, and its transactions add up to {total}.",
            AT_BANK,
            declared=Money(total),
            total=Money(abs(cents)),
        )


def _part(element: Element, detail: Element, cents: int) -> Part:
    # In an entry that undoes another one, payer and payee keep the parts they had in that. A
    # payment that was returned says so too, in RtrInf.
    is_reversal = text_in(element, "RvslInd") in {"true", "1"}
    party = "Dbtr" if (cents > 0) != is_reversal else "Cdtr"
    return Part(
        cents,
        text_in(detail, f"RltdPties/{party}/Nm", f"RltdPties/{party}/Pty/Nm"),
        plain_iban(text_in(detail, f"RltdPties/{party}Acct/Id/IBAN")),
        _remittance(element, detail),
        is_reversal or detail.find("RtrInf") is not None,
    )


def _remittance(element: Element, detail: Element) -> str:
    said = [
        text
        for path in ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb")
        for found in detail.iterfind(path)
        if (text := " ".join((found.text or "").split()))
    ]
    reference = text_in(detail, "Refs/EndToEndId")
    if reference.upper() not in NO_REFERENCE:
        said.append(reference)
    return " ".join(said) or text_in(detail, "AddtlTxInf") or text_in(element, "AddtlNtryInf")


def bank_entries(iban: str, number: str, entries: Iterable[Entry]) -> Iterator[BankEntry]:
    """Give each transaction its key.

    The bank's own reference is the same in every statement that holds the entry. Where there
    is none, or where it stands twice on one day, the place in the statement decides.
    """
    seen: Counter[str] = Counter()
    for index, entry in enumerate(entries, 1):
        if entry.reference.upper() in NO_REFERENCE or len(entry.reference) > CODE_MAX:
            stem = f"{iban}/{number}/{index}/{entry.cents}/{entry.booked_on}"
        else:
            stem = f"{iban}/{entry.reference}/{entry.booked_on}"
            seen[stem] += 1
            if seen[stem] > 1:
                stem = f"{stem}/{seen[stem]}"
        for ordinal, part in enumerate(entry.parts, 1):
            yield BankEntry(
                f"{stem}/{ordinal}",
                entry.booked_on,
                part.cents,
                part.counterparty,
                part.counterparty_iban,
                part.remittance,
                part.is_reversal,
            )
