"""The transactions of an auditfile: each line checked, and all of them against the totals.

This is the one loop that sees every line of the books. It takes the texts as ``pyxaf`` found
them, and leaves the beaten track only where something is unusual.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from unicodedata import normalize

from pyxaf.values import parse_amount, parse_date

from tracker.domain.ledgers import LedgerLine, LedgerTransaction
from tracker.domain.money import Money, cents_of
from tracker.readers.findings import NOT_A_DAY, NOT_AN_AMOUNT

if TYPE_CHECKING:
    from datetime import date

    from pyxaf import AuditFile, RawRecord

    from tracker.domain.ledgers import ControlTotals
    from tracker.domain.periods import Period
    from tracker.readers.findings import Findings

CENT_DIGITS = 2
DIGITS_MAX = 15
CENTS_MAX = 10**DIGITS_MAX

CODE_MAX = 100  # letters of a number that is part of a ledger key

AT_SOURCE = "Correct it in the accounting software, and export the file again."

_WRONG = {
    "nr": "The line has no number, or one that is too long.",
    "accID": "Account “{value}” is not in the file's chart of accounts.",
    "amnt": NOT_AN_AMOUNT,
    "amntTp": "A line is debit (D) or credit (C), not “{value}”.",
    "effDate": NOT_A_DAY,
    "trDt": NOT_A_DAY,
}
_ONCE = frozenset(
    [
        *("nr", "accID", "docRef", "effDate", "desc", "amnt", "amntTp", "custSupID", "invRef"),
        *("costID", "cost", "projID", "project"),
    ]
)


def cents_in(written: str) -> int | None:
    """Read an amount as an auditfile writes it.

    Shape:  ``"-1250.5"`` -> ``-125050``; ``None`` if it is no exact amount in cents.
    """
    whole, _, fraction = written.partition(".")
    digits = whole + fraction
    if (
        len(fraction) == CENT_DIGITS
        and len(digits) <= DIGITS_MAX
        and digits.isdecimal()
        and digits.isascii()
    ):
        return int(digits)  # what the parser below gives, in a fraction of the time
    amount = parse_amount(written)
    if amount is None or abs(amount) * 100 > CENTS_MAX:
        return None
    try:
        return cents_of(amount)
    except ValueError:
        return None


class Pass:
    """One reading of all transactions: what was counted, seen and found on the way."""

    def __init__(
        self, book: AuditFile, period: Period, findings: Findings, warnings: Findings
    ) -> None:
        self._findings = findings
        self._warnings = warnings
        self._period = period
        self._oldest = period.first_day - timedelta(366)
        self._latest = period.last_day
        self._accounts = frozenset(book.accounts)
        self._suppliers = {
            code: normalize("NFC", relation.name or code)
            for code, relation in book.relations.items()
        }
        self._suppliers[""] = ""
        self._numbers: dict[str, set[str]] = {}
        self._days: dict[str, date] = {}
        self._lines = 0
        self._unread = 0
        self._debit = 0
        self._credit = 0
        self._negative = 0

    def transaction(self, journal: str, record: RawRecord) -> LedgerTransaction | None:
        """Read one transaction; ``None`` once anything was found wrong in the file."""
        field = record.fields.get
        number = field("nr", "").strip()
        booked_on = self._day(field("trDt", ""))
        self._check_head(journal, number, booked_on, record)
        records = record.all("trLine")
        found = [self._line(journal, number, line) for line in records]
        lines = tuple([line for line in found if line is not None])
        self._lines += len(records)
        self._unread += len(records) - len(lines)
        self._check_lines(journal, number, lines, record)
        if self._findings or booked_on is None:
            return None
        return LedgerTransaction(journal, number, booked_on, _clean(field("desc", "")), lines)

    def check_totals(self, totals: ControlTotals) -> None:
        """Note where the lines do not tie out to what the file declares."""
        if self._lines != totals.lines:
            self._findings.add(
                "transactions/linesCount",
                "The file declares {declared} lines and holds {found}.",
                "Export the file anew; lines are missing or were added.",
                declared=totals.lines,
                found=self._lines,
            )
        # A negative debit counts as written, or as a credit: exporters do either.
        as_written = (self._debit - self._negative, self._credit - self._negative)
        either = (totals.debit, totals.credit) in (as_written, (self._debit, self._credit))
        if self._unread or either:
            return
        for element, declared, found in (
            ("totalDebit", totals.debit, self._debit),
            ("totalCredit", totals.credit, self._credit),
        ):
            if declared != found:
                self._findings.add(
                    f"transactions/{element}",
                    "The control total {element} is {declared}, and the lines add up to {found}; "
                    "the difference is {difference}.",
                    "Export the file anew; amounts were changed after it was made.",
                    element=element,
                    declared=Money(declared),
                    found=Money(found),
                    difference=Money(found - declared),
                )

    def _line(self, journal: str, number: str, record: RawRecord) -> LedgerLine | None:
        field = record.fields.get
        line = field("nr", "").strip()
        account = field("accID", "").strip()
        side = field("amntTp")
        supplier = field("custSupID", "").strip()
        cents = cents_in(field("amnt", ""))
        day = self._day(field("effDate", ""))
        is_usual = (
            0 < len(line) <= CODE_MAX
            and (side == "D" or side == "C")  # noqa: PLR1714 - twice as fast as a membership
            and (account in self._accounts or (account and not self._accounts))
            and supplier in self._suppliers
            and not record.children
            and cents is not None
            and cents >= 0
            and day is not None
            and self._oldest <= day <= self._latest
        )
        is_refused = not is_usual and not self._is_bearable(journal, number, record)
        if is_refused or cents is None or day is None:
            return None
        return LedgerLine(
            line,
            account,
            cents if side == "D" else -cents,
            day,
            _clean(field("desc", "")),
            field("docRef", "").strip(),
            field("invRef", "").strip(),
            supplier,
            self._suppliers.get(supplier, supplier),
            _clean(field("costID") or field("cost", "")),
            _clean(field("projID") or field("project", "")),
        )

    def _day(self, written: str) -> date | None:
        day = self._days.get(written)
        if day is None:
            day, _ = parse_date(written)
            if day is not None:
                self._days[written] = day
        return day

    def _check_head(
        self, journal: str, number: str, booked_on: date | None, record: RawRecord
    ) -> None:
        numbers = self._numbers.setdefault(journal, set())
        place = _place(journal, number, record)
        if not (0 < len(journal) <= CODE_MAX and 0 < len(number) <= CODE_MAX):
            message = "The transaction has no number or no journal, or one that is too long."
            self._findings.add(place, message, AT_SOURCE)
        elif number in numbers:
            self._findings.add(place, "The transaction is in the file twice.", AT_SOURCE)
        numbers.add(number)
        if booked_on is None:
            self._complain(place, "trDt", record)
        elif booked_on not in self._period:
            self._warnings.add(
                place,
                "Booked on {day}, outside the fiscal year, {first} to {last}.",
                day=booked_on,
                first=self._period.first_day,
                last=self._period.last_day,
            )

    def _check_lines(
        self, journal: str, number: str, lines: tuple[LedgerLine, ...], record: RawRecord
    ) -> None:
        amounts = [line.cents for line in lines]
        difference = sum(amounts)
        debit = sum([cents for cents in amounts if cents > 0])
        self._debit += debit
        self._credit += debit - difference
        if len({line.line for line in lines}) != len(lines):
            message = "Two lines of the transaction have the same number."
            self._findings.add(_place(journal, number, record), message, AT_SOURCE)
        if difference and len(lines) == len(record.all("trLine")):
            self._findings.add(
                _place(journal, number, record),
                "The transaction does not balance: debit {debit}, credit {credit}, "
                "difference {difference}.",
                AT_SOURCE,
                debit=Money(debit),
                credit=Money(debit - difference),
                difference=Money(difference),
            )

    def _is_bearable(self, journal: str, number: str, record: RawRecord) -> bool:
        """Judge an unusual line: say what is unusual, and tell whether it can be kept."""
        field = record.fields.get
        line = field("nr", "").strip()
        account = field("accID", "").strip()
        cents = cents_in(field("amnt", ""))
        day = self._day(field("effDate", ""))
        place = _place(journal, f"{number}/{line}", record)
        wrong = [
            element
            for element, is_right in (
                ("nr", 0 < len(line) <= CODE_MAX),
                ("accID", account in self._accounts or (account and not self._accounts)),
                ("amnt", cents is not None),
                ("amntTp", field("amntTp") in ("D", "C")),
                ("effDate", day is not None),
            )
            if not is_right
        ]
        twice = [element for element in record.children if element in _ONCE]
        for element in wrong:
            self._complain(place, element, record)
        for element in twice:
            message = "The line holds {element} more than once, or something inside it."
            self._findings.add(place, message, AT_SOURCE, element=element)
        if cents is not None and cents < 0:
            self._negative -= cents
        self._warn(place, day, field("custSupID", "").strip())
        return not wrong and not twice

    def _warn(self, place: str, day: date | None, supplier: str) -> None:
        if day and not self._oldest <= day <= self._latest:
            self._warnings.add(
                place,
                "Incurred on {day}, far from the fiscal year, {first} to {last}.",
                day=day,
                first=self._period.first_day,
                last=self._period.last_day,
            )
        if supplier not in self._suppliers:
            self._warnings.add(
                place,
                "Supplier {code} is not described in the file; its code stands for its name.",
                code=supplier,
            )

    def _complain(self, place: str, element: str, record: RawRecord) -> None:
        written = record.fields.get(element, "")[:80]
        self._findings.add(f"{place} {element}", _WRONG[element], AT_SOURCE, value=written)


def _place(journal: str, number: str, record: RawRecord) -> str:
    return f"{journal} {number} (XML {record.line})"


def _clean(text: str) -> str:
    text = text.strip()
    return text if text.isascii() else normalize("NFC", text)
