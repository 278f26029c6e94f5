"""Bank statements in camt.053: what came in and went out on an account, and the balances.

Every version is read alike, by the local names of its elements; .02 and .08 differ in where a
status and a party's name stand. In here: the file and its statements; ``camt_entries`` reads
an entry, and ``camt_totals`` adds them up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from tracker.domain.iban import has_check_digits, is_iban, plain_iban
from tracker.domain.receipts import BankStatement
from tracker.readers.camt_entries import (
    CODE_MAX,
    bank_entries,
    cents_in,
    day_in,
    entry_of,
    sign_in,
    text_in,
)
from tracker.readers.camt_totals import check_summary, warn_of_balance
from tracker.readers.findings import AT_BANK, NOT_A_DAY, Findings, refusal
from tracker.readers.markup import (
    DEPTH_MAX,
    DOCUMENT_TYPE,
    TEXT_MAX,
    check_make,
    check_size,
    damage,
    encoding_of,
)

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from tracker.readers.camt_entries import Entry

MEGABYTES_MAX = 50
ELEMENTS_MAX = 500_000  # of one entry, or of one statement without its entries
NAMES_MAX = 2_000  # of elements; the format has some hundreds
STATEMENTS_MAX = 5_000
CHUNK = 1 << 16

STATEMENT = ["Document", "BkToCstmrStmt", "Stmt"]
NOT_CAMT = "Download the statement from the bank in the format camt.053."

ENTRY = [*STATEMENT, "Ntry"]


def read(path: Path, name: str) -> list[BankStatement]:
    """Read the statements of a file, in its order.

    Errors: ``FileRefused`` with all findings.
    """
    check_size(path, name, MEGABYTES_MAX)
    check_make(path, name)
    statements = _Statements(name)
    parser = DefusedXMLParser(target=statements, encoding=encoding_of(path, name), forbid_dtd=True)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        place = f"XML {parser.parser.CurrentLineNumber}"
        raise refusal(name, place, DOCUMENT_TYPE, AT_BANK) from error
    except ParseError as error:
        line, column = error.position
        raise damage(name, line, column) from error
    return statements.read()


class _Statements:
    """Builds the statements of a file while it is parsed; holds one entry at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._findings = Findings(name)
        self._depth = 0
        self._known = 0  # of the open elements, how many lead to an entry: see ENTRY
        self._open: list[Element] = []
        self._text: list[str] = []
        self._text_length = 0
        self._held = 0
        self._names: set[str] = set()
        self._entry_count = 0
        self._entries: list[Entry] = []
        self._seen: set[tuple[str, str, str]] = set()
        self._statements: list[BankStatement] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element; what lies outside a statement is not kept."""
        name = tag.rpartition("}")[2]
        if self._known == self._depth < len(ENTRY) and name == ENTRY[self._depth]:
            self._known += 1
        self._depth += 1
        self._text.clear()
        self._text_length = 0
        self._held += 1
        self._names.add(name)
        if self._known >= len(STATEMENT):
            self._open.append(Element(name, attributes))
        if (
            self._depth > DEPTH_MAX
            or self._held > ELEMENTS_MAX
            or len(self._names) > NAMES_MAX
            or len(self._statements) > STATEMENTS_MAX
        ):
            self._refuse_excess()

    def data(self, text: str) -> None:
        """Take a piece of the text of the element that is open."""
        self._text_length += len(text)
        if self._text_length > TEXT_MAX:
            self._refuse_excess()
        self._text.append(text)

    def end(self, _tag: str) -> None:
        """End an element: it becomes an entry, a statement, or a part of what it stands in."""
        is_known = self._known == self._depth
        self._depth -= 1
        self._known = min(self._known, self._depth)
        if not self._open:
            return
        element = self._open.pop()
        if not len(element):
            element.text = "".join(self._text)
        self._text.clear()
        self._text_length = 0
        if not is_known:
            self._open[-1].append(element)
        elif self._open:
            self._end_entry(element)
        else:
            self._end_statement(element)

    def close(self) -> None:
        """Nothing is left to do at the end of the document."""

    def read(self) -> list[BankStatement]:
        """Give the statements.

        Errors: ``FileRefused`` if anything is wrong with one, or if there is none.
        """
        if not self._statements and not self._findings:
            message = "The file holds no bank statement."
            self._findings.add("Document/BkToCstmrStmt/Stmt", message, NOT_CAMT)
        self._findings.check()
        return self._statements

    def _refuse_excess(self) -> None:
        message = "The file nests deeper, or holds more in one place, than a bank statement does."
        place = "/".join(ENTRY[: self._known])
        raise refusal(self._name, place, message, AT_BANK)

    def _end_entry(self, element: Element) -> None:
        self._held -= sum(1 for _ in element.iter())
        self._entry_count += 1
        place = f"Stmt[{len(self._statements) + 1}]/Ntry[{self._entry_count}]"
        if (entry := entry_of(element, place, self._findings)) is not None:
            self._entries.append(entry)

    def _end_statement(self, element: Element) -> None:
        place = f"Stmt[{len(self._statements) + 1}]"
        iban = plain_iban(text_in(element, "Acct/Id/IBAN"))
        number = text_in(element, "Id")
        self._check_identity(element, iban, number, place)
        opening, first_day = _balance(element, ("OPBD", "PRCD"), place, self._findings)
        closing, last_day = _balance(element, ("CLBD",), place, self._findings)
        booked = [entry for entry in self._entries if entry.is_booked]
        if len(self._entries) == self._entry_count:
            check_summary(element, self._entries, place, self._findings)
        warnings = Findings(self._name)
        if not self._findings:
            if not has_check_digits(iban):
                message = "The check digits of account {iban} are wrong."
                warnings.add(f"{place}/Acct/Id/IBAN", message, AT_BANK, iban=iban)
            warn_of_balance(opening, closing, booked, place, warnings)
            _warn_of_days(booked, first_day, last_day, place, warnings)
            if pending := len(self._entries) - len(booked):
                message = "Entries that are not booked yet, and were left out: {count}."
                warnings.add(place, message, count=pending)
        self._statements.append(
            BankStatement(
                iban,
                number,
                opening,
                closing,
                len(booked),
                tuple(bank_entries(iban, number, self._entries)),
                warnings.listed(),
            )
        )
        self._entries, self._entry_count, self._held = [], 0, 0

    def _check_identity(self, element: Element, iban: str, number: str, place: str) -> None:
        if not is_iban(iban):
            message = "“{value}” is not the IBAN of an account."
            self._findings.add(f"{place}/Acct/Id/IBAN", message, AT_BANK, value=iban[:80])
        if (currency := text_in(element, "Acct/Ccy") or "EUR") != "EUR":
            message = "The account is in {currency}; only accounts in EUR are read."
            remedy = "Import the statements of accounts in euros only."
            self._findings.add(f"{place}/Acct/Ccy", message, remedy, currency=currency[:80])
        page = text_in(element, "StmtPgntn/PgNb")
        if not 0 < len(number) <= CODE_MAX:
            message = "The statement has no number, or one that is too long."
            self._findings.add(f"{place}/Id", message, AT_BANK)
        elif (iban, number, page) in self._seen:
            message = "Statement {number} is in the file twice."
            self._findings.add(f"{place}/Id", message, AT_BANK, number=number[:80])
        self._seen.add((iban, number, page))


def _balance(
    element: Element, codes: tuple[str, ...], place: str, findings: Findings
) -> tuple[int, date | None]:
    """Give the first balance of the most wanted kind, and its day."""
    found = {text_in(balance, "Tp/CdOrPrtry/Cd"): balance for balance in element.iterfind("Bal")}
    for code in codes:
        if (balance := found.get(code)) is not None:
            at = f"{place}/Bal[{code}]"
            cents = cents_in(balance.find("Amt"), f"{at}/Amt", findings)
            sign = sign_in(balance, f"{at}/CdtDbtInd", findings)
            day = day_in(balance, "Dt/Dt", "Dt/DtTm")
            if day is None:
                written = text_in(balance, "Dt/Dt", "Dt/DtTm")
                findings.add(f"{at}/Dt", NOT_A_DAY, AT_BANK, value=written[:80])
            return sign * (cents or 0), day
    message = "The statement has no balance {code}."
    findings.add(f"{place}/Bal", message, AT_BANK, code="/".join(codes))
    return 0, None


def _warn_of_days(
    booked: list[Entry],
    first_day: date | None,
    last_day: date | None,
    place: str,
    warnings: Findings,
) -> None:
    for entry in booked:
        if (first_day and entry.booked_on < first_day) or (last_day and entry.booked_on > last_day):
            warnings.add(
                place,
                "An entry is booked on {day}, outside the days of the statement.",
                day=entry.booked_on,
            )
