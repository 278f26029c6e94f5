"""Files written out by hand, as small as they can be, and what a reader says of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

from tracker.domain.errors import FileRefused
from tracker.readers import xaf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.domain.ledgers import LedgerFile, LedgerTransaction

XAF_32 = "http://www.auditfiles.nl/XAF/3.2"
XAF_321 = (
    "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.0/structures/"
    "XmlAuditfileFinancieel3.2.1"
)
XAF_40 = "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0"
CAMT_02 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
CAMT_08 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def tags(**texts: object) -> str:
    return "".join(f"<{tag}>{escape(str(text))}</{tag}>" for tag, text in texts.items())


def tr_line(nr: object = 1, side: str = "D", amount: str = "100.00", **more: object) -> str:
    texts = {
        "nr": nr,
        "accID": "4100",
        "docRef": "D1",
        "effDate": "2023-05-01",
        "desc": "Work",
        "amnt": amount,
        "amntTp": side,
        **more,
    }
    return (
        f"<trLine>{tags(**{tag: text for tag, text in texts.items() if text is not None})}</trLine>"
    )


def transaction(*lines: str, nr: object = 1, booked: str = "2023-05-02", journal: str = "") -> str:
    return (
        f"{journal}<transaction>{tags(nr=nr, desc='Entry', periodNumber=5, trDt=booked)}"
        f"{''.join(lines)}</transaction>"
    )


BALANCED = transaction(tr_line(1, "D", accID="4100"), tr_line(2, "C", accID="1600"))


@dataclass
class Auditfile:
    """An auditfile; every part can be another one than the sound one that stands here."""

    body: str = BALANCED
    lines: object = 2
    debit: object = "100.00"
    credit: object = "100.00"
    namespace: str = XAF_32
    year: object = 2023
    first: str = "2023-01-01"
    last: str = "2023-12-31"
    currency: str = "EUR"
    company: str = "<companyName>Facility</companyName><taxRegIdent>0012 b01</taxRegIdent>"
    relations: str = (
        "<customersSuppliers><customerSupplier>"
        "<custSupID>C1</custSupID><custSupName>Supplier &amp; Son</custSupName>"
        "</customerSupplier></customersSuppliers>"
    )
    accounts: str = (
        "<generalLedger>"
        "<ledgerAccount><accID>4100</accID><accDesc>Costs</accDesc><accTp>P</accTp></ledgerAccount>"
        "<ledgerAccount><accID>1600</accID><accDesc>Owed</accDesc><accTp>B</accTp></ledgerAccount>"
        "</generalLedger>"
    )
    prologue: str = '<?xml version="1.0" encoding="UTF-8"?>'
    journal: str = "INK"
    after: str = ""

    def __str__(self) -> str:
        head = tags(
            fiscalYear=self.year,
            startDate=self.first,
            endDate=self.last,
            curCode=self.currency,
            dateCreated="2024-02-01",
            softwareDesc="By hand",
            softwareVersion="1",
        )
        totals = tags(linesCount=self.lines, totalDebit=self.debit, totalCredit=self.credit)
        return (
            f'{self.prologue}<auditfile xmlns="{self.namespace}"><header>{head}</header>'
            f"<company>{self.company}{self.relations}{self.accounts}"
            f"<transactions>{totals}<journal><jrnID>{self.journal}</jrnID>{self.body}</journal>"
            f"</transactions></company></auditfile>{self.after}"
        )

    def written(self, folder: Path, encoding: str = "utf-8") -> Path:
        path = folder / "books.xaf"
        path.write_bytes(str(self).encode(encoding))
        return path


def read_through(path: Path) -> tuple[LedgerFile, list[LedgerTransaction]]:
    file = xaf.read(path, path.name)
    return file, list(file.transactions())


@dataclass
class Statement:
    """A bank statement; every part can be another one than the sound one that stands here."""

    entries: str = ""
    opening: str = "1000.00"
    closing: str = "1000.00"
    namespace: str = CAMT_02
    iban: str = "NL91ABNA0417164300"
    currency: str = "EUR"
    number: str = "2023001"
    summary: str = ""
    opening_code: str = "OPBD"
    prologue: str = '<?xml version="1.0" encoding="UTF-8"?>'
    times: int = 1

    def balance(self, code: str, amount: str, day: str) -> str:
        side = "DBIT" if amount.startswith("-") else "CRDT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="EUR">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
            f"<Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    def __str__(self) -> str:
        statement = (
            f"<Stmt><Id>{self.number}</Id>"
            f"<Acct><Id><IBAN>{self.iban}</IBAN></Id><Ccy>{self.currency}</Ccy></Acct>"
            + self.balance(self.opening_code, self.opening, "2023-01-01")
            + self.balance("CLBD", self.closing, "2023-12-31")
            + f"{self.summary}{self.entries}</Stmt>"
        )
        return (
            f'{self.prologue}<Document xmlns="{self.namespace}"><BkToCstmrStmt>'
            f"<GrpHdr><MsgId>M</MsgId></GrpHdr>{statement * self.times}</BkToCstmrStmt></Document>"
        )

    def written(self, folder: Path, encoding: str = "utf-8") -> Path:
        path = folder / "bank.xml"
        path.write_bytes(str(self).encode(encoding))
        return path


def entry(
    amount: str = "10.00",
    side: str = "CRDT",
    details: str = "",
    *,
    status: str = "BOOK",
    day: str = "2023-03-01",
    reference: str = "R1",
    more: str = "",
    currency: str = "EUR",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}'
        f"<Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef>"
        + (f"<NtryDtls>{details}</NtryDtls>" if details else "")
        + "</Ntry>"
    )


def refusal_of(reading: Callable[[], object]) -> str:
    """Give what is said of a file that is refused, a line for each finding."""
    with pytest.raises(FileRefused) as caught:
        reading()
    said = "\n".join(map(str, caught.value.findings))
    assert said
    assert "{" not in said, "a fact is missing"
    return said
