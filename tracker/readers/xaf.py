"""The XML Auditfile Financieel: the general ledger of one company and one fiscal year.

Versions 3.2, 3.2.1 and 4.0, through ``pyxaf``. In here: which files are read, and what their
front declares. The transactions are read in ``xaf_lines``.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

import pyxaf
from pyxaf import (
    ForbiddenConstructError,
    LimitExceededError,
    PyxafError,
    TransactionTotals,
    Version,
    XmlSyntaxError,
)
from pyxaf.values import parse_date

from tracker.domain.ledgers import ControlTotals, LedgerFile
from tracker.domain.periods import Period, calendar_year
from tracker.readers.counted import CountedFile
from tracker.readers.findings import EXPORT_ANEW, NOT_A_DAY, Findings, refusal
from tracker.readers.markup import (
    DAMAGED,
    DEPTH_MAX,
    DOCUMENT_TYPE,
    TEXT_MAX,
    check_make,
    check_size,
    encoding_of,
)
from tracker.readers.xaf_lines import AT_SOURCE, CODE_MAX, Pass, cents_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal
    from pathlib import Path
    from typing import BinaryIO

    from pyxaf import AuditFile

    from tracker.domain.ledgers import LedgerTransaction

MEGABYTES_MAX = 200
LONGEST = timedelta(2 * 366)  # a first fiscal year may be longer than a calendar year
UNKNOWN_YEAR = 1
VERSIONS = frozenset({Version.XAF32, Version.XAF321, Version.XAF40})

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def read(path: Path, name: str) -> LedgerFile:
    """Read the front of an auditfile; its transactions are read when they are asked for.

    Errors: ``FileRefused`` if the front alone shows that the file cannot be kept.
    """
    check_size(path, name, MEGABYTES_MAX)
    check_make(path, name)
    findings, warnings = Findings(name), Findings(name)
    with _opened(path, name) as (book, _file):
        _check_kind(book, name)
        company = _company(book, findings)
        year = _fiscal_year(book, findings)
        period = _period(book, year, findings)
        _check_currency(book, findings)
        totals = _totals(book, findings)
        findings.check()
        return LedgerFile(
            company=company,
            company_name=book.company.name or company,
            fiscal_year=year,
            version=str(book.version),
            totals=totals,
            transactions=partial(_transactions, path, name, period, totals, warnings),
            warnings=warnings.listed,
        )


def _transactions(
    path: Path, name: str, period: Period, totals: ControlTotals, warnings: Findings
) -> Iterator[LedgerTransaction]:
    findings = Findings(name)
    warnings.clear()
    with _opened(path, name) as (book, file):
        reading = Pass(book, period, findings, warnings)
        try:
            for journal, record in book.raw.transactions():
                file.release(record)
                if (transaction := reading.transaction(journal or "", record)) is not None:
                    yield transaction
        except PyxafError as error:
            _note_damage(error, findings)
        else:
            reading.check_totals(totals)
        _note_losses(book, findings)
    findings.check()


@contextmanager
def _opened(path: Path, name: str) -> Iterator[tuple[AuditFile, CountedFile]]:
    with path.open("rb") as file:
        counted = CountedFile(file, name)
        try:
            book = pyxaf.open(
                cast("BinaryIO", counted),
                encoding=encoding_of(path, name),  # pyxaf believes a declaration before a mark
                max_depth=DEPTH_MAX,
                max_text_size=TEXT_MAX,
            )
        except PyxafError as error:
            findings = Findings(name)
            _note_damage(error, findings)
            findings.check()
            raise
        with book:
            yield book, counted


def _note_damage(error: PyxafError, findings: Findings) -> None:
    """Say in our words why ``pyxaf`` could not read on."""
    line = error.line if isinstance(error, XmlSyntaxError) and error.line else 1
    place = f"XML {line}"
    match error:
        case ForbiddenConstructError():
            findings.add(place, DOCUMENT_TYPE, EXPORT_ANEW)
        case XmlSyntaxError():
            column = str((error.column or 0) + 1)
            findings.add(place, DAMAGED, EXPORT_ANEW, line=str(line), column=column)
        case LimitExceededError():
            message = "The file nests deeper, or holds longer texts, than an auditfile does."
            findings.add(place, message, EXPORT_ANEW)
        case _:
            findings.add(place, "The file is not an auditfile.", EXPORT_ANEW)


def _note_losses(book: AuditFile, findings: Findings) -> None:
    """Say what ``pyxaf`` read past: it reports these and goes on."""
    for loss in book.findings:
        place = f"XML {loss.line or 1}"
        if loss.code == "XAF1013":
            findings.add(place, "There is more in the file after its end.", EXPORT_ANEW)
        elif loss.code == "XAF1006":
            findings.add(place, "The file holds bytes that are no character.", EXPORT_ANEW)


def _check_kind(book: AuditFile, name: str) -> None:
    if book.format.continuation:
        part, parts = book.format.continuation
        raise refusal(
            name,
            "auditfile",
            "This is part {part} of {parts} of a divided auditfile.",
            "Export the fiscal year as one file.",
            part=part,
            parts=parts,
        )
    if book.version not in VERSIONS:
        raise refusal(
            name,
            "auditfile",
            "This is an auditfile of version {version}; versions 3.2, 3.2.1 and 4.0 are read.",
            "Choose XAF 4.0 or 3.2 in the accounting software, and export it again.",
            version=str(book.version),
        )


def _company(book: AuditFile, findings: Findings) -> str:
    """Give what identifies the company: its tax number, which outlives a change of name."""
    company = book.company
    identity = company.tax_registration_id or company.identifier or company.name
    if not identity or len(identity) > CODE_MAX:
        findings.add(
            "company/companyName",
            "The file does not say whose books it holds.",
            "Fill in the company's name and tax number in the accounting software.",
        )
        return ""
    return "".join(identity.split()).upper()


def _fiscal_year(book: AuditFile, findings: Findings) -> int:
    written = book.header.fiscal_year or ""
    if not _YEAR.fullmatch(written):
        findings.add(
            "header/fiscalYear",
            "The fiscal year is “{value}”, which is not a year such as 2023.",
            "Export one fiscal year, named by its four digits.",
            value=written,
        )
        return UNKNOWN_YEAR
    return int(written)


def _period(book: AuditFile, year: int, findings: Findings) -> Period:
    """Give the days of the fiscal year: the file's, or else those of the calendar year."""
    whole = calendar_year(year)
    first = _header_day(book, "startDate", whole.first_day, findings)
    last = _header_day(book, "endDate", whole.last_day, findings)
    is_fitting = year in (first.year, last.year) and first <= last < first + LONGEST
    if not is_fitting and year != UNKNOWN_YEAR:
        findings.add(
            "header/fiscalYear",
            "The fiscal year {year} does not fit its days, {first} to {last}.",
            "Correct the fiscal year in the accounting software, and export it again.",
            year=str(year),
            first=first,
            last=last,
        )
    return Period(first, last) if is_fitting else whole


def _header_day(book: AuditFile, element: str, otherwise: date, findings: Findings) -> date:
    header = book.raw.header
    written = header.get(element) if header else None
    if written is None:
        return otherwise
    day, _ = parse_date(written)
    if day is None:
        findings.add(f"header/{element}", NOT_A_DAY, AT_SOURCE, value=written[:80])
    return day or otherwise


def _check_currency(book: AuditFile, findings: Findings) -> None:
    if (currency := book.header.currency or "") != "EUR":
        findings.add(
            "header/curCode",
            "The books are kept in “{currency}”; only books in EUR are read.",
            "Export the books in euros.",
            currency=currency,
        )


def _totals(book: AuditFile, findings: Findings) -> ControlTotals:
    declared = book.transaction_totals
    if declared is None:
        declared = TransactionTotals(lines_count=None, total_debit=None, total_credit=None)
    return ControlTotals(
        lines=_declared("linesCount", declared.lines_count, findings),
        debit=_declared("totalDebit", declared.total_debit, findings),
        credit=_declared("totalCredit", declared.total_credit, findings),
    )


def _declared(element: str, value: int | Decimal | None, findings: Findings) -> int:
    """Give a control total as a whole number: lines, or cents."""
    total = value if value is None or isinstance(value, int) else cents_in(str(value))
    if total is None:
        findings.add(
            f"transactions/{element}",
            "The control total {element} is missing, or is not a number.",
            "Export the file with its control totals before its transactions.",
            element=element,
        )
        return 0
    return total
